"""What a file is, told by its first bytes: FASTA, a table, or something else that is refused by its name."""

from __future__ import annotations

import re
from typing import Literal

from optsweep.errors import DataError
from optsweep.importing.cleaning import no_header
from optsweep.importing.residues import INVISIBLE_PATTERN

HEAD = 1 << 16
"""Bytes of a text by which its kind is told."""

_FASTA = "FASTA is expected"
_CONVERT = "convert it to FASTA (Biopython's SeqIO.convert can)"
_SEQUENCES = "FASTA with the sequences alone is expected"
_TABLE = "save it as CSV or Parquet, with a column of sequences"
_UNPACK = "unpack it first"
_UTF8 = "save it as UTF-8"
_AS_DATA = "a corpus is given to --data as it is, and needs no import"

_BINARY: list[tuple[bytes, str, str]] = [
    (rb"PK\x03\x04|PK\x05\x06", "a zip file in another file or a pipe", _UNPACK),
    (rb"PAR1", "a Parquet file in another file or a pipe", _UNPACK),
    (rb"\x1f\x9d|\x1f\xa0", "a .Z file of compress", "unpack it first (gunzip can)"),
    (rb"LZIP\x01", "an lzip file", _UNPACK),
    (rb"\x04\"M\x18", "an lz4 file", _UNPACK),
    (rb"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (rb"7z\xbc\xaf'\x1c", "a 7z archive", _UNPACK),
    (rb"\x80[\x02-\x05]", "a pickle", _AS_DATA),
    (rb"SQLite format 3\x00", "an SQLite database", _TABLE),
    (rb"\x89HDF\r\n\x1a\n", "an HDF5 file", _TABLE),
    (rb"\x93NUMPY", "a NumPy array", _SEQUENCES),
    (rb".{6}\x00\x00\{\"", "a safetensors file", _SEQUENCES),
    (rb"ARROW1|FEA1|\xff\xff\xff\xff.{4}\x10\x00", "an Arrow (Feather) file", _TABLE),
    (rb"ORC\n?[\x00-\x1f]", "an ORC file", _TABLE),
    (rb"Obj\x01", "an Avro file", _TABLE),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office file", _TABLE),
    (rb"%PDF", "a PDF document", _FASTA),
    (rb"\x89PNG", "a PNG picture", _FASTA),
    (rb"\xff\xd8\xff", "a JPEG picture", _FASTA),
    (rb"GIF8", "a GIF picture", _FASTA),
    (rb"\x7fELF|MZ.\x00", "a program", _FASTA),
    (rb"BAM\x01|CRAM[\x01-\x04]", "aligned reads (BAM, CRAM)", _SEQUENCES),
    (rb"\xff\xfe\x00\x00|\x00\x00\xfe\xff|(?:[\t-~]\x00\x00\x00){2}|(?:\x00\x00\x00[\t-~]){2}", "UTF-32 text", _UTF8),
    (rb"\xff\xfe|\xfe\xff|(?:[\t-~]\x00){2}|(?:\x00[\t-~]){2}", "UTF-16 text", _UTF8),
]
"""Of files that are no text: how they begin, what they are, what would be right."""

_TEXT: list[tuple[bytes, str, str]] = [
    (rb"(?i:<!doctype html|<html|<head|<body|<script)", "an HTML page (a failed download?)", _FASTA),
    (rb"<\?xml|<[A-Za-z!]", "XML", "FASTA is expected (UniProt and UniRef have it beside the XML)"),
    (rb"[\[{]", "JSON", "FASTA, or CSV with a column of sequences, is expected"),
    (rb"# STOCKHOLM", "a Stockholm alignment", _CONVERT),
    (rb"(?i:#NEXUS)", "a NEXUS file", _CONVERT),
    (rb"(?i:CLUSTAL|MUSCLE \(|PROBCONS)", "a Clustal alignment", _CONVERT),
    (rb"!!AA_MULT|!!NA_MULT|PileUp|MSF:", "an MSF alignment", _CONVERT),
    (rb"[ \t]*[0-9]+[ \t]+[0-9]+[ \tA-Z]*[\r\n]", "a PHYLIP alignment", _CONVERT),
    (rb"LOCUS  ", "a GenBank file", _CONVERT),
    (rb"ID   [^\r\n]*[\r\n]+(?:AC|XX|DT|SV|DE)\b", "an EMBL or Swiss-Prot flat file", _CONVERT),
    (rb"(?:HEADER|TITLE|COMPND|REMARK|CRYST1|MODEL|ATOM|HETATM|EXPDTA|AUTHOR|SEQRES) +", "a PDB file", _SEQUENCES),
    (rb"(?i:data_)[^\s,;]*[ \t]*[\r\n]+", "an mmCIF file", _SEQUENCES),
    (rb"@[^\r\n]*[\r\n]+[A-Za-z.*\-~]*[\r\n]+\+", "FASTQ: reads of a sequencer", "proteins in FASTA are expected"),
    (rb"@(?:HD|SQ|RG|PG)\t", "aligned reads (SAM)", _SEQUENCES),
    (rb"##gff-version", "a GFF file", "the proteins that it names, in FASTA, are expected"),
    (rb"##fileformat=VCF", "a VCF file", _FASTA),
    (rb"HMMER3?/", "a profile of HMMER", _SEQUENCES),
    (rb"version https://git-lfs", "the pointer of Git LFS to a file", "fetch the file itself (git lfs pull)"),
    (rb"%!PS", "a PostScript document", _FASTA),
    (rb"\{\\rtf", "an RTF document", "save it as plain text"),
]
"""Of texts, from the first line that is not blank."""

_BLANK = re.compile(rb"(?:\s|" + INVISIBLE_PATTERN.pattern + rb")*")
_COMMENTS = re.compile(rb"(?:(?:[;#][^\r\n]*)?(?:[\r\n]|\Z)(?:\s|" + INVISIBLE_PATTERN.pattern + rb")*)*")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")


class WrongKindError(DataError):
    """A file that is whole, but no file of sequences that can be read."""


def tell_kind(name: str, head: bytes) -> Literal["fasta", "table"]:
    """What a text is whose first `HEAD` bytes (or all) are given; raises `WrongKindError`.

    "table" is what begins with a line of text that is no FASTA: whether it has a column of sequences is not looked at.
    """
    for pattern, kind, right in _BINARY:
        if re.match(pattern, head, re.DOTALL):
            raise WrongKindError(f"{name}: is {kind}; {right}")
    start = _end(_BLANK, head)
    if start == len(head):
        raise WrongKindError(f"{name}: is empty; FASTA is expected")
    for pattern, kind, right in _TEXT:
        if re.match(pattern, head[start:]):
            raise WrongKindError(f"{name}: is {kind}; {right}")
    start += _end(_COMMENTS, head[start:])
    if head[start : start + 1] in (b">", b""):
        return "fasta"
    line = re.split(rb"[\r\n]", head[start : start + HEAD], maxsplit=1)[0]
    if _CONTROL.search(line):
        raise WrongKindError(f"{name}: is no text (it begins with the bytes {head[:8].hex(' ')}); {_FASTA}")
    return "table"


def not_fasta(name: str, line: bytes) -> WrongKindError:
    return WrongKindError(f"{name}: {no_header(line)}")


def _end(pattern: re.Pattern[bytes], text: bytes) -> int:
    match = pattern.match(text)
    return match.end() if match else 0
