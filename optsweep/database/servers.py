"""PostgreSQL and MySQL (or MariaDB) as databases that many hosts hold on to for days: connections and locks."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from optuna.exceptions import StorageInternalError
from sqlalchemy import exc
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.engine.interfaces import DBAPICursor

if TYPE_CHECKING:
    import psycopg

LOCK_SECONDS = 120
LOCK_SLICE = 30
"""Shorter than the time after which a driver that hears nothing takes the server for dead."""
LOCK_NOT_AVAILABLE = "55P03"
SESSION = {
    # A host that is cut off in the middle of a transaction must not keep its locks for the hours that TCP would wait.
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
"""Settings of PostgreSQL's end of each connection."""


def engine_arguments(url: sa.URL) -> dict[str, Any]:
    """How to connect.

    One connection stays open, since a worker asks every few seconds; more only while its threads ask at once. So 64
    workers fit into the 100 connections of a PostgreSQL as it is installed.
    """
    connect: dict[str, Any] = {"connect_timeout": 10, "read_timeout": 60, "write_timeout": 60}
    if url.get_backend_name() == "postgresql":
        # Without keep-alives a cut connection would hang for hours (optuna issue 5600).
        connect = {
            "connect_timeout": 10,
            "keepalives": 1,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 60_000,
            "application_name": "optsweep",
            # A pooler between us and the server may give each transaction another session.
            "prepare_threshold": None,
        }
    pool = {"pool_pre_ping": True, "pool_size": 1, "max_overflow": 4, "pool_recycle": 1800}
    return {**pool, "connect_args": connect}


def set_up(engine: sa.Engine) -> None:
    """Have every new connection's other end find out by itself when we are gone."""
    if engine.dialect.name == "postgresql":
        sa.event.listen(engine, "connect", _set_up)


def _set_up(connection: psycopg.Connection[tuple[object, ...]], _: object) -> None:
    # Not as options of the connection: poolers refuse those.
    for name, value in SESSION.items():
        connection.execute(f"SET {name} = '{value}'".encode())
    connection.commit()


def table_names(url: sa.URL) -> set[str]:
    """The names of all tables."""
    postgresql = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    with _cursor(url) as cursor:
        cursor.execute(postgresql if url.get_backend_name() == "postgresql" else "SHOW TABLES")
        return {name for (name,) in cursor.fetchall()}


def names_alike(url: sa.URL, names: Sequence[str]) -> list[str]:
    """Groups of names that are one to a MySQL database: its collation may ignore case, accents and widths."""
    rows = " UNION ALL ".join(["SELECT convert(%s USING utf8mb4) AS name"] * len(names))
    with _cursor(url) as cursor:
        # Tables are made with the database's own.
        cursor.execute("SELECT @@character_set_database, @@collation_database")
        charset, collation = cursor.fetchall()[0]
        stored = f"convert(name USING {charset}) COLLATE {collation}"
        group = "SELECT group_concat(name ORDER BY binary name SEPARATOR ', ') AS alike"
        cursor.execute(
            f"{group} FROM ({rows}) AS names GROUP BY {stored} HAVING count(*) > 1 ORDER BY alike", tuple(names)
        )
        return [alike for (alike,) in cursor.fetchall()]


@contextlib.contextmanager
def _cursor(url: sa.URL) -> Iterator[DBAPICursor]:
    """Ask without an engine, which is made once it is known that the database is ours."""
    dialect_class = cast(type[DefaultDialect], url.get_dialect())
    dialect = dialect_class(dbapi=dialect_class.import_dbapi())
    words, options = dialect.create_connect_args(url)
    try:
        arguments = {**options, **engine_arguments(url)["connect_args"]}
        with contextlib.closing(dialect.connect(*words, **arguments)) as connection:
            yield connection.cursor()
    except dialect.loaded_dbapi.Error as error:
        raise StorageInternalError from error


@contextlib.contextmanager
def lock(engine: sa.Engine, name: str) -> Iterator[None]:
    """Hold the named lock of the database; raises `TimeoutError` if another holds it for longer than two minutes."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            _take_for_transaction(connection, name)
            yield
            return
        asking = sa.text("SELECT GET_LOCK(:name, :s)"), {"name": name[:64], "s": LOCK_SLICE}
        if not any(connection.execute(*asking).scalar_one() == 1 for _ in range(LOCK_SECONDS // LOCK_SLICE)):
            raise TimeoutError(name)
        try:
            yield
        finally:
            connection.execute(sa.text("SELECT RELEASE_LOCK(:name)"), {"name": name[:64]})


def _take_for_transaction(connection: sa.Connection, name: str) -> None:
    connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
    # What is done under the lock is done on other connections.
    connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    try:
        # A transaction's lock, not a session's: it also holds behind a pooler that shares sessions.
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": zlib.crc32(name.encode())})
    except exc.OperationalError as error:
        # The connection may also be lost while it waits.
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise TimeoutError(name) from None
        raise
