"""The queue: who may run what. Claims, leases, hand-backs; the race rules of the whole program stand here.

A run's lease is the ``token`` in its row of ``optsweep_runs``. Every change of a run is one transaction. Its first
write proves, with the token in its WHERE clause, that the lease is still held (or, for a claim, that nobody holds it);
the run's row, Optuna's trial and the run's history then change together:

* claim: the token is written, WAITING -> RUNNING;
* finish: RUNNING -> COMPLETE, PRUNED or FAIL, the token goes;
* hand back, and reclaim from a dead holder: RUNNING -> WAITING, the token goes.

So a death at any moment leaves a run as it was before or after a change: RUNNING carries a token, and nothing else does
(but a waiting run that a command has just taken). A transaction whose answer was lost is repeated and finds what it has
done: a claim its token, which was made before the first try, an end the entry in the run's history under its token.

What breaks this comes from outside (another program, an earlier version, a database that lost its last seconds);
repair.py and `disown` mend it. A trial keeps its row, parameters and values throughout.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa
from optuna.trial import TrialState

from optsweep.database.connection import transaction
from optsweep.database.lease import (
    HeldRun,
    Lease,
    LeaseLost,
    Look,
    RunProgress,
    holder_is,
    note,
)
from optsweep.database.leases import Leases
from optsweep.database.optuna_rows import change_state
from optsweep.database.repair import mend_runs
from optsweep.database.stored_text import storable
from optsweep.database.tables import run_events, runs, trials
from optsweep.machine.process import Cause, ProcessIdentity

LEASE_SECONDS = 600
"""How long a holder on another host may be silent before its runs are taken over, by the database's clock.

