"""What a user names as data, opened: files, standard input, pipes; addresses and devices are refused."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from optsweep.errors import DataError

STANDARD_INPUT = Path("-")

# A path has lost one of the two slashes.
_ADDRESS = re.compile(r"(https?|ftp|s3|gs):/")


class Input:
    """An open file or pipe."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self.file = file
        state = os.fstat(file.fileno())
        self.size = state.st_size if stat.S_ISREG(state.st_mode) and path != STANDARD_INPUT else None
        """In bytes; None for a pipe, which can be read once, from the front."""
        self._num_read = 0

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes, fewer at the end only; raises `DataError`."""
        try:
            block = self.file.read(size)
        except OSError as error:
            raise cannot_read(self.path, error) from None
        self._num_read += len(block)
        return block

    @property
    def position(self) -> int:
        """Bytes that were read so far; in a file, how far its reader has come."""
        return self._num_read if self.size is None else self.file.tell()


def is_stream(path: Path) -> bool:
    """Whether this is standard input or a pipe."""
    refuse_address(path)
    return path == STANDARD_INPUT or path.is_fifo()


def refuse_stream(path: Path) -> None:
    """Raises `DataError` if this is standard input, a pipe or an address: what is read more than once cannot be."""
    if is_stream(path):
        raise DataError(
            f"{path}: is a pipe, which can be read only once\n"
            f"import it first (optsweep data import {path} -o data/NAME.pt), then give the corpus"
        )


@contextlib.contextmanager
def open_input(path: Path) -> Iterator[Input]:
    """Open a file, a pipe or standard input (``-``); raises `DataError`."""
    refuse_address(path)
    try:
        if path == STANDARD_INPUT:
            if os.isatty(0):
                raise DataError("-: standard input is a terminal; give it a file or a pipe")
            file: BinaryIO = os.fdopen(os.dup(0), "rb")
        else:
            mode = path.stat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode) or stat.S_ISDIR(mode)):
                raise DataError(f"{path}: is a device; a file or a pipe is expected")
            file = path.open("rb")
    except OSError as error:
        raise cannot_read(path, error) from None
    with file:
        yield Input(path, file)


def refuse_address(path: Path) -> None:
    """Raises `DataError` if this is the address of something in the net."""
    if address := _ADDRESS.match(str(path)):
        written = str(path).replace(":/", "://", 1)
        raise DataError(f"{written}: is an address ({address[1]}); download it first, then give the file")


def cannot_read(path: Path, error: OSError) -> DataError:
    return DataError(f"{path}: cannot be read: {error.strerror or error}")
