"""A Hypothesis state machine: histories of a study's processes, with a stop or a lost answer anywhere in them.

The parts are the real ones: the queue, planning, the commands, on a real database. Each rule is one operation of one
process. What it should bring about is said by the model in `expected`; after each step the tables, read by plain SQL,
must say the same: if the process was killed, as before the operation or as after it, for each run.
"""

from __future__ import annotations

from collections.abc import Callable

import optuna
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from optsweep.database.lease import RunProgress
from optsweep.database.open_study import Study
from optsweep.machine.process import Cause
from optsweep.planning.plan import plan_study
from optsweep.planning.steering import enqueue, retry_failed, skip
from optsweep.study.file import load_study
from tests.model import expected
from tests.model.expected import PRESETS, Operation
from tests.model.faults import Fault
from tests.model.history import NAME
from tests.model.observed import ENDS, Run
from tests.model.workers import WORKERS, Workers
from tests.model.world import HOSTS, Process
from tests.planned import DATA

MAX_RUNS = 6
DEMO = load_study("demo").with_overrides(type="random", trials=1)
DEFINITION = DEMO.model_copy(update={"presets": [preset for preset in DEMO.presets if preset.name in PRESETS]})


def faults(points: int) -> st.SearchStrategy[Fault | None]:
    """No fault, or one at one of the first ``points`` statements."""
    return st.none() | st.builds(Fault, st.sampled_from(["stop", "lost"]), st.integers(0, points - 1))


PICK = st.integers(0, 11)
"""Which of those that there are."""
RARELY = st.integers(0, 3).map(lambda number: number == 3)
MEANWHILE = st.none() | PICK
VALUES = st.integers(1, 40).map(lambda eighths: eighths / 8)


