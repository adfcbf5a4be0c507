"""Writes what the user asked for where the user said; what goes wrong then, in the user's words."""

from __future__ import annotations

from pathlib import Path

from optsweep.errors import UserError
from optsweep.files import atomic_path, disk_is_full


def write_output(path: Path, content: bytes) -> Path:
    """Write a file, whole or not at all, and return its path.

    Raises `UserError` if it cannot be written; a full disk is not the path's fault, so its `OSError` passes.
    """
    try:
        with atomic_path(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        if disk_is_full(error):
            raise
        raise UserError(f"{path} cannot be written: {error.strerror or error}; choose another with -o") from None
    return path
