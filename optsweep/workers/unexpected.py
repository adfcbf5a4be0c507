"""Errors of our own that nobody expected: a launcher survives them, and keeps what a person needs who mends them."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable
from pathlib import Path

from optsweep.database.patience import outage
from optsweep.errors import OptsweepError
from optsweep.files import disk_is_full
from optsweep.results.words import error_words


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


class Asides:
    """Does what runs do not depend on; if it fails, that is said once, and the sweep goes on."""

    def __init__(self, log: Path, say: Callable[[str], None]) -> None:
        self._log, self._say = log, say
        self._failing: set[str] = set()
        """What has failed, and was said."""

    def do(self, doing: str, task: Callable[[], None]) -> None:
        error = unexpected(task)
        if error is not None and doing not in self._failing:
            self._failing.add(doing)
            keep_traceback(error, self._log)
            with contextlib.suppress(OSError):  # the terminal itself may be gone
                self._say(f"{doing} failed, the sweep goes on: {error_words(error)}; more in {self._log}")


def keep_traceback(error: Exception, log: Path) -> None:
    """Add the traceback to a log, if that can be written."""
    with contextlib.suppress(OSError), log.open("a", encoding="utf-8", errors="backslashreplace") as file:
        traceback.print_exception(error, file=file)
