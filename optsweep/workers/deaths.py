"""Why a worker died: by its run's doing, or by something that happened to it (invariant 11)."""

from __future__ import annotations

import signal

from optsweep.database.lease import Cause
from optsweep.errors import EXIT_DONE, EXIT_INTERRUPTED
from optsweep.machine.oom_kills import FAULT_SIGNALS
from optsweep.workers.protocol import EXIT_DISK_FULL, EXIT_NO_TIME, EXIT_REPLACE

NO_FAULT = (EXIT_DONE, EXIT_INTERRUPTED, EXIT_REPLACE, EXIT_DISK_FULL, EXIT_NO_TIME)


def classify(status: int, out_of_memory_kill: bool) -> tuple[Cause, str]:
    """Cause and reason of a worker's end, from its exit status as `subprocess` gives it (negative: a signal)."""
    if status >= 0:
        cause = Cause.INTERRUPTION if status in NO_FAULT else Cause.FAULT
        return cause, f"the worker ended with exit code {status}"
    name = signal.Signals(-status).name
    if status == -signal.SIGKILL and out_of_memory_kill:
        return Cause.FAULT, "killed by the kernel's out-of-memory killer"
    cause = Cause.FAULT if -status in FAULT_SIGNALS else Cause.INTERRUPTION
    return cause, f"the worker was killed by {name}"
