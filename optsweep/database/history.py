"""What happened to a run: when, to which worker, and why; written in the transaction of the change that it tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from optsweep.database.connection import transaction
from optsweep.database.lease import Lease
from optsweep.database.tables import put, run_events, trials

if TYPE_CHECKING:
    from optsweep.database.open_study import Study


@dataclass(frozen=True)
class RunEvent:
    """One step in a run's life."""

    time: float
    """Epoch seconds by the database's clock."""
    event: str
    """planned, taken over, claimed, evaluated, handed back, reclaimed, queued again, or how the run ended."""
    trial: int
    """Optuna's number of the trial; a failed run that is queued again gets a new one."""
    worker: str | None
    host: str | None
    detail: str | None


def note(
    connection: sa.Connection, study_id: int, lease: Lease, at: float, what: str, detail: str | None = None
) -> None:
    """Add to a run's history; a transaction that is repeated, since its answer was lost, adds nothing twice."""
    key = {"trial_id": lease.trial_id, "token": lease.token, "what": what}
    who = {"worker": lease.worker, "host": lease.host}
    put(connection, run_events, key, study_id=study_id, run=lease.run, at=at, detail=detail, **who)


@transaction
def read_history(study: Study, connection: sa.Connection, run: str) -> list[RunEvent]:
    """All that is recorded of the run, the oldest first; nothing if an earlier version made the database."""
    if not sa.inspect(connection).has_table(run_events.name):
        return []
    query = (
        sa.select(run_events, trials.c.number)
        .join(trials, trials.c.trial_id == run_events.c.trial_id)
        .where(run_events.c.study_id == study.study_id, run_events.c.run == run)
        .order_by(run_events.c.at, run_events.c.id)
    )
    return [
        RunEvent(row.at, row.what, row.number, row.worker, row.host and row.host.split("/")[0], row.detail)
        for row in connection.execute(query)
    ]
