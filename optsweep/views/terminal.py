"""Small renderables for rich that every terminal view shares: ASCII fallback, bars, sparklines, run tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from optsweep.results.records import RunRecord, RunState, StudySnapshot
from optsweep.results.words import (
    SYNTHETIC_NOTE,
    finite,
    is_synthetic,
    nats,
    one_line,
    quantity,
    seconds_unit,
    source_words,
)

BLOCKS = "▁▂▃▄▅▆▇█"
_TO_ASCII = str.maketrans("…█░─━" + BLOCKS, "~#.--" + "_.:-=+*#")

STATE_STYLE: dict[RunState, str] = {
    "complete": "green",
    "pruned": "yellow",
    "failed": "bold red",
    "running": "cyan",
    "waiting": "dim",
}


# A pipe has no width; what is read by grep should not be cut at 80 columns.
PIPE_WIDTH = 160


def plain_console(*, stderr: bool = False) -> Console:
    """Where lines are printed as they are: no markup (names and reasons may hold brackets), no wrapping."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True, markup=False)


def show(content: RenderableType, file: IO[str] | None = None) -> None:
    """Print a view to ``file`` (standard output); long lines of text are left whole, so that they can be copied."""
    console = Console(file=file, highlight=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    console.print(content, soft_wrap=True)


@dataclass(frozen=True)
class AsciiSafe:
    """Draws ``content`` so that a terminal whose encoding is not UTF-8 can print it: no character is left out."""

    content: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self.content, options):
            if options.ascii_only and not segment.text.isascii():
                plain = segment.text.translate(_TO_ASCII).encode("ascii", "replace").decode("ascii")
                yield Segment(plain, segment.style, segment.control)
            else:
                yield segment


def bar(share: float, width: int) -> str:
    """A progress bar of ``width`` characters; full only when all is done."""
    filled = int(min(max(share, 0.0), 1.0) * width + 1e-9)
    return "█" * filled + "░" * (width - filled)


def sparkline(values: Sequence[float], width: int) -> str:
    """The values' course in at most ``width`` block characters, lowest value lowest; ends are always shown."""
    known = [value for value in values if finite(value) is not None]
    if not known or width < 2:
        return ""
    if len(known) > width:
        known = [known[round(place * (len(known) - 1) / (width - 1))] for place in range(width)]
    low, high = min(known), max(known)
    scale = (len(BLOCKS) - 1) / (high - low) if high > low else 0.0
    return "".join(BLOCKS[round((value - low) * scale)] for value in known)


def curve_of(record: RunRecord, width: int) -> str:
    """The sparkline of a run's evaluations."""
    return sparkline([value for _, value in sorted(record.curve.items())], width)


@dataclass(frozen=True)
class Column:
    """One column of a table of runs: its head, a run's entry, and how it gives way in a narrow terminal."""

    head: str
    entry: Callable[[RunRecord], str | Text]
    justify: Literal["left", "right"] = "left"
    shrinks: bool = False
    """Cut with an ellipsis where there is no room; the others are cut only after these."""
    optional: bool = False
    """Left out where there is no room."""


@dataclass(frozen=True)
class RunTable:
    """A table with one row per run; where it is too narrow, optional columns go first, the last of them first."""

    runs: Sequence[RunRecord]
    columns: Sequence[Column]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        columns = list(self.columns)
        table = self._table(columns)
        while table.__rich_measure__(console, options.update(width=10_000)).maximum > options.max_width:
            dropped = next((column for column in reversed(columns) if column.optional), None)
            if dropped is None:
                break
            columns.remove(dropped)
            table = self._table(columns)
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
    """A run's or worker's name on one line, cut with an ellipsis beyond ``width`` or where there is no room."""
    line = Text(one_line(text), no_wrap=True, overflow="ellipsis")
    line.truncate(width)
    return line


def state(record: RunRecord) -> Text:
    return Text(record.state, style=STATE_STYLE[record.state])


RUN = Column("run", lambda run: name(run.run), shrinks=True)
VALUE = Column("value", lambda run: nats(run.value), "right")
SOURCE = Column("source", source_words)
SEQUENCES = Column("sequences", lambda run: quantity(run.sequences), "right")


def seconds_column(runs: Iterable[RunRecord]) -> Column:
    return Column(seconds_unit(runs), lambda run: f"{finite(run.seconds) or 0:.0f}", "right")


def notes(snapshot: StudySnapshot, stopped: str) -> list[Text]:
    """What stands over every table: ``stopped`` and why, and that the data are synthetic."""
    lines = [Text(f"{stopped}: {one_line(snapshot.stopped)}")] if snapshot.stopped else []
    return [*lines, Text(SYNTHETIC_NOTE)] if is_synthetic(snapshot) else lines


def settings_grid(lines: Sequence[tuple[str, str]]) -> Table:
    """Section names and their settings in two columns, long ones folded under themselves."""
    grid = Table.grid(padding=(0, 2))
    for section, values in lines:
        grid.add_row(Text(f"  {section}"), Text(values))
    return grid


def _text(entry: str | Text) -> Text:
    return Text(entry) if isinstance(entry, str) else entry
