"""Transactions that are cut off: a process that dies before any statement, an answer to a COMMIT that is lost."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from optsweep.database import connection, patience


class Killed(BaseException):
    """As kill -9: nobody catches it."""


@contextlib.contextmanager
def killed_at(engine: sa.Engine, statement: int) -> Iterator[None]:
    """Within the block the process "dies" before that statement (from 0), its connection with it."""
    left = iter(range(statement))

    def die(connection: sa.Connection, *_: Any) -> None:
        if next(left, None) is None:
            # First, so that no rollback of ours is what undoes it. SQLite ends a transaction on closing only when no
            # cursor is left; a dead process has none.
            raw = connection.connection.dbapi_connection
            assert raw is not None
            if engine.dialect.name == "sqlite":
                raw.rollback()
            raw.close()
            connection.invalidate()
            raise Killed

    sa.event.listen(engine, "before_cursor_execute", die)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", die)


@contextlib.contextmanager
def lost_answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Within the block every transaction is committed, and looks to us as if the connection had broken."""
    real = patience.patiently

    def patiently(operation: Any, *arguments: Any, **options: Any) -> Any:
        told = []

        def once() -> Any:
            answer = operation(*arguments, **options)
            if not told:
                told.append(answer)
                raise sa.exc.OperationalError("COMMIT", None, Exception("server closed the connection"))
            return answer

        return real(once)

    with monkeypatch.context() as patch:
        patch.setattr(connection, "patiently", patiently)
        patch.setattr(patience.time, "sleep", lambda _: None)
        yield
