"""Leases of $FAKE_LEASE_SECONDS, so that a test need not wait for ten minutes."""

from __future__ import annotations

import os

from optsweep.database import queue


def shorten_leases() -> None:
    queue.LEASE_SECONDS = int(os.environ.get("FAKE_LEASE_SECONDS", queue.LEASE_SECONDS))
