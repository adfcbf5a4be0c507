"""A compression is an entry in a table: added to a copy of the program, imports read it, in archives and tables too."""

from __future__ import annotations

import io
import tarfile
import zlib
from pathlib import Path

from tests.newer import newer_version, run

CLASS = '''

class _Zlib(_Gzip):
    """As in PNG and PDF files: without gzip's header."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj()
'''
SEQUENCE = "MKVLAAGGWY" * 5


def test_a_new_compression_takes_one_file(tmp_path: Path) -> None:
    known = '    ("gzip", (b"\\x1f\\x8b",), _Gzip),\n'
    code = newer_version(
        tmp_path / "newer", {"importing/compression.py": (known, '    ("zlib", (b"x\\x9c",), _Zlib),\n')}
    )
    formats = code / "optsweep" / "importing" / "compression.py"
    formats.write_text(formats.read_text().replace("\n\nclass _Zstandard", f"{CLASS}\n\nclass _Zstandard"))

    fasta = zlib.compress(f">one\n{SEQUENCE}\n".encode())
    (tmp_path / "some.fasta.z").write_bytes(fasta)
    (tmp_path / "table.csv.z").write_bytes(zlib.compress(f"id,sequence\ntwo,{SEQUENCE[1:]}\n".encode()))
    with tarfile.open(tmp_path / "some.tar", "w") as archive:
        member = tarfile.TarInfo("inside.fasta.z")
        inside = zlib.compress(f">three\n{SEQUENCE[2:]}\n".encode())
        member.size = len(inside)
        archive.addfile(member, io.BytesIO(inside))
    (tmp_path / "short.fasta.z").write_bytes(fasta[:-3])

    words = ("-m", "optsweep", "data", "import")
    told = run(code, tmp_path, *words, "some.fasta.z", "table.csv.z", "some.tar", "-o", "some.pt")
    assert "Imported 3 of 3 sequences" in told
    code_of_damage = "import sys; from optsweep import cli; print(cli.run(sys.argv[1:]), file=sys.stdout)"
    assert run(code, tmp_path, "-c", code_of_damage, *words[2:], "short.fasta.z", "-o", "short.pt").endswith("2\n")
    assert not (tmp_path / "short.pt").exists()
