"""Parts of a screen as lines of text that are never too wide, and how they share its height."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.text import Text

from optsweep.results.records import RunRecord
from optsweep.views.terminal import Column

GAP = 2
HEAD = 2
"""Lines of a panel besides its own: a blank one, and the title."""
LEAST_NAME = 8
"""Columns that are left of a name at least, before other entries are cut."""


@dataclass(frozen=True)
class Panel:
    """A title and lines below it, of which a small screen shows the first ones."""

    title: Text
    lines: Sequence[Text]
    least: int = 2
    """With fewer lines below its title it is not shown at all."""
    total: int = 0
    """How many things there are, if the title is to tell how many are not shown."""

    def drawn(self, shown: int) -> list[Text]:
        """The title and so many lines."""
        title = self.title.copy()
        if (left := self.total - shown) > 0:
            title.append(f"  {left} more", "dim")
        return [title, *self.lines[:shown]]


def stacked(panels: Sequence[Panel], room: int) -> list[Text]:
    """The panels under each other, a blank line before each, in at most ``room`` lines.

    Earlier ones get their least first; what is left is dealt out line by line.
    """
    panels = [panel for panel in panels if panel.lines]
    given: dict[int, int] = {}
    for place, panel in enumerate(panels):
        if (least := min(panel.least, len(panel.lines))) + HEAD <= room:
            given[place] = least
            room -= least + HEAD
    while room and (growing := [place for place, lines in given.items() if lines < len(panels[place].lines)]):
        for place in growing[:room]:
            given[place] += 1
        room -= len(growing[:room])
    return [line for place, shown in sorted(given.items()) for line in (Text(), *panels[place].drawn(shown))]


def listed(entries: Iterable[tuple[Text, str, str]]) -> list[Text]:
    """A line for each (name, what is said of it, the style of that)."""
    entries = list(entries)
    width = max((who.cell_len for who, _, _ in entries), default=0)
    lines = []
    for who, said, style in entries:
        line = Text("  ").append_text(who)
        line.pad_right(width - who.cell_len + GAP)
        lines.append(line.append(said, style))
    return lines


def beside(left: Sequence[Text], right: Sequence[Text], width: int, between: int = 3) -> list[Text]:
    """Two columns of lines, the left one ``width`` wide."""
    lines = []
    for one, other in zip_longest(left, right):
        line = Text() if one is None else one.copy()
        line.truncate(width, overflow="ellipsis")
        if other is not None:
            line.pad_right(width + between - line.cell_len)
            line.append_text(other)
        lines.append(line)
    return lines


def table(columns: Sequence[Column], runs: Iterable[RunRecord], width: int) -> list[Text]:
    """A head and one line a run, at most ``width`` wide: from the right optional columns go, then names are cut."""
    runs = list(runs)
    cells = [[Text(column.head, style="dim"), *(_text(column.entry(run)) for run in runs)] for column in columns]
    widths = {place: max(cell.cell_len for cell in entries) for place, entries in enumerate(cells)}

    def excess() -> int:
        return sum(widths.values()) + GAP * (len(widths) - 1) - width

    for place in reversed(range(len(columns))):
        if excess() > 0 and columns[place].optional:
            del widths[place]
    names = [place for place in widths if columns[place].shrinks]
    while excess() > 0 and names and widths[widest := max(names, key=lambda place: widths[place])] > LEAST_NAME:
        widths[widest] -= 1
    lines = []
    for row in range(len(runs) + 1):
        line = Text(no_wrap=True, overflow="ellipsis")
        for place, size in widths.items():
            cell = cells[place][row].copy()
            cell.truncate(size, overflow="ellipsis")
            cell.align(columns[place].justify, size)
            line.append_text(cell).append(" " * GAP)
        line.rstrip()
        lines.append(line)
    return lines


def _text(entry: str | Text) -> Text:
    return Text(entry) if isinstance(entry, str) else entry
