"""What workers do in a history, also while another waits for an answer, and who may take whom for dead."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from optuna.trial import TrialState

from optsweep.database.run_rows import keep_losses
from optsweep.machine.process import ProcessIdentity
from tests.model import expected
from tests.model.expected import Effect, State, held
from tests.model.faults import Fault
from tests.model.history import History
from tests.model.observed import Run, ending_of, ends_and_attempts
from tests.model.world import Process

WORKERS = ("first", "second", "far", "clone")
FRESH = 60
"""Seconds within which who was heard of lives, whatever else speaks against it."""
SILENT = 600
"""Seconds after which a process of another host may be taken for dead; after twice as many it must be."""


class Workers(History):
    def __init__(self) -> None:
        super().__init__()
        self.orphans: set[str] = set()
        """Places of workers whose study was deleted, and who do not know it yet."""

    def meanwhile(self, pick: int, waiting: Process) -> None:
        """Another process claims, or looks for dead ones."""
        others = [self.world.processes[place] for place in WORKERS if place != waiting.place]
        other = others[pick % len(others)]
        if self.state.target is None:
            return
        if other.lease is None and pick % 2:
            self.claim_by(other)
        else:
            self.reap_by(other)

    def claim_by(self, one: Process, fault: Fault | None = None, meanwhile: int | None = None) -> None:
        self._find_out(one)
        study = self.study(one)

        def call() -> str | None:
            one.lease = study.queue.claim(one.place, one.identity)
            return None if one.lease is None else one.lease.run

        self.do(one, call, expected.claim(one.identity), fault, meanwhile)
        if one.lease is not None and meanwhile is None:
            token = self.tokens.get(one.lease.run)
            assert token == one.lease.token, f"the claim answers with {one.lease.token}, in the table is {token}"

    def finish_by(
        self, one: Process, outcome: str, value: float | None, fault: Fault | None = None, meanwhile: int | None = None
    ) -> None:
        study, lease, ending = self.study(one), one.lease, ending_of(outcome, value)
        assert lease is not None
        reason = None if outcome == "complete" else "for a reason"

        def call() -> None:
            if outcome == "complete":
                study.queue.set_attribute(lease, "config", {"of": lease.run})
                keep_losses(study, lease, np.ones(3, np.float32))
            study.queue.finish(lease, TrialState[ending], value, outcome=outcome, reason=reason)

        self.do(one, call, expected.finish(lease.run, one.identity, outcome, value), fault, meanwhile)
        one.lease = None

    def reap_by(self, one: Process, fault: Fault | None = None, meanwhile: int | None = None) -> None:
        self._find_out(one)
        study = self.study(one)

        def call() -> list[str]:
            return sorted(study.queue.reclaim_dead())

        self.do(one, call, expected.reap(self.judge(one)), fault, meanwhile)
        one.looked = True

    def judge(self, looks: Process) -> Callable[[str, Run], bool | None]:
        """Whether ``looks`` must find that a run's holder is dead (True), must not (False), or may (None)."""

        def judge(run: str, row: Run) -> bool | None:
            holder, me = row.holder, looks.identity
            assert holder is not None
            if (holder.host, holder.boot_id) == (me.host, me.boot_id):
                return not self.world.lives(holder)
            surely, perhaps = (self.world.clock - told for told in self.told[run])
            before_boot = max(FRESH, self.world.uptime(looks)) if holder.host == me.host else math.inf
            if perhaps > before_boot or (perhaps > 2 * SILENT and not looks.looked):
                return True
            return False if surely <= min(before_boot, SILENT) and self.world.lives(holder) else None

        return judge

    def beats(self, one: Process, beat: Callable[[], None]) -> None:
        """``beat`` tells that the process lives, unless it is interrupted: then it may have told it."""
        run, now = one.lease.run, self.world.clock
        before = self.told.get(run, (now, now))
        if held(self.state, run, one.identity):
            self.told[run] = before[0], now
            beat()
            if one.lease is not None:
                self.told[run] = now, now
        else:
            beat()

    def gone(self) -> None:
        """The study was deleted."""
        self.state, self.cleared = State(), False
        self._accept(Effect(self.state), fully=True)
        self.orphans = set(WORKERS)

    def _find_out(self, one: Process) -> None:
        if one.place in self.orphans:
            self.world.restart(one.place)
            self.orphans.remove(one.place)

    @property
    def idle(self) -> list[Process]:
        planned = self.state.target is not None
        return [one for place in WORKERS if planned and (one := self.world.processes[place]).lease is None]

    @property
    def holders(self) -> list[Process]:
        return [one for place in WORKERS if (one := self.world.processes[place]).lease is not None]

    @property
    def corpses(self) -> list[ProcessIdentity]:
        """Dead holders on the launcher's host."""
        here = self.world.processes["user"].identity
        held = {run.holder for run in self.state.runs.values() if run.holder is not None}
        dead = [one for one in held if not self.world.lives(one)]
        return sorted((one for one in dead if (one.host, one.boot_id) == (here.host, here.boot_id)), key=str)

    def teardown(self) -> None:
        """All processes die; one that comes after them brings the study to its end, without a fault."""
        if self.broken or self.state.target is None:
            return
        for place in WORKERS:
            self.world.restart(place)
        self.world.clock += 10_000
        one = self.world.processes["first"]
        self.reap_by(one)
        for _ in self.state.runs:
            self.claim_by(one)
            if one.lease is None:
                break
            self.finish_by(one, "complete", 1.0)
        assert self.study(one).queue.unfinished() == 0
        assert all(run.ended for run in self.state.runs.values())
        assert not (wrong := ends_and_attempts(self.looking, self.study_id)), wrong
