"""The lock under which a study is planned, seen from outside."""

from __future__ import annotations

import fcntl
from pathlib import Path

import sqlalchemy as sa

from optsweep.database.urls import storage_url

HELD_BY = {
    "postgresql": "SELECT min(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted",
    "mysql": "SELECT IS_USED_LOCK('optsweep plan {study}')",
}
END = {"postgresql": "SELECT pg_terminate_backend({session})", "mysql": "KILL {session}"}


class PlanLock:
    """Says whether it is held, and ends the session that holds it."""

    def __init__(self, url: str, study: str) -> None:
        self._study = study
        self._engine = sa.create_engine(storage_url(url), isolation_level="AUTOCOMMIT")
        self._kind = self._engine.dialect.name

    @property
    def held(self) -> bool:
        if self._kind != "sqlite":
            return self._session() is not None
        with Path(f"{self._engine.url.database}.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def end_session(self) -> None:
        if (session := self._session()) is not None:
            self._ask(END[self._kind].format(session=session))

    def close(self) -> None:
        self._engine.dispose()

    def _session(self) -> int | None:
        return self._ask(HELD_BY[self._kind].format(study=self._study))

    def _ask(self, question: str) -> int | None:
        with self._engine.connect() as connection:
            answer = connection.execute(sa.text(question))
            return answer.scalar() if answer.returns_rows else None
