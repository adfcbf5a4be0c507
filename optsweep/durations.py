"""How long something may take, as people write it."""

from __future__ import annotations

import re

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(text: str) -> float | None:
    """Seconds of ``90s``, ``90m``, ``36h`` or ``1.5d``; None for anything else."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text)
    return None if match is None else float(match[1]) * SECONDS[match[2]]
