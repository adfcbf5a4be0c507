"""What pruning costs: in a study that pruned, whose budget may be too long, and for pruners replayed on full curves."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

import numpy as np

from optsweep.errors import ConfigError
from optsweep.results.forecast import play
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.seeds import SeedNoise
from optsweep.search.pruning_rule import KINDS, PruningRule, comparable, pruner_name
from optsweep.study.definition import StudyDefinition
from optsweep.study.sections import PrunerSection

TOP = 3
PEAKED_EARLY = 0.6
"""A run that is best before this share of its budget and gets no better peaked early."""
MOST_EARLY = 1 / 3
FEWEST_RUNS = 5
MARGIN = 1.25
ORDERS = 100
WORKERS = (1, 4, 16)
FEWEST_CURVES = 10
MOST_REGRET = 0.0005
"""Nats at the top that a recommended pruner may cost on average; good configurations differ by ten times that."""
MOST_LOST = 0.05
"""How often a recommended pruner may cut the best run."""


@dataclass(frozen=True)
class PruningRisk:
    """How close the cuts were, and what became of the cut runs that were trained to their end after all."""

    cut: int
    close: int | None
    """Runs cut by less than two seeds of one configuration differ; None if the seeds' noise is unknown."""
    completed: int
    entered_top: int
    """How many of the completed ones would have been among the best three."""


def pruning_risk(snapshot: StudySnapshot, completed: dict[str, float], noise: SeedNoise | None) -> PruningRisk | None:
    """None if nothing was cut, or the study trains with your own script.

    ``completed`` are values of cut runs that were trained to their end since.
    """
    cut = [run for run in snapshot.runs if run.cut and run.curve]
    if not cut or snapshot.trainer.lengths is None:
        return None
    best = [run.value for run in snapshot.ranking[:TOP] if run.value is not None]
    limit = best[-1] if len(best) == TOP else math.inf
    entered = sum(value < limit for value in completed.values())
    return PruningRisk(len(cut), _close(snapshot, cut, noise), len(completed), entered)


def _close(snapshot: StudySnapshot, cut: list[RunRecord], noise: SeedNoise | None) -> int | None:
    if noise is None:
        return None
    gaps, curves = [], [comparable(other.curve, snapshot.definition.pruner) for other in snapshot.ranking]
    for run in cut:
        step = max(run.curve)
        if others := [curve[step] for curve in curves if step in curve]:
            gaps.append(min(run.curve.values()) - median(others))
    return sum(gap < math.sqrt(2) * noise.deviation for gap in gaps)


@dataclass(frozen=True)
class LongBudget:
    """Many complete runs were best long before their end: the budget is too long for the subset."""

    early: int
    """Runs that were best before `PEAKED_EARLY` of it, of ``runs`` complete ones."""
    runs: int
    enough: float
    """Sequences that would do."""


def long_budget(snapshot: StudySnapshot) -> LongBudget | None:
    """None if most runs still got better, too few are complete to tell, or the study trains with your own script."""
    lengths = snapshot.trainer.lengths
    if lengths is None:
        return None
    peaks = [run.best_step / run.train_config.training.n_iters for run in snapshot.ranking if run.best_step is not None]
    early = [peak for peak in peaks if peak < PEAKED_EARLY]
    if len(peaks) < FEWEST_RUNS or len(early) <= MOST_EARLY * len(peaks):
        return None
    enough = MARGIN * quantiles(early, n=4, method="inclusive")[-1] * lengths.sampled_sequences
    return LongBudget(len(early), len(peaks), enough)


@dataclass(frozen=True)
class RecordedRun:
    """A run whose whole curve is known."""

    run: str
    prunable: bool
    curve: Mapping[int, float]
    """Grid point -> nats per residue."""
    best: Mapping[int, float]
    """Grid point -> the lowest value up to there."""
    seconds: Mapping[int, float]
    """Grid point -> seconds on the device up to there."""
    end: float
    """Seconds to the run's own end."""
    value: float


@dataclass(frozen=True)
class Replay:
    """What one pruner saves and costs, averaged over orders of arrival."""

    settings: PrunerSection
    workers: int
    saved: float
    """Share of the device time."""
    cut: float
    """Share of the runs."""
    best_cut: float
    """How often the best sampled run was cut; presets are never cut and have no part in the risk."""
    top_cut: float
    """How many of the best three sampled runs were cut."""
    regret: float
    """Nats by which the best sampled run that is left is behind the best of them all."""
    top_regret: float
    """The same for the mean of the best three."""

    @property
    def name(self) -> str:
        return pruner_name(self.settings)


