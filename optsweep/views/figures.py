"""The report's figures as plain Plotly documents (data and layout); every one can be read without its colours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypedDict

from optsweep.results.documents import Json
from optsweep.results.records import Importance, RunRecord, StudySnapshot
from optsweep.results.words import finite, nats, one_line, setting, source_words, state_words

Values = dict[str, Json]
Choice = bool | int | float | str
"""The value of a parameter."""


class Figure(TypedDict):
    """What `Plotly.newPlot` takes."""

    data: list[Values]
    layout: Values


# Okabe and Ito's palette, told apart by people who do not see all colours; dashes and symbols tell it again.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "hexagon")
GREY = "#999999"
LOGARITHMIC = ("lr", "weight_decay")
# Beyond these a browser takes seconds for a figure, and a person sees no single run any more.
MOST_COORDINATES = 200
MOST_POINTS = 500
MOST_LABELS = 200
MOST_CHOICES = 8
_HOVER = "%{text}: %{y:.4f}<extra></extra>"
ENDS = {"complete": ("circle", PALETTE[0]), "pruned": ("x", PALETTE[1])}


def value_title(snapshot: StudySnapshot) -> str:
    return "NELBO, nats per residue" if not snapshot.definition.trains_script else one_line(snapshot.definition.measure)


def learning_curves(snapshot: StudySnapshot) -> Figure | None:
    """Evaluations over the grid: presets and the best run one by one, the others in bulk, crosses where one was cut."""
    best = snapshot.best
    drawn = [run for run in snapshot.runs if any(finite(value) is not None for value in run.curve.values())]
    own = [run for run in drawn if run.preset or (best and run.run == best.run)]
    others = [run for run in drawn if run not in own]
    traces = [_curve(run, place % len(PALETTE)) for place, run in enumerate(own)]
    if others:
        traces.append(_bulk("sampled runs", others))
    if cut := [run for run in others if run.state == "pruned"]:
        traces.append(_cut_points(cut))
    values = [value for run in drawn for value in run.curve.values()]
    xaxis = {"title": {"text": "evaluation (point of the common grid)"}}
    layout = _layout(height=520, xaxis=xaxis, yaxis=_value_axis(values, value_title(snapshot)))
    return {"data": traces, "layout": layout} if traces else None


def _scatter(mode: str, name: str, x: Sequence[Json], y: Sequence[Json], **style: Json) -> Values:
    return {"type": "scatter", "mode": mode, "name": name, "x": x, "y": y, **style}


def _points(run: RunRecord) -> tuple[list[int], list[float | None]]:
    points = sorted(run.curve.items())
    return [step for step, _ in points], [finite(value) for _, value in points]


def _curve(run: RunRecord, style: int) -> Values:
    return _scatter(
        "lines+markers",
        one_line(run.run),
        *_points(run),
        line={"color": PALETTE[style], "dash": DASHES[style]},
        marker={"symbol": SYMBOLS[style], "size": 6},
    )


def _bulk(title: str, runs: Sequence[RunRecord]) -> Values:
    """All runs in one trace, a gap between two: thousands of traces would not open."""
    x: list[int | None] = []
    y: list[float | None] = []
    text: list[str] = []
    for run in runs:
        steps, values = _points(run)
        x += [*steps, None]
        y += [*values, None]
        text += [one_line(run.run)] * (len(steps) + 1)
    line: Values = {"color": GREY, "width": 1}
    return _scatter("lines", title, x, y, text=text, hovertemplate=_HOVER, line=line, connectgaps=False)


def _cut_points(runs: Sequence[RunRecord]) -> Values:
    ends = [max(run.curve.items()) for run in runs]
    return _scatter(
        "markers",
        "pruned here",
        [step for step, _ in ends],
        [finite(value) for _, value in ends],
        text=[f"{one_line(run.run)}: {state_words(run)}" for run in runs],
        hovertemplate="%{text}<extra></extra>",
        marker={"symbol": "x", "size": 8, "color": "#000000"},
    )


def parallel_coordinates(snapshot: StudySnapshot) -> Figure | None:
    """One line per complete run, the best ones if there are many, through its parameters to its value."""
    runs = snapshot.ranking[:MOST_COORDINATES]
    names = parameter_names(runs)
    if len(runs) < 2 or not names:
        return None
    values = [run.value for run in runs]
    dimensions = [_dimension(name, [run.parameters.get(name) for run in runs]) for name in names]
    trace: Values = {
        "type": "parcoords",
        "line": {"color": values, "colorscale": "Cividis", "showscale": True, "colorbar": {"title": {"text": "value"}}},
        "dimensions": [*dimensions, {"label": "value", "values": values}],
        "labelangle": -20,
    }
    return {"data": [trace], "layout": _layout(height=460, margin={"l": 70, "r": 40, "t": 90, "b": 30})}


def _dimension(name: str, values: Sequence[Choice | None]) -> Values:
    """An axis: logarithmic if the space is, numbers as they are, else one tick for every choice."""
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) == len(values) and name in LOGARITHMIC and min(numbers) > 0:
        logs = [math.log10(value) for value in numbers]
        ticks = [min(logs), (min(logs) + max(logs)) / 2, max(logs)]
        return {"label": name, "values": logs, "tickvals": ticks, "ticktext": [f"{10**tick:.2g}" for tick in ticks]}
    if len(numbers) == len(values) and len(set(numbers)) > MOST_CHOICES:
        return {"label": name, "values": numbers}
    # What is not there (preschool_fraction without a curriculum) has a tick of its own.
    absent = [None] if None in values else []
    places = {choice: place for place, choice in enumerate([*absent, *_in_order(values)])}
    return {
        "label": name,
        "values": [places[value] for value in values],
        "tickvals": list(places.values()),
        "ticktext": ["none" if choice is None else setting(choice) for choice in places],
    }


def _in_order(values: Iterable[Choice | None]) -> list[Choice]:
    """The different ones: numbers by size, then names."""
    known = {value for value in values if value is not None}
    return sorted(known, key=lambda value: (1, 0, value) if isinstance(value, str) else (0, value, ""))


def slices(snapshot: StudySnapshot) -> Figure | None:
    """The value over each parameter: circles went on to their end, crosses were pruned."""
    runs = _thinned([run for run in snapshot.runs if run.finished and finite(run.value) is not None and run.parameters])
    names = parameter_names(runs)
    if not names:
        return None
    columns = 4
    rows = math.ceil(len(names) / columns)
    grid: Values = {"rows": rows, "columns": columns, "pattern": "independent", "ygap": 0.4}
    layout = _layout(height=max(300, 230 * rows), grid=grid)
    traces = []
    for place, name in enumerate(names, start=1):
        number = "" if place == 1 else str(place)
        having = [run for run in runs if name in run.parameters]
        choices = _in_order(run.parameters[name] for run in having)
        # Names, switches and few numbers are drawn as evenly spaced choices.
        spaced = len(choices) <= MOST_CHOICES or any(isinstance(value, bool | str) for value in choices)
        layout[f"xaxis{number}"] = _parameter_axis(name, [setting(value) for value in choices] if spaced else None)
        layout[f"yaxis{number}"] = _value_axis([run.value for run in runs], "NELBO" if place % columns == 1 else "")
        axes: Values = {"xaxis": f"x{number}", "yaxis": f"y{number}", "showlegend": place == 1}
        traces += [_slice(having, name, state, spaced) | axes for state in ENDS]
    return {"data": traces, "layout": layout}


def _thinned(runs: Sequence[RunRecord]) -> Sequence[RunRecord]:
    """All of them; of too many, the best fifth of what a figure can hold and an even choice of the rest."""
    if len(runs) <= MOST_POINTS:
        return runs
    ranked = sorted(runs, key=lambda run: (run.state != "complete", run.value))
    best, rest = ranked[: MOST_POINTS // 5], ranked[MOST_POINTS // 5 :]
    return best + rest[:: math.ceil(len(rest) / (MOST_POINTS - len(best)))]


def _slice(runs: Sequence[RunRecord], name: str, state: str, spaced: bool) -> Values:
    symbol, color = ENDS[state]
    some = [run for run in runs if run.state == state]
    values = [run.parameters[name] for run in some]
    return _scatter(
        "markers",
        state,
        [setting(value) for value in values] if spaced else values,
        [run.value for run in some],
        legendgroup=state,
        text=[one_line(run.run) for run in some],
        hovertemplate=_HOVER,
        marker={"symbol": symbol, "size": 6, "color": color},
    )


def _parameter_axis(name: str, choices: list[str] | None) -> Values:
    axis: Values = {"title": {"text": name}}
    if choices is not None:
        return axis | {"type": "category", "categoryorder": "array", "categoryarray": choices}
    return axis | {"type": "log" if name in LOGARITHMIC else "linear", "exponentformat": "power", "nticks": 5}


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
    layout = _layout(height=140 + 26 * len(rising), xaxis=xaxis, yaxis={"automargin": True}, showlegend=False)
    return {"data": [trace], "layout": layout}


def worker_timeline(snapshot: StudySnapshot) -> Figure | None:
    """Who trained what when, one bar per run from its first claim to its last end; hatching tells how it ended."""
    runs = [run for run in snapshot.runs if run.started is not None and run.worker]
    if not runs:
        return None
    patterns = {"complete": "", "pruned": "/", "failed": "x", "running": ".", "waiting": "-"}
    traces = [
        _bars(some, state, pattern, color, snapshot.now)
        for (state, pattern), color in zip(patterns.items(), PALETTE, strict=False)
        if (some := [run for run in runs if run.state == state])
    ]
    layout = _layout(
        height=190 + 44 * len({run.worker for run in runs}),
        barmode="overlay",
        xaxis={"type": "date", "title": {"text": "time (UTC)"}},
        yaxis={"automargin": True, "categoryorder": "category descending"},
        margin={"l": 150, "r": 20, "t": 60, "b": 60},
    )
    return {"data": traces, "layout": layout}


def _bars(runs: Sequence[RunRecord], state: str, pattern: str, color: str, now: float) -> Values:
    spans = [(run.started or 0.0, run.ended if run.ended is not None else now) for run in runs]
    return {
        "type": "bar",
        "orientation": "h",
        "name": state,
        "y": [one_line(run.worker or "") for run in runs],
        "base": [datetime.fromtimestamp(start, UTC).isoformat(sep=" ")[:19] for start, _ in spans],
        # On a date axis the length of a bar is in milliseconds.
        "x": [1000 * max(0.0, end - start) for start, end in spans],
        "text": [one_line(run.run) for run in runs] if len(runs) <= MOST_LABELS else None,
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "hovertext": [
            f"{one_line(run.run)} ({source_words(run)}), {nats(run.value)}, {state_words(run)}" for run in runs
        ],
        "hoverinfo": "text",
        "marker": {"color": color, "pattern": {"shape": pattern}, "line": {"color": "#ffffff", "width": 1}},
    }


def parameter_names(runs: Iterable[RunRecord]) -> list[str]:
    """All parameters of these runs, in the order in which they first appear."""
    return list(dict.fromkeys(name for run in runs for name in run.parameters))


def _value_axis(values: Iterable[float | None], title: str) -> Values:
    """From just below the best value to where most are; a diverging run must not flatten the others."""
    axis: Values = {"title": {"text": title}}
    known = sorted(known for value in values if (known := finite(value)) is not None)
    if known:
        low, high = known[0], known[math.ceil(0.95 * (len(known) - 1))]
        room = 0.05 * (high - low) or 0.01
        axis["range"] = [low - room, high + room]
    return axis


def _layout(**values: Json) -> Values:
    return {
        "font": {"family": "system-ui, sans-serif", "size": 13},
        "margin": {"l": 70, "r": 20, "t": 60, "b": 60},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        **values,
    }
