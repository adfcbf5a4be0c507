"""What can go wrong when a view is written where the user said, in the user's words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from optsweep.errors import UserError
from optsweep.files import disk_is_full


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise `UserError` where ``path`` cannot be written; a full disk is not the path's fault and passes."""
    try:
        yield
    except OSError as error:
        if disk_is_full(error):
            raise
        raise UserError(f"{path} cannot be written: {error.strerror or error}; choose another with -o") from None