def recorded(snapshot: StudySnapshot) -> list[RecordedRun]:
    """The complete runs of a study; raises `ConfigError` if they are fewer than ten, or a pruner chose them."""
    where = "fidelity --pruner"
    if cut := sum(run.cut for run in snapshot.runs):
        why = "were cut, so their full curves are unknown; it needs a study made with --pruner none"
        raise ConfigError(where, [f"{cut} runs of study {snapshot.study!r} {why}"])
    runs = [run for run in snapshot.runs if run.state == "complete" and run.value is not None and run.curve]
    runs = [run for run in runs if run.source != "repeat"]
    if sum(run.preset is None for run in runs) < FEWEST_CURVES:
        few = f"study {snapshot.study!r} has too few complete sampled runs; it needs {FEWEST_CURVES}"
        raise ConfigError(where, [few])
    return [
        RecordedRun(
            run=run.run,
            prunable=run.preset is None,
            curve=run.curve,
            best=dict(zip(run.curve, itertools.accumulate(run.curve.values(), min), strict=True)),
            seconds=_seconds(run),
            end=run.seconds,
            value=value,
        )
        for run in runs
        if (value := run.value) is not None
    ]


def _seconds(run: RunRecord) -> dict[int, float]:
    """Grid point -> seconds up to its evaluation, by the share of the run's sequences that it had seen.

    That of the last evaluation is the run's end, also of one that ended early by patience: no sweep cuts a run there.
    """
    config = run.train_config
    every, batch = config.evaluation.every_sequences, config.training.effective_batch
    assert every is not None, "a run of a sweep is evaluated every so many sequences"
    # A point is evaluated after the whole batch that reaches it.
    seen = {step: math.ceil(step * every / batch) * batch for step in run.curve}
    return {step: run.seconds * min(1.0, sequences / run.sequences) for step, sequences in seen.items()}


def candidates(default: PrunerSection) -> list[PrunerSection]:
    """The study's own pruner first, then every kind with several warmups, startups and minimum counts."""
    compared = {"others_best": default.others_best}
    found = [default, PrunerSection.model_validate({"kind": "none", **compared})]
    for warmup in (0.3, 0.5, 0.7):
        for startup, minimum in ((5, 3), (10, 5), (20, 10)):
            shared = {"warmup_fraction": warmup, "startup": startup, "minimum": minimum, **compared}
            for name, kind in KINDS.items():
                found += [PrunerSection.model_validate({"kind": name, **shared, **own}) for own in kind.variants]
    return list(dict.fromkeys(found))


def replay_all(runs: Sequence[RecordedRun], definition: StudyDefinition) -> list[Replay]:
    """What every pruner would have done with each number of `WORKERS`."""
    points, settings = definition.budget.num_evaluations, candidates(definition.pruner)
    return [replay(runs, one, points, workers) for one in settings for workers in WORKERS]


def replay(
    runs: Sequence[RecordedRun], settings: PrunerSection, num_evaluations: int, workers: int, orders: int = ORDERS
) -> Replay:
    """Let a pruner judge the recorded runs in ``orders`` random orders on ``workers`` workers; presets come first."""
    rng = np.random.default_rng(0)
    presets, sampled = [run for run in runs if not run.prunable], [run for run in runs if run.prunable]
    top = sorted(sampled, key=lambda run: run.value)[:TOP]
    total, worst = sum(run.end for run in runs), max(run.value for run in sampled)
    rows = []
    for _ in range(orders):
        order = presets + [sampled[index] for index in rng.permutation(len(sampled))]
        cut, spent = one_order(order, settings, num_evaluations, workers)
        # If fewer than three are left, the worst one takes the missing places.
        left = [*sorted(run.value for run in sampled if run.run not in cut), *[worst] * TOP]
        rows.append(
            (
                1 - spent / total,
                len(cut) / len(runs),
                float(top[0].run in cut),
                float(sum(run.run in cut for run in top)),
                left[0] - top[0].value,
                float(np.mean(left[:TOP]) - np.mean([run.value for run in top])),
            )
        )
    return Replay(settings, workers, *map(float, np.mean(rows, axis=0)))


def one_order(
    order: Sequence[RecordedRun], settings: PrunerSection, num_evaluations: int, workers: int
) -> tuple[set[str], float]:
    """Play one order of arrival: which runs are cut, and the seconds that all workers spend."""
    contest = PruningRule(settings, num_evaluations)
    cut: set[str] = set()
    spent: list[float] = []

    def course(run: RecordedRun, _worker: int) -> Iterator[float]:
        for step in sorted(run.curve):
            yield run.seconds[step]
            if run.prunable and run.seconds[step] < run.end and contest.reason(step, run.best[step]) is not None:
                cut.add(run.run)
                contest.add({point: value for point, value in run.curve.items() if point <= step}, complete=False)
                spent.append(run.seconds[step])
                return
        yield run.end
        contest.add(run.curve, complete=True)
        spent.append(run.end)

    play(order, [0.0] * workers, course)
    return cut, sum(spent)


def recommended(replays: Sequence[Replay]) -> Replay:
    """The pruner that saves most among those that rarely lose the best runs, with any number of workers.

    Saved time is averaged over the numbers of workers.
    """
    by_name: dict[str, list[Replay]] = {}
    for one in replays:
        by_name.setdefault(one.name, []).append(one)
    safe = [
        same
        for same in by_name.values()
        if all(max(one.regret, one.top_regret) <= MOST_REGRET and one.best_cut <= MOST_LOST for one in same)
    ]
    return max(safe, key=lambda same: sum(one.saved for one in same))[0]
