"""What a manifest may hold: plain values, not too many of them."""

from __future__ import annotations

import math
from typing import Any, TypeGuard

from optsweep.plain import Plain

_MAX_SIZE = 10_000_000
_MAX_DEPTH = 64
_MAX_BITS = 2_000


def is_plain(value: object) -> TypeGuard[Plain]:
    """Whether a value is plain and, written out, small: shared and circular parts count each time."""
    left = _MAX_SIZE
    pending: list[tuple[Any, int]] = [(value, 0)]
    while pending:
        item, depth = pending.pop()
        left -= 100 + (len(item) if type(item) is str else 0)
        if left < 0 or depth > _MAX_DEPTH:
            return False
        if type(item) is dict and all(type(key) is str for key in item):
            pending.extend((part, depth + 1) for pair in item.items() for part in pair)
        elif type(item) in (list, tuple):
            pending.extend((part, depth + 1) for part in item)
        elif not _is_scalar(item):
            return False
    return True


def _is_scalar(value: object) -> bool:
    if type(value) is float:
        return math.isfinite(value)
    return value is None or type(value) in (bool, str) or (type(value) is int and value.bit_length() <= _MAX_BITS)
