"""What a lease on a run is, what its holder tells of the run, and how the run's history is written."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, fields
from typing import Any

import sqlalchemy as sa

from optsweep.database.stored_text import storable
from optsweep.database.tables import put, run_events, runs
from optsweep.machine.process import ProcessIdentity

MAX_FAULTS = 3
MAX_INTERRUPTIONS = 20
GAP_SECONDS = 30.0
"""Processes that look do so every few seconds: a longer gap between two looks was an outage."""
SECOND_CHANCE_SECONDS = 60.0
"""Several beats."""


class LeaseLost(Exception):
    """Another process took the run over (this one was silent for too long), or ended its trial: leave it alone."""


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

    @classmethod
    def of(cls, row: sa.Row[Any]) -> RunProgress:
        """As a row of `tables.runs` tells it."""
        return cls(**{column.name: getattr(row, column.name) for column in fields(cls)})


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
    faults: int = 0
    """How often in a row, without a new checkpoint, earlier attempts ended by the run's own fault."""
    known: RunProgress = RunProgress()
    """How far earlier attempts had come."""


@dataclass(frozen=True)
class HeldRun:
    """A run and its holder, as they were at one moment."""

    trial_id: int
    run: str
    token: str
    worker: str
    beat: float
    holder: ProcessIdentity
    evaluated: bool
    """Whether it had got as far as its first evaluation."""


@dataclass
class Look:
    """When this process last looked for silent holders.

    After an outage, or when the database's clock was set, every holder seems to have been silent; each gets the time to
    beat again before its silence counts.
    """

    _own: float = -math.inf
    _database: float = 0.0
    _trusts_from: float = -math.inf

    def can_tell_silence(self, now: float) -> bool:
        """Whether a holder's silence until ``now``, by the database's clock, means that it is dead."""
        own = time.monotonic()
        passed = own - self._own
        if GAP_SECONDS < passed < math.inf or (passed < math.inf and abs(now - self._database - passed) > GAP_SECONDS):
            self._trusts_from = own + SECOND_CHANCE_SECONDS
        self._own, self._database = own, now
        return own >= self._trusts_from


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
    who = {"worker": storable(connection, lease.worker, 128), "host": storable(connection, lease.host, 200)}
    told = storable(connection, detail)
    put(connection, run_events, key, study_id=study_id, run=lease.run, at=at, detail=told, **who)
