"""The report's figures of parameters and values, as plain Plotly documents that can be read without their colours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from optsweep.results.records import Importance, RunRecord, StudySnapshot
from optsweep.results.words import finite, one_line, setting
from optsweep.study.direction import Direction
from optsweep.views.figures import HOVER, PALETTE, Figure, Values, make_layout, scatter, value_axis

Choice = bool | int | float | str
"""The value of a parameter."""

# Beyond these a browser takes seconds for a figure, and nobody can see a single run any more.
MOST_COORDINATES = 200
MOST_POINTS = 500
MOST_CHOICES = 8
ABSENT = "absent"
"""What only some runs have, in the others."""
ENDS = {"complete": ("circle", PALETTE[0]), "pruned": ("x", PALETTE[1])}


def parallel_coordinates(snapshot: StudySnapshot) -> Figure | None:
    """One line per complete run, the best ones if there are many, through its parameters to its value."""
    runs = snapshot.ranking[:MOST_COORDINATES]
    names = parameter_names(runs)
    if len(runs) < 2 or not names:
        return None
    values = [run.value for run in runs]
    logarithmic = snapshot.definition.space.logarithmic
    dimensions = [_dimension(name, [run.parameters.get(name) for run in runs], name in logarithmic) for name in names]
    trace: Values = {
        "type": "parcoords",
        "line": {
            "color": values,
            "colorscale": "Cividis",
            # The best runs have one colour, whichever way is better.
            "reversescale": snapshot.definition.direction is Direction.MAXIMIZE,
            "showscale": True,
            "colorbar": {"title": {"text": "value"}},
        },
        "dimensions": [*dimensions, {"label": "value", "values": values}],
        "labelangle": -20,
    }
    return {"data": [trace], "layout": make_layout(height=460, margin={"l": 70, "r": 40, "t": 90, "b": 30})}


def _dimension(name: str, values: Sequence[Choice | None], is_logarithmic: bool) -> Values:
    """An axis: logarithmic if the space is, numbers as they are, else one tick for every choice.

    A parameter that some runs do not have has a tick for that, below the others.
    """
    there = [value for value in values if value is not None]
    numbers = [value for value in there if isinstance(value, int | float) and not isinstance(value, bool)]
    is_logarithmic = is_logarithmic and bool(numbers) and min(numbers) > 0
    if len(numbers) == len(there) and (is_logarithmic or len(set(numbers)) > MOST_CHOICES):
        return {"label": name, **_numeric_axis(values, numbers, is_logarithmic)}
    places = {choice: place for place, choice in enumerate([*([None] if None in values else []), *_in_order(there)])}
    return {
        "label": name,
        "values": [places[value] for value in values],
        "tickvals": list(places.values()),
        "ticktext": [ABSENT if choice is None else setting(choice) for choice in places],
    }


def _numeric_axis(values: Sequence[Choice | None], numbers: Sequence[float], is_logarithmic: bool) -> Values:
    def placed(value: Choice) -> float:
        assert not isinstance(value, str)
        return math.log10(value) if is_logarithmic else value

    low, high = placed(min(numbers)), placed(max(numbers))
    ticks = [low, (low + high) / 2, high]
    texts = [f"{10**tick:.2g}" if is_logarithmic else f"{tick:.3g}" for tick in ticks]
    if None in values:
        nowhere = low - ((high - low) or 1) / 4
        ticks, texts = [nowhere, *ticks], [ABSENT, *texts]
    elif not is_logarithmic:
        return {"values": list(values)}
    places = [ticks[0] if value is None else placed(value) for value in values]
    return {"values": places, "tickvals": ticks, "ticktext": texts}


def _in_order(values: Iterable[Choice | None]) -> list[Choice]:
    """The different ones: numbers by size, then names."""
    known = {value for value in values if value is not None}
    return sorted(known, key=lambda value: (1, 0, value) if isinstance(value, str) else (0, value, ""))


def slices(snapshot: StudySnapshot) -> Figure | None:
    """The value over each parameter: circles went on to their end, crosses were pruned."""
    direction, title = snapshot.definition.direction, one_line(snapshot.trainer.short_title)
    valued = [run for run in snapshot.runs if run.finished and finite(run.value) is not None and run.parameters]
    runs = _thinned(valued, direction)
    names = parameter_names(runs)
    if not names:
        return None
    columns = 4
    rows = math.ceil(len(names) / columns)
    grid: Values = {"rows": rows, "columns": columns, "pattern": "independent", "ygap": 0.4}
    layout = make_layout(height=max(300, 230 * rows), grid=grid)
    traces = []
    for place, name in enumerate(names, start=1):
        number = "" if place == 1 else str(place)
        having = [run for run in runs if name in run.parameters]
        choices = _in_order(run.parameters[name] for run in having)
        # Names, switches and few numbers are drawn as evenly spaced choices.
        spaced = len(choices) <= MOST_CHOICES or any(isinstance(value, bool | str) for value in choices)
        ticks = [setting(value) for value in choices] if spaced else None
        layout[f"xaxis{number}"] = _parameter_axis(name, ticks, name in snapshot.definition.space.logarithmic)
        own_title = title if place % columns == 1 else ""
        layout[f"yaxis{number}"] = value_axis([run.value for run in runs], own_title, direction)
        axes: Values = {"xaxis": f"x{number}", "yaxis": f"y{number}", "showlegend": place == 1}
        traces += [_slice(having, name, state, spaced) | axes for state in ENDS]
    return {"data": traces, "layout": layout}


def _thinned(runs: Sequence[RunRecord], direction: Direction) -> Sequence[RunRecord]:
    """All of them; of too many, the best fifth of what a figure can hold and an even choice of the rest."""
    if len(runs) <= MOST_POINTS:
        return runs
    ranked = sorted(runs, key=lambda run: (run.state != "complete", direction.cost(run.value or 0.0)))
    best, rest = ranked[: MOST_POINTS // 5], ranked[MOST_POINTS // 5 :]
    return best + rest[:: math.ceil(len(rest) / (MOST_POINTS - len(best)))]


def _slice(runs: Sequence[RunRecord], name: str, state: str, spaced: bool) -> Values:
    symbol, color = ENDS[state]
    some = [run for run in runs if run.state == state]
    values = [run.parameters[name] for run in some]
    return scatter(
        "markers",
        state,
        [setting(value) for value in values] if spaced else values,
        [run.value for run in some],
        legendgroup=state,
        text=[one_line(run.run) for run in some],
        hovertemplate=HOVER,
        marker={"symbol": symbol, "size": 6, "color": color},
    )


def _parameter_axis(name: str, choices: list[str] | None, is_logarithmic: bool) -> Values:
    axis: Values = {"title": {"text": name}}
    if choices is not None:
        return axis | {"type": "category", "categoryorder": "array", "categoryarray": choices}
    return axis | {"type": "log" if is_logarithmic else "linear", "exponentformat": "power", "nticks": 5}


def importance_bars(shares: Sequence[Importance]) -> Figure | None:
    """How much each parameter decides which runs are good, largest on top, with the interval of each share."""
    if not shares:
        return None
    rising = list(reversed(shares))
    trace: Values = {
        "type": "bar",
        "orientation": "h",
        "y": [one.parameter for one in rising],
        "x": [one.share for one in rising],
        "error_x": {
            "type": "data",
            "array": [one.high - one.share for one in rising],
            "arrayminus": [one.share - one.low for one in rising],
            "color": "#000000",
        },
        "marker": {"color": PALETTE[5], "line": {"color": "#000000", "width": 1}},
        "hovertemplate": "%{y}: %{x:.2f}<extra></extra>",
    }
    xaxis: Values = {"title": {"text": "share"}, "rangemode": "tozero"}
    layout = make_layout(height=140 + 26 * len(rising), xaxis=xaxis, yaxis={"automargin": True}, showlegend=False)
    return {"data": [trace], "layout": layout}


def parameter_names(runs: Iterable[RunRecord]) -> list[str]:
    """All parameters of these runs, in the order in which they first appear."""
    return list(dict.fromkeys(name for run in runs for name in run.parameters))
