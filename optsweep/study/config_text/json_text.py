"""JSON configs: the places of their values, and how values are written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from optsweep.study.config_text.tree import (
    EMPTY,
    Edit,
    Inner,
    Language,
    Place,
    applied,
    check,
    contents,
    expected,
    insert_in_braces,
    nested,
    put,
)

_BLANKS = re.compile(r"[ \t\n\r]*")
_UNSAFE = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_DECODER = json.JSONDecoder()


def parse(text: str) -> Place:
    """The tree of a config; raises `ValueError` if it is no JSON."""
    # The whole first: what is wrong is said in its words.
    json.loads(text)
    return _place(text, _after_blanks(text, 0))


def written(value: Inner) -> str:
    """The value in one line, as JSON."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def edited(text: str, values: Mapping[str, Inner]) -> str:
    """The text with values put into it; raises `ValueError` where they have no place."""
    if not text.strip():
        return json.dumps(nested(values), indent=2) + "\n"
    root = parse(text)
    changed = applied(text, put(text, root, values, JSON))
    check(contents(parse(changed)), expected(root, values, _content))
    return changed


def _place(text: str, start: int) -> Place:
    value, end = _DECODER.raw_decode(text, start)
    if isinstance(value, list):
        parts = []
        at = _after_blanks(text, start + 1)
        while text[at] != "]":
            parts.append(_place(text, at))
            at = _after_comma(text, parts[-1].end)
        return Place("list", start, end, parts=parts)
    if not isinstance(value, dict):
        return Place("empty" if value is None else "value", start, end, _content(value))
    table = Place("table", start, end)
    at = _after_blanks(text, start + 1)
    while text[at] != "}":
        table.last_key = at
        key, at = _DECODER.raw_decode(text, at)
        # Of a key that stands twice, the last counts.
        table.entries[key] = inner = _place(text, _after_blanks(text, _after_blanks(text, at) + 1))
        at = _after_comma(text, inner.end)
    return table


def _content(value: Inner) -> object:
    """What tells a value from all others: 1 is not 1.0."""
    if isinstance(value, list):
        return [_content(part) for part in value]
    return EMPTY if value is None else (type(value).__name__, repr(value))


def _after_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    assert found is not None, "it matches nothing too"
    return found.end()


def _after_comma(text: str, at: int) -> int:
    at = _after_blanks(text, at)
    return _after_blanks(text, at + 1) if text[at] == "," else at


def _insert(text: str, table: Place, new: Mapping[str, Inner]) -> Edit:
    return insert_in_braces(text, table, [f"{written(key)}: {written(value)}" for key, value in new.items()])


JSON = Language(written, _insert)
