"""Patience with a database that is locked, restarting or out of reach: what is waited for, and for how long."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from optuna.exceptions import StorageInternalError
from sqlalchemy import exc

from optsweep.errors import StorageUnavailable
from optsweep.machine.process import out_of_patience
from optsweep.outside_text import clean

RETRY_SECONDS = 480
"""Longer than any restart of a server, and shorter by two minutes than a lease (`queue.LEASE_SECONDS`)."""
DENIED = ("42501", 1044, 1142, 1143)
"""The user lacks a right, in PostgreSQL and in MySQL, to whose driver that is a fault in operation."""
READ_ONLY = ("25006", 1290, 1792, 1836)
"""The server takes no writes. It may after a fail-over, for which a sweep waits."""

_logger = logging.getLogger(__name__)
_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def patiently(
    operation: Callable[_Parameters, _Result], *args: _Parameters.args, **kwargs: _Parameters.kwargs
) -> _Result:
    """The answer of ``operation``, repeated while the database is away; raises `StorageUnavailable` in the end.

    It must be safe to repeat: a commit whose answer was lost may have happened.
    """
    start, pause, said = time.monotonic(), 0.05, False
    while True:
        try:
            result = operation(*args, **kwargs)
        except (exc.DBAPIError, exc.TimeoutError, StorageInternalError) as error:
            if not is_passing(error):
                raise
            waited = time.monotonic() - start
            if waited > RETRY_SECONDS or out_of_patience():
                raise StorageUnavailable(f"no answer from the database for {waited:.0f} s: {_words(error)}") from error
            if not said:
                _logger.warning("no answer from the database, trying again: %s", _words(error))
                said = True
        else:
            if said:
                _logger.warning("the database answers again after %.1f s", time.monotonic() - start)
            return result
        # Jitter, so that the workers of a restarted server do not come back all at once.
        time.sleep(pause * random.uniform(0.5, 1.5))
        pause = min(pause * 2, 5.0)


def outage(error: Exception) -> StorageUnavailable | None:
    """The message for a database that went away while a command did not wait for it; None for any other error."""
    known = isinstance(error, exc.SQLAlchemyError | StorageInternalError)
    return StorageUnavailable(f"no answer from the database: {_words(error)}") if known and is_passing(error) else None


def is_passing(error: BaseException) -> bool:
    """Whether the error is the database's state (locked, full, away, restarting) rather than a mistake of ours."""
    if isinstance(error, StorageInternalError):
        return error.__cause__ is None or is_passing(error.__cause__)
    # The latter: Optuna answers a lost connection with a second query in the same transaction (RDBStorage._get_trials).
    if isinstance(error, exc.TimeoutError | exc.PendingRollbackError):
        return True
    if isinstance(error, exc.IntegrityError | exc.ProgrammingError | exc.DataError):
        return False
    return isinstance(error, exc.DBAPIError) and _code(error) not in DENIED


def refuses_writing(error: exc.DBAPIError) -> bool:
    """Whether a server refuses to change anything: this user may only read, or it only answers readers."""
    return _code(error) in (*DENIED, *READ_ONLY)


def _code(error: exc.DBAPIError) -> object:
    """The server's own number of the error: MySQL's, whose SQLSTATE is too coarse, or PostgreSQL's SQLSTATE."""
    first = next(iter(getattr(error.orig, "args", ())), None)
    return first if isinstance(first, int) else getattr(error.orig, "sqlstate", None)


def _words(error: BaseException) -> str:
    """The driver's own words, in one line; SQLAlchemy would add the whole statement."""
    while isinstance(error, StorageInternalError) and error.__cause__ is not None:
        error = error.__cause__
    return " ".join(clean(str(getattr(error, "orig", None) or error)).split())[:200]