Longer than a holder waits for a database that is away (`patience.RETRY_SECONDS`): who comes back in time has its run.
"""


@dataclass(frozen=True)
class Queue(Leases):
    """The runs of one study, as workers, launchers and commands share them."""

    _look: Look = field(default_factory=Look, compare=False)

    def claim(self, worker: str, me: ProcessIdentity) -> Lease | None:
        """Take the first waiting run, or None if none waits; no two callers ever get the same one.

        Interrupted runs come first, then the order of the plan (invariant 13). A run that failed comes last: if the
        place is to blame, it should fail different runs and be parked, not use up the attempts of one.
        """
        return self._claim(worker, me, uuid.uuid4().hex)

    @transaction
    def _claim(self, connection: sa.Connection, worker: str, me: ProcessIdentity, token: str) -> Lease | None:
        return self._take(connection, worker, me, token)

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
        """Take the first waiting run and begin it, or ``run``, which is not begun."""
        mine = connection.execute(sa.select(runs).where(runs.c.token == token)).first()
        if mine is not None:
            known = RunProgress.of(mine)
            return Lease(mine.trial_id, mine.run, token, mine.attempts, mine.worker, mine.host, mine.faults, known)
        now = self.storage.now(connection)
        waiting = self._waiting() if run is None else self._waiting().where(runs.c.run == run)
        for row in connection.execute(waiting.limit(64)).all():
            known = RunProgress.of(row)
            lease = Lease(row.trial_id, row.run, token, row.attempts + 1, worker, me.host, row.faults, known)
            # Into a row that has no holder: another may have been first.
            free = sa.update(runs).where(runs.c.trial_id == row.trial_id, runs.c.token.is_(None))
            named = storable(connection, worker, 128)
            taken = free.values(token=token, worker=named, beat=now, **asdict(me))
            if connection.execute(taken).rowcount != 1:
                continue
            if run is not None:
                return lease
            if change_state(connection, row.trial_id, TrialState.RUNNING):
                first = sa.func.coalesce(runs.c.started, now)
                self._prove(connection, lease, attempts=lease.attempt, started=first, ended=None, reason=None)
                note(connection, self.study_id, lease, now, "claimed", f"attempt {lease.attempt}")
                return lease
            # Between the look and the token another worker claimed it and let go of it.
            self._prove(connection, lease, token=None)
        return None

    def _waiting(self) -> sa.Select[tuple[Any, ...]]:
        return (
            sa.select(runs)
            .join(trials, trials.c.trial_id == runs.c.trial_id)
            .where(runs.c.study_id == self.study_id, trials.c.study_id == self.study_id)
            .where(runs.c.token.is_(None), trials.c.state == TrialState.WAITING)
            .order_by(sa.case((runs.c.faults > 0, 2), (runs.c.attempts > 0, 0), else_=1), runs.c.priority)
        )

    @transaction
    def next_waiting(self, connection: sa.Connection) -> str | None:
        """The run that the next claim would get."""
        row = connection.execute(self._waiting().limit(1)).first()
        return None if row is None else row.run

    def reclaim_dead(self) -> list[str]:
        """Hand back the runs of dead holders; returns their names. Safe anywhere, at any time, by any process."""
        mended: list[str] = []
        dead = self._find_dead(mended)
        return mended + [run.run for run in dead if self._reclaim(run, Cause.INTERRUPTION, f"{run.worker} died")]

    def reclaim(self, dead: ProcessIdentity, cause: Cause, reason: str) -> list[HeldRun]:
        """Hand back what a dead process of this host held, the cause known."""
        return [run for run in self.held_by(dead) if self._reclaim(run, cause, reason)]

    def disown(self, me: ProcessIdentity, held: Lease | None = None) -> list[str]:
        """Hand back what the table says that this process holds, and it does not; returns the runs' names.

        Only a database that came back without its last seconds says so. ``held`` is what it does hold.
        """
        others = [run for run in self.held_by(me) if held is None or run.token != held.token]
        why = "the database came back without the end of the last attempt"
        return [run.run for run in others if self._reclaim(run, Cause.INTERRUPTION, why)]

    def _reclaim(self, held: HeldRun, cause: Cause, reason: str) -> bool:
        """Hand back what a dead holder held; False if another has done it, or the holder has beaten again."""
        try:
            return self._hand_back_silent(held, cause, reason)
        except LeaseLost:
            return False

    @transaction
    def _hand_back_silent(self, connection: sa.Connection, held: HeldRun, cause: Cause, reason: str) -> bool:
        lease = Lease(held.trial_id, held.run, held.token, worker=held.worker, host=held.holder.host)
        silent = sa.update(runs).where(runs.c.trial_id == held.trial_id, runs.c.token == held.token)
        if connection.execute(silent.where(runs.c.beat <= held.beat).values(token=held.token)).rowcount != 1:
            # An earlier try may have done it, and its answer was lost.
            return self._end_of(connection, lease) in ("reclaimed", "failed")
        self._hand_back(connection, lease, cause, reason, "reclaimed")
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
        return [
            HeldRun(
                row.trial_id,
                row.run,
                row.token,
                row.worker,
                row.beat,
                ProcessIdentity(row.host, row.boot_id, row.pid, row.pid_started),
                evaluated=row.last_value is not None,
            )
            for row in connection.execute(sa.select(runs).where(*self._held(), *chosen))
        ]

    @transaction
    def _find_dead(self, connection: sa.Connection, mended: list[str]) -> list[HeldRun]:
        """The runs of dead holders; those that wait again since rows and trials differed are added to ``mended``."""
        now = self.storage.now(connection)
        # Added: of a transaction whose answer was lost, the second try finds nothing to mend any more.
        mended += [run for run in mend_runs(connection, self.study_id, now) if run not in mended]
        held = self._leases(connection, [])
        # A beat from the future (the clock was set back) would never expire: its time counts from now.
        connection.execute(sa.update(runs).where(*self._held(), runs.c.beat > now + 60).values(beat=now))
        limit = LEASE_SECONDS if self._look.can_tell_silence(now) else math.inf
        return [run for run in held if _is_dead(run, now - run.beat, limit)]

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


def _is_dead(held: HeldRun, silent: float, limit: float) -> bool:
    certain = held.holder.is_dead(silent)
    return certain if certain is not None else silent > limit
