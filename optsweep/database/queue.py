"""The queue: who may run what. Claims, leases, hand-backs; the race rules of the whole program stand here.

A run's lease is the ``token`` in its row of ``optsweep_runs``. Every step that changes a run first proves, in one
UPDATE with the token in its WHERE clause, that the lease is still held. The order of the writes makes each crash safe:

* claim: token, then WAITING -> RUNNING. A death in between leaves a token on a waiting trial.
* finish: RUNNING -> COMPLETE/PRUNED/FAIL, then the token goes. A death in between leaves a token on a finished trial.
* hand back: RUNNING -> WAITING, then the token goes. Until then nobody can claim it.

So RUNNING always carries a token, and whatever finds a dead holder takes the lease over (swaps the token, one winner)
and hands the run back: one path for every way to die. A trial keeps its row, parameters and values throughout.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import TrialState

from optsweep.database.connection import Storage, transaction
from optsweep.database.lease import (
    MAX_FAULTS,
    MAX_INTERRUPTIONS,
    HeldRun,
    Lease,
    LeaseLost,
    RunProgress,
    holder_is,
    note,
)
from optsweep.database.optuna_storage import put_intermediate_value
from optsweep.database.patience import patiently
from optsweep.database.tables import runs, trial_intermediate_values, trials
from optsweep.machine.process import Cause, ProcessIdentity

LEASE_SECONDS = 600
"""How long a holder on another host may be silent before its runs are taken over, by the database's clock."""


