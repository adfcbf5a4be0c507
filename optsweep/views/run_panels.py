"""The parts of the live view that speak of runs: those that train, have ended, wait, and lead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rich.text import Text

from optsweep.results import words
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.trust.ranking import Ranked
from optsweep.trust.ranking import ranking as trust_ranking
from optsweep.views.panels import Panel, listed, table
from optsweep.views.ranking import Column as RankingColumn
from optsweep.views.ranking import fitting, ranking_columns
from optsweep.views.terminal import STATE_STYLE, Column, bar, name, sparkline

MOST_RANKS = 15
MOST_LINES = 100
"""More lines of one panel are not made: no terminal is so high."""
NARROW = 90
"""Columns below which a line for a run has only what is needed most."""


def running(snapshot: StudySnapshot, width: int) -> Panel:
    trained = sorted((run for run in snapshot.runs if run.state == "running"), key=_place)
    if not trained:
        return Panel(Text("No run is running", "bold"), [Text(f"  {_idle(snapshot)}")])
    head, *lines = table(_columns(snapshot, width), trained[:MOST_LINES], width)
    return Panel(head, lines, least=10, total=len(trained))


def _place(run: RunRecord) -> tuple[str, int]:
    """By their devices, so that a line stays where it is: GPU 10 comes after GPU 9."""
    label = (run.worker or "").rstrip("0123456789")
    return label, int((run.worker or "")[len(label) :] or 0)


def _idle(snapshot: StudySnapshot) -> str:
    if snapshot.ended:
        return "All have ended"
    ready = snapshot.trainer.lengths is None
    return words.standstill_words(snapshot) or ("Workers claim the next ones" if ready else words.LOADING)


def _columns(snapshot: StudySnapshot, width: int) -> list[Column]:
    size = 8 if width < NARROW else 16

    def progress(run: RunRecord) -> Text:
        if not run.progress:
            return Text("starting", "dim")
        return Text(f"{bar(run.progress, size)} {words.percent(run.progress):>4}", STATE_STYLE["running"])

    speed = Column(
        "residues/s", lambda run: words.quantity(words.finite(run.residues_per_second)), "right", optional=True
    )
    return [
        Column("device", lambda run: name(run.worker or words.ABSENT, 16 if width < NARROW else 28), shrinks=True),
        Column("run", lambda run: name(run.run, 18 if width < NARROW else 28), shrinks=True),
        Column("progress", progress),
        Column("value so far", lambda run: words.value_words(run.value), "right"),
        Column("curve", lambda run: sparkline([run.curve[step] for step in sorted(run.curve)], 6), optional=True),
        Column("loss", lambda run: words.value_words(run.train_loss, 3), "right", optional=True),
        *([speed] if snapshot.data is not None else []),
    ]


def ended(snapshot: StudySnapshot, width: int) -> Panel:
    over = [run for run in snapshot.runs if run.over]
    last = sorted(over, key=lambda run: (run.ended or 0.0, run.index), reverse=True)[:MOST_LINES]
    return Panel(
        Text("Last ended", "bold"), listed((name(run.run), _how(run), STATE_STYLE[run.state]) for run in last), least=1
    )


def _how(run: RunRecord) -> str:
    return f"complete: {words.value_words(run.value)}" if run.state == "complete" else words.state_words(run)


def queue(snapshot: StudySnapshot, width: int) -> Panel:
    """What waits, who is claimed next first."""
    waiting = sorted((run for run in snapshot.runs if run.state == "waiting"), key=lambda run: run.turn)
    lines = listed((name(run.run), words.source_words(run) + _why(run), "dim") for run in waiting[:MOST_LINES])
    return Panel(Text("Next", "bold"), lines, least=1, total=len(waiting))


def _why(run: RunRecord) -> str:
    return f", {words.one_line(run.reason)}" if run.reason else ""


def leaders(snapshot: StudySnapshot) -> list[Ranked]:
    """The best complete runs; ties and the seeds' noise take too long to be worked out each second."""
    return [one for one in trust_ranking(snapshot, None, None)[:MOST_RANKS] if one.rank is not None]


def ranking(snapshot: StudySnapshot, width: int, best: Sequence[Ranked]) -> Panel:
    """The best runs in the columns of every other view."""
    if not best:
        return Panel(Text(), [])
    # All of them are complete.
    shown = [one for one in fitting(ranking_columns(snapshot, best), width) if one.head != "state"]
    rows = {one.run.run: row for row, one in enumerate(best)}

    def column(one: RankingColumn) -> Column:
        justify: Literal["left", "right"] = "right" if one.is_number else "left"
        return Column(one.head, lambda run: name(one.texts[rows[run.run]]), justify, shrinks=one.head == "run")

    head, *lines = table([column(one) for one in shown], [one.run for one in best], width)
    return Panel(head, lines, least=3)
