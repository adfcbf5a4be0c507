"""What the user types in a history, and what other programs do with the study; how often rules are followed."""

from __future__ import annotations

from collections.abc import Callable

import optuna
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from optuna.trial import TrialState

from optsweep.database.open_study import Study
from optsweep.planning.plan import plan_study
from optsweep.planning.steering import enqueue, retry_failed, skip
from optsweep.study.file import load_study
from tests.model import expected
from tests.model.expected import PRESETS, Operation, is_repeat
from tests.model.faults import Fault
from tests.model.history import NAME
from tests.model.workers import Workers
from tests.planned import DATA

MAX_RUNS = 8
DEMO = load_study("demo").with_overrides(type="random", trials=1)
DEFINITION = DEMO.model_copy(update={"presets": [preset for preset in DEMO.presets if preset.name in PRESETS]})


def faults(points: int) -> st.SearchStrategy[Fault | None]:
    """No fault, or one at one of the first ``points`` statements."""
    return st.none() | st.builds(Fault, st.sampled_from(["stop", "lost"]), st.integers(0, points - 1))


PICK = st.integers(0, 11)
"""Which of those that there are."""
MEANWHILE = st.none() | PICK
VALUES = st.integers(1, 40).map(lambda eighths: eighths / 8)


def now_and_then(steps: int, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A rule that leaves the steps between to the others: there are as many rules for workers as for the rest."""
    return precondition(lambda self: self.steps - self.last.get(name, 0) >= steps)


class Commands(Workers):
    def __init__(self) -> None:
        super().__init__()
        self.steps = 0
        self.last: dict[str, int] = {}
        """Rule -> the last step at which it was followed."""
        self.repeats = 0

    @invariant()
    def count(self) -> None:
        self.steps += 1

    @initialize(sampled=st.integers(0, 2), repeats=st.sampled_from([0, 1, 3]), fault=faults(90))
    def plan_first(self, sampled: int, repeats: int, fault: Fault | None) -> None:
        self.repeats = repeats
        self._plan(sampled, fault)

    @precondition(lambda self: self.state.target is None or self.steps - self.last.get("plan", 0) >= 10)
    @rule(more=st.integers(0, 1), fault=faults(60))
    def plan(self, more: int, fault: Fault | None) -> None:
        """Again, or with one more run; anew if the study was deleted."""
        self.last["plan"] = self.steps
        there = sum(run.startswith("random") and not is_repeat(run) for run in self.state.runs)
        self._plan(there + more * (len(self.state.runs) < MAX_RUNS), fault)

    @precondition(lambda self: self.state.target is not None)
    @now_and_then(8, "skip")
    @rule(pick=PICK, fault=faults(40))
    def skip(self, pick: int, fault: Fault | None) -> None:
        self.last["skip"] = self.steps
        run = sorted(self.state.runs)[pick % len(self.state.runs)]
        one = self.world.restart("user")
        mended = expected.reap(self.judge(one))
        if not mended(self.state).either:
            operation = expected.skip(run, one.identity, mended)
            one.looked = True
            self._type(lambda study: skip(study, run) and None, operation, fault)

    @precondition(lambda self: any(run.outcome == "failed" for run in self.state.runs.values()))
    @rule(pick=st.none() | PICK, fresh=st.booleans(), fault=faults(45))
    def retry(self, pick: int | None, fresh: bool, fault: Fault | None) -> None:
        run = None if pick is None else sorted(self.state.runs)[pick % len(self.state.runs)]
        one = self.world.restart("user")
        mended = expected.reap(self.judge(one))
        # Whether those that may be found dead were, the model could not say from what failed then.
        if not mended(self.state).either:
            chosen, operation = run and [run], expected.retry(run, fresh, mended)
            one.looked = True
            self._type(lambda study: sorted(retry_failed(study, chosen, fresh=fresh)), operation, fault)

    @precondition(lambda self: self.state.target is not None and len(self.state.runs) < MAX_RUNS)
    @now_and_then(8, "enqueue")
    @rule(fault=faults(32))
    def enqueue(self, fault: Fault | None) -> None:
        self.last["enqueue"] = self.steps
        self.world.restart("user")
        self._type(lambda study: enqueue(study, ["lr=0.001"]), expected.enqueue, fault)

    @precondition(lambda self: any(run.state == "WAITING" for run in self.state.runs.values()))
    @now_and_then(8, "optuna_ask")
    @rule(pick=PICK)
    def optuna_ask(self, pick: int) -> None:
        """Another program takes a run, through Optuna."""
        self.last["optuna_ask"] = self.steps
        waiting = sorted(run for run, row in self.state.runs.items() if row.state == "WAITING")
        run = waiting[pick % len(waiting)]

        def call() -> None:
            self.plain.set_trial_state_values(self.trial_ids[run], TrialState.RUNNING)

        self.do(self.world.restart("user"), call, expected.taken_by_another_program(run))

    @precondition(lambda self: self.study_id is not None)
    @now_and_then(15, "delete")
    @rule()
    def delete(self) -> None:
        """With plain Optuna, as its dashboard does."""
        self.last["delete"] = self.steps
        optuna.delete_study(study_name=NAME, storage=self.plain)
        self.gone()

    def _plan(self, sampled: int, fault: Fault | None) -> None:
        """With so many first seeds, and the history's repeats."""
        one, trials = self.world.restart("user"), {"trials": sampled + self.repeats, "repeats": self.repeats}
        definition = DEFINITION.model_copy(update={"study": DEFINITION.study.model_copy(update=trials)})

        def call() -> None:
            plan_study(one.storage, NAME, definition, DATA, command=["optsweep"])

        self.do(one, call, expected.plan(sampled, self.repeats), fault, typed=True)

    def _type(self, call: Callable[[Study], object], operation: Operation, fault: Fault | None) -> None:
        """Type a command; the place's process has just begun."""
        one = self.world.processes["user"]
        study = self.study(one)
        self.do(one, lambda: call(study), operation, fault, typed=True)
