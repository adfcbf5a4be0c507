"""From a URL to a database that many processes can share: drivers, safe SQLite, locks."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import optuna
import sqlalchemy as sa
from optuna.exceptions import StorageInternalError
from optuna.storages import BaseStorage
from sqlalchemy import exc

from optsweep.errors import StorageError
from optsweep.files import locked
from optsweep.sweep.mounts import network_filesystem
from optsweep.sweep.retry import retried
from optsweep.sweep.tables import metadata

DEFAULT_STORAGE = "sqlite:///studies/optsweep.db"
DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mysql+pymysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "mariadb+pymysql": "mysql+pymysql",
}
LOCK_SECONDS = 120
LOCK_SLICE = 30
"""Shorter than the time after which a driver that hears nothing takes the server for dead."""


def storage_url(given: str | None) -> sa.URL:
    """The study's database: ``given``, else $OPTSWEEP_STORAGE, else SQLite in studies/; raises `StorageError`."""
    text = given or os.environ.get("OPTSWEEP_STORAGE") or DEFAULT_STORAGE
    try:
        url = sa.make_url(text)
    except (exc.ArgumentError, ValueError):
        # The text is not shown: it may hold a password in a place that we cannot find.
        raise StorageError(
            f"the URL of {'--storage' if given else '$OPTSWEEP_STORAGE'} cannot be read; "
            "it looks like sqlite:///studies/optsweep.db or postgresql://user:password@host/database"
        ) from None
    if url.get_backend_name() != "sqlite" and "@" in f"{url.host}{url.database}":
        # Nothing of it is shown: SQLAlchemy took a part of the password for the host.
        raise StorageError("the storage URL has an '@' too many; in a user's name or password write %40 for it")
    if url.drivername not in DRIVERS:
        raise StorageError(f"storage {masked(url)}: unknown driver {url.drivername!r}; use sqlite, postgresql or mysql")
    url = url.set(drivername=DRIVERS[url.drivername])
    if is_sqlite(url):
        if url.database in (None, "", ":memory:"):
            raise StorageError(f"storage {masked(url)}: a study must outlive its process; name a file")
        if url.query:
            raise StorageError(f"storage {masked(url)}: SQLite takes no options; leave out what follows '?'")
    elif not url.database:
        raise StorageError(f"storage {masked(url)}: no database is named; add /DATABASE at the end")
    return url


def masked(url: sa.URL) -> str:
    """The URL for people: without its password, and without options of the driver's, which may hold another."""
    return url.set(query={}).render_as_string(hide_password=True) + ("?..." if url.query else "")


def is_sqlite(url: sa.URL) -> bool:
    return url.get_backend_name() == "sqlite"


@dataclass(frozen=True)
class Storage:
    """An open database: Optuna's storage, and the engine that its own tables use."""

    url: sa.URL
    optuna: BaseStorage
    """With Optuna's cache of finished trials: for reading."""
    backend: BaseStorage
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
                with locked(Path(f"{self.url.database}.lock"), timeout=LOCK_SECONDS):
                    yield
            except TimeoutError:
                raise busy from None
            return
        with self.engine.begin() as connection:
            if not _take_server_lock(connection, name):
                raise busy
            try:
                yield
            finally:
                if connection.dialect.name == "mysql":
                    connection.execute(sa.text("SELECT RELEASE_LOCK(:name)"), {"name": name[:64]})

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


def _take_server_lock(connection: sa.Connection, name: str) -> bool:
    if connection.dialect.name == "mysql":
        asking = sa.text("SELECT GET_LOCK(:name, :s)"), {"name": name[:64], "s": LOCK_SLICE}
        return any(connection.execute(*asking).scalar_one() == 1 for _ in range(LOCK_SECONDS // LOCK_SLICE))
    connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
    try:
        # A transaction's lock, not a session's: it also holds behind a pooler that shares sessions.
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": zlib.crc32(name.encode())})
    except exc.OperationalError:
        return False
    return True


def check_reachable(url: sa.URL) -> None:
    """Raise `StorageError` where the database could not be opened or made, or is another program's; writes nothing."""
    with _user_errors(url):
        if is_sqlite(url):
            _check_sqlite_path(url)
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
        with locked(Path(f"{url.database}.lock"), timeout=LOCK_SECONDS):
            return _open(url, create=True)
    plain = Storage(url, _no_storage(), _no_storage(), sa.create_engine(url, **_engine_arguments(url)))
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
    backend = optuna.storages.RDBStorage(
        url.render_as_string(hide_password=False),
        engine_kwargs=_engine_arguments(url),
        skip_table_creation=not create,
    )
    if is_sqlite(url):
        sa.event.listen(backend.engine, "begin", _begin_immediate)
    if create:
        metadata.create_all(backend.engine)
    return Storage(url, optuna.storages.get_storage(backend), backend, backend.engine)


def _tables(url: sa.URL) -> set[str]:
    """The names of all tables; looking changes nothing, not even another program's SQLite file to WAL."""
    arguments = _engine_arguments(url)
    if is_sqlite(url):
        path = Path(str(url.database)).absolute()
        if not path.exists():
            return set()
        arguments = {"creator": lambda: sqlite3.connect(f"{path.as_uri()}?mode=ro", timeout=60, uri=True)}
    engine = sa.create_engine(url, **arguments)
    try:
        return set(sa.inspect(engine).get_table_names())
    finally:
        engine.dispose()


def _check_sqlite_path(url: sa.URL) -> None:
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


def _engine_arguments(url: sa.URL) -> dict[str, Any]:
    if is_sqlite(url):
        return {"creator": functools.partial(_connect_sqlite, str(url.database))}
    arguments: dict[str, Any] = {"pool_pre_ping": True, "pool_size": 2, "max_overflow": 3, "pool_recycle": 1800}
    if url.get_backend_name() == "postgresql":
        # Without keep-alives a cut connection would hang for hours (optuna issue 5600).
        arguments["connect_args"] = {
            "connect_timeout": 10,
            "keepalives": 1,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 60_000,
            "application_name": "optsweep",
        }
    else:
        arguments["connect_args"] = {"connect_timeout": 10, "read_timeout": 60, "write_timeout": 60}
    return arguments


def _connect_sqlite(path: str) -> sqlite3.Connection:
    # isolation_level=None: the driver begins nothing behind our back; `_begin_immediate` does.
    connection = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _begin_immediate(connection: sa.Connection) -> None:
    # SQLite has no SELECT ... FOR UPDATE: with a plain BEGIN two workers read the same WAITING trial and both run it
    # (optuna issues 4002, 4621). Taking the write lock first makes every transaction of Optuna's atomic.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _first_line(error: BaseException, url: sa.URL) -> str:
    cause = error.__cause__ if isinstance(error, StorageInternalError) and error.__cause__ else error
    cause = getattr(cause, "orig", None) or cause
    words = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    for secret in _secrets(url):
        words = words.replace(secret, "***")
    return " ".join(words.split())[:300]


def _secrets(url: sa.URL) -> list[str]:
    """What must not be shown, as it is and as it stands in the URL; the longest first."""
    options = [value for key, values in url.normalized_query.items() for value in values if "pass" in key.lower()]
    plain = [secret for secret in (str(url.password or ""), *options) if secret]
    return sorted({form for secret in plain for form in (secret, quote(secret), quote_plus(secret))}, key=len)[::-1]
