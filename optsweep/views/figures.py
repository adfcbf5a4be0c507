"""What all figures of a report share: colours that a page can swap for dark ones, axes, layouts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypedDict

from optsweep.plain import Plain
from optsweep.results.records import RunRecord
from optsweep.results.words import finite, most
from optsweep.study.direction import Direction

if TYPE_CHECKING:
    from _typeshed import SupportsRichComparison

Values = dict[str, Plain]


class Figure(TypedDict):
    """What `Plotly.newPlot` takes."""

    data: list[Values]
    layout: Values


INK, MUTED, GRID, PAPER = "#1b1f24", "#57606a", "#dfe3e8", "#ffffff"
BEST, OTHERS, MEASURED = "#c44a00", "#8c959f", "#0067a5"
PRESETS = ("#0067a6", "#00776a", "#6b4fa0", "#8a3c78", "#4a6b00", "#3a5a8c")
DARK = {
    INK: "#e6e9ec",
    MUTED: "#a8b2bd",
    GRID: "#363d46",
    PAPER: "#15181c",
    BEST: "#ff9d52",
    OTHERS: "#7f8994",
    MEASURED: "#58adea",
    **dict(zip(PRESETS, ("#58adeb", "#3fc4ae", "#b6a0e0", "#e394d1", "#a3cc5c", "#93b5ea"), strict=True)),
}
"""Colour of a figure -> what a page with a dark background has in its place."""
# Colour-blind people tell runs apart by these.
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star")
MOST_TICKS = 6
# Six digits: a script's values may be far from 1.
HOVER = "%{text}: %{y:.6~g}<extra></extra>"


def scatter(mode: str, name: str, x: Sequence[Plain], y: Sequence[Plain], **style: Plain) -> Values:
    return {"type": "scatter", "mode": mode, "name": name, "x": x, "y": y, **style}


def make_axis(**values: Plain) -> Values:
    return {"gridcolor": GRID, "linecolor": MUTED, "zeroline": False, "automargin": True, **values}


def value_axis(values: Iterable[float | None], title: str, direction: Direction) -> Values:
    """From just beyond the best value to beyond most of them; a diverging run must not flatten the others."""
    axis = make_axis(title={"text": title})
    if (reach := value_span(values, direction)) is not None:
        axis["range"] = list(reach)
    return axis


def value_span(values: Iterable[float | None], direction: Direction) -> tuple[float, float] | None:
    """The range of the values without the worst few; None without any."""
    costs = sorted(direction.cost(known) for value in values if (known := finite(value)) is not None)
    return span(direction.cost(costs[0]), direction.cost(most(costs))) if costs else None


def thinned(
    runs: Sequence[RunRecord], limit: int, key: Callable[[RunRecord], SupportsRichComparison]
) -> Sequence[RunRecord]:
    """All of them; of more than the limit, the best fifth of it by ``key`` and an even choice of the rest."""
    if len(runs) <= limit:
        return runs
    ranked = sorted(runs, key=key)
    best, rest = ranked[: limit // 5], ranked[limit // 5 :]
    return best + rest[:: math.ceil(len(rest) / (limit - len(best)))]


def span(one: float, other: float) -> tuple[float, float]:
    """A range of an axis that holds both values, with some room."""
    low, high = sorted((one, other))
    room = 0.05 * (high - low) or 0.01 * abs(low) or 0.01
    return low - room, high + room


def log_ticks(low: float, high: float) -> list[Plain]:
    """At most six numbers that can be read, powers of ten and what lies between, on a logarithmic axis."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        # As a person writes them: 3e-05, not 3.0000000000000004e-05.
        ticks: list[Plain] = [
            tick for decade in decades for step in steps if low <= (tick := float(f"{step}e{decade}")) <= high
        ]
        if 2 <= len(ticks) <= MOST_TICKS:
            return ticks
    return [low, high] if len(ticks) < 2 else ticks[:: math.ceil(len(ticks) / MOST_TICKS)]


def make_layout(**values: Plain) -> Values:
    return {
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": INK},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "margin": {"l": 60, "r": 16, "t": 40, "b": 50},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": MUTED, "font": {"color": INK}},
        **values,
    }


def note(text: str, **place: Plain) -> Values:
    """Words inside of a figure."""
    return {"text": text, "showarrow": False, "font": {"size": 12, "color": MUTED}, "xanchor": "left", **place}
