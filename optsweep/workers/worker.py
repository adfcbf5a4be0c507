"""A worker process: holds one slot, claims runs and trains them until none is left. Started by the launcher.

Not started by hand: ``python -m optsweep.workers.worker JSON``, with the slot and the study as `WorkerOrder`.
Exit codes: 0 nothing is left to do; 2 this worker cannot work (said on stderr); 3 asked to leave; 4 please replace me;
5 the run raised an error; 6 the disk is full; 7 too little time is left for another run. After 5, or a signal, the run
is still held, and the launcher hands it back.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from optsweep.database.patience import limit_patience
from optsweep.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_USAGE, StorageUnavailable, UserError
from optsweep.files import disk_is_full
from optsweep.machine.slot_lock import holder, try_hold
from optsweep.results.folders import RunDirectory, log_to_stdout
from optsweep.workers.protocol import EXIT_DISK_FULL, EXIT_FAULT, EXIT_NO_TIME, EXIT_REPLACE, NO_SPACE, WorkerOrder

if TYPE_CHECKING:
    import optuna

    from optsweep.data.training_data import TrainingData
    from optsweep.database.lease import Lease
    from optsweep.database.open_study import Study
    from optsweep.train.report import Outcome
    from optsweep.workers.lease_keeper import LeaseKeeper

LEAVE_SECONDS = 15.0
"""How long a worker that leaves waits for a database that is away; whoever finds its runs hands them back."""
POLL_SECONDS = 0.2
WAIT_SECONDS = 0.5

_logger = logging.getLogger(__name__)


class Leaving:
    """Whether this process was asked to leave, and by what; passes it on to the run in training."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self._keeper: LeaseKeeper | None = None

    def watch(self, keeper: LeaseKeeper) -> None:
        """The run that is asked to leave from now on; a signal may have come already."""
        self._keeper = keeper
        if self.reason is not None:
            keeper.leave(self.reason)

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        limit_patience(LEAVE_SECONDS)
        self.reason = self.reason or f"asked to leave by {signal.Signals(number).name}"
        if self._keeper is not None:
            self._keeper.leave(self.reason)


def main(order: WorkerOrder) -> int:
    leaving = Leaving()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # SLURM signals a whole job, not its launcher alone, with SIGTERM or SIGUSR2.
    for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, leaving.on_signal)
    if order.launcher:
        _die_with(order.launcher)
    log_to_stdout()
    slot = _hold_slot(order, leaving)
    if slot is None:
        return EXIT_INTERRUPTED
    try:
        return _work(order, leaving)
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


def _die_with(launcher: int) -> None:
    """Ask the kernel for SIGTERM when the launcher dies, however it dies: checkpoint, hand back, leave (prctl(2))."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != launcher:  # it died before the call
        os.kill(os.getpid(), signal.SIGTERM)


def _hold_slot(order: WorkerOrder, leaving: Leaving) -> object | None:
    """Wait until the slot is free: a worker of a killed launcher may still be writing its checkpoint there."""
    lock = Path(order.lock)
    said = False
    while leaving.reason is None:
        held = try_hold(lock)
        if held is not None:
            return held
        if not said:
            _logger.info("%s is held by process %s; waiting", order.label, holder(lock))
            said = True
        time.sleep(POLL_SECONDS)
    return None


def _work(order: WorkerOrder, leaving: Leaving) -> int:
    # torch and optuna are loaded only now: while the slot is busy, a waiting worker costs next to nothing.
    from optsweep.data.training_data import load_training_data
    from optsweep.database.connection import reopen_storage
    from optsweep.database.lease import Cause, LeaseLost
    from optsweep.database.limits import too_short
    from optsweep.database.open_study import open_study
    from optsweep.database.urls import storage_url
    from optsweep.integrations.notes import describe_runs
    from optsweep.machine.process import identify
    from optsweep.workers.retention import tidy

    study = open_study(reopen_storage(storage_url(None)), order.study)
    optuna_study = study.optuna()
    data = replace(
        load_training_data(Path(order.data)),
        scores_confirmation=study.data.get("scores_confirmation", False),
    )
    me = identify()
    num_trained = 0
    while leaving.reason is None:
        refusal = study.claim_refusal()
        if refusal is not None:
            _logger.info("no further run: %s", refusal)
            return EXIT_INTERRUPTED
        # A worker's first run is never refused: a new job has as much time as there ever is.
        if order.ends is not None and num_trained and (why := too_short(study, order.ends - time.time())):
            _logger.info("no further run: %s", why)
            return EXIT_NO_TIME
        lease = study.queue.claim(order.label, me)
        if lease is None:
            if study.queue.unfinished() == 0:
                return EXIT_DONE
            # Others still run; what they hand back must find a worker.
            study.queue.reclaim_dead(me)
            time.sleep(WAIT_SECONDS)
            continue
        num_trained += 1
        try:
            outcome = _train(order, leaving, study, optuna_study, lease, data)
        except LeaseLost:
            continue
        except StorageUnavailable:
            raise
        except Exception as error:
            if not disk_is_full(error):
                return EXIT_FAULT
            # The database may lie on the same disk.
            limit_patience(LEAVE_SECONDS)
            study.queue.hand_back(lease, Cause.INTERRUPTION, NO_SPACE)
            raise
        tidy(study, lease.run)
        if outcome != "interrupted":
            describe_runs(study, [lease.run])
        if outcome == "out_of_memory":
            # The allocator's state is not to be trusted after that; a fresh process has all the memory.
            return EXIT_REPLACE
    return EXIT_INTERRUPTED


def _train(
    order: WorkerOrder,
    leaving: Leaving,
    study: Study,
    optuna_study: optuna.Study,
    lease: Lease,
    data: TrainingData,
) -> Outcome:
    """Train one claimed run; what is printed meanwhile, and what goes wrong, stands in its log."""
    from optsweep.database.lease import LeaseLost
    from optsweep.workers.lease_keeper import LeaseKeeper
    from optsweep.workers.run import prepare, run_claimed

    with RunDirectory.of(study.name, lease.run).logging_here(), LeaseKeeper(study, lease) as keeper:
        leaving.watch(keeper)
        try:
            claimed = prepare(study, optuna_study, lease, order.threads, order.label)
            return run_claimed(study, optuna_study, claimed, keeper, data, order.device)
        except LeaseLost:
            _logger.warning("this worker was silent for too long and another has %s now: it is left alone", lease.run)
            raise
        except StorageUnavailable:
            raise
        except Exception as error:
            if disk_is_full(error):
                _logger.error("%s: %s goes back to the queue", NO_SPACE, lease.run)
            else:
                _logger.exception("%s failed", lease.run)
            raise


if __name__ == "__main__":
    sys.exit(main(WorkerOrder(**json.loads(sys.argv[1]))))
