"""Runs for people and for programs: tables with one row per run, the columns that several views have, plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from optsweep.results.records import RunRecord, RunState
from optsweep.results.words import finite, nats, one_line, quantity, seconds_unit, source_words
from optsweep.views.terminal import sparkline

STATE_STYLE: dict[RunState, str] = {
    "complete": "green",
    "pruned": "yellow",
    "failed": "bold red",
    "running": "cyan",
    "waiting": "dim",
}


@dataclass(frozen=True)
class Column:
    """One column of a table of runs: its head, what it shows of a run, and what becomes of it in a narrow terminal."""

    head: str
    entry: Callable[[RunRecord], str | Text]
    justify: Literal["left", "right"] = "left"
    shrinks: bool = False
    """Cut first, with an ellipsis, if the terminal is too narrow."""
    optional: bool = False
    """Left out if the terminal is too narrow."""


@dataclass(frozen=True)
class RunTable:
    """A table with one row per run; in a narrow terminal optional columns are left out."""

    runs: Sequence[RunRecord]
    columns: Sequence[Column]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = self._table(self.columns)
        if table.__rich_measure__(console, options.update(width=10_000)).maximum > options.max_width:
            table = self._table([column for column in self.columns if not column.optional])
        yield table

    def _table(self, columns: Sequence[Column]) -> Table:
        table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
        for column in columns:
            # Rich narrows the columns that may wrap first; their entries do not wrap, so they are cut instead.
            table.add_column(Text(column.head), justify=column.justify, no_wrap=not column.shrinks)
        for run in self.runs:
            table.add_row(*(_text(column.entry(run)) for column in columns))
        return table


def name(text: str, width: int = 28) -> Text:
    """A run's or worker's name on one line, cut with an ellipsis after ``width`` characters or if there is no room."""
    line = Text(one_line(text), no_wrap=True, overflow="ellipsis")
    line.truncate(width)
    return line


def state(record: RunRecord) -> Text:
    return Text(record.state, style=STATE_STYLE[record.state])


def curve_of(record: RunRecord, width: int) -> str:
    """The sparkline of a run's evaluations."""
    return sparkline([value for _, value in sorted(record.curve.items())], width)


RUN = Column("run", lambda run: name(run.run), shrinks=True)
VALUE = Column("value", lambda run: nats(run.value), "right")
SOURCE = Column("source", source_words)
SEQUENCES = Column("sequences", lambda run: quantity(run.sequences), "right")


def seconds_column(runs: Iterable[RunRecord]) -> Column:
    return Column(seconds_unit(runs), lambda run: f"{finite(run.seconds) or 0:.0f}", "right")


def ranked_columns(ranks: Mapping[str, str], runs: Iterable[RunRecord]) -> list[Column]:
    """What a ranking shows of each run; ``ranks`` by run."""
    rank = Column("rank", lambda run: ranks[run.run], "right")
    return [rank, RUN, VALUE, SOURCE, SEQUENCES, seconds_column(runs)]


def _text(entry: str | Text) -> Text:
    return Text(entry) if isinstance(entry, str) else entry
