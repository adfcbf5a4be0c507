"""Files that are no sequences are refused by their names (D8)."""

from __future__ import annotations

import io
import json
import pickle
import random
import sqlite3
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from optsweep.errors import DataError
from optsweep.importing.fasta import scan
from optsweep.importing.prepare import look

GOOD = "MKVLAACDEFGHIKLMNPQRSTVWYMKVLAAC"


def npy() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.arange(3))
    return buffer.getvalue()


KINDS: dict[str, tuple[str | bytes, str]] = {
    "HTML": ("\n<!DOCTYPE html><html>404</html>", "an HTML page (a failed download?); FASTA is expected"),
    "XML": (f"<?xml version='1.0'?><uniprot>{GOOD}</uniprot>", "XML"),
    "JSON": (json.dumps({"sequences": [GOOD]}), "JSON"),
    "JSON lines": (json.dumps([GOOD]), "JSON"),
    "FASTQ": ("@read 1\nACGT\n+\n!!!!\n", "FASTQ"),
    "SAM": ("@HD\tVN:1.6\n", "aligned reads (SAM)"),
    "GenBank": ("LOCUS       SCU49845     5028 bp    DNA             PLN       21-JUN-1999\n", "a GenBank file"),
    "Swiss-Prot": ("ID   001R_FRG3G     Reviewed;     256 AA.\nAC   Q6GZX4;\n", "an EMBL or Swiss-Prot flat file"),
    "EMBL": ("ID   X56734; SV 1; linear; mRNA; STD; PLN; 1859 BP.\nXX\nAC   X56734;\n", "an EMBL or Swiss-Prot"),
    "Stockholm": (f"# STOCKHOLM 1.0\n#=GF ID x\none {GOOD}\n//\n", "a Stockholm alignment"),
    "Clustal": (f"CLUSTAL W (1.83) multiple sequence alignment\n\none {GOOD}\n", "a Clustal alignment"),
    "PHYLIP": (f" 2 32\none       {GOOD}\ntwo       {GOOD}\n", "a PHYLIP alignment"),
    "NEXUS": ("#NEXUS\nBegin data;\n", "a NEXUS file"),
    "MSF": ("!!AA_MULTIPLE_ALIGNMENT 1.0\n", "an MSF alignment"),
    "PDB": ("HEADER    OXYGEN TRANSPORT                        22-JUL-83   1HHO\n", "a PDB file"),
    "mmCIF": ("data_1HHO\n#\n_entry.id 1HHO\n", "an mmCIF file"),
    "GFF": ("##gff-version 3\n", "a GFF file"),
    "HMM": ("HMMER3/f [3.3 | Nov 2019]\n", "a profile of HMMER"),
    "LFS": ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n", "the pointer of Git LFS"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\n", "a PDF document"),
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture"),
    "HDF5": (b"\x89HDF\r\n\x1a\n\0\0\0", "an HDF5 file"),
    "npy": (npy(), "a NumPy array"),
    "safetensors": (safetensors.numpy.save({"x": np.zeros(3)}), "a safetensors file"),
    "Arrow": (b"ARROW1\0\0\xff\xff", "an Arrow (Feather) file"),
    "Feather": (b"FEA1\0\0\0\0", "an Arrow (Feather) file"),
    "RAR": (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
    "7z": (b"7z\xbc\xaf'\x1c\0\4", "a 7z archive"),
    ".Z": (b"\x1f\x9d\x90abc", "a .Z file of compress"),
    "pickle": (pickle.dumps([GOOD], 4), "a pickle"),
    "ELF": (Path(sys.executable).read_bytes()[:4096], "a program"),
    "UTF-16": (f">one\n{GOOD}\n".encode("utf-16"), "UTF-16 text; save it as UTF-8"),
    "UTF-16 without a mark": (f">one\n{GOOD}\n".encode("utf-16-be"), "UTF-16 text; save it as UTF-8"),
    "UTF-32": (f">one\n{GOOD}\n".encode("utf-32"), "UTF-32 text; save it as UTF-8"),
    "UTF-32 without a mark": (f">one\n{GOOD}\n".encode("utf-32-le"), "UTF-32 text; save it as UTF-8"),
    "bytes": (struct.pack("<8H", 7, 1, 2, 259, 770, 5, 6, 7), "no text (it begins with the bytes 07 00"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["x.fasta", "x.csv"])
def test_d8_other_kinds_are_refused_by_their_names(workplace: Path, kind: str, name: str) -> None:
    content, words = KINDS[kind]
    path = workplace / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError) as caught:
        scan(path)
    assert str(caught.value).startswith(f"{path}: is {words}")
    if kind != "pickle":
        with pytest.raises(DataError) as looked:
            look(path)
        assert str(looked.value) == str(caught.value)


def test_d8_sqlite_is_refused_by_name(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute("CREATE TABLE proteins (sequence TEXT)")
    connection.commit()
    connection.close()
    with pytest.raises(DataError, match="is an SQLite database; save it as CSV or Parquet"):
        scan(tmp_path / "x.db")


@pytest.mark.parametrize("text", [GOOD, "Dear colleague,\nhere are my proteins", f"one {GOOD}\n", "\n\n0\n", "###"])
def test_text_that_is_none_of_these_is_told_by_its_first_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.txt").write_text(text)
    with pytest.raises(DataError, match=r"begins with '.*'; a FASTA file begins with a header line|none of its 0 seq"):
        scan(tmp_path / "x.txt")


def test_random_bytes_are_refused(tmp_path: Path) -> None:
    rng = random.Random(0)
    for _ in range(200):
        (tmp_path / "x").write_bytes(rng.randbytes(rng.randrange(1, 300)))
        with pytest.raises(DataError):
            scan(tmp_path / "x")
