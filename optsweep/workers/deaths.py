"""Why a worker died: by its run's doing, or by something that happened to it (invariant 11)."""

from __future__ import annotations

import signal

from optsweep.database.lease import Cause
from optsweep.machine.process import FAULT_SIGNALS
from optsweep.workers.protocol import CRASH, EXITS, Exit, Next


def exit_of(status: int, out_of_memory_kill: bool) -> tuple[Exit, str]:
    """What a worker's end means and its reason, from the status as `subprocess` gives it (negative: a signal)."""
    if status >= 0:
        return EXITS.get(status, CRASH), f"the worker ended with exit code {status}"
    name = signal.Signals(-status).name
    if status == -signal.SIGKILL and out_of_memory_kill:
        return Exit(Cause.FAULT, Next.ANOTHER), "killed by the kernel's out-of-memory killer"
    cause = Cause.FAULT if -status in FAULT_SIGNALS else Cause.INTERRUPTION
    return Exit(cause, Next.ANOTHER), f"the worker was killed by {name}"
