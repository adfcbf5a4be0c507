"""Copies the database at one moment, for a look that changes nothing."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from optuna.storages._rdb.models import BaseModel

from optsweep.database.connection import Storage, open_storage
from optsweep.database.tables import runs
from optsweep.database.urls import is_sqlite

ROWS = 2000


def frozen_copy(storage: Storage, folder: Path) -> Storage:
    """Copy the whole database into a SQLite file in ``folder`` and open that; writers are not held up."""
    path = folder / "snapshot.db"
    if not is_sqlite(storage.url):
        return _copy_rows(storage, path)
    # By SQLite itself, on a connection of ours: opening the file here would drop this process's locks (sqlite.py).
    connection = storage.engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(path),))
    finally:
        connection.close()
    return open_storage(_url(path))


def _url(path: Path) -> sa.URL:
    return sa.URL.create("sqlite", database=str(path))


def _copy_rows(storage: Storage, path: Path) -> Storage:
    """Row by row as of one moment, ids and all: the dashboard's notes and artifacts name trials by their ids."""
    copy = open_storage(_url(path), create=True)
    moment = storage.engine.connect().execution_options(isolation_level="REPEATABLE READ", stream_results=True)
    with moment as source, copy.engine.begin() as target:
        for table in [*BaseModel.metadata.sorted_tables, runs]:
            target.execute(sa.delete(table))
            for rows in source.execute(sa.select(table)).mappings().partitions(ROWS):
                target.execute(sa.insert(table), [dict(row) for row in rows])
    return copy
