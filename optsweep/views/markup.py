"""Pieces of the report's page: sections, lists, tables; everything that they are given is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from optsweep.results.words import ABSENT, one_line


def section(title: str, content: str) -> str:
    """A section around ``content``, which is markup already."""
    return f"<section><h2>{escape(title)}</h2>\n{content}</section>\n"


def bullets(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(one_line(line))}</li>" for line in lines) + "</ul>\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[int] = ()) -> str:
    """A table whose columns ``numbers`` are set flush right; None is shown as absent."""
    numeric = set(numbers)

    def cell(place: int, value: object) -> str:
        words = ABSENT if value is None else one_line(str(value))
        return f'<td class="number">{escape(words)}</td>' if place in numeric else f"<td>{escape(words)}</td>"

    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    body = "".join(f"<tr>{''.join(cell(place, value) for place, value in enumerate(row))}</tr>\n" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{titles}</tr></thead><tbody>\n{body}</tbody></table></div>\n'
