"""Errors of our own that nobody expected: a launcher survives them, and keeps what a person needs who mends them."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable
from pathlib import Path

from optsweep.database.patience import outage
from optsweep.errors import OptsweepError
from optsweep.files import disk_is_full


def unexpected(task: Callable[[], None]) -> Exception | None:
    """Do a part of the work; an error that nobody expected is returned, so that it ends no other part.

    A database that stays away, a full disk and what a user can mend are raised.
    """
    try:
        task()
    except Exception as error:
        ends = isinstance(error, OptsweepError | BrokenPipeError) or disk_is_full(error)
        if ends or outage(error) is not None:
            raise
        return error
    return None


def keep_traceback(error: Exception, log: Path) -> None:
    """Add the traceback to a log, if that can be written."""
    with contextlib.suppress(OSError), log.open("a", encoding="utf-8", errors="backslashreplace") as file:
        traceback.print_exception(error, file=file)
