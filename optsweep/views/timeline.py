"""Who trained what when: a figure with one bar for each run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from optsweep.results.records import RUN_STATES, RunRecord, StudySnapshot
from optsweep.results.words import one_line, source_words, state_words, value_words
from optsweep.views.figures import MUTED, Figure, Values, make_axis, make_layout

# Beyond it a browser takes seconds for the figure, and nobody can read the labels.
MOST_LABELS = 200
BARS = {
    "complete": ("#a9d3f0", ""),
    "pruned": ("#f3c99f", "/"),
    "failed": ("#f0a8a8", "x"),
    "running": ("#b7e0bd", "."),
    "waiting": ("#d5d9de", "-"),
}
"""State -> colour and hatching of its bars: pale, so that dark words can be read on them."""
BAR_INK = "#14171a"


def worker_timeline(snapshot: StudySnapshot) -> Figure | None:
    """One bar per run from its first claim to its last end; hatching tells how it ended."""
    runs = [run for run in snapshot.runs if run.started is not None and run.worker]
    if not runs:
        return None
    traces = [
        _bars(some, state, snapshot.now)
        for state in RUN_STATES
        if (some := [run for run in runs if run.state == state])
    ]
    layout = make_layout(
        height=150 + 40 * len({run.worker for run in runs}),
        barmode="overlay",
        bargap=0.25,
        xaxis=make_axis(type="date", title={"text": "time (UTC)"}),
        yaxis=make_axis(categoryorder="category descending"),
        # A label that has no room at a size that can be read is left out.
        uniformtext={"minsize": 10, "mode": "hide"},
    )
    return {"data": traces, "layout": layout}


def _bars(runs: Sequence[RunRecord], state: str, now: float) -> Values:
    spans = [(run.started or 0.0, run.ended if run.ended is not None else now) for run in runs]
    color, pattern = BARS[state]
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
        "insidetextfont": {"color": BAR_INK, "size": 12},
        "textangle": 0,
        "hovertext": [
            f"{one_line(run.run)} ({source_words(run)}), {value_words(run.value)}, {state_words(run)}" for run in runs
        ],
        "hoverinfo": "text",
        "marker": {
            "color": color,
            "pattern": {"shape": pattern, "bgcolor": color, "fgcolor": BAR_INK, "fgopacity": 0.25, "size": 8},
            "line": {"color": MUTED, "width": 1},
        },
    }
