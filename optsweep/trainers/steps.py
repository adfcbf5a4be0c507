"""How far a script's run is: the steps that its rows name, over all attempts, and what of its total they are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from optsweep.study.script.metrics_table import MetricsSection
from optsweep.study.script.parameter import Value
from optsweep.trainers.numbers.rows import Row

NEARLY_ALL = 0.95
"""Of its total: a script that got so far has miscounted, and not ended early."""


class Steps:
    """Follows the steps; ``before`` are those of earlier attempts, ``known`` the parameters and set values."""

    def __init__(self, metrics: MetricsSection, known: Mapping[str, Value], before: Iterable[int]) -> None:
        self._metrics, self._known = metrics, known
        self.position: float | None = None
        self.stepped = False
        """Whether this attempt has named a step."""
        self._total: Value | None = None if isinstance(metrics.total, str) else metrics.total
        self._farthest: float | None = None
        self._last = self._gap = 0.0
        for step in before:
            self._move(step)

    def begin_attempt(self) -> None:
        """What comes from now on is of the script that is called now."""
        self.stepped = False

    def of(self, row: Row) -> float | None:
        """The step that the row itself names."""
        step = row.get(self._metrics.step)
        return step + self._metrics.step_offset if step is not None and math.isfinite(step) else None

    def recall(self, row: Row) -> None:
        """A row that was read in an earlier attempt: a value that names no step is of the last step before it."""
        step = self.of(row)
        self.position = self.position if step is None else step
        self._note_total(row)

    def take(self, row: Row) -> None:
        """Go to where the row is."""
        self._note_total(row)
        step = self.of(row)
        if step is None:
            return
        self.position = step
        if not self.stepped:
            # It may have begun anew.
            self.stepped, self._farthest = True, None
        self._move(step)

    @property
    def progress(self) -> float | None:
        """Share of the run that is done, 0..1; None if nothing tells."""
        total = self._amount
        if total is None or self.position is None:
            return None
        return max(0.0, min(1.0, self.position / total))

    def shortfall(self) -> str | None:
        """ "step 2 of 10", if one more step as long as the longest before would not have been the last.

        Of the last attempt that named a step; None if nothing tells what the last step is to be.
        """
        total, reached = self._amount, self._farthest
        if total is None or reached is None:
            return None
        if reached + self._gap >= total or reached >= NEARLY_ALL * total:
            return None
        return f"step {reached:g} of {total:g}"

    @property
    def _amount(self) -> float | None:
        total = self._total
        return total if isinstance(total, int | float) and total > 0 else None

    def _note_total(self, row: Row) -> None:
        name = self._metrics.total
        if isinstance(name, str):
            self._total = self._known.get(name, row.get(name, self._total))

    def _move(self, step: float) -> None:
        self._gap = max(self._gap, step - self._last)
        self._last, self._farthest = step, max(step, step if self._farthest is None else self._farthest)
