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
    there = path if path.exists() else next(parent for parent in path.absolute().parents if parent.exists())
    if not os.access(there, os.R_OK | os.W_OK) or not (path.exists() or there.is_dir()):
        raise StorageError(f"storage {masked(url)}: {there} cannot be written; choose another with --storage")
    # The file itself is never opened here: closing it would drop this process's POSIX locks on it, and another process
    # would take itself for the last one and delete the write-ahead log under us (sqlite.org/howtocorrupt.html, 2.2).


def engine_arguments(url: sa.URL) -> dict[str, Any]:
    return {"creator": functools.partial(_connect, str(url.database))}


def table_names(url: sa.URL) -> set[str]:
    """The names of all tables; looking changes nothing, not even another program's file to WAL."""
    path = Path(str(url.database)).absolute()
    if not path.exists():
        return set()
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", timeout=60, uri=True)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


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
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