@dataclass(frozen=True)
class Queue:
    """The runs of one study, as workers, launchers and commands share them."""

    storage: Storage
    study_id: int

    def claim(self, worker: str, me: ProcessIdentity) -> Lease | None:
        """Take the first waiting run, or None if none waits; no two callers ever get the same one.

        Interrupted runs come first, then the order of the plan (invariant 13). A run that failed comes last: if the
        place is to blame, it should fail different runs and be parked, not use up the attempts of one.
        """
        token = uuid.uuid4().hex
        while (lease := self._take_token(worker, me, token)) is not None:
            if self._set_state(lease, TrialState.RUNNING):
                self._begin(lease)
                return lease
            # Between the look and the token another worker claimed it, finished it and let go of it.
            self._drop_token(lease)
        return None

    def take(self, run: str, worker: str, me: ProcessIdentity) -> Lease | None:
        """Take the lease of one waiting run without starting it, or None if it does not wait."""
        return self._take_token(worker, me, uuid.uuid4().hex, run)

    @transaction
    def _take_token(
        self, connection: sa.Connection, worker: str, me: ProcessIdentity, token: str, run: str | None = None
    ) -> Lease | None:
        """Take the lease of the first waiting run, or of ``run``; safe to repeat with the same token."""
        mine = connection.execute(sa.select(runs).where(runs.c.token == token)).first()
        if mine is not None:
            return Lease(mine.trial_id, mine.run, token, mine.attempts + 1, mine.worker, mine.host)
        now = self.storage.now(connection)
        waiting = self._waiting() if run is None else self._waiting().where(runs.c.run == run)
        for row in connection.execute(waiting.limit(64)).all():
            # Into a row that has no holder: another may have been first.
            free = sa.update(runs).where(runs.c.trial_id == row.trial_id, runs.c.token.is_(None))
            if connection.execute(free.values(token=token, worker=worker, beat=now, **asdict(me))).rowcount == 1:
                return Lease(row.trial_id, row.run, token, row.attempts + 1, worker, me.host)
        return None

    def _waiting(self) -> sa.Select[tuple[int, str, int]]:
        return (
            sa.select(runs.c.trial_id, runs.c.run, runs.c.attempts)
            .join(trials, trials.c.trial_id == runs.c.trial_id)
            .where(runs.c.study_id == self.study_id, runs.c.token.is_(None), trials.c.state == TrialState.WAITING)
            .order_by(sa.case((runs.c.faults > 0, 2), (runs.c.attempts > 0, 0), else_=1), runs.c.priority)
        )

    @transaction
    def next_waiting(self, connection: sa.Connection) -> str | None:
        """The run that the next claim would get."""
        row = connection.execute(self._waiting().limit(1)).first()
        return None if row is None else row.run

    @transaction
    def beat(self, connection: sa.Connection, lease: Lease, progress: RunProgress) -> str | None:
        """Prove that the holder lives and store how far the run is; returns an order to the run ("skip") or None.

        Raises `LeaseLost`.
        """
        self._guard(connection, lease, beat=self.storage.now(connection), **asdict(progress))
        return connection.execute(sa.select(runs.c.order_given).where(runs.c.trial_id == lease.trial_id)).scalar()

    @transaction
    def report(self, connection: sa.Connection, lease: Lease, step: int, value: float, progress: RunProgress) -> None:
        """Store the value at a point of the evaluation grid, in place of one that was there; raises `LeaseLost`.

        The run's row and Optuna's curve are written at once, so that they never tell different values.
        """
        now = self.storage.now(connection)
        self._guard(connection, lease, beat=now, **asdict(progress))
        put_intermediate_value(connection, lease.trial_id, step, value)
        note(connection, self.study_id, lease, now, "evaluated", f"{value:.6g} at evaluation {step}")

    @transaction
    def forget_after(self, connection: sa.Connection, lease: Lease, step: int) -> None:
        """Remove the values of later grid points: they belong to a checkpoint that is lost."""
        self._guard(connection, lease)
        values = trial_intermediate_values.c
        later = [values.trial_id == lease.trial_id, values.step > step]
        connection.execute(sa.delete(trial_intermediate_values).where(*later))

    def finish(self, lease: Lease, state: TrialState, value: float | None, *, outcome: str, reason: str | None) -> None:
        """End the run for good: COMPLETE, PRUNED or FAIL; raises `LeaseLost`."""
        # The value of a complete run is in its row before Optuna has it.
        best = {"best_value": value} if state is TrialState.COMPLETE else {}
        detail = f"{value:.6g}" if reason is None and value is not None else reason
        self._end(lease, outcome, detail, outcome=outcome, reason=reason, order_given=None, **best)
        self._set_state(lease, state, value)
        self._drop_token(lease)

    def hand_back(self, lease: Lease, cause: Cause, reason: str, *, what: str = "handed back") -> bool:
        """Give the run back to the queue; returns False if it has used up its attempts and was ended as failed.

        Attempts in a row without a new checkpoint count, interruptions and the run's own faults apart (invariant 11).
        ``what`` is the word for it in the run's history.
        """
        interruptions, faults = self._count(lease, cause)
        if faults >= MAX_FAULTS or interruptions >= MAX_INTERRUPTIONS:
            count = f"{faults} times" if faults >= MAX_FAULTS else f"{interruptions} times, by interruptions,"
            reason = f"failed {count} in a row without a new checkpoint: {reason}"
            self.finish(lease, TrialState.FAIL, None, outcome="failed", reason=reason)
            return False
        self._end(lease, what, reason, outcome=None, reason=reason)
        self._set_state(lease, TrialState.WAITING)
        self._drop_token(lease)
        return True

    @transaction
    def _count(self, connection: sa.Connection, lease: Lease, cause: Cause) -> tuple[int, int]:
        """Count the end of an attempt; returns interruptions and faults in a row since the last new checkpoint."""
        row = connection.execute(sa.select(runs).where(runs.c.trial_id == lease.trial_id)).one()
        advanced = row.checkpoint_step > row.counted_step
        interruptions = (0 if advanced else row.interruptions) + (cause is Cause.INTERRUPTION)
        faults = (0 if advanced else row.faults) + (cause is Cause.FAULT)
        counted = row.checkpoint_step
        self._guard(connection, lease, interruptions=interruptions, faults=faults, counted_step=counted)
        return interruptions, faults

    def reclaim_dead(self, me: ProcessIdentity) -> list[str]:
        """Hand back the runs of dead holders; returns their names. Safe anywhere, at any time, by any process."""
        dead = self._dead_leases()
        return [run.run for run in dead if self._reclaim(run, me, Cause.INTERRUPTION, f"{run.worker} died")]

    def reclaim(self, dead: ProcessIdentity, me: ProcessIdentity, cause: Cause, reason: str) -> list[HeldRun]:
        """Hand back what a dead process of this host held, the cause known."""
        return [run for run in self.held_by(dead) if self._reclaim(run, me, cause, reason)]

    def _reclaim(self, held: HeldRun, me: ProcessIdentity, cause: Cause, reason: str) -> bool:
        """Take a dead holder's run over and hand it back; False if there is nothing to do or another does it."""
        lease = self._take_over(held, me)
        if lease is None:
            return False
        if held.ended:
            self._drop_token(lease)
            return False
        try:
            self.hand_back(lease, cause, reason, what="reclaimed")
        except LeaseLost:
            return False
        return True

    @transaction
    def held_by(self, connection: sa.Connection, holder: ProcessIdentity) -> list[HeldRun]:
        """The runs that the process holds."""
        return self._leases(connection, holder_is(holder))

    @transaction
    def has_finished(self, connection: sa.Connection, holder: ProcessIdentity) -> bool:
        """Whether the process has brought a run to its end."""
        ended = [runs.c.study_id == self.study_id, runs.c.token.is_(None), runs.c.outcome.is_not(None)]
        return connection.execute(sa.select(runs.c.run).where(*ended, *holder_is(holder))).first() is not None

    def _held(self) -> list[sa.ColumnElement[bool]]:
        return [runs.c.study_id == self.study_id, runs.c.token.is_not(None)]

    def _leases(self, connection: sa.Connection, chosen: list[sa.ColumnElement[bool]]) -> list[HeldRun]:
        joined = runs.join(trials, trials.c.trial_id == runs.c.trial_id)
        query = sa.select(runs, trials.c.state).select_from(joined).where(*self._held(), *chosen)
        return [
            HeldRun(
                row.trial_id,
                row.run,
                row.token,
                row.worker,
                row.beat,
                ProcessIdentity(row.host, row.boot_id, row.pid, row.pid_started),
                ended=row.state.is_finished(),
                evaluated=row.last_value is not None,
            )
            for row in connection.execute(query)
        ]

    @transaction
    def _dead_leases(self, connection: sa.Connection) -> list[HeldRun]:
        now = self.storage.now(connection)
        held = self._leases(connection, [])
        # A beat from the future (the clock was set back) would never expire: its time counts from now.
        connection.execute(sa.update(runs).where(*self._held(), runs.c.beat > now + 60).values(beat=now))
        return [run for run in held if _is_dead(run, now)]

    @transaction
    def _take_over(self, connection: sa.Connection, held: HeldRun, me: ProcessIdentity) -> Lease | None:
        """Swap the dead holder's token for a new one; of several that try, one wins."""
        token = uuid.uuid4().hex
        taken = connection.execute(
            sa.update(runs)
            .where(runs.c.trial_id == held.trial_id, runs.c.token == held.token, runs.c.beat <= held.beat)
            .values(token=token, beat=self.storage.now(connection), **asdict(me))
        )
        lease = Lease(held.trial_id, held.run, token, worker=held.worker, host=held.holder.host)
        return lease if taken.rowcount == 1 else None

    @transaction
    def unfinished(self, connection: sa.Connection) -> int:
        """How many runs still wait or run."""
        joined = runs.join(trials, trials.c.trial_id == runs.c.trial_id)
        left = [runs.c.study_id == self.study_id, trials.c.state.in_([TrialState.WAITING, TrialState.RUNNING])]
        return connection.execute(sa.select(sa.func.count()).select_from(joined).where(*left)).scalar_one()

    @transaction
    def order(self, connection: sa.Connection, run: str, order: str) -> bool:
        """Leave an order for the holder of a run; False if nobody holds it."""
        ordered = sa.update(runs).where(*self._held(), runs.c.run == run).values(order_given=order)
        return connection.execute(ordered).rowcount > 0

    @transaction
    def _begin(self, connection: sa.Connection, lease: Lease) -> None:
        """Write the beginning of an attempt."""
        first = sa.func.coalesce(runs.c.started, runs.c.beat)
        self._guard(connection, lease, attempts=lease.attempt, started=first, ended=None, reason=None)
        note(connection, self.study_id, lease, self.storage.now(connection), "claimed", f"attempt {lease.attempt}")

    @transaction
    def _end(self, connection: sa.Connection, /, lease: Lease, what: str, detail: str | None, **values: object) -> None:
        """Write the end of an attempt, its time by the database's clock."""
        now = self.storage.now(connection)
        self._guard(connection, lease, beat=now, ended=now, **values)
        note(connection, self.study_id, lease, now, what, detail)

    def _set_state(self, lease: Lease, state: TrialState, value: float | None = None) -> bool:
        """Set the trial's state; False if it is finished already, by an earlier try of this step or by another."""
        values = None if value is None else [value]
        try:
            patiently(self.storage.backend.set_trial_state_values, lease.trial_id, state, values)
        except UpdateFinishedTrialError:
            return False
        return True

    def _guard(self, connection: sa.Connection, lease: Lease, **values: object) -> None:
        """Write to the run's row if, and only if, the lease is still held; raises `LeaseLost`."""
        mine = sa.update(runs).where(runs.c.trial_id == lease.trial_id, runs.c.token == lease.token)
        if connection.execute(mine.values(values or {"token": lease.token})).rowcount != 1:
            raise LeaseLost(lease.run)

    @transaction
    def _drop_token(self, connection: sa.Connection, lease: Lease) -> None:
        mine = [runs.c.trial_id == lease.trial_id, runs.c.token == lease.token]
        connection.execute(sa.update(runs).where(*mine).values(token=None))


def _is_dead(held: HeldRun, now: float) -> bool:
    certain = held.holder.is_dead()
    return certain if certain is not None else now - held.beat > LEASE_SECONDS
