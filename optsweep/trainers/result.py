"""What a run has come to: which of its evaluations is its value, or the mean of which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from statistics import fmean

from optsweep.study.direction import Direction, Summary
from optsweep.train.report import Evaluation


class ResultSoFar:
    """What a run has come to by the evaluations that it has had, one after the other."""

    def __init__(self, summary: Summary, direction: Direction) -> None:
        self._summary, self._cost = summary, direction.cost
        self._best: Evaluation | None = None
        # One evaluation may stand at several points of the grid.
        self._distinct: dict[tuple[int, float], None] = {}

    def add(self, evaluation: Evaluation) -> Evaluation:
        """The evaluation that counts (of a mean the last one, with the mean as its value); the earliest of equals."""
        if self._summary == "last":
            return evaluation
        if self._summary == "best":
            if self._best is None or self._cost(evaluation.value) < self._cost(self._best.value):
                self._best = evaluation
            return self._best
        self._distinct[evaluation.step, evaluation.value] = None
        (number,) = self._summary.values()
        return replace(evaluation, value=fmean(value for _, value in islice(reversed(self._distinct), number)))


def result(evaluations: Iterable[Evaluation], summary: Summary, direction: Direction) -> Evaluation | None:
    """What a run with these evaluations has come to; None if there are none."""
    so_far, found = ResultSoFar(summary, direction), None
    for evaluation in evaluations:
        found = so_far.add(evaluation)
    return found
