"""What is done under a lease, by who holds it: beats, values, the run's end, its return to the queue.

The rules are at the top of queue.py: each is one transaction, which proves the lease first, and finds what it has done
if it is repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from optuna.distributions import BaseDistribution
from optuna.trial import TrialState

from optsweep.database.connection import Storage, transaction
from optsweep.database.lease import MAX_FAULTS, MAX_INTERRUPTIONS, Lease, LeaseLost, RunProgress, note
from optsweep.database.optuna_rows import change_state, put_attribute, put_intermediate_value, put_parameters
from optsweep.database.stored_text import storable
from optsweep.database.tables import run_events, runs, trial_intermediate_values, trials
from optsweep.machine.process import Cause
from optsweep.results.attributes import PREFIX, Anew

ENDS = ("complete", "pruned", "diverged", "out_of_memory", "skipped", "failed", "handed back", "reclaimed")
"""Words in a run's history after which the lease under which they stand is no more."""


@dataclass(frozen=True)
class Leases:
    """The part of the queue that holders of leases use."""

    storage: Storage
    study_id: int

    @transaction
    def beat(self, connection: sa.Connection, lease: Lease, progress: RunProgress) -> str | None:
        """Prove that the holder lives and store how far the run is; returns an order to the run ("skip") or None.

        Raises `LeaseLost`.
        """
        self._prove(connection, lease, beat=self.storage.now(connection), **asdict(progress))
        return connection.execute(sa.select(runs.c.order_given).where(runs.c.trial_id == lease.trial_id)).scalar()

    @transaction
    def report(self, connection: sa.Connection, lease: Lease, step: int, value: float, progress: RunProgress) -> None:
        """Store the value at a point of the evaluation grid, in place of one that was there; raises `LeaseLost`.

        The run's row and Optuna's curve are written at once, so that they never tell different values.
        """
        now = self.storage.now(connection)
        self._prove(connection, lease, beat=now, **asdict(progress))
        put_intermediate_value(connection, lease.trial_id, step, value)
        note(connection, self.study_id, lease, now, "evaluated", f"{value:.6g} at evaluation {step}")

    @transaction
    def forget_after(self, connection: sa.Connection, lease: Lease, step: int) -> None:
        """Remove the values of later grid points: they belong to a checkpoint that is lost; raises `LeaseLost`."""
        self._prove(connection, lease)
        values = trial_intermediate_values.c
        later = [values.trial_id == lease.trial_id, values.step > step]
        connection.execute(sa.delete(trial_intermediate_values).where(*later))

    @transaction
    def set_parameters(
        self, connection: sa.Connection, lease: Lease, parameters: Mapping[str, tuple[float, BaseDistribution]]
    ) -> None:
        """Store parameters (internal value and distribution) that the run's trial lacks; raises `LeaseLost`."""
        self._prove(connection, lease)
        put_parameters(connection, lease.trial_id, parameters)

    @transaction
    def set_attribute(self, connection: sa.Connection, lease: Lease, key: str, value: object) -> None:
        """Store an attribute of the run's trial; raises `LeaseLost`."""
        self._prove(connection, lease)
        put_attribute(connection, lease.trial_id, PREFIX + key, value)

    @transaction
    def begin_anew(self, connection: sa.Connection, lease: Lease, anew: Anew, why: str) -> None:
        """The attempt does not go on from a checkpoint; raises `LeaseLost`.

        What was known of the run stands until the attempt's first value takes its place.
        """
        # What was counted stays: to come as far as before is no progress, and the run is not tried for ever.
        self._prove(connection, lease, checkpoint_step=0)
        put_attribute(connection, lease.trial_id, f"{PREFIX}anew", anew)
        note(connection, self.study_id, lease, self.storage.now(connection), "begun anew", why)

    @transaction
    def finish(
        self,
        connection: sa.Connection,
        lease: Lease,
        state: TrialState,
        value: float | None,
        *,
        outcome: str,
        reason: str | None,
    ) -> None:
        """End the run for good: COMPLETE, PRUNED or FAIL; raises `LeaseLost`."""
        if self._end_of(connection, lease) != outcome:
            best = {"best_value": value} if state is TrialState.COMPLETE else {}
            self._finish(connection, lease, state, value, outcome, reason, **best)

    def _finish(
        self,
        connection: sa.Connection,
        lease: Lease,
        state: TrialState,
        value: float | None,
        outcome: str,
        reason: str | None,
        **values: object,
    ) -> None:
        now = self.storage.now(connection)
        ended = {"token": None, "order_given": None, "beat": now, "ended": now}
        told = storable(connection, reason)
        self._prove(connection, lease, outcome=outcome, reason=told, **ended, **values)
        if not change_state(connection, lease.trial_id, state, value):
            raise LeaseLost(lease.run)  # another program has ended the trial; repair.py takes its word
        detail = f"{value:.6g}" if reason is None and value is not None else reason
        note(connection, self.study_id, lease, now, outcome, detail)

    @transaction
    def hand_back(
        self, connection: sa.Connection, lease: Lease, cause: Cause, reason: str, *, what: str = "handed back"
    ) -> bool:
        """Give the run back to the queue; returns False if it has used up its attempts and was ended as failed.

        Attempts in a row without a new checkpoint count, interruptions and the run's own faults apart (invariant 11).
        ``what`` is the word for it in the run's history. Raises `LeaseLost`.
        """
        return self._hand_back(connection, lease, cause, reason, what)

    def _hand_back(self, connection: sa.Connection, lease: Lease, cause: Cause, reason: str, what: str) -> bool:
        if (end := self._end_of(connection, lease)) in (what, "failed"):
            return end == what
        now = self.storage.now(connection)
        # First, so that what is read next cannot change any more.
        self._prove(connection, lease, beat=now)
        row = connection.execute(sa.select(runs).where(runs.c.trial_id == lease.trial_id)).one()
        advanced = row.checkpoint_step > row.counted_step
        interruptions = (0 if advanced else row.interruptions) + (cause is Cause.INTERRUPTION)
        faults = (0 if advanced else row.faults) + (cause is Cause.FAULT)
        counted = {"interruptions": interruptions, "faults": faults, "counted_step": row.checkpoint_step}
        if faults >= MAX_FAULTS or interruptions >= MAX_INTERRUPTIONS:
            count = f"{faults} times" if faults >= MAX_FAULTS else f"{interruptions} times, by interruptions,"
            reason = f"failed {count} in a row without a new checkpoint: {reason}"
            self._finish(connection, lease, TrialState.FAIL, None, "failed", reason, **counted)
            return False
        told = storable(connection, reason)
        self._prove(connection, lease, token=None, ended=now, outcome=None, reason=told, **counted)
        if not change_state(connection, lease.trial_id, TrialState.WAITING):
            raise LeaseLost(lease.run)
        note(connection, self.study_id, lease, now, what, reason)
        return True

    def _end_of(self, connection: sa.Connection, lease: Lease) -> str | None:
        """The word with which the lease has ended in the run's history, if it has."""
        under = [run_events.c.trial_id == lease.trial_id, run_events.c.token == lease.token]
        return connection.execute(sa.select(run_events.c.what).where(*under, run_events.c.what.in_(ENDS))).scalar()

    def _prove(self, connection: sa.Connection, lease: Lease, **values: object) -> None:
        """Write to the run's row if, and only if, the lease is still held; raises `LeaseLost`."""
        # Our row outlives a study that was deleted.
        there = sa.exists().where(trials.c.trial_id == lease.trial_id, trials.c.study_id == self.study_id)
        mine = sa.update(runs).where(runs.c.trial_id == lease.trial_id, runs.c.token == lease.token, there)
        if connection.execute(mine.values(values or {"token": lease.token})).rowcount != 1:
            raise LeaseLost(lease.run)
