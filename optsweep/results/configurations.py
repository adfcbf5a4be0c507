"""The runs of a study by configuration: which are seeds of one, and in which order configurations stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from optsweep.results.seeds import Configuration, standings
from optsweep.study.direction import Direction

if TYPE_CHECKING:
    from optsweep.results.records import RunRecord


def configurations(runs: Iterable[RunRecord], direction: Direction) -> list[Configuration]:
    """One for each run that is no repeat, with the costs that the leader is chosen by: not those after the choice."""
    runs = list(runs)
    repeats: dict[str, list[RunRecord]] = {}
    for run in runs:
        if run.repeat_of is not None and not run.after_choice:
            repeats.setdefault(run.repeat_of, []).append(run)
    return [
        Configuration(
            run.run,
            tuple(direction.cost(value) for one in (run, *own) if (value := complete_value(one)) is not None),
            running=sum(not one.over for one in own),
            sampled=run.source in ("random", "tpe"),
        )
        for run in runs
        if run.source != "repeat" and complete_value(run) is not None
        for own in [repeats.get(run.run, [])]
    ]


def complete_value(run: RunRecord) -> float | None:
    """The value of a run that went to its end; others' were cut short."""
    return run.value if run.state == "complete" else None


def ranked(runs: Sequence[RunRecord], direction: Direction) -> list[RunRecord]:
    """The first seeds' runs of complete configurations, the best first: by shrunken means where any is repeated."""
    by_name = {run.run: run for run in runs}
    found = configurations(runs, direction)
    if any(len(one.costs) > 1 for one in found):
        return [by_name[one.run] for one in standings(found)]
    found.sort(key=lambda one: (one.costs[0], by_name[one.run].index))
    return [by_name[one.run] for one in found]


def complete_seeds(runs: Iterable[RunRecord]) -> Mapping[str, int]:
    """Run -> how many seeds of its configuration are complete, those after the choice among them."""
    runs = list(runs)
    first = {run.run: run.repeat_of or run.run for run in runs}
    counts = dict.fromkeys(first.values(), 0)
    for run in runs:
        counts[first[run.run]] += complete_value(run) is not None
    return {run: counts[first[run]] for run in first}
