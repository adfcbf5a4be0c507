"""Writes a file where the user asked for it, and says in plain words why that failed."""

from __future__ import annotations

from pathlib import Path

from optsweep.errors import UserError
from optsweep.files import atomic_path, disk_is_full


def write_output(path: Path, content: bytes) -> Path:
    """Write a file, whole or not at all, and return its path.

    Raises `UserError` if it cannot be written; the `OSError` of a full disk passes, since another path would not help.
    """
    try:
        with atomic_path(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        if disk_is_full(error):
            raise
        raise UserError(f"{path} cannot be written: {error.strerror or error}; choose another with -o") from None
    return path
