"""How long this process waits for a database that is away; imports nothing, so that a signal handler may call it."""

from __future__ import annotations

import math
import time

RETRY_SECONDS = 600
"""Longer than any restart of a server."""

_until = math.inf


def limit_patience(seconds: float) -> None:
    """Give up ``seconds`` from now at the latest: this process was asked to leave, and others mend what it leaves."""
    global _until
    _until = min(_until, time.monotonic() + seconds)


def is_at_its_end(waited: float) -> bool:
    """Whether an operation that has waited for ``waited`` seconds should give up."""
    return waited > RETRY_SECONDS or time.monotonic() > _until
