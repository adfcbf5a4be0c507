"""Members of zip and tar archives, one after the other, in bounded memory; nothing is unpacked to disk."""

from __future__ import annotations

import stat
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from optsweep.errors import DataError
from optsweep.importing.compression import Stream
from optsweep.importing.kinds import WrongKindError

_BLOCK = tarfile.BLOCKSIZE
_MAX_HEADER = 1 << 20
"""Bytes of one extended header of tar, which is held in memory."""

_EXTENSIONS = (tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK)

_DOCUMENTS = {
    "xl/workbook.xml": ("an Excel workbook", "save it as CSV"),
    "word/document.xml": ("a Word document", "save it as plain text"),
    "content.xml": ("an OpenDocument file", "save it as CSV or plain text"),
    "META-INF/MANIFEST.MF": ("a Java archive", "FASTA is expected"),
}
"""Files of other programs that are zip archives, by a member that each has."""


def is_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_tar(head: bytes) -> bool:
    """Whether the first 512 bytes are a header of tar, whose checksum is right."""
    try:
        return len(head) >= _BLOCK and head[:1] != b"\0" and bool(_header(head))
    except tarfile.HeaderError:
        return False


def is_torch_zip(file: BinaryIO) -> bool:
    """Whether a zip archive is a .pt file: `torch.save` puts a pickle of this name into it."""
    try:
        with zipfile.ZipFile(file) as archive:
            return any(PurePosixPath(name).name == "data.pkl" for name in archive.namelist())
    # If a bit of a header has flipped, zipfile can raise nearly anything.
    except Exception:
        return False


def zip_members(name: str, file: BinaryIO) -> Iterator[Stream]:
    """The files in a zip archive, in their order there; raises `DataError`."""
    try:
        archive = zipfile.ZipFile(file)
        members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    except Exception as error:
        raise _no_whole_zip(name, error) from None
    _refuse_documents(name, {member.filename for member in members})
    for member in members:
        if member.is_dir() or _is_hidden(member.filename) or stat.S_ISLNK(member.external_attr >> 16):
            continue
        if member.flag_bits & 1:
            raise DataError(f"{name}: its member {member.filename!r} is encrypted; unpack it first")
        yield Stream(f"{name}: {member.filename}", _ZipMember(name, archive, member).read)


class _ZipMember:
    def __init__(self, name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        self._name = name
        try:
            self._file = archive.open(member)
        except Exception as error:
            raise _no_whole_zip(name, error) from None

    def read(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except Exception as error:
            raise _no_whole_zip(self._name, error) from None


def _no_whole_zip(name: str, error: Exception) -> DataError:
    if isinstance(error, NotImplementedError):
        return DataError(f"{name}: is compressed in a way that Python cannot read ({error}); unpack it first")
    return DataError(f"{name}: is not a whole zip file ({error}); was the download cut short?")


def _refuse_documents(name: str, members: set[str]) -> None:
    for member, (kind, right) in _DOCUMENTS.items():
        if member in members:
            raise WrongKindError(f"{name}: is {kind}; {right}")
    if any(PurePosixPath(member).name == "data.pkl" for member in members):
        raise WrongKindError(f"{name}: is a .pt file; a corpus is given to --data as it is, and needs no import")
    if members and all(member.endswith(".npy") for member in members):
        raise WrongKindError(f"{name}: holds NumPy arrays; FASTA with the sequences alone is expected")


def tar_members(stream: Stream, warnings: list[str]) -> Iterator[Stream]:
    """The files in a tar archive; what is not read of one is skipped for the next; raises `DataError`."""
    attributes: dict[str, str] = {}
    while (header := stream.read_exactly(_BLOCK)) != bytes(_BLOCK):
        if not header:
            warnings.append(f"{stream.name}: has no end mark of a tar archive; was it cut short?")
            return
        try:
            info = _header(header)
        except tarfile.HeaderError as error:
            raise _no_whole_tar(stream.name, str(error)) from None
        if info.type in (tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME):
            attributes |= _attributes(stream, info)
            continue
        member = attributes.get("path", info.name)
        if info.type == tarfile.GNUTYPE_SPARSE or any(key.startswith("GNU.sparse") for key in attributes):
            raise DataError(
                f"{stream.name}: its member {member!r} is packed as a sparse file; pack it without --sparse"
            )
        part = _Part(stream, int(attributes.get("size", info.size)) if _has_data(info) else 0)
        attributes = {}
        if info.isreg() and not _is_hidden(member):
            yield Stream(f"{stream.name}: {member}", part.read)
        part.skip()
    # A program that writes into a pipe would fail if its padding were not read.
    stream.skip_rest()


def _header(block: bytes) -> tarfile.TarInfo:
    return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")


def _has_data(info: tarfile.TarInfo) -> bool:
    # As tarfile has it: links, folders and devices have none, whatever size they are given.
    return info.isreg() or info.type not in tarfile.SUPPORTED_TYPES or info.type in _EXTENSIONS


def _attributes(stream: Stream, info: tarfile.TarInfo) -> dict[str, str]:
    """What an extended header says of the member behind it."""
    if info.size > _MAX_HEADER:
        raise _no_whole_tar(stream.name, f"a header of {info.size:,} bytes")
    part = _Part(stream, info.size)
    content = b""
    while block := part.read(info.size):
        content += block
    part.skip()
    if info.type == tarfile.GNUTYPE_LONGNAME:
        return {"path": content.rstrip(b"\0").decode("utf-8", "surrogateescape")}
    records = (line.partition(b" ")[2].partition(b"=") for line in content.split(b"\n"))
    found = {key.decode("utf-8", "replace"): value.decode("utf-8", "surrogateescape") for key, _, value in records}
    if not found.get("size", "0").isdecimal():
        raise _no_whole_tar(stream.name, "a size that is no number")
    return found


class _Part:
    """The data of one member, which end with its size and are padded to whole blocks."""

    def __init__(self, stream: Stream, size: int) -> None:
        self._stream = stream
        self._left = size
        self._padding = -size % _BLOCK

    def read(self, size: int) -> bytes:
        block = self._stream.read(min(size, self._left)) if self._left else b""
        if self._left and not block:
            raise _no_whole_tar(self._stream.name, "it ends too early")
        self._left -= len(block)
        return block

    def skip(self) -> None:
        while self.read(1 << 20):
            pass
        self._stream.read_exactly(self._padding)


def _no_whole_tar(name: str, words: str) -> DataError:
    return DataError(f"{name}: is not a whole tar archive ({words}); was the download cut short?")


def _is_hidden(member: str) -> bool:
    parts = PurePosixPath(member).parts
    return any(part == "__MACOSX" or (part.startswith(".") and part not in (".", "..")) for part in parts)
