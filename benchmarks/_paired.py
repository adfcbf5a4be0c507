"""Interleaved timings: every round runs every candidate once, so that a busy machine slows all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """A measured quantity: its median over the rounds and its quartiles."""

    median: float
    low: float
    high: float

    def __format__(self, spec: str) -> str:
        return f"{self.median:{spec}} ({self.low:{spec}} to {self.high:{spec}})"


def spread(values: list[float]) -> Spread:
    if len(values) < 2:
        return Spread(values[0], values[0], values[0])
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)


@dataclass(frozen=True)
class Timings:
    """Seconds of each candidate in each round; only numbers of the same round are compared."""

    seconds: Mapping[str, list[float]]

    def of(self, name: str) -> Spread:
        return spread(self.seconds[name])

    def ratio(self, slow: str, fast: str) -> Spread:
        """How many times longer ``slow`` takes than ``fast``, round by round."""
        pairs = zip(self.seconds[slow], self.seconds[fast], strict=True)
        return spread([one / other for one, other in pairs])


def interleaved(
    candidates: Mapping[str, Callable[[], object]],
    rounds: int,
    *,
    warmup: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> Timings:
    """Time ``rounds`` calls of each candidate, in turn; the order is reversed in every second round."""
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for number in range(-warmup, rounds):
        order = list(candidates.items())
        for name, call in order if number % 2 == 0 else order[::-1]:
            before = clock()
            call()
            if number >= 0:
                seconds[name].append(clock() - before)
    return Timings(seconds)
