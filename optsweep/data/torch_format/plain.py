"""What a manifest may hold: plain values, not too many of them."""

from __future__ import annotations

import math
from typing import Any

_MAX_SIZE = 10_000_000
_MAX_DEPTH = 64
_MAX_BITS = 2_000


def is_plain(value: Any) -> bool:
    """Whether a value is plain and, written out, small: shared and circular parts count each time."""
    left = _MAX_SIZE
    pending = [(value, 0)]
    while pending:
        item, depth = pending.pop()
        left -= 100 + (len(item) if type(item) is str else 0)
        if left < 0 or depth > _MAX_DEPTH:
            return False
        if type(item) is dict:
            if not all(type(key) is str for key in item):
                return False
            left -= sum(map(len, item))
            pending.extend((part, depth + 1) for part in item.values())
        elif type(item) in (list, tuple):
            pending.extend((part, depth + 1) for part in item)
        elif type(item) is float:
            if not math.isfinite(item):
                return False
        elif type(item) is int:
            if item.bit_length() > _MAX_BITS:
                return False
        elif not (item is None or type(item) in (bool, str)):
            return False
    return True
