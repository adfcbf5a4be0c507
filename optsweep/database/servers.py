"""PostgreSQL and MySQL (or MariaDB) as databases that many hosts hold on to for days: connections and locks."""

from __future__ import annotations

import zlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

LOCK_SECONDS = 120
LOCK_SLICE = 30
"""Shorter than the time after which a driver that hears nothing takes the server for dead."""
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
    arguments: dict[str, Any] = {"pool_pre_ping": True, "pool_size": 1, "max_overflow": 4, "pool_recycle": 1800}
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
            # A pooler between us and the server may give each transaction another session.
            "prepare_threshold": None,
        }
    else:
        arguments["connect_args"] = {"connect_timeout": 10, "read_timeout": 60, "write_timeout": 60}
    return arguments


def set_up_sessions(engine: sa.Engine) -> None:
    """Have every new connection's other end find out by itself when we are gone."""
    if engine.dialect.name == "postgresql":
        sa.event.listen(engine, "connect", _set_up)


def _set_up(connection: Any, record: object) -> None:
    # Not as options of the connection: poolers refuse those.
    with connection.cursor() as cursor:
        for name, value in SESSION.items():
            cursor.execute(f"SET {name} = '{value}'")
    connection.commit()


def take_lock(connection: sa.Connection, name: str) -> bool:
    """Take the named lock of the database; False where somebody else holds it for longer than two minutes."""
    if connection.dialect.name == "mysql":
        asking = sa.text("SELECT GET_LOCK(:name, :s)"), {"name": name[:64], "s": LOCK_SLICE}
        return any(connection.execute(*asking).scalar_one() == 1 for _ in range(LOCK_SECONDS // LOCK_SLICE))
    connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
    # What is done under the lock is done on other connections.
    connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    try:
        # A transaction's lock, not a session's: it also holds behind a pooler that shares sessions.
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": zlib.crc32(name.encode())})
    except exc.OperationalError:
        return False
    return True


def release_lock(connection: sa.Connection, name: str) -> None:
    """Let go of a lock that does not end with the transaction."""
    if connection.dialect.name == "mysql":
        connection.execute(sa.text("SELECT RELEASE_LOCK(:name)"), {"name": name[:64]})
