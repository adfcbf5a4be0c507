"""What a script said last, for a person: the line that names its error, and the lines above it."""

from __future__ import annotations

import re

from optsweep.files import last_lines
from optsweep.outside_text import LIMIT, clean
from optsweep.trainers.torchrun import without_its_own

LINES = 10
AFTER = 2
"""How many further lines of an error's message are shown."""
_TRACEBACK = "Traceback (most recent call last):"
_ERROR = re.compile(r"[A-Za-z_][\w.]*(?::|$)")
_FRAMES = (" ", "\t", "|", "+")


def named_error(said: str) -> str | None:
    """The line of the last traceback that names its error; None if there is no traceback."""
    lines = _lines(said)
    place = _error_place(lines)
    return None if place is None else clean(lines[place].strip(), LIMIT // 2)


def last_words(said: str) -> list[str]:
    """The last lines, down to the error that a traceback names where there is one; as they may be shown."""
    lines = _lines(said)
    place = _error_place(lines)
    end = len(lines) if place is None else place + 1
    if place is not None and lines[end : end + AFTER] and lines[end].startswith(_FRAMES):
        # A message of several lines.
        end += AFTER
    return _shown(lines[:end][-LINES:])


def last_shown(said: str, number: int = LINES) -> list[str]:
    """The last lines, whatever they are; as they may be shown."""
    return _shown(last_lines(said, number))


def _shown(lines: list[str]) -> list[str]:
    return [clean(line.rstrip(), LIMIT // 4) for line in lines]


def _lines(said: str) -> list[str]:
    return last_lines(without_its_own(said), 1000)


def _error_place(lines: list[str]) -> int | None:
    """Where the last traceback's error stands; what was logged in front of it is no part of it."""
    for start in range(len(lines) - 1, -1, -1):
        if not lines[start].rstrip().endswith(_TRACEBACK):
            continue
        for place in range(start + 1, len(lines)):
            if not lines[place].startswith(_FRAMES):
                return place if _ERROR.match(lines[place]) else None
    return None
