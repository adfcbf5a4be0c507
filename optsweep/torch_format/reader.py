"""Open a .pt file: a child process reads its pickle, this one maps the arrays that the file holds."""

from __future__ import annotations

import ast
import contextlib
import io
import mmap
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from optsweep.errors import DataError
from optsweep.files import open_regular
from optsweep.plain import Plain
from optsweep.torch_format import mapped, rows
from optsweep.torch_format.child import OLD_START

_ROOT = Path(__file__).parents[2]
_CHILD = f"import sys; sys.path.append({str(_ROOT)!r}); from optsweep.torch_format.child import main; main()"
_LOCAL_HEADER_SIZE = 30


@dataclass(frozen=True, eq=False)
class MappedFile:
    """A mapped file, and how places in it are meant: in a zip file a storage's place is that of its header."""

    path: Path
    mapping: mmap.mmap
    is_zip: bool

    def array(self, place: rows.Place) -> npt.NDArray[Any]:
        """A view of the numbers at a place that the child told; raises `ValueError` if it is not inside the file."""
        where, first, count, stride, kind = place
        if not count:
            return np.empty(0, kind)
        if self.is_zip:
            header = self.mapping[where : where + _LOCAL_HEADER_SIZE]
            if len(header) < _LOCAL_HEADER_SIZE or not header.startswith(b"PK\x03\x04"):
                raise ValueError("no header")
            # Source: APPNOTE.TXT 6.3, the lengths of the name and of what follows it.
            where += _LOCAL_HEADER_SIZE + int.from_bytes(header[26:28], "little")
            where += int.from_bytes(header[28:30], "little")
        return np.frombuffer(self.mapping, kind, (count - 1) * stride + 1, where + first)[::stride]


@dataclass(frozen=True, eq=False)
class PackedFile:
    file: MappedFile
    parts: dict[str, rows.Place | str]
    """Those of `child.PARTS` that are there: a tensor's place, or what is there instead."""
    manifest: Mapping[str, Plain] | None
    """None if the file's is not a dict of plain values."""

    def array(self, name: str, dtype: str) -> npt.NDArray[Any] | None:
        """A part, None if it is missing; raises `DataError`."""
        path, place, wanted = self.file.path, self.parts.get(name), np.dtype(dtype).name
        if place is None:
            return None
        if isinstance(place, str):
            raise DataError(f"{path}: {name} is a {place}; a tensor of {wanted} is right")
        *_, count, stride, kind = place
        if kind != dtype:
            found = np.dtype(kind).name if kind in rows.TYPES else kind
            raise DataError(f"{path}: {name} has type {found}; {wanted} is right")
        if count > 1 and stride != 1:
            raise DataError(f"{path}: holds a tensor of stride {stride}; contiguous ones are right")
        try:
            return self.file.array(place)
        except ValueError:
            raise DataError(f"{path}: is damaged: its {name} lie outside the file") from None


@dataclass(frozen=True, eq=False)
class LegacyFile:
    file: MappedFile
    tokens: npt.NDArray[np.uint8]
    """All letters as tokens, one row after the other."""
    lengths: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]
    """int64[rows, 5]: the places of the rows' own tokens, the last number an index into `rows.TYPES`."""
    inline: npt.NDArray[np.uint16]
    """Tokens that stand in the pickle itself."""
    num_odd: int
    """Rows whose text holds other characters than letters."""


class Alphabet(NamedTuple):
    """How the text of a legacy row is told: as tokens."""

    token_of_letter: bytes
    """256 bytes, the token of every byte."""
    ignored: bytes
    """Bytes that are stripped wherever they stand."""


def open_torch_file(path: Path, alphabet: Alphabet) -> PackedFile | LegacyFile:
    """Open a .pt file of torch's zip format or its older one; raises `DataError`. Nothing of it is executed."""
    try:
        with open_regular(path) as file:
            start = file.read(512)
            if not start.startswith((b"PK\x03\x04", OLD_START)):
                raise DataError(f"{path}: {_what_else(start, path)}")
            mapping = mapped.map_file(file)
            with _child(file, path, alphabet) as answer:
                return read_answer(path, mapping, answer)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None


@contextlib.contextmanager
def _child(file: BinaryIO, path: Path, alphabet: Alphabet) -> Iterator[io.BufferedIOBase]:
    """Yield what the child writes; raises `DataError` if it ends in any way but the right one."""
    command = [sys.executable, "-I", "-S", "-c", _CHILD, *(part.hex() for part in alphabet)]
    # A session of its own: Ctrl-C is for us, and we end the child.
    process = subprocess.Popen(
        command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    with process:
        try:
            yield cast(io.BufferedReader, process.stdout)
        except EOFError:
            code = process.wait()
            how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
            raise DataError(
                f"{path}: cannot be read: the process that reads it ended {how} (a damaged or hostile file?)"
            ) from None
        finally:
            process.kill()


def read_answer(path: Path, mapping: mmap.mmap, stream: io.BufferedIOBase) -> PackedFile | LegacyFile:
    """Make a file of what the child told; raises `DataError`, and `EOFError` if the child did not get to the end."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    told = ast.literal_eval(line.decode("ascii"))
    if "error" in told:
        raise DataError(f"{path}: {told['error']}")
    file = MappedFile(path, mapping, told["zip"])
    if "parts" in told:
        return PackedFile(file, told["parts"], told["manifest"])
    tokens, lengths = _read_array(stream, "u1", told["tokens"]), _read_array(stream, "i8", told["rows"])
    places = _read_array(stream, "i8", 5 * told["rows"]).reshape(-1, 5)
    inline = _read_array(stream, "u2", told["inline"])
    return LegacyFile(file, tokens, lengths, places, inline, told["odd"])


def _read_array(stream: io.BufferedIOBase, kind: str, count: int) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = np.empty(count, kind)
    # It fills the whole array, unless the stream ends.
    if stream.readinto(array.data.cast("B")) != array.nbytes:
        raise EOFError
    return array


def _what_else(start: bytes, path: Path) -> str:
    """Words for a file that is no .pt, judged by its first bytes."""
    if not start:
        return "is empty; a corpus (.pt) is expected"
    if start.startswith(b"\x1f\x8b") or start.lstrip().startswith(b">"):
        output = f"{path.name.split('.')[0]}.pt"
        return f"is not a .pt file but looks like FASTA; import it: optsweep data import {path} -o {output}"
    if start.lstrip()[:1] == b"<":
        return "is an HTML page (a failed download?); a corpus (.pt) is expected"
    return "is not a .pt file that torch.save wrote; a corpus (.pt) or FASTA is expected"
