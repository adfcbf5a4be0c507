"""The queue: who may run what. Claims, leases, hand-backs; the race rules of the whole program stand here.

A run's lease is the ``token`` in its row of ``optsweep_runs``. Every step that changes a run first proves, in one
UPDATE with the token in its WHERE clause, that the lease is still held. The order of the writes makes each crash safe:

* claim: token, then WAITING -> RUNNING. A death in between leaves a token on a waiting trial.
* finish: RUNNING -> COMPLETE/PRUNED/FAIL, then the token goes. A death in between leaves a token on a finished trial.
* hand back: RUNNING -> WAITING, then the token goes. Until then nobody can claim it.

So RUNNING always carries a token, and whoever finds a dead holder takes the lease over (swaps the token, one winner)
and hands the run back: one path for every way to die. A trial keeps its row, parameters and values throughout.
"""

from __future__ import annotations

import enum
import uuid
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import TrialState

from optsweep.database.connection import Storage
from optsweep.database.outage import retried
from optsweep.database.tables import runs, trial_intermediate_values, trials
from optsweep.machine.process import ProcessIdentity

LEASE_SECONDS = 600
"""How long a holder on another host may be silent before its runs are taken over, by the database's clock."""
MAX_FAULTS = 3
MAX_INTERRUPTIONS = 20


class LeaseLost(Exception):
    """Somebody else took the run over (this process was silent for too long): leave it alone."""


class Cause(enum.Enum):
    """What ended an attempt: the run's own doing, or something that happened to it (invariant 11)."""

    INTERRUPTION = "interruption"
    FAULT = "fault"


@dataclass(frozen=True)
class Lease:
    """Proof that this process holds the run."""

    trial_id: int
    run: str
    token: str
    attempt: int = 1


@dataclass(frozen=True)
class Standing:
    """How a run stands, as its holder tells with every beat."""

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
class Released:
    """A run that a dead worker held, after it was handed back."""

    run: str
    goes_on: bool
    """False where it was ended as failed."""
    evaluated: bool
    """Whether it had got as far as its first evaluation."""