class Machine(Workers):
    # What processes do.

    @precondition(lambda self: self.idle)
    @rule(pick=PICK, fault=faults(12), meanwhile=MEANWHILE)
    def claim(self, pick: int, fault: Fault | None, meanwhile: int | None) -> None:
        self.claim_by(self.idle[pick % len(self.idle)], fault, meanwhile)

    @precondition(lambda self: self.holders)
    @rule(pick=PICK, advance=st.booleans(), fault=faults(6), meanwhile=MEANWHILE)
    def beat(self, pick: int, advance: bool, fault: Fault | None, meanwhile: int | None) -> None:
        one = self.holders[pick % len(self.holders)]
        lease, queue, told = one.lease, self.study(one).queue, self._progress(one, advance)
        operation = expected.beat(lease.run, one.identity, **told)

        def call() -> str | None:
            return queue.beat(lease, RunProgress(**told))

        self.beats(one, lambda: self.do(one, call, operation, fault, meanwhile))

    @precondition(lambda self: self.holders)
    @rule(pick=PICK, step=st.integers(1, 4), value=VALUES, fault=faults(10), meanwhile=MEANWHILE)
    def report(self, pick: int, step: int, value: float, fault: Fault | None, meanwhile: int | None) -> None:
        one = self.holders[pick % len(self.holders)]
        lease, queue = one.lease, self.study(one).queue
        told = {**self._progress(one, True), "best_value": value, "last_value": value}
        operation = expected.report(lease.run, one.identity, step, value, **told)

        def call() -> None:
            queue.report(lease, step, value, RunProgress(**told))

        self.beats(one, lambda: self.do(one, call, operation, fault, meanwhile))

    @precondition(lambda self: self.holders)
    @rule(pick=PICK, step=st.integers(0, 4), fault=faults(4))
    def forget_after(self, pick: int, step: int, fault: Fault | None) -> None:
        one = self.holders[pick % len(self.holders)]
        lease, queue = one.lease, self.study(one).queue
        operation = expected.forget_after(lease.run, one.identity, step)
        self.do(one, lambda: queue.forget_after(lease, step), operation, fault)

    @precondition(lambda self: self.holders)
    @rule(pick=PICK, fault=faults(8))
    def begin_anew(self, pick: int, fault: Fault | None) -> None:
        one = self.holders[pick % len(self.holders)]
        lease, queue = one.lease, self.study(one).queue
        operation = expected.begin_anew(lease.run, one.identity)
        self.do(one, lambda: queue.begin_anew(lease, "begun", "for a reason"), operation, fault)

    @precondition(lambda self: self.holders)
    @rule(
        pick=PICK,
        outcome=st.sampled_from([outcome for outcome in ENDS if outcome != "failed"] + ["skipped"]),
        value=VALUES,
        valued=st.booleans(),
        fault=faults(14),
        meanwhile=MEANWHILE,
    )
    def finish(
        self, pick: int, outcome: str, value: float, valued: bool, fault: Fault | None, meanwhile: int | None
    ) -> None:
        one = self.holders[pick % len(self.holders)]
        self.finish_by(one, outcome, value if valued or outcome == "complete" else None, fault, meanwhile)

    @precondition(lambda self: self.holders)
    @rule(pick=PICK, cause=st.sampled_from(Cause), fault=faults(14), meanwhile=MEANWHILE)
    def hand_back(self, pick: int, cause: Cause, fault: Fault | None, meanwhile: int | None) -> None:
        one = self.holders[pick % len(self.holders)]
        lease, queue = one.lease, self.study(one).queue
        operation = expected.hand_back(lease.run, one.identity, cause)
        self.do(one, lambda: queue.hand_back(lease, cause, "for a reason"), operation, fault, meanwhile)
        one.lease = None

    @precondition(lambda self: self.state.target is not None)
    @rule(place=st.sampled_from([*WORKERS, "user"]), fault=faults(20), meanwhile=MEANWHILE)
    def reap(self, place: str, fault: Fault | None, meanwhile: int | None) -> None:
        """Hand back the runs of dead holders, as workers, launchers and `doctor` do."""
        self.reap_by(self.world.processes[place], fault, meanwhile)

    @precondition(lambda self: self.corpses)
    @rule(pick=PICK, cause=st.sampled_from(Cause), fault=faults(20), meanwhile=MEANWHILE)
    def reclaim(self, pick: int, cause: Cause, fault: Fault | None, meanwhile: int | None) -> None:
        """Hand back what a worker held whose death its launcher has seen."""
        one, dead = self.world.restart("user"), self.corpses[pick % len(self.corpses)]
        queue = self.study(one).queue

        def call() -> list[str]:
            return sorted(run.run for run in queue.reclaim(dead, one.identity, cause, "for a reason"))

        def judge(_: str, row: Run) -> bool:
            return row.holder == dead

        self.do(one, call, expected.reclaim(judge, cause), fault, meanwhile)

    @rule(place=st.sampled_from(WORKERS))
    def die(self, place: str) -> None:
        self.world.restart(place)

    @rule(machine=st.sampled_from(sorted(HOSTS)), surely=RARELY)
    def reboot(self, machine: str, surely: bool) -> None:
        if surely:
            self.world.reboot(machine)

    @rule(seconds=st.sampled_from([5, 400, 1300]))
    def pass_time(self, seconds: int) -> None:
        self.world.clock += seconds

    # What the user types.

    @initialize(sampled=st.integers(0, 2), fault=faults(75))
    def plan_first(self, sampled: int, fault: Fault | None) -> None:
        self._plan(sampled, fault)

    @rule(more=st.integers(0, 1), surely=RARELY, fault=faults(60))
    def plan(self, more: int, surely: bool, fault: Fault | None) -> None:
        """Again, or with one more run; anew if the study was deleted."""
        if self.state.target is not None and not surely:
            return
        there = sum(run.startswith("random") for run in self.state.runs)
        self._plan(there + more * (len(self.state.runs) < MAX_RUNS), fault)

    @precondition(lambda self: self.state.target is not None)
    @rule(pick=PICK, fault=faults(32))
    def skip(self, pick: int, fault: Fault | None) -> None:
        run = sorted(self.state.runs)[pick % len(self.state.runs)]
        me = self.world.restart("user").identity
        self._type(lambda study: skip(study, run) and None, expected.skip(run, me), fault)

    @precondition(lambda self: any(run.outcome == "failed" for run in self.state.runs.values()))
    @rule(pick=st.none() | PICK, fresh=st.booleans(), fault=faults(45))
    def retry(self, pick: int | None, fresh: bool, fault: Fault | None) -> None:
        run = None if pick is None else sorted(self.state.runs)[pick % len(self.state.runs)]
        mended = expected.reclaim(self.judge(self.world.restart("user")))
        # Whether those that may be found dead were, the model could not say from what failed then.
        if not mended(self.state).either:
            chosen, operation = run and [run], expected.retry(run, fresh, mended)
            self._type(lambda study: sorted(retry_failed(study, chosen, fresh=fresh)), operation, fault)

    @precondition(lambda self: self.state.target is not None and len(self.state.runs) < MAX_RUNS)
    @rule(fault=faults(32))
    def enqueue(self, fault: Fault | None) -> None:
        self.world.restart("user")
        self._type(lambda study: enqueue(study, ["lr=0.001"]), expected.enqueue, fault)

    @precondition(lambda self: self.study_id is not None)
    @rule(surely=RARELY)
    def delete(self, surely: bool) -> None:
        """With plain Optuna, as its dashboard does."""
        if not surely:
            return
        optuna.delete_study(study_name=NAME, storage=self.plain)
        self.gone()

    def _plan(self, sampled: int, fault: Fault | None) -> None:
        one, definition = self.world.restart("user"), DEFINITION.with_overrides(trials=sampled)

        def call() -> None:
            plan_study(one.storage, NAME, definition, DATA, command=["optsweep"])

        self.do(one, call, expected.plan(sampled), fault, typed=True)

    def _type(self, call: Callable[[Study], object], operation: Operation, fault: Fault | None) -> None:
        """Type a command; the place's process has just begun."""
        one = self.world.processes["user"]
        study = self.study(one)
        self.do(one, lambda: call(study), operation, fault, typed=True)

    def _progress(self, one: Process, advance: bool) -> dict[str, float | None]:
        row = self.state.runs.get(one.lease.run) or Run(0)
        step = row.checkpoint_step + 10 * advance
        return {"checkpoint_step": step, "best_value": row.best_value, "last_value": row.last_value}
