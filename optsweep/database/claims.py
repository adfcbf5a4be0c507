"""Claims: a worker takes the run that is next, a command one by its name. The rules are at the top of queue.py."""

from __future__ import annotations

import uuid
from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa
from optuna.trial import TrialState

from optsweep.database.connection import transaction
from optsweep.database.lease import Lease, RunProgress, note
from optsweep.database.leases import Leases
from optsweep.database.optuna_rows import change_state, lock_study
from optsweep.database.repeats import NOTHING_TO_REPEAT, SLOT_PRIORITY, Slots, become, judged
from optsweep.database.stored_text import storable
from optsweep.database.tables import run_events, runs, trials
from optsweep.machine.process import ProcessIdentity

PLACE = sa.case((runs.c.priority >= SLOT_PRIORITY, 3), (runs.c.faults > 0, 2), (runs.c.attempts > 0, 0), else_=1)
"""What claims order waiting runs by, before their priority."""


class Claims(Leases):
    """The part of the queue by which runs are taken."""

    def claim(self, worker: str, me: ProcessIdentity) -> Lease | None:
        """Take the first waiting run, or None if none can be had now; no two callers ever get the same one.

        Interrupted runs come first, then the order of the plan (invariant 13). A run that failed comes last: if the
        place is to blame, it should fail different runs and be parked, not use up the attempts of one. After it come
        the slots of repeats, once they can be claimed.
        """
        token = uuid.uuid4().hex
        found = self._claim(worker, me, token)
        if isinstance(found, Slots):
            return self._claim_slot(worker, me, token) if found.ready else None
        return found

    @transaction
    def _claim(self, connection: sa.Connection, worker: str, me: ProcessIdentity, token: str) -> Lease | Slots:
        return self._take(connection, worker, me, token) or self._look_at_slots(connection)

    @transaction
    def _claim_slot(self, connection: sa.Connection, worker: str, me: ProcessIdentity, token: str) -> Lease | None:
        """Claim the first slot as the repeat that it becomes; or end all of them, if nothing can come any more."""
        # Before anything is read: what MySQL reads afterwards is as it was at the first look.
        lock_study(connection, self.study_id)
        if (come := self._take(connection, worker, me, token)) is not None:
            return come
        now, slots = self.storage.now(connection), self._look_at_slots(connection)
        for row in slots.ready:
            lease = self._hold(connection, row, worker, me, token, now)
            if lease is None:
                continue
            if slots.next_seed is None:
                self._finish(connection, lease, TrialState.FAIL, None, "failed", NOTHING_TO_REPEAT)
                continue
            named = replace(lease, run=slots.next_seed.run)
            if self._begin(connection, named, now, **become(connection, row.trial_id, slots.next_seed)):
                return named
        return None

    def _look_at_slots(self, connection: sa.Connection) -> Slots:
        """What a worker finds for which no other run waits."""
        waiting = self._waiting().where(runs.c.priority >= SLOT_PRIORITY)
        return judged(connection, self.study_id, connection.execute(waiting).all())

    def leave_out(self, run: str, by: str, me: ProcessIdentity, reason: str) -> bool:
        """End a waiting run as skipped; False if it does not wait."""
        return self._leave_out(run, by, me, reason, uuid.uuid4().hex)

    @transaction
    def _leave_out(
        self, connection: sa.Connection, run: str, by: str, me: ProcessIdentity, reason: str, token: str
    ) -> bool:
        done = [run_events.c.study_id == self.study_id, run_events.c.token == token]
        if connection.execute(sa.select(run_events.c.what).where(*done)).first() is not None:
            return True
        lease = self._take(connection, by, me, token, run=run)
        if lease is not None:
            # A pruned trial without parameters would empty the space that TPE works in; it does not see a failed one.
            self._finish(connection, lease, TrialState.FAIL, None, "skipped", reason)
        return lease is not None

    def _take(
        self,
        connection: sa.Connection,
        worker: str,
        me: ProcessIdentity,
        token: str,
        *,
        run: str | None = None,
    ) -> Lease | None:
        """Take the first waiting run that is no slot and begin it, or ``run``, which is not begun."""
        if (mine := self._mine(connection, token)) is not None:
            return mine
        now = self.storage.now(connection)
        chosen = runs.c.priority < SLOT_PRIORITY if run is None else runs.c.run == run
        for row in connection.execute(self._waiting().where(chosen).limit(64)).all():
            lease = self._hold(connection, row, worker, me, token, now)
            if lease is not None and (run is not None or self._begin(connection, lease, now)):
                return lease
        return None

    def _mine(self, connection: sa.Connection, token: str) -> Lease | None:
        """What an earlier try has taken under this token, if its answer was lost."""
        row = connection.execute(sa.select(runs).where(runs.c.token == token)).first()
        if row is None:
            return None
        known = RunProgress.of(row)
        return Lease(row.trial_id, row.run, token, row.attempts, row.worker, row.host, row.faults, known)

    def _hold(
        self, connection: sa.Connection, row: sa.Row[Any], worker: str, me: ProcessIdentity, token: str, now: float
    ) -> Lease | None:
        """Write the token into a row that has no holder; None if another was first."""
        free = sa.update(runs).where(runs.c.trial_id == row.trial_id, runs.c.token.is_(None))
        named = storable(connection, worker, 128)
        taken = free.values(token=token, worker=named, beat=now, **asdict(me))
        if connection.execute(taken).rowcount != 1:
            return None
        known = RunProgress.of(row)
        return Lease(row.trial_id, row.run, token, row.attempts + 1, worker, me.host, row.faults, known)

    def _begin(self, connection: sa.Connection, lease: Lease, now: float, **values: object) -> bool:
        """Begin an attempt of a run that is held; False if it does not wait any more."""
        if not change_state(connection, lease.trial_id, TrialState.RUNNING):
            # Between the look and the token another worker claimed it and let go of it.
            self._prove(connection, lease, token=None)
            return False
        first = sa.func.coalesce(runs.c.started, now)
        self._prove(connection, lease, attempts=lease.attempt, started=first, ended=None, reason=None, **values)
        note(connection, self.study_id, lease, now, "claimed", f"attempt {lease.attempt}")
        return True

    def _waiting(self) -> sa.Select[tuple[Any, ...]]:
        return (
            sa.select(runs)
            .join(trials, trials.c.trial_id == runs.c.trial_id)
            .where(runs.c.study_id == self.study_id, trials.c.study_id == self.study_id)
            .where(runs.c.token.is_(None), trials.c.state == TrialState.WAITING)
            .order_by(PLACE, runs.c.priority)
        )
