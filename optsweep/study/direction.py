"""What values mean: which of two is the better one, and which of a run's evaluations is its value."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, TypeAlias

from optsweep.config import PositiveInt

MEAN = "mean of last"
Summary: TypeAlias = Literal["best", "last"] | dict[Literal["mean of last"], PositiveInt]
"""What a run's value is, of all its evaluations."""


class Direction(StrEnum):
    """Which way a study's values get better."""

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"

    def cost(self, value: float) -> float:
        """A number in place of the value of which lower is better; of such a number, the value."""
        # From 0.0, since -0.0 would be shown as it is.
        return value if self is Direction.MINIMIZE else 0.0 - value

    @property
    def words(self) -> str:
        return "lower is better" if self is Direction.MINIMIZE else "higher is better"
