"""Real databases for tests: SQLite everywhere, PostgreSQL and MariaDB where they run (or must run)."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

KINDS = ["sqlite", "postgresql", "mariadb"]
SERVERS = {
    "postgresql": os.environ.get("OPTSWEEP_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"),
    "mariadb": os.environ.get("OPTSWEEP_TEST_MARIADB", "mysql+pymysql://root@127.0.0.1:3306/mysql"),
}
"""Whoever asks may make and drop databases and users there."""


@contextmanager
def fresh_database(kind: str, directory: Path, character_set: str = "") -> Iterator[str]:
    """The URL of an empty database of its own, dropped afterwards; skips where there is no such server.

    Its ``character_set`` is by default the server's.
    """
    if kind == "sqlite":
        yield f"sqlite:///{directory / 'study.db'}"
        return
    server = sa.create_engine(SERVERS[kind], isolation_level="AUTOCOMMIT")
    name = f"optsweep_test_{uuid.uuid4().hex[:12]}"
    try:
        with server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name} {_holding(kind, character_set)}"))
    except sa.exc.OperationalError as error:
        if os.environ.get("OPTSWEEP_REQUIRE_DATABASES") == "1":
            raise
        pytest.skip(f"no {kind} server on this machine: {error.orig}")
    try:
        yield sa.make_url(SERVERS[kind]).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            force = " WITH (FORCE)" if kind == "postgresql" else ""
            connection.execute(sa.text(f"DROP DATABASE {name}{force}"))
        server.dispose()


def _holding(kind: str, character_set: str) -> str:
    if not character_set:
        return ""
    if kind == "mariadb":
        return f"CHARACTER SET {character_set}"
    return f"ENCODING '{character_set}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
