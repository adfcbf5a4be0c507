"""The learning curves of a study: all of them, and enlarged those that the decision is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optsweep.plain import Plain
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import finite, one_line, state_words
from optsweep.search.cuts import Cuts, cuts
from optsweep.study.run_config import if_builtin
from optsweep.views.figures import (
    BEST,
    DASHES,
    GRID,
    HOVER,
    INK,
    MUTED,
    OTHERS,
    PRESETS,
    SYMBOLS,
    Figure,
    Values,
    make_axis,
    make_layout,
    note,
    scatter,
    span,
    thinned,
    value_axis,
)

# Beyond these a browser takes seconds for the figure, and nobody can see a single run any more.
MOST_CURVES = 300
MOST_LIMITS = 40
MOST_ENLARGED = 10
UPPER, LOWER = [0.66, 1.0], [0.0, 0.54]
"""The heights of the two panels."""


def learning_curves(snapshot: StudySnapshot) -> Figure | None:
    """Values over what had been seen: the best sampled run and the presets one by one, the others in grey.

    The lower panel enlarges the end of the best complete runs, so that their last 0.01 nats can be told apart.
    """
    drawn = [run for run in snapshot.runs if any(finite(value) is not None for value in run.curve.values())]
    if not drawn:
        return None
    own = _own(drawn, snapshot)
    others = _thinned([run for run in drawn if run.run not in own], snapshot)
    found, end = cuts(snapshot), _end(snapshot)
    traces = [
        *_other_curves(others, snapshot),
        *(_curve(run, place, snapshot) for place, run in enumerate(own.values())),
        *_cut_marks([run for run in others if run.cut], found, snapshot),
    ]
    quantity, x_title = one_line(snapshot.trainer.title), _x_title(snapshot)
    values = (value for run in drawn for value in run.curve.values())
    layout = make_layout(
        height=820 if end else 460,
        xaxis=make_axis(title={"text": x_title}, rangemode="tozero"),
        yaxis=value_axis(values, quantity, snapshot.definition.direction) | ({"domain": UPPER} if end else {}),
    )
    marks = []
    if found is not None and found.warmup:
        marks.append(_warmup_mark(_seen(found.warmup, None, snapshot)))
    if end:
        traces += [trace | {"xaxis": "x2", "yaxis": "y2", "showlegend": False} for trace in traces]
        layout["xaxis2"] = make_axis(title={"text": x_title}, range=end.x, anchor="y2")
        layout["yaxis2"] = make_axis(title={"text": quantity}, range=end.y, domain=LOWER, anchor="x2")
        marks.append(_end_mark(end))
    layout |= {"shapes": [shape for shape, _ in marks], "annotations": [words for _, words in marks]}
    return {"data": traces, "layout": layout}


def _own(drawn: Sequence[RunRecord], snapshot: StudySnapshot) -> dict[str, RunRecord]:
    """Name -> the runs with a curve of their own: the best sampled one, if any is complete, then the best presets."""
    there = {run.run for run in drawn}
    ranking = [run for run in snapshot.ranking if run.run in there]
    sampled = [run for run in ranking if run.preset is None][:1]
    presets = {run.run: run for run in [*ranking, *drawn] if run.preset is not None}
    return {run.run: run for run in [*sampled, *list(presets.values())[: len(PRESETS)]]}


def _thinned(runs: Sequence[RunRecord], snapshot: StudySnapshot) -> Sequence[RunRecord]:
    places = {run.run: place for place, run in enumerate(snapshot.ranking)}
    return thinned(runs, MOST_CURVES, lambda run: places.get(run.run, len(places)))


@dataclass(frozen=True)
class _End:
    """What the lower panel enlarges."""

    x: list[Plain]
    y: list[Plain]


def _end(snapshot: StudySnapshot) -> _End | None:
    """From the best value to that of the last of the best runs, and from where the first of those gets there."""
    ranking = [run for run in snapshot.ranking if finite(run.value) is not None and run.curve]
    half = ranking[: min(MOST_ENLARGED, (len(ranking) + 1) // 2)]
    if len(ranking) < 2 or half[0].value is None or half[-1].value is None:
        return None
    cost = snapshot.definition.direction.cost
    low, high = span(half[0].value, half[-1].value)
    # The one that is reached from the other side by runs that get better.
    worst = max(cost(low), cost(high))
    reached = [
        _seen(min(there, default=max(run.curve)), run, snapshot)
        for run in half
        for there in [[point for point, value in run.curve.items() if cost(value) <= worst]]
    ]
    x = span(min(reached), max(_seen(max(run.curve), run, snapshot) for run in half))
    return _End(list(x), [low, high])


def _x_title(snapshot: StudySnapshot) -> str:
    return "progress of the run, %" if snapshot.trainer.lengths is None else "sequences seen"


def _seen(point: int, run: RunRecord | None, snapshot: StudySnapshot) -> float:
    """Where a point of the evaluation grid lies: at so many sequences, or so many per cent of a script's run."""
    points, lengths = snapshot.definition.budget.num_evaluations, snapshot.trainer.lengths
    if lengths is None:
        return 100 * point / points
    own = None if run is None else if_builtin(run.config)
    every = own.evaluation.every_sequences if own is not None else None
    return point * (every or lengths.sampled_sequences / points)


