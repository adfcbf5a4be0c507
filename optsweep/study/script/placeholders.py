"""Texts of a study file with names in braces, which stand for what a run is given."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

NAME = r"[^{}\s\"'=\x00-\x1f\x7f]+"
"""What a parameter may be called."""
_PART = re.compile(r"\{\{|\}\}|\{(" + NAME + r")\}|[{}]")
_OLD_PART = re.compile(r"\{([A-Za-z_][\w.\-/]*)\}")


@dataclass(frozen=True)
class Pattern:
    """One text; ``{{`` and ``}}`` are braces themselves.

    Not so in studies that began before that was possible: there other braces stay as they are.
    """

    text: str
    doubled: bool = True

    @property
    def names(self) -> list[str]:
        """Every name in braces."""
        return [found[1] for found in self._parts.finditer(self.text) if found[1]]

    @property
    def alone(self) -> str | None:
        """The name that is all of the text."""
        found = self._parts.fullmatch(self.text)
        return found[1] if found else None

    @property
    def has_stray_brace(self) -> bool:
        """Whether a brace belongs to no name."""
        return self.doubled and any(found[0] in ("{", "}") for found in _PART.finditer(self.text))

    def filled(self, word: Callable[[str], str]) -> str:
        """The text with a word in place of each name."""

        def put(found: re.Match[str]) -> str:
            return word(found[1]) if found[1] else found[0][0]

        return self._parts.sub(put, self.text)

    @property
    def _parts(self) -> re.Pattern[str]:
        return _PART if self.doubled else _OLD_PART
