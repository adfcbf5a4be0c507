"""Wrong FASTA files: imported by hand, and given to a sweep."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import zipfile

from .outcome import Case

_random = random.Random(0)


def protein(length: int) -> bytes:
    return "".join(_random.choices("ACDEFGHIKLMNPQRSTVWY", k=length)).encode()


GOOD = b"".join(b">protein %d\n%s\n" % (number, protein(100)) for number in range(50))
PACKED = gzip.compress(GOOD * 50)


def zip_of(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, b"\x89PNG\r\n\x1a\n")
    return buffer.getvalue()


CONTENTS: list[tuple[str, bytes, list[str]]] = [
    ("binary", bytes(_random.randbytes(5000)), ["is no text", "FASTA is expected"]),
    ("empty", b"", ["is empty", "FASTA is expected"]),
    ("white space", b"\n \t\r\n" * 100, ["is empty", "FASTA is expected"]),
    ("HTML", b"<!DOCTYPE html><html>404</html>", ["HTML page", "FASTA is expected"]),
    ("without a header", protein(80) + b"\n", ["begins with", "header line (>name)"]),
    ("FASTQ", b"@read\nACGT\n+\n!!!!\n", ["is FASTQ", "proteins in FASTA are expected"]),
    ("JSON", b'{"sequences": []}', ["is JSON", "is expected"]),
    ("PIR", GOOD + b">P1;X\ntitle\n", ["line 101 (byte offset", "PIR", "convert it to FASTA"]),
    ("UTF-16", GOOD.decode().encode("utf-16"), ["UTF-16", "save it as UTF-8"]),
    ("NUL", GOOD + b"\0" + GOOD, ["line 101 (byte offset", "NUL byte"]),
    ("control characters", GOOD + b">bad\nMKV\x07LA\n", ["line 102 (byte offset", "0x07", "no letter"]),
    ("beyond ASCII", GOOD + b">bad\n" + "MKVÄLA".encode() + b"\n", ["line 102 (byte offset", "0xc3", "no letter"]),
    ("a record too long", GOOD + b">long\n" + b"A" * 1_000_001, ["the record '>long'", "1,000,000 letters"]),
    ("a record without end", b">long\n" + b"A" * 20_000_000, ["the record '>long'", "1,000,000 letters"]),
    ("headers only", b">a\n>b\n", ["none of its 2 sequences", "2 empty"]),
    ("nucleotides", b">a\n" + b"ACGT" * 20, ["none of its 1 sequences", "1 of nucleotides"]),
    ("chains", b">a\n%s:%s\n" % (protein(50), protein(50)), ["none of its 1 sequences", "of several chains"]),
    ("stops", b">a\n%s*%s\n" % (protein(50), protein(50)), ["none of its 1 sequences", "with a stop inside"]),
    ("a table without sequences", b"id,smiles\na,CCO\n", ["no column is named 'sequence'", "there are: id, smiles"]),
    ("a picture", b"\x89PNG\r\n\x1a\n", ["is a PNG picture", "FASTA is expected"]),
    ("zip of a document", zip_of("word/document.xml"), ["is a Word document", "save it as plain text"]),
    ("zip of pictures", zip_of("x.png"), ["x.png: is a PNG picture", "FASTA is expected"]),
    ("zip cut short", zip_of("x.fasta")[:-30], ["not a whole zip file", "cut short?"]),
    ("bzip2 cut short", bz2.compress(GOOD)[:-30], ["not a whole bzip2 file", "cut short?"]),
    ("xz cut short", lzma.compress(GOOD)[:-30], ["not a whole xz file", "cut short?"]),
    ("too short", b">a\nMKV\n", ["none of its 1 sequences", "1 shorter than 30"]),
    ("unknown residues", b">a\n" + b"X" * 100, ["none of its 1 sequences", "under 95% standard residues"]),
]

GZIPPED: list[tuple[str, bytes, list[str]]] = [
    ("cut short", PACKED[:-100], ["not a whole gzip file", "cut short?"]),
    ("without its checksum", PACKED[:-4], ["not a whole gzip file", "cut short?"]),
    ("damaged", PACKED[:500] + b"damaged" + PACKED[507:], ["not a whole gzip file"]),
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
        "sweep FASTA: a pipe",
        ["sweep", "--data", "pipe.fasta"],
        ["pipe.fasta", "is a pipe", "import it first"],
        files={"pipe.fasta": os.mkfifo},
    ),
    *(
        Case(f"{' '.join(command)}: {id}", [*command, given, *more], says)
        for id, given, says in (
            ("an address", "https://example.org/x.fasta.gz", ["is an address (https)", "download it first"]),
            ("a bucket", "s3://bucket/x.fasta", ["is an address (s3)", "download it first"]),
            ("a device", "/dev/zero", ["/dev/zero", "device", "is expected"]),
        )
        for command, more in ((["data", "import"], ["-o", "new/folder/proteins.pt"]), (["sweep", "--data"], []))
    ),
]
