"""The queue: who may run what. Claims, leases, hand-backs; the race rules of the whole program stand here.

A run's lease is the ``token`` in its row of ``optsweep_runs``. Every change of a run is one transaction. Its first
write proves, with the token in its WHERE clause, that the lease is still held (or, for a claim, that nobody holds it);
the run's row, Optuna's trial and the run's history then change together:

* claim: the token is written, WAITING -> RUNNING, and a slot becomes a repeat (repeats.py);
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
from dataclasses import dataclass, field

import sqlalchemy as sa
from optuna.trial import TrialState

from optsweep.database.claims import Claims
from optsweep.database.connection import transaction
from optsweep.database.lease import HeldRun, Lease, LeaseLost, Look, holder_is
from optsweep.database.repair import mend_runs
from optsweep.database.tables import runs, trials
from optsweep.machine.process import Cause, ProcessIdentity

LEASE_SECONDS = 600
"""How long a holder on another host may be silent before its runs are taken over, by the database's clock.

Longer than a holder waits for a database that is away (`patience.RETRY_SECONDS`): who comes back in time has its run.
"""


@dataclass(frozen=True)
class Queue(Claims):
    """The runs of one study, as workers, launchers and commands share them."""

    _look: Look = field(default_factory=Look, compare=False)

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
            for row in connection.execute(sa.select(runs).where(*self._held(), *chosen).order_by(runs.c.trial_id))
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
    def is_abandoned(self, connection: sa.Connection) -> bool:
        """Whether runs are held, and all of their holders are dead, as far as one who looks once can tell."""
        held, now = self._leases(connection, []), self.storage.now(connection)
        return bool(held) and all(_is_dead(run, now - run.beat, LEASE_SECONDS) for run in held)

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