def _points(run: RunRecord, snapshot: StudySnapshot) -> tuple[list[float], list[float | None]]:
    points = sorted(run.curve.items())
    return [_seen(point, run, snapshot) for point, _ in points], [finite(value) for _, value in points]


def _curve(run: RunRecord, place: int, snapshot: StudySnapshot) -> Values:
    is_best = snapshot.best is not None and run.run == snapshot.best.run
    words = "best sampled run" if run.preset is None else ""
    color, dash, symbol = (kind[place % len(kind)] for kind in (PRESETS, DASHES, SYMBOLS))
    if run.preset is None:
        color, dash, symbol = BEST, "solid", "circle"
    return scatter(
        "lines+markers",
        one_line(run.run) + (" (best)" if is_best else f" ({words})" if words else ""),
        *_points(run, snapshot),
        text=[one_line(run.run)] * len(run.curve),
        hovertemplate=HOVER,
        legendgroup=run.run,
        line={"color": color, "dash": dash, "width": 3 if is_best or run.preset is None else 1.75},
        marker={"symbol": symbol, "size": 6},
        # The others lie below, and come after it in the legend.
        legendrank=place,
    )


def _other_curves(runs: Sequence[RunRecord], snapshot: StudySnapshot) -> list[Values]:
    cut = [run for run in runs if run.state == "pruned"]
    kinds = {"others": ([run for run in runs if run.state != "pruned"], "solid"), "cut runs": (cut, "dot")}
    return [_bulk(name, some, dash, snapshot) for name, (some, dash) in kinds.items() if some]


def _bulk(name: str, runs: Sequence[RunRecord], dash: str, snapshot: StudySnapshot) -> Values:
    """All runs in one trace, a gap between two: hundreds of traces would not open."""
    x: list[Plain] = []
    y: list[Plain] = []
    text: list[Plain] = []
    for run in runs:
        seen, values = _points(run, snapshot)
        x += [*seen, None]
        y += [*values, None]
        text += [one_line(run.run)] * (len(seen) + 1)
    line: Values = {"color": OTHERS, "width": 1, "dash": dash}
    return scatter("lines", name, x, y, text=text, hovertemplate=HOVER, legendgroup=name, line=line, connectgaps=False)


def _cut_marks(runs: Sequence[RunRecord], found: Cuts | None, snapshot: StudySnapshot) -> list[Values]:
    """A cross where a run was cut, and above or below it what it was compared with, if they are few enough to see."""
    if not runs:
        return []
    ends = {run.run: max(run.curve) for run in runs}
    traces = [
        scatter(
            "markers",
            "cut here",
            [_seen(ends[run.run], run, snapshot) for run in runs],
            [finite(run.curve[ends[run.run]]) for run in runs],
            text=[f"{one_line(run.run)}: {state_words(run)}" for run in runs],
            hovertemplate="%{text}<extra></extra>",
            legendgroup="cut here",
            marker={"symbol": "x", "size": 8, "color": INK},
        )
    ]
    compared = [run for run in runs if found is not None and run.run in found.limits]
    if found is not None and 0 < len(compared) <= MOST_LIMITS:
        traces.append(
            scatter(
                "markers",
                f"{snapshot.definition.pruner.kind} that cut it",
                [_seen(ends[run.run], run, snapshot) for run in compared],
                [found.limits[run.run] for run in compared],
                text=[f"compared with {one_line(run.run)}" for run in compared],
                hovertemplate=HOVER,
                legendgroup="limit",
                marker={"symbol": "line-ew-open", "size": 16, "color": INK, "line": {"width": 2}},
            )
        )
    return traces


def _warmup_mark(end: float) -> tuple[Values, Values]:
    """A band in which the pruner does not look yet, and its words."""
    band: Values = {"type": "rect", "xref": "x", "x0": 0, "x1": end, "yref": "y domain", "y0": 0, "y1": 1}
    words = note("pruner looks from here on", xref="x", x=end, yref="y domain", y=1.0, yanchor="top", xshift=4)
    return {**band, "fillcolor": GRID, "opacity": 0.5, "line": {"width": 0}, "layer": "below"}, words


def _end_mark(end: _End) -> tuple[Values, Values]:
    """A frame around what the lower panel enlarges, and its words there."""
    frame: Values = {"type": "rect", "xref": "x", "x0": end.x[0], "x1": end.x[1], "yref": "y"}
    line: Values = {"color": MUTED, "width": 1, "dash": "dot"}
    words = note("the framed part, enlarged", xref="x2 domain", x=0, yref="y2 domain", y=1.0, yanchor="bottom")
    return {**frame, "y0": end.y[0], "y1": end.y[1], "line": line}, words
