"""Rows of numbers out of text: a line of JSON, or a dict as Python prints it, or what expressions find in a line."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence

from optsweep.plain import Plain

Row = dict[str, float]
Values = Mapping[str, Plain]
"""What a script has written in one row, numbers or not."""
LONGEST_DICT = 1 << 16
"""Characters of a dict as Python prints it; its parser is slow."""
_NOT_FINITE = re.compile(r"(:\s*)(-?(?:nan|inf))\b")
_SYNTAX = re.compile(r"\(\?P<\w+>|\\.|\[[^\]]*\]")


def json_values(line: str) -> Values:
    """The values of a line that is a JSON object, or a dict as Python prints it; nested names are joined by dots."""
    line = line.strip()
    if not (line.startswith("{") and line.endswith("}")):
        return {}
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        values = _printed_dict(line)
    return flat(values)


def matched_values(expressions: Sequence[str], line: str) -> Values:
    """What the expressions' named groups match in the line."""
    matches = [re.search(expression, line) for expression in expressions]
    return {name: value for match in matches if match for name, value in match.groupdict().items()}


def likeness(expressions: Sequence[str], line: str) -> int:
    """How many of the words that the expressions hold are in the line."""
    words = {word.lower() for text in expressions for word in re.findall(r"[^\W\d_]{2,}", _SYNTAX.sub(" ", text))}
    return sum(word in line.lower() for word in words)


def flat(values: Plain) -> Values:
    """A table's values by their dotted names; empty if it is none."""
    return dict(_flat(values)) if isinstance(values, dict) else {}


def numbers(values: Values) -> Row:
    """What of the values is a number, written as one or as text; empty cells and words are left out."""
    found = {}
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            continue
        try:
            found[name] = float(value)
        except (ValueError, OverflowError):
            continue
    return found


def is_number(text: str) -> bool:
    """Whether the text is a number as `numbers` reads it."""
    return bool(numbers({"": text}))


def _flat(values: Values, above: str = "") -> Iterator[tuple[str, Plain]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _printed_dict(line: str) -> Plain:
    if len(line) > LONGEST_DICT:
        return None
    try:
        values: Plain = ast.literal_eval(_NOT_FINITE.sub(r"\1'\2'", line))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return values
