"""The value over each parameter, on the axes of the study's own space."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from optsweep.plain import Plain
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import finite, one_line, setting, state_words, value_words
from optsweep.study.choices import Chosen
from optsweep.study.direction import Direction
from optsweep.study.parameter import Parameter
from optsweep.views.figures import (
    BEST,
    GRID,
    INK,
    MEASURED,
    PRESETS,
    Figure,
    Values,
    log_ticks,
    make_axis,
    make_layout,
    scatter,
    span,
    thinned,
    value_span,
)
from optsweep.views.parameter_figures import in_order, is_number, varying

# Beyond it a browser takes seconds for the figure, and nobody can see a single run any more.
MOST_POINTS = 500
COLUMNS, ROW = 3, 225
BAND = 0.18
"""Height of the band for cut runs, as a share of that for the complete ones."""
MARKS: Mapping[str, Values] = {
    "complete": {"symbol": "circle", "color": MEASURED, "size": 7},
    "preset": {"symbol": "diamond-open", "color": PRESETS[1], "size": 9, "line": {"width": 2}},
    "best": {"symbol": "star", "color": BEST, "size": 13},
    "cut short": {"symbol": "x-thin-open", "color": INK, "size": 7, "line": {"width": 1.5}},
}


def slices(snapshot: StudySnapshot) -> Figure | None:
    """Complete runs by their values; those that were cut short, which cannot be compared with them, in a band."""
    direction = snapshot.definition.direction
    valued = [run for run in snapshot.runs if run.finished and finite(run.value) is not None and run.parameters]
    runs = thinned(valued, MOST_POINTS, lambda run: (run.state != "complete", direction.cost(run.value or 0.0)))
    # What only one of them has tells nothing either.
    names = [
        name for name in varying(runs) if len({run.parameters[name] for run in runs if name in run.parameters}) > 1
    ]
    if not names:
        return None
    kinds = {kind: [run for run in runs if _kind(run, snapshot) == kind] for kind in MARKS}
    values = [run.value for run in runs if run.state == "complete" and run.value is not None]
    low, high = value_span(values, direction) or (0.0, 1.0)
    band = _band(low, high, direction) if kinds["cut short"] else None
    rows = math.ceil(len(names) / COLUMNS)
    layout = make_layout(
        height=100 + ROW * rows,
        grid={"rows": rows, "columns": COLUMNS, "pattern": "independent", "xgap": 0.18, "ygap": 0.38},
        # What a page needs to lay the panels out anew where there is less room.
        meta={"panels": len(names), "row": ROW},
    )
    traces: list[Values] = []
    for place, name in enumerate(names):
        number = str(place + 1) if place else ""
        axis, spaced = _parameter_axis(name, runs, snapshot)
        title = one_line(snapshot.trainer.short_title) if place % COLUMNS == 0 else ""
        reach = [min(low, *band), max(high, *band)] if band else [low, high]
        layout |= {f"xaxis{number}": axis, f"yaxis{number}": make_axis(range=reach, title={"text": title})}
        for kind, some in kinds.items():
            marks = _marks(kind, [run for run in some if name in run.parameters], name, spaced, band)
            traces.append(
                marks | {"xaxis": f"x{number}", "yaxis": f"y{number}", "showlegend": bool(some) and not place}
            )
    if band:
        layout["shapes"] = [_shade(str(place + 1) if place else "", band) for place in range(len(names))]
    return {"data": traces, "layout": layout}


def _kind(run: RunRecord, snapshot: StudySnapshot) -> str:
    if run.state == "pruned":
        return "cut short"
    if snapshot.best is not None and run.run == snapshot.best.run:
        return "best"
    return "complete" if run.preset is None else "preset"


def _band(low: float, high: float, direction: Direction) -> tuple[float, float]:
    """Beyond the worst values."""
    room = BAND * (high - low)
    return (high, high + room) if direction is Direction.MINIMIZE else (low - room, low)


def _shade(number: str, band: tuple[float, float]) -> Values:
    place: Values = {"type": "rect", "xref": f"x{number} domain", "x0": 0, "x1": 1, "yref": f"y{number}"}
    colors: Values = {"fillcolor": GRID, "opacity": 0.6, "line": {"width": 0}, "layer": "below"}
    return {**place, "y0": band[0], "y1": band[1], **colors}


def _marks(kind: str, runs: Sequence[RunRecord], name: str, spaced: bool, band: tuple[float, float] | None) -> Values:
    values = [run.parameters[name] for run in runs]
    apart = band is not None and kind == "cut short"
    heights: list[Plain] = [sum(band) / 2 if apart and band else run.value for run in runs]
    return scatter(
        "markers",
        kind,
        [setting(value) for value in values] if spaced else list(values),
        heights,
        legendgroup=kind,
        text=[f"{one_line(run.run)}: {value_words(run.value)}" + _why(run) for run in runs],
        hovertemplate="%{text}<br>%{x}<extra></extra>",
        marker=MARKS[kind],
    )


def _why(run: RunRecord) -> str:
    return f"<br>{state_words(run)}" if run.state == "pruned" else ""


def _parameter_axis(name: str, runs: Sequence[RunRecord], snapshot: StudySnapshot) -> tuple[Values, bool]:
    """The axis, and whether its values are evenly spaced choices."""
    space = snapshot.definition.space
    drawn = in_order(run.parameters[name] for run in runs if name in run.parameters)
    parameter = space.parameter(name) if name in space.names() else None
    axis = make_axis(title={"text": one_line(name), "standoff": 4})
    if parameter is None or isinstance(parameter, Chosen) or not all(map(is_number, drawn)):
        choices = in_order([*(parameter.values if isinstance(parameter, Chosen) else ()), *drawn])
        return axis | _category_axis([setting(value) for value in choices]), True
    return axis | _range_axis(parameter, [float(value) for value in drawn], name in space.logarithmic), False


def _category_axis(choices: list[str]) -> Values:
    room: list[Plain] = [-0.5, len(choices) - 0.5]
    return {"type": "category", "categoryorder": "array", "categoryarray": choices, "range": room}


def _range_axis(parameter: Parameter, drawn: Sequence[float], is_logarithmic: bool) -> Values:
    """From end to end of the range, and to what lies outside of it."""
    low, high = (float(limit) for limit in parameter.limits)
    low, high = min(low, *drawn), max(high, *drawn)
    if is_logarithmic and low > 0:
        ticks = log_ticks(low, high)
        reach = span(math.log10(low), math.log10(high))
        return {"type": "log", "range": list(reach), "tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
    return {"type": "linear", "range": list(span(low, high)), "nticks": 5}
