"""A vault: what opens it, its head, its records and their parts (docs/vault-format.md, "Reading")."""

import hmac
import unicodedata

from crypto import argon2id, hkdf, one_frame, sha256, xchacha_open
from database import Database
from wire import Cursor, Refused, check, fields, part_table, u32, u64

PASSCODE, BIOMETRIC, RECOVERY = 1, 2, 3
KINDS = {"passcode": PASSCODE, "biometric": BIOMETRIC, "recovery": RECOVERY}
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U"
NUMBERS, SLOT = ("id", "kind", "m_kib", "t", "p"), ("id", "kind", "m_kib", "t", "p", "salt", "wrapped")

def label(purpose):
    return b"mykarte-vault/1 " + purpose

class Vault:
    """Opened with one secret; `writable` is false where the slot table is not the one the head names."""

    def __init__(self, data, secrets):
        self.database = Database(data)
        columns = "SELECT format, suite, flags, vault_id, commitment FROM header"
        version, suite, self.flags, self.id, commitment = self.database.row(columns, 1)
        check((version, suite) == (1, 1), f"format {version}, suite {suite}")
        check(self.flags in (0, 1) and is_blob(self.id, 16) and is_blob(commitment, 32), "header")
        rows = self.database.rows(f"SELECT {', '.join(SLOT)} FROM slot ORDER BY id LIMIT 9")
        slots = [slot for slot in (dict(zip(SLOT, row)) for row in rows) if fits(slot)]
        check(len(slots) <= 8, "too many slots")
        self.key, used = self.unwrap(slots, secrets, commitment)
        self.read_head(slots, used, whole=len(slots) == len(rows))

    def place(self, purpose, *parts):
        return fields(label(purpose), u32(1), u32(1), u32(self.flags), self.id, *parts)

    def derive(self, parent, purpose):
        return hkdf(self.id, parent, fields(label(purpose)))

    def slot_place(self, slot):
        return self.place(b"slot", *(u32(slot[name]) for name in NUMBERS), slot["salt"])

    def unwrap(self, slots, secrets, commitment):
        kind = next(kind for name, kind in KINDS.items() if name in secrets)
        mine = [slot for slot in slots if slot["kind"] == kind and costs_allowed(slot)]
        check(0 < len(mine) <= (2 if kind == PASSCODE else 1), "slots")
        for slot in reversed(mine):
            info = fields(label(b"kek"), self.id, u32(kind), u32(self.flags))
            kek = hkdf(slot["salt"], self.secret(slot, secrets), info)
            try:
                key = xchacha_open(kek, slot["wrapped"], self.slot_place(slot))
                check(hmac.compare_digest(self.derive(key, b"commit"), commitment), "commitment")
                return key, slot
            except Refused:
                pass
        raise Refused("the secret does not open it")

    def secret(self, slot, secrets):
        if slot["kind"] == PASSCODE:
            passcode = unicodedata.normalize("NFKC", secrets["passcode"]).encode()
            hashed = argon2id(passcode, slot["salt"], slot["m_kib"], slot["t"], slot["p"])
            return hashed + bytes.fromhex(secrets["installation"]) if self.flags & 1 else hashed
        return recovery(secrets["recovery"]) if slot["kind"] == RECOVERY else bytes.fromhex(secrets["biometric"])

    def read_head(self, slots, used, whole):
        sealed = self.database.blob("SELECT sealed FROM head", 1)
        plain = xchacha_open(self.derive(self.key, b"head"), sealed, self.place(b"head"))
        cursor = Cursor(Cursor(plain).field())
        self.counter, self.written_at, self.anchor = cursor.u64(), cursor.u64(), sha256(sealed)
        named = {cursor.u32(): cursor.take(32) for _ in range(cursor.u32())}
        there = {slot["id"]: sha256(self.slot_place(slot) + fields(slot["wrapped"])) for slot in slots}
        check(named.get(used["id"]) == there[used["id"]], "the head does not name the slot")
        self.writable = whole and named == there
        self.records = [Record(self, cursor) for _ in range(cursor.u32())]
        cursor.end()

class Record:
    """One record of the head. What fails concerns the part that is asked for."""

    def __init__(self, vault, cursor):
        self.vault, self.id, self.generation, self.row = vault, cursor.take(16), cursor.u64(), cursor.u64()
        self.manifest_hash, self.catalogue_hash = cursor.take(32), cursor.take(32)
        self.label = cursor.field(16 * 1024)

    def open(self, digest, purpose, query, row, *parts):
        sealed = self.vault.database.blob(query, row)
        check(sha256(sealed) == digest, "another one than was committed")
        wrapped = self.vault.database.blob("SELECT key FROM generation", self.row)
        place = lambda of, *more: self.vault.place(of, self.id, u64(self.generation), *more)
        parent = self.vault.derive(self.vault.key, b"generation key")
        key = self.vault.derive(xchacha_open(parent, wrapped, place(b"generation key")), purpose)
        return one_frame(Cursor(xchacha_open(key, sealed, place(purpose, *parts))).field())

    def catalogue(self):
        return self.open(self.catalogue_hash, b"catalogue", "SELECT catalogue FROM generation", self.row)

    def manifest(self):
        query = "SELECT manifest FROM generation"
        return part_table(self.open(self.manifest_hash, b"manifest", query, self.row), chunk_entry)

    def chunk(self, entry):
        row, parts = self.row << 20 | entry["index"], (entry["section"].encode(), u32(entry["seq"]))
        plain = self.open(entry["hash"], b"chunk", "SELECT sealed FROM chunk", row, *parts)
        check(len(plain) == entry["length"], "a chunk's length")
        return plain

def chunk_entry(cursor):
    index, section, seq = cursor.u32(), cursor.text(64), cursor.u32()
    length, digest, meta = cursor.u32(), cursor.take(32), cursor.field(4096)
    return {"section": section, "seq": seq, "index": index, "length": length, "hash": digest, "meta": meta}

def fits(slot):
    numbers = all(isinstance(slot[name], int) and 0 <= slot[name] < 1 << 32 for name in NUMBERS)
    return numbers and is_blob(slot["salt"], 16) and is_blob(slot["wrapped"], 72)

def is_blob(value, length):
    return isinstance(value, bytes) and len(value) == length

def costs_allowed(slot):
    m_kib, t, p = slot["m_kib"], slot["t"], slot["p"]
    if slot["kind"] != PASSCODE:
        return (m_kib, t, p) == (0, 0, 0)
    return 19456 <= m_kib <= 262144 and 2 <= t <= 10 and 1 <= p <= 8

def recovery(written):
    """26 characters and a check character, as typed by hand."""
    code = "".join(unicodedata.normalize("NFKC", written).upper().split()).replace("-", "")
    code = code.replace("O", "0").replace("I", "1").replace("L", "1")
    check(len(code) == 27 and all(c in ALPHABET[:32] for c in code[:26]), "recovery code")
    number = 0
    for c in code[:26]:
        number = number * 32 + ALPHABET.index(c)
    check(code[26] == ALPHABET[number % 37], "recovery code")
    return code[:26].encode()
