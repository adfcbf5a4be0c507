"""The report's figures over time, as plain Plotly documents that can be read without their colours; shared pieces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypedDict

from optsweep.plain import Plain
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import finite, most, one_line, source_words, state_words, value_words
from optsweep.study.direction import Direction

Values = dict[str, Plain]


class Figure(TypedDict):
    """What `Plotly.newPlot` takes."""

    data: list[Values]
    layout: Values


# Okabe and Ito's palette, which colour-blind people can tell apart; dashes and symbols differ too.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "hexagon")
GREY = "#999999"
# Beyond it a browser takes seconds for the figure, and nobody can read the labels.
MOST_LABELS = 200
# Six digits: a script's values may be far from 1.
HOVER = "%{text}: %{y:.6~g}<extra></extra>"


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
    yaxis = value_axis(values, one_line(snapshot.trainer.title), snapshot.definition.direction)
    layout = make_layout(height=520, xaxis=xaxis, yaxis=yaxis)
    return {"data": traces, "layout": layout} if traces else None


def scatter(mode: str, name: str, x: Sequence[Plain], y: Sequence[Plain], **style: Plain) -> Values:
    return {"type": "scatter", "mode": mode, "name": name, "x": x, "y": y, **style}


def _points(run: RunRecord) -> tuple[list[int], list[float | None]]:
    points = sorted(run.curve.items())
    return [step for step, _ in points], [finite(value) for _, value in points]


def _curve(run: RunRecord, style: int) -> Values:
    return scatter(
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
    return scatter("lines", title, x, y, text=text, hovertemplate=HOVER, line=line, connectgaps=False)


def _cut_points(runs: Sequence[RunRecord]) -> Values:
    ends = [max(run.curve.items()) for run in runs]
    return scatter(
        "markers",
        "pruned here",
        [step for step, _ in ends],
        [finite(value) for _, value in ends],
        text=[f"{one_line(run.run)}: {state_words(run)}" for run in runs],
        hovertemplate="%{text}<extra></extra>",
        marker={"symbol": "x", "size": 8, "color": "#000000"},
    )


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
    layout = make_layout(
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
            f"{one_line(run.run)} ({source_words(run)}), {value_words(run.value)}, {state_words(run)}" for run in runs
        ],
        "hoverinfo": "text",
        "marker": {"color": color, "pattern": {"shape": pattern}, "line": {"color": "#ffffff", "width": 1}},
    }


def value_axis(values: Iterable[float | None], title: str, direction: Direction) -> Values:
    """From just beyond the best value to beyond most of them; a diverging run must not flatten the others."""
    axis: Values = {"title": {"text": title}}
    costs = sorted(direction.cost(known) for value in values if (known := finite(value)) is not None)
    if costs:
        low, high = sorted((direction.cost(costs[0]), direction.cost(most(costs))))
        room = 0.05 * (high - low) or 0.01 * abs(low) or 0.01
        axis["range"] = [low - room, high + room]
    return axis


def make_layout(**values: Plain) -> Values:
    return {
        "font": {"family": "system-ui, sans-serif", "size": 13},
        "margin": {"l": 70, "r": 20, "t": 60, "b": 60},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        **values,
    }
