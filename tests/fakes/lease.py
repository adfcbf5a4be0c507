"""Leases of $FAKE_LEASE_SECONDS, so that a test need not wait for ten minutes."""

from __future__ import annotations

import os
from unittest import mock

import psutil

from optsweep.database import queue
from optsweep.machine.process import ProcessIdentity


def shorten_leases() -> None:
    """Leases end sooner; and a stopped process is judged by its lease alone, as if it ran on another host."""
    seconds = os.environ.get("FAKE_LEASE_SECONDS")
    if seconds is None:
        return
    queue.LEASE_SECONDS = int(seconds)
    certain = ProcessIdentity.is_dead

    def is_dead(process: ProcessIdentity, silent: float) -> bool | None:
        return None if _is_stopped(process.pid) else certain(process, silent)

    mock.patch.object(ProcessIdentity, "is_dead", is_dead).start()


def _is_stopped(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_STOPPED
    except psutil.NoSuchProcess:
        return False
