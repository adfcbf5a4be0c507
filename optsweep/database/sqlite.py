"""SQLite as a database that many processes of one machine share: checked, and safe."""

from __future__ import annotations

import contextlib
import functools
import os
import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from optsweep.database.urls import masked
from optsweep.errors import StorageError
from optsweep.files import network_filesystem


def check_path(url: sa.URL) -> None:
    path = Path(str(url.database))
    if path.is_dir():
        raise StorageError(f"storage {masked(url)}: {path} is a directory; name a file")
    kind = network_filesystem(path)
    if kind is not None:
        raise StorageError(
            f"storage {masked(url)}: {path} lies on a network file system ({kind}), where SQLite loses data; use a "
            "server:\ncreatedb optsweep && export OPTSWEEP_STORAGE=postgresql://USER:PASSWORD@HOST/optsweep"
        )
    if path.exists():
        if not os.access(path, os.R_OK):
            raise StorageError(f"storage {masked(url)}: {path} cannot be read; choose another with --storage")
    else:
        there = next(parent for parent in path.absolute().parents if parent.exists())
        if not os.access(there, os.R_OK | os.W_OK) or not there.is_dir():
            raise StorageError(f"storage {masked(url)}: {there} cannot be written; choose another with --storage")
    # The file itself is never opened here: closing it would drop this process's POSIX locks on it, and another process
    # would take itself for the last one and delete the write-ahead log under us (sqlite.org/howtocorrupt.html, 2.2).


def obstacle(url: sa.URL) -> Path | None:
    """What keeps this user from writing: the file, or the folder, in which each writer makes files; else None."""
    path = Path(str(url.database)).resolve()
    return next((place for place in (path, path.parent) if place.exists() and not os.access(place, os.W_OK)), None)


def engine_arguments(url: sa.URL) -> dict[str, Any]:
    if obstacle(url) is None:
        return {"creator": functools.partial(_connect, str(url.database))}
    # One connection for each look: how it may be opened changes when a sweep begins or ends.
    return {"creator": functools.partial(_look, url), "poolclass": sa.NullPool}


def table_names(url: sa.URL) -> set[str]:
    """The names of all tables; looking changes nothing, not even another program's file to WAL."""
    if not Path(str(url.database)).exists():
        return set()
    with contextlib.closing(_look(url)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _look(url: sa.URL) -> sqlite3.Connection:
    """A connection that changes nothing, for a user who may not even write the files beside a database in WAL mode.

    While somebody writes, those files are there and are read. When they are gone all is in the database's own file, and
    nobody changes it: without them SQLite would make them, which the owner's next sweep could then not write.
    """
    path = Path(str(url.database)).resolve()
    log, index = (path.with_name(path.name + ending) for ending in ("-wal", "-shm"))
    how = "mode=ro"
    if obstacle(url) is not None:
        if not log.exists():
            how = "immutable=1"
        elif not index.exists():
            raise StorageError(
                f"storage {masked(url)}: {log} is of a writer that was killed, and its index {index.name} is missing; "
                "whoever may write there mends it with: optsweep status"
            )
    return sqlite3.connect(
        f"{path.as_uri()}?{how}", timeout=60, isolation_level=None, check_same_thread=False, uri=True
    )


def _connect(path: str) -> sqlite3.Connection:
    # isolation_level=None: the driver begins nothing behind our back; `set_up` does.
    connection = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def set_up(engine: sa.Engine) -> None:
    # SQLite has no SELECT ... FOR UPDATE: with a plain BEGIN two workers read the same WAITING trial and both run it
    # (optuna issues 4002, 4621). Taking the write lock first makes every transaction of Optuna's atomic.
    begin = "BEGIN IMMEDIATE" if obstacle(engine.url) is None else "BEGIN"
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
