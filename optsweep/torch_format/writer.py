"""Write .pt files that torch.load(mmap=True, weights_only=True) opens, larger than memory, without torch."""

from __future__ import annotations

import contextlib
import pickle
import struct
import zipfile
from collections.abc import Iterable, Mapping
from typing import IO, BinaryIO, NamedTuple, Self

from optsweep.torch_format.plain import is_plain

_FOLDER = "archive"
_ALIGNMENT = 64
_LOCAL_HEADER_SIZE = 30
_ZIP64_SIZE = 20
_PADDING = struct.Struct("<2sH")
_STORAGE_NAMES = {"u1": "ByteStorage", "i8": "LongStorage"}


class Vector(NamedTuple):
    """A one-dimensional tensor, as what a value holds that is to be written."""

    key: str
    """Of the member that holds its storage."""
    type: str
    """u1 or i8."""
    start: int
    length: int
    num_stored: int
    """Elements of the whole storage."""


class TorchWriter:
    """Writes storages one after the other, each as large as it likes; `finish` writes the value that names them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        self._member: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # After a failure the file is thrown away, but zipfile would close it, and complain, whenever it is collected.
        with contextlib.suppress(OSError):
            if self._member is not None:
                self._member.close()
        with contextlib.suppress(OSError):
            self._zip.close()

    def open(self, key: str) -> IO[bytes]:
        """Begin a storage; it must be closed before the next."""
        return self._open(f"data/{key}")

    def add(self, key: str, content: bytes | memoryview) -> None:
        with self.open(key) as member:
            member.write(content)

    def finish(self, value: Mapping[str, object] | Iterable[Mapping[str, object]]) -> None:
        """Write what the file holds: a dict, or a list of dicts, of plain values and `Vector`s; raises `TypeError`."""
        for name, content in (("data.pkl", _pickled(value)), ("byteorder", b"little"), ("version", b"3\n")):
            with self._open(name) as member:
                member.write(content)
        self._zip.close()

    def _open(self, name: str) -> IO[bytes]:
        # Always the same date, so that the same content gives the same bytes.
        info = zipfile.ZipInfo(f"{_FOLDER}/{name}", (1980, 1, 1, 0, 0, 0))
        header = self._file.tell() + _LOCAL_HEADER_SIZE + len(info.filename) + _PADDING.size + _ZIP64_SIZE
        padding = -header % _ALIGNMENT
        # The id that torch gives its own padding.
        info.extra = _PADDING.pack(b"FB", padding) + bytes(padding)
        self._member = self._zip.open(info, "w", force_zip64=True)
        return self._member


def _pickled(value: Mapping[str, object] | Iterable[Mapping[str, object]]) -> bytes:
    if isinstance(value, Mapping):
        return b"\x80\x02%b." % _dict(value)
    return b"\x80\x02](%be." % b"".join(map(_dict, value))


def _dict(values: Mapping[str, object]) -> bytes:
    return b"}(%bu" % b"".join(_plain(key) + _value(value) for key, value in values.items())


def _value(value: object) -> bytes:
    if not isinstance(value, Vector):
        return _plain(value)
    storage = b"(%bctorch\n%b\n%b%b%btQ" % (
        _plain("storage"),
        _STORAGE_NAMES[value.type].encode(),
        *map(_plain, (value.key, "cpu", value.num_stored)),
    )
    place = b"".join(map(_plain, (value.start, (value.length,), (1,), False)))
    return b"ctorch._utils\n_rebuild_tensor_v2\n(%b%bccollections\nOrderedDict\n)RtR" % (storage, place)


def _plain(value: object) -> bytes:
    """A value's opcodes, without the frame around them; raises `TypeError` for anything that we would not read."""
    if not is_plain(value):
        raise TypeError(f"a corpus holds plain values, not {type(value).__name__}")
    return pickle.dumps(value, 2)[2:-1]
