"""Key list, enrolment and offer (docs/package-format.md)."""

import base64
import binascii

from crypto import sha256, verify, x25519, x25519_public
from wire import Cursor, Refused, check

ACTIVE, RETIRED, COMPROMISED = 1, 2, 3

def key_id(public):
    return sha256(public)[:16]

def typed(text):
    """Base 32 as typed: white space, hyphens and small letters do not matter."""
    plain = "".join(text.split()).replace("-", "").upper()
    try:
        data = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except binascii.Error:
        raise Refused("not base 32") from None
    check(base64.b32encode(data).decode().rstrip("=") == plain, "unused bits")
    return data

class KeyList:
    def __init__(self, data, pin):
        cursor = Cursor(data)
        check(cursor.take(8) == b"MYKARTEK" and cursor.u32() == 1 and cursor.u32() == 1, "not a key list")
        self.hospital, root = cursor.take(16), cursor.take(32)
        check(sha256(root) == pin, "another root key")
        self.number, self.epoch = cursor.u64(), cursor.u32()
        self.facility, self.name = cursor.text(256), cursor.text(256)
        count = cursor.u32()
        check(count <= 256, "too many keys")
        self.keys = {cursor.take(32): cursor.u32() for _ in range(count)}
        check(len(self.keys) == count and root not in self.keys, "a key stands twice")
        check(all(ACTIVE <= state <= COMPROMISED for state in self.keys.values()), "a key's state")
        signed, signature = data[: cursor.at], cursor.take(64)
        cursor.end()
        verify(root, b"key list", signature, signed)

    def signing_key(self, wanted):
        found = [public for public in self.keys if key_id(public) == wanted]
        check(found, "a key that the list does not know")
        return found[0]

class Enrolment:
    """What the device keeps: the list it goes by, its private keys, the package it received last."""

    def __init__(self, data):
        cursor = Cursor(data)
        check(cursor.u32() == 1, "an enrolment's format")
        self.id, self.pin = cursor.take(16), cursor.take(32)
        self.list, self.device_seed = KeyList(cursor.field(), self.pin), cursor.take(32)
        pairs = [(cursor.u32(), cursor.take(32)) for _ in range(cursor.u32())]
        numbers = [number for number, _ in pairs]
        check(1 <= len(pairs) <= 2 and numbers == sorted(set(numbers)), "an enrolment's keys")
        self.private = {key_id(x25519_public(private)): private for _, private in pairs}
        received = cursor.u32()
        check(received <= 1, "an enrolment's last package")
        self.last = read_last(cursor) if received else None
        cursor.end()

def read_last(cursor):
    at, issued_at, digest = (cursor.u32(), cursor.u64()), cursor.u64(), cursor.take(32)
    return {"at": at, "issued_at": issued_at, "sha256": digest, "patient": cursor.text(), "birth": cursor.text()}

class Offer:
    def __init__(self, data):
        cursor = Cursor(data)
        check(cursor.u32() == 1, "an offer's format")
        self.hospital, self.enrolment, self.number = cursor.take(16), cursor.take(16), cursor.u32()
        self.recipient, device = cursor.take(32), cursor.take(32)
        verify(device, b"offer", data[cursor.at :], data[: cursor.at])
        x25519(bytes(32), self.recipient)
