"""What every terminal view shares: consoles, the ASCII fallback, bars, sparklines, tables with one row per run."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text

from optsweep.results.records import RunRecord, RunState, StudySnapshot
from optsweep.results.words import (
    SYNTHETIC_NOTE,
    finite,
    one_line,
)

BLOCKS = "▁▂▃▄▅▆▇█"
LEADS, RUNS = "●", "○"
"""At the end of a curve: that of the leader, and one of a run that trains."""
BLANK_BRAILLE = 0x2800
_TO_ASCII = str.maketrans("…█░─━│└●○" + BLOCKS, "~#.--|`@o" + "_.:-=+*#")
# Of braille's dots the upper four, the lower four, or some of each.
_TO_ASCII |= {
    BLANK_BRAILLE + bits: ord("." if not bits & 0x1B else ":" if bits & 0xE4 else "'") for bits in range(1, 256)
}

_TOKEN = re.compile(r"\s*(?:optsweep [a-z]+(?: -[\w-]+(?: [^\s#-]\S*)?| [^\s#]*/\S*)*\S*|\S+)")
"""A word with the space in front of it; a command with its options is one word, so that it can be copied."""

PAIRS = re.compile(r"[^,]+,?")
"""A name and its value, in a line of many."""

# A pipe has no width; what is read by grep should not be cut at 80 columns.
PIPE_WIDTH = 160


def plain_console(*, stderr: bool = False) -> Console:
    """Where lines are printed as they are: no markup (names and reasons may hold brackets), no wrapping."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True, markup=False)


def show(content: RenderableType) -> None:
    """Print a view to standard output; long lines of text are left whole, so that they can be copied."""
    console = plain_console()
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    console.print(content)


def stack(*parts: RenderableType) -> RenderableType:
    """Views and lines of text under each other; a string is taken as it is, without markup."""
    return AsciiSafe(Group(*(Line(part) if isinstance(part, str) else part for part in parts)))


@dataclass(frozen=True)
class Line:
    """A line of text: broken between words by a terminal's width, but never within a command; whole in a pipe."""

    text: str
    style: str = ""
    indent: int = 4
    """Of the lines that follow the first."""
    pieces: re.Pattern[str] = _TOKEN
    """What is not broken: words and commands."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        whole = options.no_wrap and not console.is_terminal
        for line in [self.text] if whole else self._broken(options.max_width):
            yield Text(line, self.style, no_wrap=True, overflow="ignore")

    def _broken(self, width: int) -> list[str]:
        lines, used = [""], 0
        for piece in self.pieces.findall(self.text):
            if used + cell_len(piece.rstrip()) > width and lines[-1].strip():
                lines.append(" " * self.indent + piece.lstrip())
                used = self.indent + cell_len(piece.lstrip())
            else:
                lines[-1] += piece
                used += cell_len(piece)
        return [line.rstrip() for line in lines]


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


def notes(snapshot: StudySnapshot) -> list[str]:
    """A line above every table if the data are synthetic."""
    return [SYNTHETIC_NOTE] if snapshot.synthetic else []


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


def name(text: str, width: int = 28) -> Text:
    """A run's or worker's name on one line, cut with an ellipsis after ``width`` characters or if there is no room."""
    line = Text(one_line(text), no_wrap=True, overflow="ellipsis")
    line.truncate(width)
    return line
