"""Faults at one chosen point of what a process asks its database: it is killed, or the answer is lost."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
import sqlalchemy as sa

DRIVER_ERRORS: dict[str, Callable[[], Exception]] = {
    "sqlite": lambda: sqlite3.OperationalError("disk I/O error"),
    "postgresql": lambda: psycopg.OperationalError("server closed the connection unexpectedly"),
}
STEPS = ("do_execute", "do_execute_no_params", "do_executemany", "do_commit")
"""The methods of SQLAlchemy's dialects that send something to a database and wait for the answer."""


class Stopped(BaseException):
    """The process was killed; no handler of the program may see it."""


@dataclass(frozen=True)
class Fault:
    kind: Literal["stop", "lost"]
    """Killed before the statement or COMMIT, or its answer lost after it was carried out."""
    point: int
    """Of which statement or COMMIT of the operation, from 0."""


class FaultyEngine:
    """An engine as one process has it; a fault can be laid in its way."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._open: list[Any] = []
        self._fault: Fault | None = None
        self.stopped = False
        self.points = 0
        """How many statements and COMMITs there were since `expect`."""
        for step in STEPS:
            setattr(engine.dialect, step, self._watched(getattr(engine.dialect, step), commit=step == "do_commit"))
        engine.dialect.do_rollback = self._until_stopped(engine.dialect.do_rollback)
        sa.event.listen(engine, "do_connect", self._before_connecting)
        sa.event.listen(engine, "connect", lambda connection, _: self._open.append(connection))

    def expect(self, fault: Fault | None) -> None:
        self._fault, self.points = fault, 0

    def stop(self) -> None:
        """Die: the kernel closes the connections, and nothing more is said on them."""
        self.stopped = True
        for connection in self._open:
            with contextlib.suppress(Exception):
                connection.close()
        self._open.clear()

    def start(self) -> None:
        """Be another process; one that ended between two operations leaves it idle connections, which are as good."""
        if self.stopped:
            self._engine.dispose()
            self.stopped = False

    def _watched(self, send: Callable[..., None], *, commit: bool) -> Callable[..., None]:
        def watched(*args: Any) -> None:
            fault = self._fault if self._fault is not None and self._fault.point == self.points else None
            self.points += 1
            if self.stopped or (fault is not None and fault.kind == "stop"):
                self.stop()
                raise Stopped
            send(*args)
            if fault is not None:
                self._lose(args[0] if commit else args[0].connection)

        return watched

    def _lose(self, connection: Any) -> None:
        kind = self._engine.dialect.name
        if kind != "sqlite":
            getattr(connection, "dbapi_connection", connection).close()
        raise DRIVER_ERRORS[kind]()

    def _until_stopped(self, send: Callable[..., None]) -> Callable[..., None]:
        def rollback(*args: Any) -> None:
            if not self.stopped:
                send(*args)

        return rollback

    def _before_connecting(self, *_: Any) -> None:
        if self.stopped:
            raise Stopped
