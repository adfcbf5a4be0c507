"""What pruning may have cost a study, and whether its budget is too long; both from the study's own curves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median, quantiles

from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.trust.noise import SeedNoise

TOP = 3
PEAKED_EARLY = 0.6
"""A run that is best before this share of its budget and gets no better peaked early."""
MOST_EARLY = 1 / 3
FEWEST_RUNS = 5
MARGIN = 1.25


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
    apart = math.sqrt(2) * noise.deviation
    gaps = []
    for run in cut:
        step = max(run.curve)
        others = [other.curve[step] for other in snapshot.ranking if step in other.curve]
        if others:
            gaps.append(min(run.curve.values()) - median(others))
    return sum(gap < apart for gap in gaps)


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
