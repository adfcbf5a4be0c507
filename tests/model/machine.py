"""A Hypothesis state machine: histories of a study's processes, with a stop or a lost answer anywhere in them.

The parts are the real ones: the queue, planning, the commands, on a real database. Each rule is one operation of one
process. What it should bring about is said by the model in `expected`; after each step the tables, read by plain SQL,
must say the same: if the process was killed, as before the operation or as after it, for each run.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from optsweep.database.lease import LeaseLost, RunProgress
from optsweep.machine.process import Cause
from tests.model import expected
from tests.model.commands import MEANWHILE, PICK, VALUES, Commands, faults, now_and_then
from tests.model.expected import held
from tests.model.faults import Fault
from tests.model.observed import ENDS, Run
from tests.model.workers import WORKERS
from tests.model.world import HOSTS, Process


class Machine(Commands):
    @precondition(lambda self: self.idle)
    @rule(pick=PICK, fault=faults(12) | faults(60), meanwhile=MEANWHILE)
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
    @now_and_then(5, "forget_after")
    @rule(pick=PICK, step=st.integers(0, 4), fault=faults(4))
    def forget_after(self, pick: int, step: int, fault: Fault | None) -> None:
        self.last["forget_after"] = self.steps
        one = self.holders[pick % len(self.holders)]
        lease, queue = one.lease, self.study(one).queue
        operation = expected.forget_after(lease.run, one.identity, step)
        self.do(one, lambda: queue.forget_after(lease, step), operation, fault)

    @precondition(lambda self: self.holders)
    @now_and_then(5, "begin_anew")
    @rule(pick=PICK, fault=faults(8))
    def begin_anew(self, pick: int, fault: Fault | None) -> None:
        self.last["begin_anew"] = self.steps
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
        fault=faults(20),
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
        self._hand_back(pick, cause, fault, meanwhile)

    @precondition(lambda self: self.holders)
    @rule(pick=PICK, fault=faults(12), meanwhile=MEANWHILE)
    def fail(self, pick: int, fault: Fault | None, meanwhile: int | None) -> None:
        self._hand_back(pick, Cause.FAULT, fault, meanwhile)

    def _hand_back(self, pick: int, cause: Cause, fault: Fault | None, meanwhile: int | None) -> None:
        one = self.holders[pick % len(self.holders)]
        lease, queue = one.lease, self.study(one).queue
        operation, mine = expected.hand_back(lease.run, one.identity, cause), held(self.state, lease.run, one.identity)

        def call() -> bool:
            left = queue.hand_back(lease, cause, "for a reason")
            # That the lease has ended with the run's failure is told whoever did it.
            if not left and not mine:
                raise LeaseLost(lease.run)
            return left

        self.do(one, call, operation, fault, meanwhile)
        one.lease = None

    @precondition(lambda self: self.state.target is not None)
    @now_and_then(2, "reap")
    @rule(place=st.sampled_from([*WORKERS, "user"]), fault=faults(20), meanwhile=MEANWHILE)
    def reap(self, place: str, fault: Fault | None, meanwhile: int | None) -> None:
        """Hand back the runs of dead holders, as workers, launchers and `doctor` do."""
        self.last["reap"] = self.steps
        self.reap_by(self.world.processes[place], fault, meanwhile)

    @precondition(lambda self: self.corpses)
    @rule(pick=PICK, cause=st.sampled_from(Cause), fault=faults(20), meanwhile=MEANWHILE)
    def reclaim(self, pick: int, cause: Cause, fault: Fault | None, meanwhile: int | None) -> None:
        """Hand back what a worker held whose death its launcher has seen."""
        one, dead = self.world.restart("user"), self.corpses[pick % len(self.corpses)]
        queue = self.study(one).queue

        def call() -> list[str]:
            return sorted(run.run for run in queue.reclaim(dead, cause, "for a reason"))

        def judge(_: str, row: Run) -> bool:
            return row.holder == dead

        self.do(one, call, expected.reclaim(judge, cause), fault, meanwhile)

    @now_and_then(4, "die")
    @rule(place=st.sampled_from(WORKERS))
    def die(self, place: str) -> None:
        self.last["die"] = self.steps
        self.world.restart(place)

    @now_and_then(15, "reboot")
    @rule(machine=st.sampled_from(sorted(HOSTS)))
    def reboot(self, machine: str) -> None:
        self.last["reboot"] = self.steps
        self.world.reboot(machine)

    @now_and_then(3, "pass_time")
    @rule(seconds=st.sampled_from([5, 400, 1300]))
    def pass_time(self, seconds: int) -> None:
        self.last["pass_time"] = self.steps
        self.world.clock += seconds

    def _progress(self, one: Process, advance: bool) -> dict[str, float | None]:
        row = self.state.runs.get(one.lease.run) or Run(0)
        step = row.checkpoint_step + 10 * advance
        return {"checkpoint_step": step, "best_value": row.best_value, "last_value": row.last_value}
