"""The queue as a model: what each operation does to the runs, in plain Python, without a database or a crash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from optsweep.database.lease import LeaseLost
from optsweep.database.repeats import CLAIMED_PRIORITY, SLOT_PRIORITY
from optsweep.errors import StorageError
from optsweep.machine.process import Cause, ProcessIdentity
from optsweep.planning.plan import SAMPLED_PRIORITY, USER_PRIORITY
from optsweep.results.seeds import Configuration, leader, next_to_repeat
from tests.model.observed import Run, ending_of

MAX_FAULTS, MAX_INTERRUPTIONS = 2, 3
"""In place of 3 and 20, so that short histories get there."""
PRESETS = ("large_quality", "small_fast")
"""The longest first, as they are claimed."""


@dataclass(frozen=True)
class State:
    """The runs of the one study, and its target; None while it is not planned."""

    target: int | None = None
    runs: Mapping[str, Run] = field(default_factory=dict)

    def put(self, run: str, **changes: Any) -> State:
        return replace(self, runs={**self.runs, run: replace(self.runs[run], **changes)})


@dataclass(frozen=True)
class Effect:
    """What an operation is to bring about."""

    state: State
    answer: object = None
    error: type[Exception] | None = None
    either: frozenset[str] = frozenset()
    """Runs that it may change or leave as they are."""
    stages: tuple[State, ...] = ()
    """What it comes by on the way, each in a transaction of its own."""


Operation = Callable[[State], Effect]


def held(state: State, run: str, me: ProcessIdentity) -> bool:
    return run in state.runs and state.runs[run].holder == me


def of_holder(run: str, me: ProcessIdentity, change: Operation) -> Operation:
    """An operation that only the holder of the run can do."""
    return lambda state: change(state) if held(state, run, me) else Effect(state, error=LeaseLost)


def next_run(state: State) -> str | None:
    """What is claimed next (invariant 13) but for slots; what has failed, last."""
    waiting = {name: run for name, run in _free(state).items() if run.priority < SLOT_PRIORITY}

    def place(name: str) -> tuple[int, int]:
        run = waiting[name]
        return (2 if run.faults else 0 if run.attempts else 1, run.priority)

    return min(waiting, key=place, default=None)


def _free(state: State) -> dict[str, Run]:
    return {name: run for name, run in state.runs.items() if run.state == "WAITING" and run.holder is None}


def is_repeat(run: str) -> bool:
    """Whether it was claimed as a repeat: of a slot nobody knows yet."""
    return "-seed" in run


def _of_slots(state: State, me: ProcessIdentity) -> Effect:
    """What a claim does if nothing else waits: a slot becomes a seed of the most hopeful, the last ones of the leader.

    Those wait for all others to end, and all of them end if nothing is complete then.
    """
    slots = sorted((run.priority, name) for name, run in _free(state).items() if run.priority >= SLOT_PRIORITY)
    waiting = [name for _, name in slots]
    others = {name: run for name, run in state.runs.items() if name not in waiting and not run.after_choice}
    all_ended, claimed = all(run.ended for run in others.values()), sum(map(is_repeat, state.runs))
    last = len(slots) <= min(2, (len(slots) + claimed + 1) // 2)
    first = (leader if last else next_to_repeat)(_configurations(others))
    if first is None and all_ended:
        for name in waiting:
            state = _ended(state, name, "failed", None)
    if not slots or first is None or (last and not all_ended):
        return Effect(state)
    number = 2 + sum(name.startswith(f"{first}-seed") for name in state.runs)
    run, slot = f"{first}-seed{number}", state.runs[waiting[0]]
    slot = replace(slot, priority=slot.priority - SLOT_PRIORITY + CLAIMED_PRIORITY, after_choice=last)
    runs = {name: row for name, row in state.runs.items() if name != waiting[0]} | {run: slot}
    return Effect(replace(state, runs=runs).put(run, state="RUNNING", holder=me, attempts=1), run)


def _configurations(runs: Mapping[str, Run]) -> list[Configuration]:
    found = []
    for name, run in runs.items():
        if run.state == "COMPLETE" and not is_repeat(name):
            seeds = [run, *(seed for other, seed in runs.items() if other.startswith(f"{name}-seed"))]
            values = tuple(
                seed.best_value for seed in seeds if seed.state == "COMPLETE" and seed.best_value is not None
            )
            running = sum(not seed.ended for seed in seeds)
            found.append(Configuration(name, values, running, sampled=name.startswith("random")))
    return found


def claim(me: ProcessIdentity) -> Operation:
    def effect(state: State) -> Effect:
        run = next_run(state)
        if run is None:
            return _of_slots(state, me)
        return Effect(state.put(run, state="RUNNING", holder=me, attempts=state.runs[run].attempts + 1), run)

    return effect


def beat(run: str, me: ProcessIdentity, **progress: float | None) -> Operation:
    return of_holder(run, me, lambda state: Effect(state.put(run, **progress), state.runs[run].order))


def report(run: str, me: ProcessIdentity, step: int, value: float, **progress: float | None) -> Operation:
    def effect(state: State) -> Effect:
        curve = {**dict(state.runs[run].curve), step: value}
        return Effect(state.put(run, curve=tuple(sorted(curve.items())), **progress))

    return of_holder(run, me, effect)


def forget_after(run: str, me: ProcessIdentity, step: int) -> Operation:
    def effect(state: State) -> Effect:
        return Effect(state.put(run, curve=tuple(point for point in state.runs[run].curve if point[0] <= step)))

    return of_holder(run, me, effect)


def finish(run: str, me: ProcessIdentity, outcome: str, value: float | None) -> Operation:
    return of_holder(run, me, lambda state: Effect(_ended(state, run, outcome, value)))


def _ended(state: State, run: str, outcome: str, value: float | None) -> State:
    ending = ending_of(outcome, value)
    values = () if value is None else (value,)
    best = {"best_value": value} if ending == "COMPLETE" else {}
    return state.put(run, state=ending, outcome=outcome, holder=None, order=None, values=values, **best)


def _handed_back(state: State, run: str, cause: Cause) -> State:
    row = state.runs[run]
    advanced = row.checkpoint_step > row.counted_step
    faults = (0 if advanced else row.faults) + (cause is Cause.FAULT)
    interruptions = (0 if advanced else row.interruptions) + (cause is Cause.INTERRUPTION)
    state = state.put(run, faults=faults, interruptions=interruptions, counted_step=row.checkpoint_step)
    if faults >= MAX_FAULTS or interruptions >= MAX_INTERRUPTIONS:
        return _ended(state, run, "failed", None)
    return state.put(run, state="WAITING", holder=None)


def hand_back(run: str, me: ProcessIdentity, cause: Cause) -> Operation:
    def effect(state: State) -> Effect:
        after = _handed_back(state, run, cause)
        return Effect(after, not after.runs[run].ended)

    return of_holder(run, me, effect)


def reclaim(judge: Callable[[str, Run], bool | None], cause: Cause = Cause.INTERRUPTION) -> Operation:
    """Hand back the held runs that ``judge`` calls dead (True), maybe those of which it does not know (None)."""

    def effect(state: State) -> Effect:
        verdicts = {run: judge(run, row) for run, row in state.runs.items() if row.holder is not None}
        after = state
        for run, verdict in verdicts.items():
            if verdict is not False:
                after = _handed_back(after, run, cause)
        taken = sorted(run for run, verdict in verdicts.items() if verdict)
        either = frozenset(run for run, verdict in verdicts.items() if verdict is None)
        return Effect(after, taken, either=either)

    return effect


def reap(judge: Callable[[str, Run], bool | None]) -> Operation:
    """`reclaim`, after what another program has taken waits again."""
    reclaimed = reclaim(judge)

    def effect(state: State) -> Effect:
        taken = [run for run, row in state.runs.items() if row.stray]
        mended = state
        for run in taken:
            mended = mended.put(run, state="WAITING")
        after = reclaimed(mended)
        return replace(after, answer=sorted([*taken, *after.answer]), stages=(mended,))

    return effect


def taken_by_another_program(run: str) -> Operation:
    return lambda state: Effect(state.put(run, state="RUNNING"))


def skip(run: str, me: ProcessIdentity, mended: Operation) -> Operation:
    """Take a waiting run and end it; tell the holder of one that runs; after a look for dead ones (``mended``)."""

    def effect(before: State) -> Effect:
        state = mended(before).state
        stages = (*mended(before).stages, state)
        if state.runs[run].ended:
            return Effect(state, error=StorageError)
        if state.runs[run].holder is None:
            return Effect(_ended(state, run, "skipped", None), stages=stages)
        return Effect(state.put(run, order="skip"), stages=stages)

    return effect


def retry(chosen: str | None, fresh: bool, mended: Operation) -> Operation:
    """Queue the chosen run again, or all that failed; after what dead holders held was handed back (``mended``).

    What is known of it stays; of ``fresh`` ones not the checkpoint.
    """

    def effect(state: State) -> Effect:
        stages, state = mended(state).stages, mended(state).state
        failed = [run for run, row in state.runs.items() if row.outcome == "failed"]
        if chosen is not None and chosen not in failed:
            return Effect(state, error=StorageError)
        again = failed if chosen is None else [chosen]
        new = {run: _again(state.runs[run], fresh) for run in again}
        return Effect(replace(state, runs={**state.runs, **new}), sorted(again), stages=(*stages, state))

    return effect


def _again(old: Run, fresh: bool) -> Run:
    return Run(
        old.priority,
        earlier=old.earlier + 1,
        checkpoint_step=0 if fresh else old.checkpoint_step,
        best_value=old.best_value,
        last_value=old.last_value,
        curve=old.curve,
        after_choice=old.after_choice,
    )


def begin_anew(run: str, me: ProcessIdentity) -> Operation:
    return of_holder(run, me, lambda state: Effect(state.put(run, checkpoint_step=0)))


def enqueue(state: State) -> Effect:
    index = len(state.runs)
    number = sum(name.startswith("user") and not is_repeat(name) for name in state.runs) + 1
    run = f"user-{number:03d}"
    return Effect(State(index + 1, {**state.runs, run: Run(USER_PRIORITY + index)}), run)


def plan(sampled: int, repeats: int) -> Operation:
    """A plan of the presets, so many sampled runs, more than those that are there, and slots for repeats."""

    def effect(state: State) -> Effect:
        planned = {run: Run(priority) for priority, run in enumerate(PRESETS)}
        planned |= {f"random-{number + 1:03d}": Run(SAMPLED_PRIORITY + number) for number in range(sampled)}
        there = sum(is_repeat(run) or run.startswith("repeat") for run in state.runs)
        planned |= {f"repeat-{number + 1:03d}": Run(SLOT_PRIORITY + number) for number in range(there, repeats)}
        runs = {**planned, **state.runs}
        return Effect(State(len(runs), runs))

    return effect
