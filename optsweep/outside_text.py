"""The gate for text from outside: last words of scripts, errors, host names; what passes can be stored and shown."""

from __future__ import annotations

import re
import sys

LIMIT = 1000
"""Characters that are kept of one text; a database's row, a page and a terminal have room for so many."""
_ROOM = 8
"""How many times the limit is looked at: escape sequences and control characters take room, and then go."""
_LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?"
    "|(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\\\|\x9c)?"
    "|\x1b[ -/]*[0-~]?"
)
"""A terminal's escape sequences, those with text in them too, in both spellings and also cut off (ECMA-48, 5.4-5.6)."""


def clean(text: str, limit: int = LIMIT, *, highest: int = sys.maxunicode) -> str:
    """The text without escape sequences and what cannot be printed, at most ``limit`` characters, cut with a word.

    Lines and tabs stay. Lone surrogates (bytes that were no text), and letters above the code point ``highest``,
    become backslash escapes.
    """
    length, text = len(text), text[: _ROOM * limit]
    if not (text.isascii() and text.isprintable()):
        text = _SEQUENCE.sub("", _LINE_END.sub("\n", text))
        text = "".join(map(_shown, text.encode("utf-8", "backslashreplace").decode()))
        if highest < sys.maxunicode:
            beyond = f"[{chr(highest + 1)}-{chr(sys.maxunicode)}]"
            text = re.sub(beyond, lambda letter: letter[0].encode("ascii", "backslashreplace").decode(), text)
    if len(text) <= limit and length <= _ROOM * limit:
        return text
    cut = f"... ({length} characters)"
    return text[: limit - len(cut)] + cut


def _shown(letter: str) -> str:
    if letter.isprintable() or letter in "\n\t":
        return letter
    return " " if letter.isspace() else ""
