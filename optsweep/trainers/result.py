"""What a run has come to: which of its evaluations is its value, or the mean of which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from optsweep.study.direction import Direction
from optsweep.study.metrics_table import Summary
from optsweep.train.report import Evaluation


def result(evaluations: Sequence[Evaluation], summary: Summary, direction: Direction) -> Evaluation | None:
    """The evaluation (of a mean the last one, with the mean as its value); the earliest best one of equals."""
    if not evaluations:
        return None
    if summary == "best":
        return min(evaluations, key=lambda evaluation: direction.cost(evaluation.value))
    if summary == "last":
        return evaluations[-1]
    # One evaluation may stand at several points of the grid.
    values = list({evaluation.step: evaluation.value for evaluation in evaluations}.values())
    (number,) = summary.values()
    return replace(evaluations[-1], value=fmean(values[-number:]))


def followed_by(evaluations: Sequence[Evaluation], new: Evaluation) -> list[Evaluation]:
    """The evaluations with a new one, which takes the place of all that came from its step on."""
    kept = list(evaluations)
    while kept and (kept[-1].step > new.step or (kept[-1].step == new.step and kept[-1].value != new.value)):
        kept.pop()
    return [*kept, new]
