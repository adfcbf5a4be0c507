"""What torch.save wrote, opened without torch: plain values, and tensors as views of the mapped file."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from optsweep.data import _pickle, _zip
from optsweep.data._mapping import map_file
from optsweep.data._pickle import PickleError, StorageReference, TensorReference
from optsweep.data._zip import ZipError
from optsweep.errors import DataError
from optsweep.files import open_regular

_OLD_MAGIC = 0x1950A86A20F9469CFC6C
_OLD_START = b"\x80\x02\x8a\x0a" + _OLD_MAGIC.to_bytes(10, "little")


@dataclass(frozen=True)
class TorchFile:
    path: Path
    root: Any
    """The saved value; its tensors are `TensorReference`."""
    mapping: mmap.mmap
    locate: Callable[[StorageReference], tuple[int, int]]
    """(first byte, number of bytes) of a storage, inside the file."""

    def array(self, reference: TensorReference) -> npt.NDArray[Any]:
        """A view of a one-dimensional, contiguous tensor; raises `DataError` where its numbers lie."""
        storage, start, shape, strides = reference
        whole = [start, storage.num_elements, *shape, *strides] if _are_tuples(shape, strides) else [None]
        if len(whole) != 4 or any(type(number) is not int or number < 0 for number in whole):
            raise DataError(f"{self.path}: holds a damaged tensor, or one of more than one dimension")
        length, stride = shape[0], strides[0]
        if stride != 1 and length > 1:
            raise DataError(f"{self.path}: holds a tensor of stride {stride}; contiguous ones are right")
        try:
            first, num_bytes = self.locate(storage)
        except ZipError as error:
            raise DataError(f"{self.path}: is damaged: {error}") from None
        item = storage.dtype.itemsize
        if start + length > storage.num_elements or storage.num_elements * item > num_bytes:
            raise DataError(f"{self.path}: holds a tensor that is larger than its storage (a damaged file)")
        if not length:
            return np.empty(0, storage.dtype)
        return np.frombuffer(self.mapping, storage.dtype, length, first + start * item)


def open_torch_file(path: Path) -> TorchFile:
    """Open a .pt file of torch's zip format or its older one; raises `DataError`."""
    try:
        with open_regular(path) as file:
            start = file.read(512)
        if not start:
            raise DataError(f"{path}: is empty; a corpus (.pt) is expected")
        if not start.startswith((b"PK\x03\x04", _OLD_START)):
            raise DataError(f"{path}: {_what_else(start, path)}")
        mapping = map_file(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None
    try:
        return _open_zip(path, mapping) if start.startswith(b"PK") else _open_old(path, mapping)
    except ZipError as error:
        raise DataError(f"{path}: is no whole .pt file: {error}") from None
    except PickleError as error:
        raise DataError(f"{path}: is not a corpus: {error}") from None


def _open_zip(path: Path, mapping: mmap.mmap) -> TorchFile:
    members = _zip.read_members(mapping)
    folder = next(iter(members), "").split("/")[0]

    def find(name: str) -> tuple[int, int]:
        member = members.get(f"{folder}/{name}")
        if member is None:
            raise ZipError(f"it has no member {name!r}")
        return _zip.member_start(mapping, name, member), member.size

    if f"{folder}/byteorder" in members:
        start, size = find("byteorder")
        if mapping[start : start + min(size, 16)] != b"little":
            raise ZipError("it was written on a big-endian machine")
    start, size = find("data.pkl")
    loaded = _pickle.load(mapping, start, start + size)
    return TorchFile(path, loaded.value, mapping, lambda storage: find(f"data/{storage.key}"))


def _open_old(path: Path, mapping: mmap.mmap) -> TorchFile:
    """The format before torch 1.6: five pickles (magic, version, system, value, storage keys), then the storages."""
    position = 0
    values: list[_pickle.Loaded] = []
    for _ in range(5):
        values.append(_pickle.load(mapping, position, len(mapping)))
        position = values[-1].end
    *_, system, saved, keys = values
    if not isinstance(system.value, dict) or system.value.get("little_endian") is not True:
        raise PickleError("it was written on a big-endian machine")
    places: dict[str, tuple[int, int]] = {}
    for key in keys.value if isinstance(keys.value, list) else []:
        storage = saved.storages.get(key) if isinstance(key, str) else None
        if storage is None:
            raise PickleError("its storages are not those that it names")
        num_bytes = int.from_bytes(mapping[position : position + 8], "little") * storage.dtype.itemsize
        places[key] = (position + 8, min(num_bytes, max(0, len(mapping) - position - 8)))
        position += 8 + num_bytes

    def locate(storage: StorageReference) -> tuple[int, int]:
        return places.get(storage.key, (0, 0))

    return TorchFile(path, saved.value, mapping, locate)


def _are_tuples(*values: object) -> bool:
    return all(type(value) is tuple and len(value) == 1 for value in values)


def _what_else(start: bytes, path: Path) -> str:
    """Words for a file that is no .pt, judged by its first bytes."""
    if start.startswith(b"\x1f\x8b") or start.lstrip().startswith(b">"):
        output = f"{path.name.split('.')[0]}.pt"
        return f"is not a .pt file but looks like FASTA; import it: optsweep data import {path} -o {output}"
    if start.lstrip()[:1] == b"<":
        return "is an HTML page (a failed download?); a corpus (.pt) is expected"
    return "is not a .pt file that torch.save wrote; a corpus (.pt) or FASTA is expected"
