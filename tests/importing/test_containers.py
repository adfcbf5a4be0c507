"""Sequences however they are packed and piped: D5's gzip, and D8."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import os
import random
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from optsweep.data.corpus import open_corpus
from optsweep.errors import DataError
from optsweep.importing import compression
from optsweep.importing.fasta import ImportReport, import_fasta, scan
from tests.data.samples import SHARED, measure

from .collecting import collect

GOOD = "MKVLAACDEFGHIKLMNPQRSTVWYMKVLAAC"
OTHER = "WWVLAACDEFGHIKLMNPQRSTVWYMKVLAAC"
ONE, TWO = f">one\n{GOOD}\n".encode(), f">two\n{OTHER}\n".encode()
TEXT = ONE + TWO


def packed(tmp_path: Path, content: bytes, name: str = "x.fasta") -> tuple[list[str], ImportReport]:
    (tmp_path / name).write_bytes(content)
    collected, report = collect(tmp_path / name)
    return collected.sequences, report


def zipped(members: dict[str, bytes], **options: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(members: dict[str, bytes], format: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            if name.endswith("/"):
                info.type = tarfile.DIRTYPE
            archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("link.fasta")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return buffer.getvalue()


def zstd(content: bytes) -> bytes:
    for name in ("compression.zstd", "backports.zstd", "zstandard"):
        try:
            module = __import__(name, fromlist=["compress"])
        except ImportError:
            continue
        return bytes(module.compress(content))
    pytest.skip("no zstd in this Python")


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda content: lzma.compress(content, lzma.FORMAT_ALONE),
    "zst": zstd,
}


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("name", ["x.fasta", "misnamed.txt"])
def test_d8_compressed_text_is_told_by_its_content(tmp_path: Path, kind: str, name: str) -> None:
    compress = COMPRESS[kind]
    assert packed(tmp_path, compress(TEXT), name)[0] == [GOOD, OTHER]
    # Some programs compress twice.
    assert packed(tmp_path, compress(gzip.compress(TEXT)), name)[0] == [GOOD, OTHER]


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zst"])
def test_d8_several_members_are_one_text(tmp_path: Path, kind: str) -> None:
    compress = COMPRESS[kind]
    members = [compress(TEXT[start : start + 7]) for start in range(0, len(TEXT), 7)]
    kept, report = packed(tmp_path, b"".join(members))
    assert kept == [GOOD, OTHER]
    assert not report.warnings


def test_d8_thousands_of_members_as_bgzip_writes_them(tmp_path: Path) -> None:
    rng = random.Random(0)
    sequences = ["".join(rng.choices("ACDEFGHIKLMNPQRSTVWY", k=40)) for _ in range(3000)]
    content = b"".join(gzip.compress(f">x\n{sequence}\n".encode()) for sequence in sequences)
    assert packed(tmp_path, content + gzip.compress(b""))[0] == sequences


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
@pytest.mark.parametrize("behind", [b"\0" * 700, b"garbage", b"\0\0\x1f", b"G" * 300_000])
def test_d5_what_follows_whole_data_is_ignored_and_told(tmp_path: Path, kind: str, behind: bytes) -> None:
    kept, report = packed(tmp_path, COMPRESS[kind](TEXT) + behind, "x.fasta.gz")
    assert kept == [GOOD, OTHER]
    kinds = {"gz": "gzip", "bz2": "bzip2", "xz": "xz"}
    path = tmp_path / "x.fasta.gz"
    assert report.warnings == [f"{path}: {len(behind):,} bytes behind the end of its {kinds[kind]} data were ignored"]


def test_d5_garbage_behind_gzip_of_the_case() -> None:
    path = SHARED / "cases" / "gz_garbage.fasta.gz"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    collected, report = collect(path)
    assert len(collected.sequences) == 60
    assert report.warnings == [f"{path}: 21 bytes behind the end of its gzip data were ignored"]


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("keep", [0.3, 0.7, 0.99])
def test_d8_compressed_text_that_was_cut_short_is_refused(tmp_path: Path, kind: str, keep: float) -> None:
    rng = random.Random(0)
    text = b">x\n" + "".join(rng.choices("ACDEFGHIKLMNPQRSTVWY", k=3000)).encode()
    content = COMPRESS[kind](text)
    with pytest.raises(DataError, match=r"x\.fasta: is not a whole (gzip|bzip2|xz|lzma|zstd) file .*cut short\?"):
        packed(tmp_path, content[: int(len(content) * keep)])


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_d8_damaged_data_are_refused(tmp_path: Path, kind: str) -> None:
    content = bytearray(COMPRESS[kind](TEXT * 50))
    content[len(content) // 2] ^= 255
    with pytest.raises(DataError, match="is not a whole"):
        packed(tmp_path, bytes(content))


def test_d8_zstd_names_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("compression.zstd", "backports.zstd", "zstandard"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(DataError, match=r"x\.fasta: is compressed by zstd, .*pip install backports\.zstd"):
        packed(tmp_path, b"\x28\xb5\x2f\xfd rest")


def test_d8_zip_is_read_without_what_the_mac_adds(tmp_path: Path) -> None:
    members = {
        "a/": b"",
        "a/one.fasta": ONE,
        "__MACOSX/a/._one.fasta": b"\0\5\x16\7",
        "a/.DS_Store": b"\0",
        "b.fa": TWO,
    }
    kept, report = packed(tmp_path, zipped(members), "x.zip")
    assert kept == [GOOD, OTHER]
    assert not report.warnings


@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
@pytest.mark.parametrize("kind", [None, *COMPRESS])
def test_d8_tar_is_read_in_any_compression(tmp_path: Path, kind: str | None, format: int) -> None:
    long = "folder/" * (30 if format != tarfile.USTAR_FORMAT else 10)
    content = tarred({"folder/": b"", f"{long}one.fasta": ONE, "./._one.fasta": b"\0", "two.fasta": TWO}, format)
    kept, report = packed(tmp_path, COMPRESS[kind](content) if kind else content, "x.tar")
    assert kept == [GOOD, OTHER]
    assert not report.warnings


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_d8_members_may_be_compressed_but_are_no_archives(
    tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    content = pack({"one.fasta.gz": gzip.compress(ONE), "two.xz": lzma.compress(TWO), "again.zip": zipped({"x": TEXT})})
    kept, report = packed(tmp_path, content, "x.archive")
    assert kept == [GOOD, OTHER]
    assert report.warnings == [
        f"skipped {tmp_path / 'x.archive'}: again.zip: is a zip file in another file or a pipe; unpack it first"
    ]
    with pytest.raises(DataError, match=r"again\.tar: is an archive in an archive"):
        packed(tmp_path, pack({"again.tar": tarred({"x": TEXT})}))


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_d8_members_that_are_no_sequences_are_told(tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]) -> None:
    readme = {f"README{number}.txt": b"Read me.\n" for number in range(7)}
    kept, report = packed(tmp_path, pack({**readme, "x.fasta": TEXT, "paper.pdf": b"%PDF-1.7\n"}))
    assert kept == [GOOD, OTHER]
    assert len(report.warnings) == 6
    assert "README0.txt: begins with 'Read me.'" in report.warnings[0]
    assert report.warnings[-1].startswith("skipped 3 more files")
    with pytest.raises(DataError, match=r"README0\.txt: begins with 'Read me.'"):
        packed(tmp_path, pack(readme))


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_d8_a_mistake_in_a_member_is_told_with_its_name(
    tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    with pytest.raises(DataError, match=r"x.fasta: b.fa: line 3 \(byte offset 38\): .*0x07"):
        packed(tmp_path, pack({"a.fa": ONE, "b.fa": b">one\n%s\n\x07\n" % GOOD.encode()}))


def test_d8_zip_of_something_else_is_refused_by_name(tmp_path: Path) -> None:
    for members, words in [
        ({"xl/workbook.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}, "is an Excel workbook; save it as CSV"),
        ({"word/document.xml": b"<x/>"}, "is a Word document"),
        ({"a.npy": b"\x93NUMPY"}, "holds NumPy arrays"),
        ({"archive/data.pkl": b"\x80\2."}, r"is a \.pt file"),
        ({"picture.png": b"\x89PNG\r\n"}, "picture.png: is a PNG picture"),
        ({}, "is an archive without files"),
    ]:
        with pytest.raises(DataError, match=words):
            packed(tmp_path, zipped(members), "x.zip")


def test_d8_encrypted_zip_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped({"x.fasta": TEXT}))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(DataError, match=r"x\.zip: its member 'x.fasta' is encrypted"):
        packed(tmp_path, bytes(content), "x.zip")


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_d8_damaged_archives_are_refused_or_read_whole(
    tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    """Whatever bit flips, wherever it is cut: never half of it without a word, never another exception."""
    rng = random.Random(0)
    whole = pack({"a.fa": ONE * 30, "b.fa": TWO})
    for _ in range(300):
        content = bytearray(whole)
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        cut = content[: rng.randrange(len(content))]
        for damaged in (bytes(content), bytes(cut)):
            with contextlib.suppress(DataError):
                kept, report = packed(tmp_path, damaged, "x.archive")
                # A flipped bit can make a member a hidden one; a tar has no checksums of its texts.
                assert kept == [GOOD, OTHER] or report.warnings or pack is tarred


def test_d8_tar_cut_between_two_members_is_told(tmp_path: Path) -> None:
    content = tarred({"a.fa": ONE, "b.fa": TWO}, tarfile.USTAR_FORMAT)
    kept, report = packed(tmp_path, content[:1024])
    assert kept == [GOOD]
    assert "has no end mark of a tar archive; was it cut short?" in report.warnings[0]


@pytest.mark.parametrize("name", ["pipe", "/dev/fd"])
def test_d8_pipes_are_read(tmp_path: Path, name: str) -> None:
    if name == "pipe":
        path = tmp_path / "pipe"
        os.mkfifo(path)
        writer = threading.Thread(target=path.write_bytes, args=(gzip.compress(TEXT),))
        writer.start()
    else:
        reading, writing = os.pipe()
        os.write(writing, gzip.compress(TEXT))
        os.close(writing)
        path = Path(f"/dev/fd/{reading}")
    calls: list[tuple[int, int]] = []
    report = import_fasta([path], tmp_path / "corpus.pt", lambda done, total: calls.append((done, total)))
    assert report.num_kept == 2
    size = len(gzip.compress(TEXT))
    assert calls[-1] == (size, 0)
    assert open_corpus(tmp_path / "corpus.pt").manifest["sources"] == [{"name": "-", "size": size}]
    if name == "pipe":
        writer.join()


@pytest.mark.parametrize("redirect", [True, False])
def test_d8_standard_input_is_read(tmp_path: Path, redirect: bool) -> None:
    script = "from pathlib import Path; from optsweep.importing.fasta import import_fasta\n"
    script += f"print(import_fasta([Path('-')], Path({str(tmp_path / 'corpus.pt')!r})).num_kept)"
    (tmp_path / "x.fasta").write_bytes(TEXT)
    with (tmp_path / "x.fasta").open("rb") as file:
        given = {"stdin": file} if redirect else {"input": TEXT}
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, **given)
    assert done.stdout == b"2\n"


def test_d8_addresses_devices_and_zip_in_a_pipe_are_refused(tmp_path: Path) -> None:
    for name in ("https://x.org/u.fasta.gz", "http://x", "ftp://x/y", "s3://bucket/key", "gs://bucket/key"):
        with pytest.raises(DataError, match=f"^{name}: is an address .{name.partition(':')[0]}.; download it first"):
            scan(Path(name))
    with pytest.raises(DataError, match="is a device"):
        scan(Path("/dev/zero"))
    reading, writing = os.pipe()
    os.write(writing, zipped({"x": TEXT}))
    os.close(writing)
    with pytest.raises(DataError, match="is a zip file in another file or a pipe; unpack it first"):
        scan(Path(f"/dev/fd/{reading}"))


@pytest.mark.heavy
@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zst"])
@pytest.mark.parametrize("bomb", ["letters", "blanks", "table", "header of tar"])
def test_d8_bombs_stay_small(tmp_path: Path, kind: str, bomb: str) -> None:
    """64 MB of the same from a few kilobytes are refused, and never held."""
    beginnings = {"letters": b">x\n" + b"A" * 100, "blanks": b" " * 100, "table": b"sequence\n" + b"A" * 100}
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 1 << 26
    beginnings["header of tar"] = info.tobuf() + b"path=" + b"A" * 100
    start = beginnings[bomb]
    (tmp_path / "bomb").write_bytes(COMPRESS[kind](start + start[-1:] * (1 << 26)))
    script = f"""
from pathlib import Path
from optsweep.importing.fasta import scan
from optsweep.errors import DataError
try:
    scan(Path({str(tmp_path / "bomb")!r}))
except DataError as error:
    assert any(words in str(error) for words in ("longer than", "no record begins", "is empty", "a header of")), error
else:
    raise AssertionError("was read")
"""
    assert measure(script)[1] < 100


def test_stream_gives_back_what_was_looked_at() -> None:
    stream = compression.Stream("x", io.BytesIO(b"abcdef").read)
    assert [stream.peek(2), stream.peek(4), stream.read(3)] == [b"ab", b"abcd", b"abc"]
    stream.put_back(b"bc")
    assert [stream.read_exactly(2), stream.read_exactly(2), stream.skip_rest()] == [b"bc", b"de", 1]
    assert [stream.peek(1), stream.read(1), stream.read_exactly(1)] == [b"", b"", b""]
