"""Which of two values is the better one; what ranks, prunes or compares values asks here, or works on costs."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """Which way a study's values get better."""

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"

    def cost(self, value: float) -> float:
        """A number in place of the value of which lower is better; of such a number, the value."""
        return value if self is Direction.MINIMIZE else -value

    def is_better(self, value: float, other: float) -> bool:
        return self.cost(value) < self.cost(other)

    @property
    def words(self) -> str:
        return "lower is better" if self is Direction.MINIMIZE else "higher is better"
