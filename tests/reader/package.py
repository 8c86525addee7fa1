"""A package, verified in the order of docs/package-format.md, "Reading", before anything is handed on."""

import json

from crypto import MIB, Hpke, one_frame, sha256, verify, x25519_public
from keys import COMPROMISED, key_id
from wire import Cursor, check, fields, part_table, u32

CHUNK, PLAIN = 65536, 65520

def read_package(data, keys, enrolment):
    """The manifest and the parts, each with its plain bytes."""
    head, signature, chunks = data[:132], data[132:196], data[196:]
    header = read_header(head, len(chunks))
    check(header["hospital"] == keys.hospital, "another hospital")
    public = keys.signing_key(header["key"])
    verify(public, b"outer", signature, head, sha256(chunks))
    check(keys.keys[public] != COMPROMISED, "a compromised key")
    check(header["epoch"] <= keys.epoch, "an epoch that the list does not have")

    check(header["enrolment"] == enrolment.id and header["recipient"] in enrolment.private, "another device")
    plain = open_chunks(head, header, chunks, public, enrolment.private[header["recipient"]])
    inner = Cursor(plain[0])
    signature, written = inner.take(64), inner.field()
    verify(public, b"inner", signature, written)
    manifest = read_manifest(written)
    same = ("hospital", "enrolment", "epoch", "counter")
    check(all(manifest[name] == header[name] for name in same), "header and manifest differ")
    check(manifest["key"] == public and key_id(manifest["recipient"]) == header["recipient"], "keys differ")
    check(manifest["chunks"] == [sha256(chunk) for chunk in plain[1:]], "a chunk's hash")
    parts = read_body(b"".join(plain[1:]), manifest)
    check_newer(data, manifest, enrolment.last)
    return manifest, parts

def read_header(head, length):
    cursor = Cursor(head)
    check(cursor.take(8) == b"MYKARTEP", "not a package")
    version, suite = cursor.u32(), cursor.u32()
    check((version, suite) == (1, 1), f"format {version}, suite {suite}")
    header = {name: cursor.take(16) for name in ("hospital", "key", "enrolment", "recipient")}
    header.update(epoch=cursor.u32(), counter=cursor.u64())
    check(cursor.u64() == length and length % CHUNK == 0 and 2 <= length // CHUNK <= 1024, "length")
    return header | {"encapsulated": cursor.take(32)}

def open_chunks(head, header, chunks, public, private):
    ids = header["hospital"], public, header["enrolment"], x25519_public(private)
    label, count = b"mykarte-package/1 ", len(chunks) // CHUNK
    hpke = Hpke(private, header["encapsulated"], fields(label + b"recipient", u32(1), *ids))
    place = lambda i: fields(label + b"chunk", head, u32(i), u32(int(i == count - 1)))
    return [hpke.open(place(i), chunks[i * CHUNK : (i + 1) * CHUNK]) for i in range(count)]

def read_manifest(written):
    cursor = Cursor(written)
    check(cursor.u32() == 1 and cursor.u32() == 1, "the manifest's format")
    manifest = {"hospital": cursor.take(16), "key": cursor.take(32), "enrolment": cursor.take(16)}
    manifest.update(recipient=cursor.take(32), epoch=cursor.u32(), counter=cursor.u64(), issued_at=cursor.u64())
    manifest.update(patient=cursor.text(), birth=cursor.text(), profile=cursor.take(32), form=cursor.u32())
    manifest.update(list_number=cursor.u64(), body=cursor.u64(), plain=cursor.u64(), index=cursor.take(32))
    manifest["chunks"] = [cursor.take(32) for _ in range(cursor.u32())]
    cursor.end()
    return manifest

def read_body(joined, manifest):
    check(manifest["body"] <= len(joined) < manifest["body"] + PLAIN, "the body's length")
    check(not any(joined[manifest["body"] :]), "padding")
    body = Cursor(joined[: manifest["body"]])
    index = one_frame(body.field(), 983040)
    check(sha256(index) == manifest["index"], "the index's hash")
    parts = part_table(index, part_entry)
    total, packed = sum(part["length"] for part in parts), sum(part["frame"] for part in parts)
    check(len(parts) <= 16384 and total == manifest["plain"] <= 64 * MIB, "sums")
    check(total <= MIB or total <= 200 * packed, "it would unpack to too much")
    for part in parts:
        part["data"] = one_frame(body.take(part["frame"]))
        check(len(part["data"]) == part["length"] and sha256(part["data"]) == part["hash"], "a part's hash")
    body.end()
    return parts

def part_entry(cursor):
    part = {"section": cursor.text(64), "seq": cursor.u32(), "length": cursor.u32(), "frame": cursor.u32()}
    return part | {"hash": cursor.take(32), "meta": cursor.field(4096)}

def check_newer(data, manifest, last):
    """Against the package received last, if any. The same one again is no error."""
    if last is not None and last["sha256"] != sha256(data):
        check((manifest["epoch"], manifest["counter"]) > last["at"], "not newer")
        both = manifest["birth"] and last["birth"]
        same = manifest["patient"] == last["patient"] and (not both or manifest["birth"] == last["birth"])
        check(same, "another person")

def check_record(manifest, parts, keys):
    """Content form 1: the summary is of the facility, the person and the profile that were signed."""
    check(manifest["form"] == 1, f"content form {manifest['form']}")
    summary = json.loads(next(part["data"] for part in parts if (part["section"], part["seq"]) == ("summary", 0)))
    birth = summary.get("birth_date", "")
    said = summary["hospital"]["id"], summary["patient_id"], birth if len(birth) == 10 else "", summary["profile"]["sha256"]
    wanted = keys.facility, manifest["patient"], manifest["birth"], manifest["profile"].hex()
    check(said == wanted, "the summary is of something else")
