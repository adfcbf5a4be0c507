"""Wrong FASTA files: imported by hand, and given to a sweep."""

from __future__ import annotations

import gzip
import os
import random

from .outcome import Case

_random = random.Random(0)


def protein(length: int) -> bytes:
    return "".join(_random.choices("ACDEFGHIKLMNPQRSTVWY", k=length)).encode()


GOOD = b"".join(b">protein %d\n%s\n" % (number, protein(100)) for number in range(50))
PACKED = gzip.compress(GOOD * 50)

CONTENTS: list[tuple[str, bytes, list[str]]] = [
    ("binary", bytes(_random.randbytes(5000)), ["NUL bytes", "plain text"]),
    ("empty", b"", ["is empty", "FASTA is expected"]),
    ("white space", b"\n \t\r\n" * 100, ["is empty", "FASTA is expected"]),
    ("HTML", b"<!DOCTYPE html><html>404</html>", ["HTML page", "FASTA is expected"]),
    ("without a header", protein(80) + b"\n", ["begins with", "header line (>name)"]),
    ("FASTQ", b"@read\nACGT\n+\n!!!!\n", ["begins with '@read'", "header line (>name)"]),
    ("JSON", b'{"sequences": []}', ["begins with '{", "header line (>name)"]),
    ("UTF-16", GOOD.decode().encode("utf-16"), ["NUL bytes", "plain text"]),
    ("NUL", GOOD + b"\0" + GOOD, ["NUL bytes", "plain text"]),
    ("control characters", GOOD + b">bad\nMKV\x07LA\n", ["the record '>bad'", "no text"]),
    ("beyond ASCII", GOOD + b">bad\n" + "MKVÄLA".encode() + b"\n", ["the record '>bad'", "no text"]),
    ("a record too long", GOOD + b">long\n" + b"A" * 1_000_001, ["the record '>long'", "1,000,000 letters"]),
    ("a record without end", b">long\n" + b"A" * 20_000_000, ["the record '>long'", "1,000,000 letters"]),
    ("headers only", b">a\n>b\n", ["none of its 2 sequences", "2 empty"]),
    ("Mac line ends", GOOD.replace(b"\n", b"\r"), ["none of its 1 sequences", "1 empty"]),
    ("too short", b">a\nMKV\n", ["none of its 1 sequences", "1 shorter than 30"]),
    ("unknown residues", b">a\n" + b"X" * 100, ["none of its 1 sequences", "under 95% standard residues"]),
]

GZIPPED: list[tuple[str, bytes, list[str]]] = [
    ("cut short", PACKED[:-100], ["not a whole gzip file", "cut short?"]),
    ("without its checksum", PACKED[:-4], ["not a whole gzip file", "cut short?"]),
    ("damaged", PACKED[:500] + b"damaged" + PACKED[507:], ["not a whole gzip file"]),
    ("with something behind", PACKED + b"and more", ["not a whole gzip file"]),
    ("two bytes", PACKED[:2], ["not a whole gzip file"]),
    ("of nothing", gzip.compress(b""), ["is empty"]),
    (
        "of a gigabyte of one letter",
        gzip.compress(b">bomb\n" + b"A" * (1 << 26)) * 16,
        ["'>bomb'", "1,000,000 letters"],
    ),
]

TOO_FEW = "groups of close relatives", "training, validation and confirmation need one each"

CASES = [
    *(
        Case(f"{' '.join(command)} FASTA: {id}", [*command, name, *more], [name, *says], files={name: content})
        for name, contents in (("proteins.fasta", CONTENTS), ("proteins.fasta.gz", GZIPPED))
        for id, content, says in contents
        for command, more in ((["data", "import"], ["-o", "new/folder/proteins.pt"]), (["sweep", "--data"], []))
    ),
    Case(
        "sweep FASTA of two proteins",
        ["sweep", "--data", "two.fasta"],
        ["data/two.pt: its 2 sequences", *TOO_FEW],
        files={"two.fasta": b">a\n" + protein(90) + b"\n>b\n" + protein(90)},
    ),
    Case(
        "sweep FASTA of relatives",
        ["sweep", "--data", "relatives.fasta"],
        ["data/relatives.pt: its 50 sequences", *TOO_FEW],
        files={"relatives.fasta": b"".join(b">%d\n%s\n" % (n, GOOD[12:112] + protein(9)) for n in range(50))},
    ),
    Case(
        "sweep FASTA over another corpus",
        ["sweep", "--data", "small.fasta"],
        ["data/small.pt: is there already", "move it away"],
        files={"small.fasta": GOOD, "data/small.pt": lambda path: os.link(path.parent.parent / "small.pt", path)},
    ),
    Case(
        "sweep FASTA where data is a file",
        ["sweep", "--data", "proteins.fasta"],
        ["data/proteins.pt: cannot be written"],
        files={"proteins.fasta": GOOD, "data": b"a file"},
    ),
    Case(
        "import FASTA: a pipe",
        ["data", "import", "pipe.fasta", "-o", "x.pt"],
        ["pipe.fasta", "is a pipe", "a file is expected"],
        files={"pipe.fasta": os.mkfifo},
    ),
    Case(
        "sweep FASTA: a pipe",
        ["sweep", "--data", "pipe.fasta"],
        ["pipe.fasta", "is a pipe", "a file is expected"],
        files={"pipe.fasta": os.mkfifo},
    ),
]
