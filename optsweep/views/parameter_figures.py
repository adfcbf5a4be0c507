"""Which parameters decide, and all of them together: figures, and what those of parameters share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from optsweep.results.records import FEWEST_RUNS, Importance, RunRecord, StudySnapshot
from optsweep.results.words import one_line, setting
from optsweep.study.choices import Chosen
from optsweep.study.direction import Direction
from optsweep.study.parameter import Parameter
from optsweep.views.figures import BEST, GRID, INK, MEASURED, MUTED, OTHERS, Figure, Values, make_axis, make_layout

Choice = bool | int | float | str
"""The value of a parameter."""

# Beyond it a browser takes seconds for the figure, and nobody can see a single run any more.
MOST_COORDINATES = 200
ABSENT = "absent"
"""What only some runs have, in the others."""


def parameter_names(runs: Iterable[RunRecord]) -> list[str]:
    """All parameters of these runs, in the order in which they first appear."""
    return list(dict.fromkeys(name for run in runs for name in run.parameters))


def varying(runs: Sequence[RunRecord]) -> list[str]:
    """The parameters that are not equal in all runs whose parameters are drawn."""
    drawn = [run.parameters for run in runs if run.parameters]
    return [name for name in parameter_names(runs) if any(one.get(name) != drawn[0].get(name) for one in drawn)]


def in_order(values: Iterable[Choice | None]) -> list[Choice]:
    """The different ones: numbers by size, then names."""
    known = {value for value in values if value is not None}
    return sorted(known, key=lambda value: (1, 0, value) if isinstance(value, str) else (0, value, ""))


def parallel_coordinates(snapshot: StudySnapshot) -> Figure | None:
    """One line per complete run, the best ones if there are many, through the parameters that vary to its value."""
    runs = snapshot.ranking[:MOST_COORDINATES]
    names = varying(runs)
    if not names:
        return None
    values = [run.value for run in runs]
    space = snapshot.definition.space
    known = {name: space.parameter(name) for name in names if name in space.names()}
    dimensions = [
        _dimension(name, [run.parameters.get(name) for run in runs], known.get(name), name in space.logarithmic)
        for name in names
    ]
    trace: Values = {
        "type": "parcoords",
        "line": {
            "color": values,
            "colorscale": [[0, BEST], [0.35, OTHERS], [1, GRID]],
            # The best runs stand out, whichever way is better.
            "reversescale": snapshot.definition.direction is Direction.MAXIMIZE,
        },
        "dimensions": [*dimensions, {"label": one_line(snapshot.trainer.short_title), "values": values}],
        "labelangle": -25,
        "labelfont": {"size": 12},
        "tickfont": {"size": 11, "color": INK},
        "rangefont": {"size": 11, "color": MUTED},
    }
    # Below this width the names cannot be told apart: a page lets the reader scroll.
    meta: Values = {"width": 100 * (len(names) + 2)}
    return {"data": [trace], "layout": make_layout(height=460, meta=meta, margin={"l": 60, "r": 60, "t": 110, "b": 30})}


def _dimension(name: str, values: Sequence[Choice | None], parameter: Parameter | None, is_logarithmic: bool) -> Values:
    """An axis: that of the parameter's range, else one tick for every choice.

    A parameter that some runs do not have has a tick for that, below the others.
    """
    there = [value for value in values if value is not None]
    numbers = [value for value in there if is_number(value)]
    label: Values = {"label": one_line(name)}
    if parameter is not None and not isinstance(parameter, Chosen) and len(numbers) == len(there):
        ends = (*map(float, numbers), *map(float, parameter.limits))
        return label | _range_axis(values, min(ends), max(ends), is_logarithmic and min(ends) > 0)
    places = {choice: place for place, choice in enumerate([*([None] if None in values else []), *in_order(there)])}
    return {
        **label,
        "values": [places[value] for value in values],
        "tickvals": list(places.values()),
        "ticktext": [ABSENT if choice is None else setting(choice) for choice in places],
    }


def _range_axis(values: Sequence[Choice | None], low: float, high: float, is_logarithmic: bool) -> Values:
    def placed(value: float) -> float:
        return math.log10(value) if is_logarithmic else value

    ends = placed(low), placed(high)
    ticks = [ends[0], (ends[0] + ends[1]) / 2, ends[1]]
    texts = [f"{10**tick if is_logarithmic else tick:.2g}" for tick in ticks]
    if None in values:
        ticks, texts = [ends[0] - ((ends[1] - ends[0]) or 1) / 4, *ticks], [ABSENT, *texts]
    places = [ticks[0] if value is None else placed(float(value)) for value in values]
    return {"values": places, "range": [ticks[0], ticks[-1]], "tickvals": ticks, "ticktext": texts}


def is_number(value: Choice) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def importance_bars(shares: Sequence[Importance], runs: int) -> Figure | None:
    """How much each parameter decides which runs are good, largest on top, with the interval of each share.

    Of too few ``runs`` to tell, the bars are hatched.
    """
    if not shares:
        return None
    rising = list(reversed(shares))
    pattern: Values = {"shape": "/" if runs < FEWEST_RUNS else "", "fgcolor": INK, "fgopacity": 0.4, "size": 7}
    trace: Values = {
        "type": "bar",
        "orientation": "h",
        "y": [one_line(one.parameter) for one in rising],
        "x": [one.share for one in rising],
        "error_x": {
            "type": "data",
            "array": [one.high - one.share for one in rising],
            "arrayminus": [one.share - one.low for one in rising],
            "color": INK,
            "thickness": 1.5,
        },
        "marker": {"color": MEASURED, "opacity": 0.75, "pattern": pattern},
        "hovertemplate": "%{y}: %{x:.2f}<extra></extra>",
    }
    xaxis = make_axis(title={"text": "share"}, rangemode="tozero", tickformat=".0%")
    layout = make_layout(height=90 + 26 * len(rising), xaxis=xaxis, yaxis=make_axis(), showlegend=False)
    return {"data": [trace], "layout": layout | {"margin": {"l": 60, "r": 16, "t": 10, "b": 50}}}
