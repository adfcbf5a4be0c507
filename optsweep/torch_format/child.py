"""The process that reads a .pt file: nothing of the file is run, and its memory and time are limited.

`reader` starts it with the file as standard input. On standard output it writes a line for `ast.literal_eval` and then,
for a list of rows, the arrays that the line announces. It imports nothing but the standard library, so that it starts
in 40 ms. However it ends, by a signal too, the parent has one line to say about it.
"""

from __future__ import annotations

import io
import os
import resource
import signal
import sys
import time
import zipfile
from collections.abc import Iterable
from typing import Any, BinaryIO, NamedTuple, cast

from optsweep.machine.child import end_with_parent
from optsweep.torch_format.plain import is_plain
from optsweep.torch_format.rows import Rows
from optsweep.torch_format.unpickling import Refused, Storage, Tensor, kind_of, load

OLD_START = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"
"""The magic number, in a pickle of its own, that begins a file of the format before torch 1.6."""

PARTS = ("tokens", "offsets", "names", "validation", "confirmation", "left_out")
"""The tensors that a packed corpus may hold."""

_MEMORY = 256 << 20
_MEMORY_PER_BYTE = 24
_SECONDS = 20
_SECONDS_PER_BYTE = 0.5e-6
_MAX_DIRECTORY = 256 << 20
"""A directory of 9 million members costs so much, times `_MEMORY_PER_BYTE`."""


def main() -> None:
    """Arguments: the token of each letter and the letters to leave out, both in hex."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Should the parent die, nobody waits for the answer.
    end_with_parent(signal.SIGKILL)
    with open(0, "rb", buffering=1 << 18) as file, open(1, "wb", buffering=1 << 20) as output:
        line, arrays = answer(file, *map(bytes.fromhex, sys.argv[1:]))
        output.write(line)
        output.writelines(arrays)
    # Millions of objects need not be cleared away one by one.
    os._exit(0)


def answer(file: BinaryIO, letters: bytes, ignored: bytes) -> tuple[bytes, Iterable[bytes | memoryview]]:
    """The line that says what a file holds, or why it is refused, and the arrays that follow it."""

    def encode(text: str | bytes) -> bytes:
        return (text.encode("ascii", "replace") if isinstance(text, str) else text).translate(letters, ignored)

    try:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        is_old = file.read(len(OLD_START)) == OLD_START
        file.seek(0)
        saved = _open_old(file, size) if is_old else _open_zip(file, size)
        if isinstance(saved.value, dict):
            return _line(zip=not is_old, **_packed(saved)), ()
        if type(saved.value) in (list, tuple):
            rows = Rows(list(saved.value), saved.place, encode, size)
            return _line(zip=not is_old, **rows.numbers()), rows.arrays()
        error = f"holds a {kind_of(saved.value)}; a corpus is a dict or a list of dicts"
    except MemoryError:
        error = "asks for more memory than a corpus of its size needs"
    except Refused as refused:
        error = str(refused)
    # A flipped bit makes zipfile raise nearly anything.
    except Exception as found:
        error = f"is no whole .pt file: {str(found)[:200]}"
    return _line(error=" ".join(error.splitlines())), ()


def limit(num_bytes: int) -> None:
    """Limit memory and processor time from here on, to what reading a pickle of so many bytes needs.

    Mapped files do not count. Measured on rows as people save them: for each byte of the pickle 2 to 12 bytes of memory
    (tensors 5, lists of integers 12), for each megabyte 0.01 to 0.1 s.
    """
    used = int(_words("/proc/self/statm")[5]) * resource.getpagesize()
    half = os.sysconf("SC_PHYS_PAGES") * resource.getpagesize() // 2
    _set_limit(resource.RLIMIT_DATA, used + min(_MEMORY + _MEMORY_PER_BYTE * num_bytes, half))
    _set_limit(resource.RLIMIT_CPU, int(time.process_time() + _SECONDS + _SECONDS_PER_BYTE * num_bytes))


def _words(path: str) -> list[str]:
    with open(path) as file:
        return file.read().split()


def _set_limit(kind: int, wanted: int) -> None:
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


class _Saved(NamedTuple):
    value: Any
    places: dict[str, tuple[int, int]]
    """Key of a storage -> where it is and its size in bytes. In a zip file that is the place of its header."""

    def place(self, tensor: Tensor) -> tuple[int, int, int, int, str]:
        """(its storage's place, first byte in it, number of elements, stride in elements, type) of a vector."""
        storage, start, shape, strides, kind = tensor
        if not (isinstance(storage, Storage) and type(kind) is str and type(shape) is type(strides) is tuple):
            raise Refused("holds a damaged tensor")
        numbers = (start, storage.num_elements, *shape, *strides)
        if len(shape) != len(strides) or any(type(number) is not int or number < 0 for number in numbers):
            raise Refused("holds a damaged tensor")
        # What has one row, or one column, is a vector too.
        dimensions = [pair for pair in zip(shape, strides, strict=True) if pair[0] != 1] or [(1, 1)]
        if len(dimensions) > 1:
            raise Refused("holds a tensor of more than one dimension")
        ((count, stride),) = dimensions
        where, size = self.places.get(storage.key, (0, 0))
        item, stated = int(kind[1:]), storage.num_elements * storage.item_size
        used = (start + (count - 1) * stride + 1) * item if count else 0
        if not used <= stated <= size:
            raise Refused("holds a tensor that is larger than its storage (a damaged file)")
        return (where, start * item, count, stride, kind) if count else (0, 0, 0, 1, kind)


def _packed(saved: _Saved) -> dict[str, object]:
    values = saved.value
    manifest = values.get("manifest", {})
    found = {name: values[name] for name in PARTS if values.get(name) is not None}
    return {
        "parts": {
            name: saved.place(part) if isinstance(part, Tensor) else kind_of(part) for name, part in found.items()
        },
        "manifest": manifest if type(manifest) is dict and is_plain(manifest) else None,
    }


def _line(**values: object) -> bytes:
    # JSON would turn tuples into lists.
    return ascii(values).encode() + b"\n"


def _open_zip(file: BinaryIO, size: int) -> _Saved:
    if not zipfile.is_zipfile(file):
        raise Refused("is no whole .pt file: its end is missing (a truncated download?)")
    limit(min(size // 8, _MAX_DIRECTORY))
    with zipfile.ZipFile(file) as archive:
        infos = _checked_members(archive, size)
        folder = next(iter(infos), "").split("/")[0]
        if f"{folder}/byteorder" in infos:
            with archive.open(f"{folder}/byteorder") as stream:
                if stream.read(16) != b"little":
                    raise Refused("is no whole .pt file: it was written on a big-endian machine")
        pickled = infos.get(f"{folder}/data.pkl")
        if pickled is None:
            raise Refused("is no whole .pt file: it has no member 'data.pkl'")
        limit(pickled.file_size)
        with archive.open(pickled) as stream:
            buffered = cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, stream), 1 << 18))
            value, _ = load(buffered)
            # The checksum is compared at the end.
            while buffered.read(1 << 20):
                pass
    prefix = f"{folder}/data/"
    places = {
        name.removeprefix(prefix): (info.header_offset, info.file_size)
        for name, info in infos.items()
        if name.startswith(prefix)
    }
    return _Saved(value, places)


