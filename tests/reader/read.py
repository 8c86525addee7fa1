"""Reads requests, a JSON object a line, and answers each with one: all that the file holds, or why it is refused.

    {"vault": PATH, "passcode": TEXT [, "installation": HEX] | "biometric": HEX | "recovery": TEXT}
    {"package": PATH, "enrolment": HEX [, "list": PATH] [, "record": true]}
    {"list": PATH, "pin": BASE32}        {"offer": BASE32}
    {"primitive": NAME, "inputs": [HEX, ...]}
"""

import json
import sys
from pathlib import Path

from crypto import argon2id, hkdf, sha256, verified, x25519, xchacha_open
from keys import Enrolment, KeyList, Offer, typed
from package import check_record, read_package
from vault import Vault
from wire import Refused

def vault(request):
    opened = Vault(Path(request["vault"]).read_bytes(), request)
    anchor = {"counter": opened.counter, "sha256": opened.anchor.hex()}
    return {"writable": opened.writable, "anchor": anchor, "records": [record(each) for each in opened.records]}

def record(each):
    shown = {"id": each.id.hex(), "generation": each.generation, "label": each.label.hex()}
    shown["catalogue"] = attempt(each.catalogue)
    try:
        shown["parts"] = [part(entry) | attempt(each.chunk, entry) for entry in each.manifest()]
    except Refused as why:
        shown["refused"] = str(why)
    return shown

def attempt(read, *arguments):
    try:
        return {"data": read(*arguments).hex()}
    except Refused as why:
        return {"refused": str(why)}

def part(entry):
    return {"section": entry["section"], "seq": entry["seq"], "meta": entry["meta"].hex()}

def package(request):
    enrolment = Enrolment(bytes.fromhex(request["enrolment"]))
    keys = KeyList(Path(request["list"]).read_bytes(), enrolment.pin) if "list" in request else enrolment.list
    manifest, parts = read_package(Path(request["package"]).read_bytes(), keys, enrolment)
    if request.get("record"):
        check_record(manifest, parts, keys)
    said = {name: manifest[name] for name in ("epoch", "counter", "issued_at", "patient", "birth", "form")}
    return said | {"parts": [part(each) | {"data": each["data"].hex()} for each in parts]}

def key_list(request):
    keys = KeyList(Path(request["list"]).read_bytes(), typed(request["pin"]))
    states = {public.hex(): state for public, state in keys.keys.items()}
    return {"number": keys.number, "epoch": keys.epoch, "facility": keys.facility, "name": keys.name, "keys": states}

def offer(request):
    said = Offer(typed(request["offer"]))
    return {"enrolment": said.enrolment.hex(), "number": said.number, "recipient": said.recipient.hex()}

def primitive(request):
    return {"out": PRIMITIVES[request["primitive"]](*map(bytes.fromhex, request["inputs"])).hex()}

PRIMITIVES = {
    "aead": xchacha_open, "ed25519": verified, "x25519": x25519, "hkdf": hkdf, "sha256": sha256,
    "argon2id": lambda passcode, salt, costs: argon2id(passcode, salt, 65536 if costs[1] == 4 else 19456, *costs),
}
READERS = {"primitive": primitive, "vault": vault, "package": package, "list": key_list, "offer": offer}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = next(read for kind, read in READERS.items() if kind in request)(request)
    except Refused as why:
        answer = {"refused": str(why)}
    print(json.dumps(answer), flush=True)
