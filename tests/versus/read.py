"""The files of a storage in Python, with hl7 and with hl7apy: decoded, parsed, every field of every segment read.

read.py STORAGE TEXTS: TEXTS has a line of JSON a file, its path and the text of its segments as our reader has it; these
files are read and no others. For each line `read LIBRARY EVERY` or `compare LIBRARY EVERY` on its input it takes every
EVERYth of them and answers with one line of JSON.
"""

import json
import re
import sys
import time
from pathlib import Path

import hl7
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message


def with_hl7(text):
    message = hl7.parse(text)
    return [[message.unescape(str(field)) if "\\" in str(field) else str(field) for field in segment] for segment in message]


def with_hl7apy(text):
    # Without groups, which is quickest, and with every leniency it has.
    message = parse_message(text, validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False)
    return [[field.to_er7() for field in segment.children] for segment in message.children]


def texts_of(library, text):
    if library == "hl7":
        return [str(segment) for segment in hl7.parse(text)]
    message = parse_message(text, validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False)
    return [segment.to_er7() for segment in message.children]


# Where decoders of JIS take different characters for one: neither is wrong.
ALIKE = str.maketrans("\u2212\u301c\u2016\u2014\u00a2\u00a3\u00ac\u00a5\u203e", "\uff0d\uff5e\u2225\u2015\uffe0\uffe1\uffe2\\~")


def plain(segments):
    """Without empty fields and components at an end, which say nothing, and a row's number `0001` as `1`."""
    tidied = (re.sub(r"[\^~&]+(?=\||$)", "", segment.translate(ALIKE)).rstrip("|") for segment in segments)
    tidied = (re.sub(r"^(\w{3}\|)0+(?=\d)", r"\1", segment) for segment in tidied)
    return [segment for segment in tidied if segment]


def decoded(path, errors="replace"):
    return path.read_bytes().decode("iso2022_jp", errors).replace("\r\n", "\r").replace("\n", "\r")


def read(library, files):
    parse = {"hl7": with_hl7, "hl7apy": with_hl7apy}[library]
    refused = 0
    start = time.perf_counter()
    for path, _ in files:
        try:
            parse(decoded(path))
        except Exception:  # whatever it raises, the file is not read
            refused += 1
    return {"files": len(files), "seconds": time.perf_counter() - start, "refused": refused}


def compare(library, files):
    """How many have characters that Python's decoder does not know, and how many other text than ours for another reason."""
    unknown, differ = 0, 0
    for path, ours in files:
        try:
            decoded(path, "strict")
        except UnicodeError:
            unknown += 1
            continue
        try:
            differ += plain(texts_of(library, decoded(path))) != plain(ours)
        except Exception:
            pass  # counted as refused
    return {"differ": differ, "unknown": unknown}


def main():
    storage, texts = Path(sys.argv[1]), Path(sys.argv[2])
    files = [(storage / line["path"], line["segments"]) for line in map(json.loads, texts.open(encoding="utf-8"))]
    for request in sys.stdin:
        what, library, every = request.split()
        chosen = files[:: int(every)]
        print(json.dumps(read(library, chosen) if what == "read" else compare(library, chosen)), flush=True)


main()
