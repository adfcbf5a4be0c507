"""The curves of all runs in a terminal's cells, eight dots of braille each: where the good ones lie, who leads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import finite, most, one_line, quantity, value_words
from optsweep.study.direction import Direction
from optsweep.study.run_config import if_builtin
from optsweep.views.terminal import BLANK_BRAILLE, LEADS, RUNS, STATE_STYLE

WIDE, HIGH = 2, 4
"""Dots of a cell."""
DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)
"""Braille's bit for each of them, by row and column."""
ROOM = 4.0
"""How far the value axis reaches beyond the best value: so many times as far as the median run's end."""
LEAST_HEIGHT = 8
"""Lines below which nothing could be told apart."""
STYLES = ("", "dim", STATE_STYLE["running"], "bold green")
"""By level: nothing, any run, one that trains, the leader. The higher one has the cell."""


@dataclass
class Canvas:
    """Dots in character cells; a cell has one style, that of the highest level that was drawn in it."""

    width: int
    height: int
    bits: NDArray[np.uint8] = field(init=False)
    level: NDArray[np.uint8] = field(init=False)
    marks: dict[tuple[int, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bits = np.zeros((self.height, self.width), np.uint8)
        self.level = np.zeros((self.height, self.width), np.uint8)

    def dots(self, columns: NDArray[np.int64], rows: NDArray[np.int64], level: int) -> None:
        """Set dots, row 0 at the top; what lies outside is left out."""
        inside = (rows >= 0) & (rows < HIGH * self.height)
        columns, rows = columns[inside], rows[inside]
        cells = rows // HIGH, columns // WIDE
        np.bitwise_or.at(self.bits, cells, DOTS[rows % HIGH, columns % WIDE])
        np.maximum.at(self.level, cells, np.uint8(level))

    def line(self, heights: NDArray[np.float64], level: int, mark: str) -> None:
        """One curve, a height for each column of dots, NaN where it has none; ``mark`` stands at its end."""
        known = [(column, round(row)) for column, row in enumerate(heights.tolist()) if not math.isnan(row)]
        drawn = known[:1]
        for (_, before), (column, row) in pairwise(known):
            step = 1 if row >= before else -1
            drawn += [(column, between) for between in range(before + step, row, step)] + [(column, row)]
        if drawn:
            columns, rows = np.array(drawn).T
            self.dots(columns, rows, level)
            column, row = known[-1]
            if 0 <= row < HIGH * self.height:
                self.marks[row // HIGH, column // WIDE] = mark

    def lines(self) -> list[Text]:
        """What was drawn, from the top."""
        return [self._line(row) for row in range(self.height)]

    def _line(self, row: int) -> Text:
        line = Text(no_wrap=True)
        cells = list(zip(self.level[row].tolist(), self.bits[row].tolist(), range(self.width), strict=True))
        for level, some in groupby(cells, key=lambda cell: cell[0]):
            letters = (
                self.marks.get((row, at)) or (chr(BLANK_BRAILLE + bits) if bits else " ") for _, bits, at in some
            )
            line.append("".join(letters), STYLES[level])
        return line


def curves(snapshot: StudySnapshot, width: int, height: int) -> list[Text]:
    """A title, ``height`` - 2 lines with the curves, and the axis under them; nothing if no run has a value yet."""
    drawn = [run for run in snapshot.runs if any(finite(value) is not None for value in run.curve.values())]
    if not drawn or height < LEAST_HEIGHT:
        return []
    low, high = value_range(drawn, snapshot.definition.direction)
    labels = _labels(low, high, height - 2)
    room = max(map(len, labels)) + 1
    canvas = Canvas(max(width - room, 1), height - 2)
    first, last = min(min(run.curve) for run in drawn), max(max(run.curve) for run in drawn)
    at = np.linspace(first, last, WIDE * canvas.width)
    # Row 0 is the top.
    rows = (high - _values(drawn, at)) / (high - low) * (HIGH * canvas.height - 1)
    _draw(canvas, drawn, rows, snapshot.best)
    axis = _axis(drawn, first, last, canvas.width)
    lines = [
        Text(f"{label:>{room - 1}}│", style="dim").append_text(line)
        for label, line in zip(labels, canvas.lines(), strict=True)
    ]
    return [_title(snapshot, drawn), *lines, Text(" " * (room - 1) + "└" + axis, style="dim", no_wrap=True)]


def _draw(canvas: Canvas, drawn: Sequence[RunRecord], rows: NDArray[np.float64], best: RunRecord | None) -> None:
    """All of them as dots, then, as lines, those that one looks for."""
    place, column = np.nonzero(~np.isnan(rows))
    canvas.dots(column, np.rint(np.clip(rows[place, column], -9, 1e6)).astype(np.int64), 1)
    for run, own in zip(drawn, rows, strict=True):
        if run.state == "running":
            canvas.line(np.clip(own, -1, HIGH * canvas.height), 2, RUNS)
    for run, own in zip(drawn, rows, strict=True):
        if best is not None and run.run == best.run:
            canvas.line(np.clip(own, -1, HIGH * canvas.height), 3, LEADS)


def _title(snapshot: StudySnapshot, drawn: Iterable[RunRecord]) -> Text:
    title = Text(f"{one_line(snapshot.trainer.short_title)}, {snapshot.definition.direction.words}", style="bold")
    if snapshot.best is not None:
        title.append(f"  {LEADS} {one_line(snapshot.best.run)} leads", STYLES[3])
    if any(run.state == "running" for run in drawn):
        title.append(f"  {RUNS} running", f"not bold {STYLES[2]}")
    return title


def value_range(drawn: Sequence[RunRecord], direction: Direction) -> tuple[float, float]:
    """Such that good runs can be told apart: what is far worse than most come to, and where they began, is left out."""
    costs = [[direction.cost(value) for _, value in sorted(run.curve.items()) if math.isfinite(value)] for run in drawn]
    best = min(map(min, costs))
    ends = sorted(one[-1] for one in costs)
    halfway = median(one[len(one) // 2] for one in costs)
    worst = max(halfway, min(most(ends), best + ROOM * (median(ends) - best)))
    if worst <= best:
        worst = most(sorted(cost for one in costs for cost in one))
    room = 0.05 * (worst - best) or 0.01 * abs(best) or 0.01
    low, high = sorted((direction.cost(best - room), direction.cost(worst + room)))
    return low, high


def _values(drawn: Sequence[RunRecord], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each run's value at these points of the grid, straight between its evaluations; NaN beyond them."""
    known = sorted({step for run in drawn for step in run.curve})
    if len(known) > len(at):
        # More than there are columns: those next to a column's place.
        places = np.unique(np.searchsorted(known, at).clip(0, len(known) - 1))
        known = [known[place] for place in places]
    table = np.array([[run.curve.get(step, math.nan) for step in known] for run in drawn])
    table[~np.isfinite(table)] = math.nan
    after = np.searchsorted(known, at).clip(0, len(known) - 1)
    before = np.where(np.array(known)[after] <= at, after, np.maximum(after - 1, 0))
    grid = np.array(known, dtype=float)
    apart = grid[after] - grid[before]
    share = np.divide(at - grid[before], apart, out=np.zeros_like(at), where=apart > 0)
    # Where a run has a value it is drawn, whether it has the next one or not.
    exact = share == 0
    found = table[:, before] * (1 - share) + table[:, after] * np.where(exact, 0.0, share)
    return np.where(exact, table[:, before], found)


def _labels(low: float, high: float, height: int) -> list[str]:
    """A value at the top, in the middle and at the bottom."""
    shown = {0: high, height // 2: high - (high - low) * (height // 2) / (height - 1), height - 1: low}
    return [value_words(shown[row]) if row in shown else "" for row in range(height)]


def _axis(drawn: Sequence[RunRecord], first: int, last: int, width: int) -> str:
    """The points of the grid, in sequences where runs see some."""
    config = next((found for run in drawn if (found := if_builtin(run.config)) is not None), None)
    every = None if config is None else config.evaluation.every_sequences
    unit = "evaluation" if every is None else "sequences"
    left, right = (str(step) if every is None else quantity(step * every) for step in (first, last))
    space = width - len(left) - len(right) - len(unit)
    if space < 4:
        return "─" * width
    return f"{left} {'─' * (space // 2 - 2)} {unit} {'─' * (space - space // 2 - 2)} {right}"
