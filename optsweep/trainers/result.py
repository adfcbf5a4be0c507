"""What a run has come to: which of its evaluations is its value, or the mean of which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from optsweep.study.direction import Direction, Summary
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
    values = [value for _, value in dict.fromkeys((one.step, one.value) for one in evaluations)]
    (number,) = summary.values()
    return replace(evaluations[-1], value=fmean(values[-number:]))
