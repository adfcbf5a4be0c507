"""What a lease on a run is, what its holder tells of the run, and how the run's history is written."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from optsweep.database.tables import put, run_events, runs
from optsweep.machine.process import ProcessIdentity

MAX_FAULTS = 3
MAX_INTERRUPTIONS = 20


class LeaseLost(Exception):
    """Another process took the run over (this one was silent for too long): leave it alone."""


@dataclass(frozen=True)
class Lease:
    """Proof that this process holds the run."""

    trial_id: int
    run: str
    token: str
    attempt: int = 1
    worker: str | None = None
    host: str | None = None
    """Of the holder, as the run's history names it; of a dead holder, if the lease was taken over."""


@dataclass(frozen=True)
class RunProgress:
    """How far a run has come, as its holder tells with every beat; the fields are columns of `tables.runs`."""

    progress: float = 0.0
    sequences: int = 0
    seconds: float = 0.0
    train_loss: float | None = None
    residues_per_second: float | None = None
    checkpoint_step: int = 0
    best_value: float | None = None
    best_step: int | None = None
    last_value: float | None = None


@dataclass(frozen=True)
class HeldRun:
    """A run and its holder, as they were at one moment."""

    trial_id: int
    run: str
    token: str
    worker: str
    beat: float
    holder: ProcessIdentity
    ended: bool
    """Whether its trial has ended: the holder died before it let go."""
    evaluated: bool
    """Whether it had got as far as its first evaluation."""


def holder_is(process: ProcessIdentity) -> list[sa.ColumnElement[bool]]:
    """The condition that a row's holder is that process."""
    return [runs.c[name] == value for name, value in asdict(process).items()]


def note(
    connection: sa.Connection, study_id: int, lease: Lease, at: float, what: str, detail: str | None = None
) -> None:
    """Add to a run's history, in the transaction of the change that it tells.

    A transaction that is repeated, since its answer was lost, adds nothing twice.
    """
    key = {"trial_id": lease.trial_id, "token": lease.token, "what": what}
    who = {"worker": lease.worker, "host": lease.host}
    put(connection, run_events, key, study_id=study_id, run=lease.run, at=at, detail=detail, **who)
