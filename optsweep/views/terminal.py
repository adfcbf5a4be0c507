"""What every terminal view shares: consoles, the ASCII fallback, bars, sparklines, settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text

from optsweep.results.records import StudySnapshot
from optsweep.results.words import SYNTHETIC_NOTE, finite, one_line

BLOCKS = "▁▂▃▄▅▆▇█"
_TO_ASCII = str.maketrans("…█░─━" + BLOCKS, "~#.--" + "_.:-=+*#")

# A pipe has no width; what is read by grep should not be cut at 80 columns.
PIPE_WIDTH = 160


def plain_console(*, stderr: bool = False, file: IO[str] | None = None) -> Console:
    """Where lines are printed as they are: no markup (names and reasons may hold brackets), no wrapping."""
    return Console(file=file, stderr=stderr, highlight=False, soft_wrap=True, markup=False)


def show(content: RenderableType, file: IO[str] | None = None) -> None:
    """Print a view to ``file`` (standard output); long lines of text are left whole, so that they can be copied."""
    console = plain_console(file=file)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    console.print(content)


def stack(*parts: RenderableType) -> RenderableType:
    """Views and lines of text under each other; a string is taken as it is, without markup."""
    return AsciiSafe(Group(*(Text(part) if isinstance(part, str) else part for part in parts)))


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


def notes(snapshot: StudySnapshot, stopped: str) -> list[str]:
    """Lines above every table: ``stopped`` and why, and that the data are synthetic."""
    lines = [f"{stopped}: {one_line(snapshot.stopped)}"] if snapshot.stopped else []
    return [*lines, SYNTHETIC_NOTE] if snapshot.data.synthetic else lines
