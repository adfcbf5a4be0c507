"""An open database that many processes share: its tables, its locks, its clock."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
import sqlalchemy as sa
from optuna.exceptions import StorageInternalError
from optuna.storages import BaseStorage
from sqlalchemy import exc

from optsweep.database import servers, sqlite
from optsweep.database.optuna_storage import BulkStorage
from optsweep.database.outage import retried
from optsweep.database.tables import metadata
from optsweep.database.urls import is_sqlite, masked, secrets, storage_url
from optsweep.errors import StorageError
from optsweep.files import locked

__all__ = [
    "Storage",
    "check_reachable",
    "is_sqlite",
    "masked",
    "nothing_yet",
    "open_existing",
    "open_storage",
    "reopen_storage",
    "storage_url",
]


@dataclass(frozen=True)
class Storage:
    """An open database: Optuna's storage, and the engine that its own tables use."""

    url: sa.URL
    optuna: BaseStorage
    """With Optuna's cache of finished trials: for reading."""
    backend: BulkStorage
    """Without it: for writing to trials, of which the cache knows only those that it has read."""
    engine: sa.Engine

    @contextlib.contextmanager
    def lock(self, purpose: str) -> Iterator[None]:
        """Hold the named lock of this database; whoever dies loses it at once.

        Raises `StorageError` where somebody else holds it for longer than two minutes.
        """
        name = f"optsweep {purpose}"
        busy = StorageError(f"storage {masked(self.url)}: another process holds the lock {name!r}; try again")
        if is_sqlite(self.url):
            try:
                with locked(Path(f"{self.url.database}.lock"), timeout=servers.LOCK_SECONDS):
                    yield
            except TimeoutError:
                raise busy from None
            return
        with self.engine.begin() as connection:
            if not servers.take_lock(connection, name):
                raise busy
            try:
                yield
            finally:
                servers.release_lock(connection, name)

    def now(self, connection: sa.Connection) -> float:
        """The database's clock in epoch seconds: the one clock that all hosts share."""
        query = {
            "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400.0",
            "postgresql": "SELECT extract(epoch FROM clock_timestamp())",
            "mysql": "SELECT unix_timestamp(now(6))",
        }[connection.dialect.name]
        return float(connection.execute(sa.text(query)).scalar_one())

    def close(self) -> None:
        self.engine.dispose()


def check_reachable(url: sa.URL) -> None:
    """Raise `StorageError` where the database could not be opened or made, or is another program's; writes nothing."""
    with _user_errors(url):
        if is_sqlite(url):
            sqlite.check_path(url)
        tables = _tables(url)
    # Of the tables that Optuna and we make, one of these comes first.
    if tables and tables.isdisjoint({"studies", "version_info", "optsweep_runs"}):
        raise StorageError(
            f"storage {masked(url)}: holds another program's tables ({', '.join(sorted(tables)[:3])}); "
            "give optsweep a database of its own"
        )


def open_storage(url: sa.URL, *, create: bool = False) -> Storage:
    """Open the database; with ``create`` its tables are made where they are missing (one process at a time).

    Raises `StorageError` where the database cannot be reached, does not exist, or holds another program's tables.
    """
    if not create:
        storage = open_existing(url)
        if storage is None:
            raise nothing_yet(url)
        return storage
    check_reachable(url)
    with _user_errors(url):
        if is_sqlite(url):
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        # The launcher makes the tables alone: Optuna's own creation races (optuna issue 4621).
        return _open_alone(url)


def nothing_yet(url: sa.URL) -> StorageError:
    return StorageError(f"no study in {masked(url)} yet; `make sweep` (or `optsweep sweep`) begins one")


def open_existing(url: sa.URL) -> Storage | None:
    """Open the database, or None where nothing of ours is in it yet; writes nothing."""
    check_reachable(url)
    with _user_errors(url):
        return _open(url, create=False) if "optsweep_runs" in _tables(url) else None


@retried
def reopen_storage(url: sa.URL) -> Storage:
    """Open a database that is known to hold a study of ours, in the middle of a sweep: its server may be restarting."""
    return _open(url, create=False)


@contextlib.contextmanager
def _user_errors(url: sa.URL) -> Iterator[None]:
    """What can be wrong with a database that the user named, in one line without its password."""
    try:
        yield
    except (exc.SQLAlchemyError, StorageInternalError, OSError, TypeError, ValueError) as error:
        # TypeError and ValueError are PyMySQL's words for an option that it does not know.
        raise StorageError(f"storage {masked(url)}: {_first_line(error, url)}") from None
    except RuntimeError as error:
        # Optuna's word for a schema of another version.
        raise StorageError(
            f"storage {masked(url)}: {_first_line(error, url)}\n"
            f"after a backup, type: optuna storage upgrade --storage {masked(url)}"
        ) from None


def _open_alone(url: sa.URL) -> Storage:
    if is_sqlite(url):
        with locked(Path(f"{url.database}.lock"), timeout=servers.LOCK_SECONDS):
            return _open(url, create=True)
    plain = Storage(url, _no_storage(), _no_storage(), sa.create_engine(url, **servers.engine_arguments(url)))
    try:
        with plain.lock("tables"):
            return _open(url, create=True)
    finally:
        plain.close()


def _no_storage() -> Any:
    """A lock needs the engine only; Optuna's storage is opened under it."""
    return None


def _open(url: sa.URL, *, create: bool) -> Storage:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    # A lost connection is told in one line by whoever waits for it; SQLAlchemy would add a traceback.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    module = sqlite if is_sqlite(url) else servers
    backend = BulkStorage(
        url.render_as_string(hide_password=False),
        engine_kwargs=module.engine_arguments(url),
        skip_table_creation=not create,
    )
    if is_sqlite(url):
        sa.event.listen(backend.engine, "begin", sqlite.begin_immediate)
    else:
        servers.set_up_sessions(backend.engine)
    if create:
        metadata.create_all(backend.engine)
    return Storage(url, optuna.storages.get_storage(backend), backend, backend.engine)


def _tables(url: sa.URL) -> set[str]:
    """The names of all tables; looking changes nothing, not even another program's SQLite file to WAL."""
    if is_sqlite(url) and not Path(str(url.database)).exists():
        return set()
    arguments = sqlite.looking_arguments(url) if is_sqlite(url) else servers.engine_arguments(url)
    engine = sa.create_engine(url, **arguments)
    try:
        return set(sa.inspect(engine).get_table_names())
    finally:
        engine.dispose()


def _first_line(error: BaseException, url: sa.URL) -> str:
    cause = error.__cause__ if isinstance(error, StorageInternalError) and error.__cause__ else error
    cause = getattr(cause, "orig", None) or cause
    words = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    for secret in secrets(url):
        words = words.replace(secret, "***")
    return " ".join(words.split())[:300]
