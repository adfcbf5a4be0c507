"""The right to make a file that several processes may want at the same time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from optsweep.errors import DataError
from optsweep.files import locked, new_folder


@contextlib.contextmanager
def sole_builder(path: Path) -> Iterator[None]:
    """Hold the lock on making ``path``; look again inside, another process may have made it meanwhile.

    Raises `DataError` where nothing can be written there. Where the block fails, no folder and no lock file is left.
    """
    with contextlib.ExitStack() as held:
        with cannot_write(path):
            lock = path.with_name(f".{path.name}.lock")
            was_there = lock.exists()
            held.enter_context(new_folder(path.parent))
            held.enter_context(locked(lock))
        try:
            yield
        except BaseException:
            if not was_there:
                lock.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def cannot_write(path: Path) -> Iterator[None]:
    """Turn what the system says against writing ``path`` into a `DataError`."""
    try:
        if path.is_dir():
            raise DataError(f"{path}: is a directory; name a file")
        if path.exists() and not path.is_file():
            raise DataError(f"{path}: is a device or a pipe, which a finished file would replace; name a file")
        yield
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror or error}") from None
