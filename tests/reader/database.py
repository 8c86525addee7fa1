"""The SQLite level of a vault: its first 100 bytes, its tables to the letter of the document, its rows."""

import re
import sqlite3
from pathlib import Path

from wire import Refused, check

DOCUMENT = Path(__file__).parents[2] / "docs" / "vault-format.md"
TABLES = re.findall(r"^CREATE TABLE (\w+).*$", DOCUMENT.read_text("utf-8"), re.M)
SCHEMA = re.findall(r"^CREATE TABLE .*$", DOCUMENT.read_text("utf-8"), re.M)

class Database:
    def __init__(self, data):
        number = lambda at: int.from_bytes(data[at : at + 4], "big")
        check(len(data) >= 100 and data[:16] == b"SQLite format 3\0" and number(68) == 0x4D4B5254, "not a vault")
        check(number(60) <= 1, f"format {number(60)} is newer")
        fixed = data[16:24] == bytes.fromhex("1000 0101 0040 2020") and number(56) == 1
        check(fixed and number(60) == 1, "SQLite header")
        self.connection = sqlite3.connect(":memory:")
        self.connection.deserialize(data)
        self.connection.executescript("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON")
        found = self.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name LIMIT 6")
        check(found == [("table", name, name, sql) for name, sql in zip(TABLES, SCHEMA)], "schema")

    def rows(self, query, *values):
        try:
            return self.connection.execute(query, values).fetchall()
        except (sqlite3.Error, UnicodeDecodeError):
            raise Refused("a damaged page") from None

    def row(self, query, number):
        found = self.rows(query + " WHERE id = ?", number)
        check(len(found) == 1, "a row is missing")
        return found[0]

    def blob(self, query, number):
        (value,) = self.row(query, number)
        check(isinstance(value, bytes), "another type")
        return value
