"""The zip layer of .pt files: read a directory that may lie, write members that are larger than memory.

Only what torch writes: stored (uncompressed) members, 64-byte aligned so that they can be mapped, zip64 where needed.
Source: APPNOTE.TXT 6.3 (the zip format), caffe2/serialize/inline_container.cc (torch's use of it).
"""

from __future__ import annotations

import mmap
import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

ALIGNMENT = 64
_MAX_32 = 0xFFFFFFFF
_MAX_16 = 0xFFFF
_MAX_WRITTEN_NARROW = _MAX_32 - 1
"""Numbers above it are written as zip64."""
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR = struct.Struct("<4sIQI")
_ZIP64_SIZES = struct.Struct("<HHQQ")
_PADDING_ID = struct.unpack("<H", b"FB")[0]


class ZipError(Exception):
    """The bytes are no zip file as torch writes it; the message says why, without the path."""


class Member(NamedTuple):
    header: int
    """Where its local header stands in the file."""
    size: int


def read_members(data: mmap.mmap) -> dict[str, Member]:
    """The directory of a zip file: name -> member; every number is checked against the file before it is used."""
    count, start, size = _find_directory(data)
    members: dict[str, Member] = {}
    position, end = start, start + size
    for _ in range(count):
        if position + _CENTRAL.size > end:
            raise ZipError("its directory is cut short")
        fields = _CENTRAL.unpack_from(data, position)
        signature, method, packed_size, full_size = fields[0], fields[4], fields[8], fields[9]
        name_length, extra_length, comment_length, header = fields[10], fields[11], fields[12], fields[16]
        name_start = position + _CENTRAL.size
        position = name_start + name_length + extra_length + comment_length
        if signature != b"PK\x01\x02" or position > end:
            raise ZipError("its directory is damaged")
        name = data[name_start : name_start + name_length].decode("utf-8", errors="replace")
        if _MAX_32 in (packed_size, full_size, header):
            extra = data[name_start + name_length : name_start + name_length + extra_length]
            full_size, packed_size, header = _zip64_values(extra, full_size, packed_size, header)
        if method != 0 or packed_size != full_size:
            raise ZipError(f"its member {name!r} is compressed")
        if name in members:
            raise ZipError(f"its member {name!r} stands there twice")
        members[name] = Member(header, full_size)
    return members


def member_start(data: mmap.mmap, name: str, member: Member) -> int:
    """Where the bytes of a member begin; they are known to lie inside the file."""
    if member.header + _LOCAL.size > len(data):
        raise ZipError(f"its member {name!r} lies outside the file")
    fields = _LOCAL.unpack_from(data, member.header)
    start = int(member.header + _LOCAL.size + fields[9] + fields[10])
    if fields[0] != b"PK\x03\x04" or start + member.size > len(data):
        raise ZipError(f"its member {name!r} lies outside the file")
    return start


def _find_directory(data: mmap.mmap) -> tuple[int, int, int]:
    """(number of entries, start, size) of the central directory, inside the file."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - _MAX_16))
    if end < 0 or end + _END.size > len(data):
        raise ZipError("its end is missing (a truncated download?)")
    _, _, _, _, count, size, start, _ = _END.unpack_from(data, end)
    locator = end - _LOCATOR.size
    if locator >= 0 and data[locator : locator + 4] == b"PK\x06\x07":
        _, _, end64, _ = _LOCATOR.unpack_from(data, locator)
        if end64 + _END64.size > len(data) or data[end64 : end64 + 4] != b"PK\x06\x06":
            raise ZipError("its zip64 end is damaged")
        *_, count, size, start = _END64.unpack_from(data, end64)
    if start + size > len(data) or count * _CENTRAL.size > size:
        raise ZipError("its directory lies outside the file")
    return count, start, size


def _zip64_values(extra: bytes, full_size: int, packed_size: int, header: int) -> tuple[int, int, int]:
    """The 64-bit numbers that replace those fields which are all ones, in the order that the format fixes."""
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        if kind == 1:
            body = extra[position + 4 : position + 4 + length]
            wide = iter(struct.unpack(f"<{len(body) // 8}Q", body[: len(body) // 8 * 8]))
            return tuple(  # type: ignore[return-value]
                next(wide, value) if value == _MAX_32 else value for value in (full_size, packed_size, header)
            )
        position += 4 + length
    return full_size, packed_size, header


@dataclass
class _Entry:
    name: bytes
    header: int
    start: int
    size: int = 0
    crc: int = 0


class ZipWriter:
    """Writes stored members one after the other; a member's size need not be known when it begins."""

    def __init__(self, file: BinaryIO, folder: str) -> None:
        self._file = file
        self._folder = folder
        self._entries: list[_Entry] = []

    def add(self, name: str, content: bytes) -> None:
        self.begin(name)
        self.write(content)
        self.end()

    def begin(self, name: str) -> None:
        """Start a member; its header is written now with room for zip64 sizes and filled in by `end`."""
        full_name = f"{self._folder}/{name}".encode()
        header = self._file.tell()
        unpadded = header + _LOCAL.size + len(full_name) + _ZIP64_SIZES.size + 4
        self._entries.append(_Entry(full_name, header, unpadded + -unpadded % ALIGNMENT))
        self._write_header(self._entries[-1])

    def write(self, chunk: bytes | memoryview) -> None:
        entry = self._entries[-1]
        entry.crc = zlib.crc32(chunk, entry.crc)
        entry.size += len(chunk)
        self._file.write(chunk)

    def end(self) -> None:
        self._file.seek(self._entries[-1].header)
        self._write_header(self._entries[-1])
        self._file.seek(0, 2)

    def finish(self) -> None:
        """Write the directory; the file is complete."""
        start = self._file.tell()
        for entry in self._entries:
            self._file.write(_central_record(entry))
        end = self._file.tell()
        count, size = len(self._entries), end - start
        narrow_size, narrow_start = size, start
        if end > _MAX_WRITTEN_NARROW:
            self._file.write(_END64.pack(b"PK\x06\x06", _END64.size - 12, 45, 45, 0, 0, count, count, size, start))
            self._file.write(_LOCATOR.pack(b"PK\x06\x07", 0, end, 1))
            narrow_size = narrow_start = _MAX_32
        self._file.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, narrow_size, narrow_start, 0))

    def _write_header(self, entry: _Entry) -> None:
        extra_length = entry.start - entry.header - _LOCAL.size - len(entry.name)
        wide = entry.size > _MAX_WRITTEN_NARROW
        zip64 = _ZIP64_SIZES.pack(1, 16, entry.size, entry.size) if wide else b""
        padding = extra_length - len(zip64) - 4
        size = _MAX_32 if wide else entry.size
        version = 45 if wide else 20
        self._file.write(
            _LOCAL.pack(b"PK\x03\x04", version, 0, 0, 0, 0, entry.crc, size, size, len(entry.name), extra_length)
        )
        self._file.write(entry.name + zip64 + struct.pack("<HH", _PADDING_ID, padding) + bytes(padding))


def _central_record(entry: _Entry) -> bytes:
    values = (entry.size, entry.size, entry.header)
    wide = [value for value in values if value > _MAX_WRITTEN_NARROW]
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    size, header = (_MAX_32 if value > _MAX_WRITTEN_NARROW else value for value in values[1:])
    version = 45 if wide else 20
    return (
        _CENTRAL.pack(
            b"PK\x01\x02", version, version, 0, 0, 0, 0, entry.crc, size, size,
            len(entry.name), len(extra), 0, 0, 0, 0, header,
        )
        + entry.name
        + extra
    )  # fmt: skip
