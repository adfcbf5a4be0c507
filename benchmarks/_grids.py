"""Public runs on grids of lr and batch, of several model sizes and lengths; what a choice between them would cost."""

from __future__ import annotations

import csv
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CloughTocher2DInterpolator, LinearNDInterpolator, NearestNDInterpolator

from optsweep.results.run_table import RunTable

Array = NDArray[np.float64]
Interpolator = Callable[[Array, Array], Array]

TOP = 5
"""Best grid points whose mean is taken for the optimum."""


@dataclass(frozen=True, eq=False)
class Grid:
    """All runs of one size and length, one for each lr and batch."""

    size: int
    length: float
    lr: Array
    batch: Array
    """Both in log2."""
    value: Array

    @cached_property
    def optimum(self) -> Array:
        best = np.argsort(self.value)[:TOP]
        return np.array([self.lr[best].mean(), self.batch[best].mean()])

    @cached_property
    def smooth(self) -> Interpolator:
        return CloughTocher2DInterpolator(self._points, self.value)

    @cached_property
    def planes(self) -> Interpolator:
        return LinearNDInterpolator(self._points, self.value)

    @cached_property
    def nearest(self) -> Interpolator:
        return NearestNDInterpolator(self._points, self.value)

    @property
    def _points(self) -> Array:
        return np.column_stack([self.lr, self.batch])

    def regret(self, lr: float, batch: float, interpolator: Interpolator) -> float:
        """Of a choice in log2, moved to the grid's edge if it lies outside."""
        lr = np.clip(lr, self.lr.min(), self.lr.max())
        batch = np.clip(batch, self.batch.min(), self.batch.max())
        value = float(interpolator(np.array([lr]), np.array([batch]))[0])
        if not np.isfinite(value):  # a corner of the grid that is missing
            value = float(self.nearest(np.array([lr]), np.array([batch]))[0])
        best = self.value.min()
        return float((value - best) / (np.median(self.value) - best))

    def runs(self, chosen: NDArray[np.int64]) -> RunTable:
        length = np.full(len(chosen), self.length)
        return RunTable(length, np.exp2(self.lr[chosen]), np.exp2(self.batch[chosen]), self.value[chosen])


@dataclass(frozen=True)
class Cell:
    """Where is swept, and what for."""

    shorter: Grid | None
    """None: one length."""
    short: Grid
    long: Grid

    @property
    def ratio(self) -> float:
        return self.long.length / self.short.length

    @property
    def name(self) -> str:
        swept = [grid.length for grid in (self.shorter, self.short) if grid is not None]
        lengths = "+".join(f"{length / 1e9:g}" for length in swept)
        return f"{self.long.size / 1e6:.0f}M {lengths} -> {self.long.length / 1e9:g}"


def read(path: Path) -> list[Grid]:
    """The grids of a file; runs of the same place are averaged."""
    found: dict[tuple[int, float], dict[tuple[float, float], list[float]]] = defaultdict(lambda: defaultdict(list))
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            place = float(row["lr"]), float(row["bs"])
            found[int(float(row["N"])), float(row["D"])][place].append(float(row["smooth loss"]))
    grids = []
    for (size, length), runs in sorted(found.items()):
        mean = {place: float(np.mean(values)) for place, values in runs.items()}
        kept = {place: value for place, value in mean.items() if np.isfinite(value)}
        lr, batch = np.log2(np.array(list(kept))).T
        grids.append(Grid(size, length, lr, batch, np.array(list(kept.values()))))
    return grids


def cells(grids: Iterable[Grid], lengths: int) -> list[Cell]:
    """Those of one, or of two lengths."""
    by_size = [list(own) for _, own in itertools.groupby(grids, key=lambda grid: grid.size)]
    combined = [places for own in by_size for places in itertools.combinations(own, lengths + 1)]
    return [Cell(None if lengths == 1 else places[0], places[-2], places[-1]) for places in combined]
