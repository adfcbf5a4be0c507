"""A worker process: waits for its slot, then claims runs and trains them until none is left. Started by the launcher.

Not started by hand: ``python -m optsweep.workers.worker JSON``, with the slot and the study as `WorkerOrder`. What its
exit codes mean: `protocol.EXITS`. After 5, or a signal, the run is still held, and the launcher hands it back.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import time
from pathlib import Path

from optsweep.errors import EXIT_INTERRUPTED, EXIT_USAGE, StorageUnavailable, UserError
from optsweep.files import disk_is_full
from optsweep.machine.child import end_with_parent
from optsweep.machine.slot_lock import SlotHeld, hold
from optsweep.results.folders import log_to_stdout
from optsweep.workers.protocol import EXIT_DISK_FULL, NO_SPACE, Leaving, WorkerOrder

POLL_SECONDS = 0.2

_logger = logging.getLogger(__name__)


def main(order: WorkerOrder) -> int:
    leaving = Leaving()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # SLURM signals a whole job, not its launcher alone, with SIGTERM or SIGUSR2.
    for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, leaving.on_signal)
    if order.launcher:
        # Checkpoint, hand back, leave.
        end_with_parent(signal.SIGTERM)
        if os.getppid() != order.launcher:  # it died before the call
            os.kill(os.getpid(), signal.SIGTERM)
    log_to_stdout()
    try:
        slot = _hold_slot(order, leaving)
        if slot is None:
            return EXIT_INTERRUPTED
        # torch and optuna are loaded only now: while the slot is busy, a waiting worker costs next to nothing.
        from optsweep.workers.work import work

        return work(order, leaving)
    except Exception as error:
        if disk_is_full(error):
            _logger.error("%s; leaving", NO_SPACE)
            return EXIT_DISK_FULL
        if isinstance(error, StorageUnavailable):
            _logger.error("%s; leaving, the runs stay as they are", error)
            return EXIT_INTERRUPTED
        if isinstance(error, UserError):
            print("\n".join(error.lines), file=sys.stderr, flush=True)
            return EXIT_USAGE
        raise


def _hold_slot(order: WorkerOrder, leaving: Leaving) -> object | None:
    """Wait until the slot is free: a worker of a killed launcher may still be writing its checkpoint there."""
    said = False
    while leaving.reason is None:
        try:
            return hold(map(Path, order.locks))
        except SlotHeld as held:
            if not said:
                _logger.info("%s is %s; waiting", order.label, held)
                said = True
        time.sleep(POLL_SECONDS)
    return None


if __name__ == "__main__":
    sys.exit(main(WorkerOrder(**json.loads(sys.argv[1]))))
