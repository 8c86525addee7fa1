"""Bytes as both formats write them: labelled fields, and a cursor that refuses what is left over."""

class Refused(Exception):
    """The file is not what the documents say. The text never holds content."""

def check(holds, why):
    if not holds:
        raise Refused(why)

def u32(number):
    return number.to_bytes(4, "big")

def u64(number):
    return number.to_bytes(8, "big")

def fields(*parts):
    """F(x, y, ...): each with its length in 8 bytes."""
    return b"".join(u64(len(part)) + part for part in parts)

class Cursor:
    """Takes bytes from the front."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        check(self.at + count <= len(self.data), "cut off")
        self.at += count
        return self.data[self.at - count : self.at]

    def u32(self):
        return int.from_bytes(self.take(4), "big")

    def u64(self):
        return int.from_bytes(self.take(8), "big")

    def field(self, most=1 << 30):
        length = self.u32()
        check(length <= most, "a field is too long")
        return self.take(length)

    def text(self, most=1 << 30):
        try:
            return self.field(most).decode()
        except UnicodeDecodeError:
            raise Refused("a text is not UTF-8") from None

    def end(self):
        check(self.at == len(self.data), "bytes follow")

def part_table(data, read_one):
    """`u32 n, n x entry`, ordered by section (bytes) and seq; in each section seq runs from 0 without a gap."""
    cursor, due = Cursor(data), ("", 0)
    entries = [read_one(cursor) for _ in range(cursor.u32())]
    cursor.end()
    for entry in entries:
        section, seq = entry["section"], entry["seq"]
        check((section, seq) == due or section.encode() > due[0].encode() and seq == 0, "order of the parts")
        due = section, seq + 1
    return entries