@dataclass(frozen=True)
class Queue:
    """The runs of one study, as workers, launchers and commands share them."""

    storage: Storage
    study_id: int

    def claim(self, worker: str, me: ProcessIdentity) -> Lease | None:
        """Take the first waiting run, or None where none waits; no two callers ever get the same one.

        Interrupted runs come first, then the order of the plan (invariant 13). A run that failed comes last: where the
        place is to blame, it is to fail different runs and be parked, not to use up the attempts of one.
        """
        token = uuid.uuid4().hex
        while (lease := self._take_token(worker, me, token)) is not None:
            if self._set_state(lease, TrialState.RUNNING):
                first = sa.func.coalesce(runs.c.started, runs.c.beat)
                self._update(lease, attempts=lease.attempt, started=first, ended=None, reason=None)
                return lease
            # Between the look and the token another worker claimed it, finished it and let go of it.
            self._drop_token(lease)
        return None

    @retried
    def _take_token(self, worker: str, me: ProcessIdentity, token: str) -> Lease | None:
        with self.storage.engine.begin() as connection:
            mine = connection.execute(sa.select(runs).where(runs.c.token == token)).first()
            if mine is not None:
                return Lease(mine.trial_id, mine.run, token, mine.attempts + 1)
            holder = {"token": token, "worker": worker, "beat": self.storage.now(connection), **asdict(me)}
            for row in connection.execute(self._waiting().limit(64)).all():
                if _hold(connection, row.trial_id, holder):
                    return Lease(row.trial_id, row.run, token, row.attempts + 1)
        return None

    def _waiting(self) -> sa.Select[Any]:
        return (
            sa.select(runs.c.trial_id, runs.c.run, runs.c.attempts)
            .join(trials, trials.c.trial_id == runs.c.trial_id)
            .where(runs.c.study_id == self.study_id, runs.c.token.is_(None), trials.c.state == TrialState.WAITING)
            .order_by(sa.case((runs.c.faults > 0, 2), (runs.c.attempts > 0, 0), else_=1), runs.c.priority)
        )

    @retried
    def next_waiting(self) -> str | None:
        """The run that the next claim would get."""
        with self.storage.engine.connect() as connection:
            row = connection.execute(self._waiting().limit(1)).first()
        return None if row is None else str(row.run)

    @retried
    def take(self, run: str, worker: str, me: ProcessIdentity) -> Lease | None:
        """Take the lease of one waiting run without starting it, or None where it does not wait."""
        with self.storage.engine.begin() as connection:
            row = connection.execute(self._waiting().where(runs.c.run == run)).first()
            if row is None:
                return None
            holder = {"token": uuid.uuid4().hex, "worker": worker, "beat": self.storage.now(connection), **asdict(me)}
            taken = _hold(connection, row.trial_id, holder)
        return Lease(row.trial_id, run, str(holder["token"])) if taken else None

    @retried
    def beat(self, lease: Lease, standing: Standing) -> str | None:
        """Prove that the holder lives, tell how the run stands; returns an order given to the run ("skip") or None.

        Raises `LeaseLost`.
        """
        with self.storage.engine.begin() as connection:
            self._guard(connection, lease, beat=self.storage.now(connection), **asdict(standing))
            order = connection.execute(sa.select(runs.c.order_given).where(runs.c.trial_id == lease.trial_id)).scalar()
            return None if order is None else str(order)

    @retried
    def report(self, lease: Lease, step: int, value: float, standing: Standing) -> None:
        """Store the value at a point of the evaluation grid; a value that stood there is replaced."""
        self.beat(lease, standing)
        self.storage.backend.set_trial_intermediate_value(lease.trial_id, step, value)

    @retried
    def forget_after(self, lease: Lease, step: int) -> None:
        """Remove the values of later grid points: they belong to a checkpoint that is lost."""
        with self.storage.engine.begin() as connection:
            self._guard(connection, lease)
            connection.execute(
                sa.delete(trial_intermediate_values).where(
                    trial_intermediate_values.c.trial_id == lease.trial_id, trial_intermediate_values.c.step > step
                )
            )

    @retried
    def finish(self, lease: Lease, state: TrialState, value: float | None, *, outcome: str, reason: str | None) -> None:
        """End the run for good: COMPLETE, PRUNED or FAIL; raises `LeaseLost`."""
        self._end(lease, outcome=outcome, reason=reason, order_given=None)
        self._set_state(lease, state, value)
        self._drop_token(lease)

    def hand_back(self, lease: Lease, cause: Cause, reason: str) -> bool:
        """Give the run back to the queue; returns False where it has used up its attempts and was ended as failed.

        Attempts in a row without a new checkpoint count, interruptions and the run's own faults apart (invariant 11).
        """
        interruptions, faults = self._count(lease, cause)
        if faults >= MAX_FAULTS or interruptions >= MAX_INTERRUPTIONS:
            count = f"{faults} times" if faults >= MAX_FAULTS else f"{interruptions} times, by interruptions,"
            reason = f"failed {count} in a row without a new checkpoint: {reason}"
            self.finish(lease, TrialState.FAIL, None, outcome="failed", reason=reason)
            return False
        self._end(lease, outcome=None, reason=reason)
        self._set_state(lease, TrialState.WAITING)
        self._drop_token(lease)
        return True

    @retried
    def _count(self, lease: Lease, cause: Cause) -> tuple[int, int]:
        """Count the end of an attempt; returns interruptions and faults in a row since the last new checkpoint."""
        with self.storage.engine.begin() as connection:
            row = connection.execute(sa.select(runs).where(runs.c.trial_id == lease.trial_id)).one()
            advanced = row.checkpoint_step > row.counted_step
            interruptions = (0 if advanced else row.interruptions) + (cause is Cause.INTERRUPTION)
            faults = (0 if advanced else row.faults) + (cause is Cause.FAULT)
            counted = row.checkpoint_step
            self._guard(connection, lease, interruptions=interruptions, faults=faults, counted_step=counted)
        return interruptions, faults

    def reap(self, me: ProcessIdentity) -> list[str]:
        """Hand back the runs of dead holders; returns their names. Safe to call anywhere, at any time, by anyone."""
        dead = self._dead_leases()
        return [row.run for row in dead if self._recover(row, me, Cause.INTERRUPTION, f"{row.worker} died") is not None]

    def release(self, dead: ProcessIdentity, me: ProcessIdentity, cause: Cause, reason: str) -> list[Released]:
        """Hand back what a dead process of this host held, the cause known."""
        ends = [(row, self._recover(row, me, cause, reason)) for row in self.held_by(dead)]
        return [Released(row.run, on, row.last_value is not None) for row, on in ends if on is not None]

    def _recover(self, row: Any, me: ProcessIdentity, cause: Cause, reason: str) -> bool | None:
        """Take over a dead holder's run and hand it back; None where there is nothing to do or another does it."""
        lease = self._take_over(row, me)
        if lease is None:
            return None
        if row.state.is_finished():
            self._drop_token(lease)
            return None
        try:
            return self.hand_back(lease, cause, reason)
        except LeaseLost:
            return None

    @retried
    def held_by(self, holder: ProcessIdentity) -> list[Any]:
        with self.storage.engine.connect() as connection:
            return list(connection.execute(self._leases().where(*_columns(holder))).all())

    @retried
    def has_finished(self, holder: ProcessIdentity) -> bool:
        """Whether the process has brought a run to its end."""
        ended = [runs.c.study_id == self.study_id, runs.c.token.is_(None), runs.c.outcome.is_not(None)]
        with self.storage.engine.connect() as connection:
            return connection.execute(sa.select(runs.c.run).where(*ended, *_columns(holder))).first() is not None

    def _held(self) -> list[sa.ColumnElement[bool]]:
        return [runs.c.study_id == self.study_id, runs.c.token.is_not(None)]

    def _leases(self) -> sa.Select[Any]:
        joined = runs.join(trials, trials.c.trial_id == runs.c.trial_id)
        return sa.select(runs, trials.c.state).select_from(joined).where(*self._held())

    @retried
    def _dead_leases(self) -> list[Any]:
        with self.storage.engine.begin() as connection:
            now = self.storage.now(connection)
            held = connection.execute(self._leases()).all()
            # A beat from the future (the clock was set back) would never expire: its time counts from now.
            connection.execute(sa.update(runs).where(*self._held(), runs.c.beat > now + 60).values(beat=now))
        dead = []
        for row in held:
            holder = ProcessIdentity(row.host, row.boot_id, row.pid, row.pid_started)
            certain = holder.is_dead()
            if certain or (certain is None and now - row.beat > LEASE_SECONDS):
                dead.append(row)
        return dead

    @retried
    def _take_over(self, row: Any, me: ProcessIdentity) -> Lease | None:
        """Swap the dead holder's token for a new one; of several that try, one wins."""
        token = uuid.uuid4().hex
        with self.storage.engine.begin() as connection:
            taken = connection.execute(
                sa.update(runs)
                .where(runs.c.trial_id == row.trial_id, runs.c.token == row.token, runs.c.beat <= row.beat)
                .values(token=token, beat=self.storage.now(connection), **asdict(me))
            )
        return Lease(row.trial_id, row.run, token) if taken.rowcount == 1 else None

    @retried
    def unfinished(self) -> int:
        """How many runs still wait or run."""
        query = (
            sa.select(sa.func.count())
            .select_from(runs.join(trials, trials.c.trial_id == runs.c.trial_id))
            .where(runs.c.study_id == self.study_id, trials.c.state.in_([TrialState.WAITING, TrialState.RUNNING]))
        )
        with self.storage.engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    @retried
    def order(self, run: str, order: str) -> bool:
        """Leave an order for the holder of a run; False where nobody holds it."""
        with self.storage.engine.begin() as connection:
            changed = connection.execute(
                sa.update(runs).where(*self._held(), runs.c.run == run).values(order_given=order)
            )
        return changed.rowcount > 0

    @retried
    def _update(self, lease: Lease, **values: Any) -> None:
        with self.storage.engine.begin() as connection:
            self._guard(connection, lease, **values)

    @retried
    def _end(self, lease: Lease, **values: Any) -> None:
        """Write the end of an attempt, its time by the database's clock."""
        with self.storage.engine.begin() as connection:
            now = self.storage.now(connection)
            self._guard(connection, lease, beat=now, ended=now, **values)

    @retried
    def _set_state(self, lease: Lease, state: TrialState, value: float | None = None) -> bool:
        """Set the trial's state; False where it is finished already, by an earlier try of this step or by another."""
        try:
            values = None if value is None else [value]
            self.storage.backend.set_trial_state_values(lease.trial_id, state, values)
        except UpdateFinishedTrialError:
            return False
        return True

    def _guard(self, connection: sa.Connection, lease: Lease, **values: Any) -> None:
        """Write to the run's row if, and only if, the lease is still held; raises `LeaseLost`."""
        changed = connection.execute(
            sa.update(runs)
            .where(runs.c.trial_id == lease.trial_id, runs.c.token == lease.token)
            .values(values or {"token": lease.token})
        )
        if changed.rowcount != 1:
            raise LeaseLost(lease.run)

    @retried
    def _drop_token(self, lease: Lease) -> None:
        with self.storage.engine.begin() as connection:
            connection.execute(
                sa.update(runs).where(runs.c.trial_id == lease.trial_id, runs.c.token == lease.token).values(token=None)
            )


def _hold(connection: sa.Connection, trial_id: int, holder: dict[str, Any]) -> bool:
    """Write the holder into a row that has none; False where another was first."""
    free = sa.update(runs).where(runs.c.trial_id == trial_id, runs.c.token.is_(None))
    return connection.execute(free.values(holder)).rowcount == 1


def _columns(holder: ProcessIdentity) -> list[sa.ColumnElement[bool]]:
    return [runs.c[name] == value for name, value in asdict(holder).items()]
