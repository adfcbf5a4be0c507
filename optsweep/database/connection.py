"""An open database that many processes share: its transactions, its locks, its clock."""

from __future__ import annotations

import contextlib
import functools
import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import optuna
import sqlalchemy as sa
from optuna.exceptions import StorageInternalError
from optuna.storages import BaseStorage
from sqlalchemy import exc

from optsweep.database import servers, sqlite
from optsweep.database.optuna_storage import BulkStorage
from optsweep.database.patience import patiently, refuses_writing
from optsweep.database.tables import metadata, runs
from optsweep.database.urls import is_sqlite, masked, secrets
from optsweep.errors import StorageError
from optsweep.files import locked

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Storage:
    """An open database: Optuna's storage, and transactions on our own tables beside it."""

    optuna: BaseStorage
    """With Optuna's cache of finished trials: for reading."""
    backend: BulkStorage
    """Without it: for writing to trials, of which the cache knows only those that it has read."""

    @property
    def url(self) -> sa.URL:
        return self.engine.url

    @property
    def engine(self) -> sa.Engine:
        """The connections of both; a statement that must not be repeated, or not wait, uses it directly."""
        return self.backend.engine

    def transaction(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        """Do ``work`` as one transaction, again while the database is away; raises `StorageUnavailable`.

        It must be safe to repeat: a commit whose answer was lost may have happened.
        """

        def once() -> _Result:
            with self.engine.begin() as connection:
                return work(connection)

        return patiently(once)

    def lock(self, purpose: str) -> AbstractContextManager[None]:
        """Hold the named lock of this database; a process that dies loses it at once.

        Raises `StorageError` if another process holds it for longer than two minutes.
        """
        return _lock(self.url, purpose, self.engine)

    def now(self, connection: sa.Connection) -> float:
        """The database's clock in epoch seconds: the one clock that all hosts share."""
        query = {
            "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400.0",
            "postgresql": "SELECT extract(epoch FROM clock_timestamp())",
            # Not unix_timestamp(now()): where clocks are set back for the winter, an hour of local time comes twice.
            "mysql": "SELECT timestampdiff(MICROSECOND, '1970-01-01', utc_timestamp(6)) / 1e6",
        }[connection.dialect.name]
        return float(connection.execute(sa.text(query)).scalar_one())

    @contextlib.contextmanager
    def planning(self, study: str) -> Iterator[None]:
        """Plan that study, one process at a time; raises `StorageError` as `lock` does."""
        self.complete()
        with self.lock(f"plan {study}"):
            yield

    def complete(self) -> None:
        """Make the tables of ours that a database of an earlier version lacks; safe in several processes at once."""
        if not metadata.tables.keys() <= set(sa.inspect(self.engine).get_table_names()):
            with self.lock("tables"):
                metadata.create_all(self.engine)

    def refusal(self) -> str | None:
        """Why the database lets this user change nothing, in its own words; None if it does."""
        try:
            with self.engine.begin() as connection:
                connection.execute(sa.update(runs).where(runs.c.trial_id == -1).values(priority=runs.c.priority))
        except exc.DBAPIError as error:
            if not refuses_writing(error):
                raise
            return _first_line(error, self.url)
        return None

    def close(self) -> None:
        self.engine.dispose()


class _HasStorage(Protocol):
    @property
    def storage(self) -> Storage: ...


_Owner = TypeVar("_Owner", bound=_HasStorage)


def transaction(
    work: Callable[Concatenate[_Owner, sa.Connection, _Parameters], _Result],
) -> Callable[Concatenate[_Owner, _Parameters], _Result]:
    """Make a function of (study or queue, connection, ...) a `Storage.transaction`; it is called without connection."""

    @functools.wraps(work)
    def run(owner: _Owner, /, *args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        return owner.storage.transaction(lambda connection: work(owner, connection, *args, **kwargs))

    return run


def open_storage(url: sa.URL, *, create: bool = False) -> Storage:
    """Open the database; with ``create`` its tables are made if they are missing (one process at a time).

    Raises `StorageError` if the database cannot be reached, does not exist, or holds another program's tables.
    """
    storage = open_existing(url)
    if storage is None and not create:
        raise nothing_yet(url)
    with _user_errors(url):
        return storage or _create(url)


def nothing_yet(url: sa.URL) -> StorageError:
    return StorageError(f"no study in {masked(url)} yet; `make sweep` (or `optsweep sweep`) begins one")


def open_existing(url: sa.URL) -> Storage | None:
    """Open the database, or None if nothing of ours is in it yet; writes nothing.

    Raises `StorageError` if it cannot be opened or made, or is another program's.
    """
    tables = check_reachable(url)
    with _user_errors(url):
        return _open(url) if "optsweep_runs" in tables else None


def check_reachable(url: sa.URL) -> set[str]:
    """The names of the database's tables; raises `StorageError` as `open_existing` does, and writes nothing."""
    with _user_errors(url):
        if is_sqlite(url):
            sqlite.check_path(url)
        tables = sqlite.table_names(url) if is_sqlite(url) else servers.table_names(url)
    # Of the tables that Optuna and we make, one of these comes first.
    if tables and tables.isdisjoint({"studies", "version_info", "optsweep_runs"}):
        raise StorageError(
            f"storage {masked(url)}: holds another program's tables ({', '.join(sorted(tables)[:3])}); "
            "give optsweep a database of its own"
        )
    return tables


def check_writable(url: sa.URL, storage: Storage | None) -> None:
    """Raise `StorageError` if this user may only read; ``storage`` is None while there is nothing of ours."""
    place = sqlite.obstacle(url) if is_sqlite(url) else None
    why = storage.refusal() if place is None and storage is not None else place and f"{place} cannot be written"
    if why is not None:
        looking = "what only looks works: status, show, best, report, export, dashboard --read-only"
        raise StorageError(f"storage {masked(url)}: {why}; {looking if storage else 'choose another with --storage'}")


def names_alike(url: sa.URL, names: Sequence[str]) -> list[str]:
    """Those of the names that the database cannot tell apart, in groups such as "Small, small"; mostly none."""
    if url.get_backend_name() != "mysql" or len(names) < 2:
        return []
    with _user_errors(url):
        return servers.names_alike(url, names)


def reopen_storage(url: sa.URL) -> Storage:
    """Open a database that is known to hold a study of ours, in the middle of a sweep: its server may be restarting."""
    return patiently(_open, url)


@contextlib.contextmanager
def _user_errors(url: sa.URL) -> Iterator[None]:
    """What can be wrong with a database that the user named, in one line without its password."""
    try:
        yield
    except (exc.SQLAlchemyError, sqlite3.Error, StorageInternalError, OSError, TypeError, ValueError) as error:
        # TypeError and ValueError are PyMySQL's words for an option that it does not know.
        raise StorageError(f"storage {masked(url)}: {_first_line(error, url)}") from None
    except RuntimeError as error:
        # Optuna's word for a schema of another version.
        raise StorageError(
            f"storage {masked(url)}: {_first_line(error, url)}\n"
            f"after a backup, type: optuna storage upgrade --storage {masked(url)}"
        ) from None


@contextlib.contextmanager
def _lock(url: sa.URL, purpose: str, engine: sa.Engine | None) -> Iterator[None]:
    name = f"optsweep {purpose}"
    if is_sqlite(url) or engine is None:
        held = locked(Path(f"{url.database}.lock"), timeout=servers.LOCK_SECONDS)
    else:
        held = servers.lock(engine, name)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(held)
        except TimeoutError:
            busy = f"storage {masked(url)}: another process holds the lock {name!r}; try again"
            raise StorageError(busy) from None
        yield


def _create(url: sa.URL) -> Storage:
    # The launcher makes the tables alone: Optuna's own creation races (optuna issue 4621).
    engine = None if is_sqlite(url) else sa.create_engine(url, **servers.engine_arguments(url))
    if engine is None:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    try:
        with _lock(url, "tables", engine):
            return _open(url, create=True)
    finally:
        if engine is not None:
            engine.dispose()


def _open(url: sa.URL, create: bool = False) -> Storage:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    # A lost connection is told in one line by whatever waits for it; SQLAlchemy would add a traceback.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    module = sqlite if is_sqlite(url) else servers
    backend = BulkStorage(
        url.render_as_string(hide_password=False),
        engine_kwargs=module.engine_arguments(url),
        skip_table_creation=not create,
    )
    module.set_up(backend.engine)
    if create:
        metadata.create_all(backend.engine)
    return Storage(optuna.storages.get_storage(backend), backend)


def _first_line(error: BaseException, url: sa.URL) -> str:
    cause = error.__cause__ if isinstance(error, StorageInternalError) and error.__cause__ else error
    cause = getattr(cause, "orig", None) or cause
    words = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    for secret in secrets(url):
        words = words.replace(secret, "***")
    return " ".join(words.split())[:300]
