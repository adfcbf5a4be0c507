"""The ranking of a study: all of its runs, with what is known of each one's value, the best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from optsweep.results.configurations import configurations
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.seeds import SeedNoise
from optsweep.search.pruning_rule import judged, standing
from optsweep.study.run_config import if_builtin
from optsweep.trust.noise import Interval
from optsweep.trust.ties import Ties, seeds_part


@dataclass(frozen=True)
class Ranked:
    """A run and where it stands; a run that was cut short, has not ended or is a further seed has no rank."""

    run: RunRecord
    value: float | None
    """The mean over the seeds of its configuration; the value so far if it has no rank."""
    rank: str | None = None
    """ "1"; "2=" if it cannot be told from the first."""
    tied: bool = False
    """Whether it cannot be told from the first."""
    seeds: int = 1
    """How many complete seeds ``value`` is the mean of."""
    interval: Interval | None = None
    """What training seeds leave open of ``value``; None if their noise was not measured."""
    at_equal: float | None = None
    """Its value when it had seen as much as the shortest complete run; None if all are equally long."""


def ranking(snapshot: StudySnapshot, ties: Ties | None, noise: SeedNoise | None) -> tuple[Ranked, ...]:
    """All runs: complete configurations by rank, then the other runs in the order of the plan."""
    cost = snapshot.definition.direction.cost
    costs = {one.run: one.costs for one in configurations(snapshot.runs, snapshot.definition.direction)}
    equal = _equal_point(snapshot.ranking)
    found = []
    for place, run in enumerate(snapshot.ranking, start=1):
        tied = ties is not None and ties.tied(run.run)
        value, seeds = cost(fmean(costs[run.run])), len(costs[run.run])
        half = None if noise is None else seeds_part(noise, seeds)
        found.append(
            Ranked(
                run,
                value,
                rank=f"{place}=" if tied else str(place),
                tied=tied,
                seeds=seeds,
                interval=None if half is None else Interval(value, value - half, value + half),
                at_equal=None if equal is None else value_at(run, equal, snapshot),
            )
        )
    ranked = {run.run for run in snapshot.ranking}
    return (*found, *(Ranked(run, run.value) for run in snapshot.runs if run.run not in ranked))


def length_of(run: RunRecord) -> float:
    """How long the run was to be: in sequences, or where only the script knows that, in evaluations."""
    config = if_builtin(run.config)
    return max(run.curve, default=0) if config is None else config.total_sequences


def _equal_point(complete: Sequence[RunRecord]) -> int | None:
    """The last point of the common grid that all of the runs have reached; None if all were to be equally long."""
    if len({length_of(run) for run in complete}) < 2:
        return None
    return min((max(run.curve) for run in complete if run.curve), default=None)


def value_at(run: RunRecord, point: int, snapshot: StudySnapshot) -> float | None:
    """What the run had come to at a point of the common grid; None if it had no value by then."""
    cost, summary = snapshot.definition.direction.cost, snapshot.definition.summary
    seen = judged({step: value for step, value in run.curve.items() if step <= point}, cost, summary)
    return cost(standing(seen, summary)) if seen else None