def _checked_members(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    members: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        name, start = info.filename, "is no whole .pt file: its member"
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
            raise Refused(f"{start} {name!r} is compressed")
        if not 0 <= info.header_offset <= size - info.file_size:
            raise Refused(f"{start} {name!r} lies outside the file")
        if name in members:
            raise Refused(f"{start} {name!r} stands there twice")
        members[name] = info
    skip_missing_checksums(archive)
    return members


def skip_missing_checksums(archive: zipfile.ZipFile) -> None:
    """Let zipfile read a file that was written after torch.serialization.set_crc32_options(False): all are 0."""
    infos = archive.infolist()
    if not any(info.CRC for info in infos):
        for info in infos:
            del info.CRC


def _open_old(file: BinaryIO, size: int) -> _Saved:
    """The format before torch 1.6: five pickles (magic, version, system, value, storage keys), then the storages."""
    limit(size)
    _, _, system, (value, storages), keys = [load(file) for _ in range(5)]
    if not isinstance(system.value, dict) or system.value.get("little_endian") is not True:
        raise Refused("is not a corpus: it was written on a big-endian machine")
    position = file.tell()
    places = {}
    for key in keys.value if isinstance(keys.value, list) else []:
        storage = storages.get(key) if isinstance(key, str) else None
        if storage is None:
            raise Refused("is not a corpus: its storages are not those that it names")
        num_bytes = int.from_bytes(os.pread(file.fileno(), 8, position), "little") * storage.item_size
        places[storage.key] = (position + 8, num_bytes)
        position += 8 + num_bytes
        if position > size:
            raise Refused("is no whole .pt file: its end is missing (a truncated download?)")
    return _Saved(value, places)
