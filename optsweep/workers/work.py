"""The work of a worker that holds its slot: claim a run, train it, tidy up, and again. Loads torch and optuna."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from pathlib import Path

from optsweep.data.training_data import TrainingData, load_training_data
from optsweep.database.connection import reopen_storage
from optsweep.database.lease import Lease, LeaseLost
from optsweep.database.open_study import Study, open_study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_DONE, EXIT_INTERRUPTED, StorageError, StorageUnavailable, StudyGone
from optsweep.files import disk_is_full
from optsweep.machine.process import Cause, ProcessIdentity, identify, limit_patience
from optsweep.results.folders import RunDirectory
from optsweep.results.pace import expected_seconds
from optsweep.study.commands import commands_digest
from optsweep.trainers.trainer import ScriptFailed
from optsweep.workers.lease_keeper import LeaseKeeper
from optsweep.workers.prepared_run import set_aside
from optsweep.workers.protocol import (
    EXIT_FAULT,
    EXIT_NO_TIME,
    EXIT_REPLACE,
    LEAVE_SECONDS,
    NO_SPACE,
    Leaving,
    WorkerOrder,
)
from optsweep.workers.run import Runner

WAIT_SECONDS = 0.5

_logger = logging.getLogger(__name__)


def work(order: WorkerOrder, leaving: Leaving) -> int:
    """Train runs until none is left, or until this process should leave; returns its exit code."""
    study = open_study(reopen_storage(storage_url(None)), order.study)
    if commands_digest(study.definition, notifies=False) != order.agreed:
        raise StorageError(
            f"study {study.name!r}: what it executes was changed in the database meanwhile; nothing of it was run"
        )
    study.trainer.check_device(order.device)
    runner = Runner(study, _data(study, order), order.device, order.label, order.threads)
    worker = _Worker(order, leaving, study, runner, identify())
    while leaving.reason is None:
        code = worker.step()
        if code is not None:
            return code
    return EXIT_INTERRUPTED


def _data(study: Study, order: WorkerOrder) -> TrainingData | None:
    if study.data is None or order.data is None:
        return None
    return replace(load_training_data(Path(order.data)), scores_confirmation=study.data.scores_confirmation)


@dataclass
class _Worker:
    order: WorkerOrder
    leaving: Leaving
    study: Study
    runner: Runner
    me: ProcessIdentity
    num_trained: int = 0

    def step(self) -> int | None:
        """Train one run, or wait for one; returns the exit code if the worker should leave."""
        refusal = self.study.claim_refusal()
        if refusal is not None:
            _logger.info("no further run: %s", refusal)
            return EXIT_INTERRUPTED
        # A worker's first run is never refused: a new job has as much time as there ever is.
        ends = self.order.ends if self.num_trained else None
        if ends is not None and (why := _too_short(self.study, ends - time.time())):
            _logger.info("no further run: %s", why)
            return EXIT_NO_TIME
        # This worker holds nothing now.
        self.study.queue.disown(self.me)
        lease = self.study.queue.claim(self.order.label, self.me)
        if lease is not None:
            self.num_trained += 1
            return self._train(lease)
        if self.study.queue.unfinished() == 0:
            return EXIT_DONE
        # Others still run; what they hand back must find a worker.
        self.study.queue.reclaim_dead()
        time.sleep(WAIT_SECONDS)
        return None

    def _train(self, lease: Lease) -> int | None:
        """Train one claimed run; what is printed meanwhile, and what goes wrong, is in its log."""
        set_aside(self.study, lease)
        with RunDirectory.of(self.study.name, lease.run).logging_here():
            try:
                with LeaseKeeper(self.study, lease) as keeper:
                    self.leaving.watch(keeper.leave)
                    outcome = self.runner.run(lease, keeper)
            except LeaseLost:
                why = "another worker has %s now, or another program has ended it: it is left alone"
                _logger.warning(why, lease.run)
                return None
            except (StorageUnavailable, StudyGone):
                raise
            except ScriptFailed as error:
                # Where its error was raised, its own output says; its last line becomes the reason.
                _logger.error("%s failed", lease.run)
                print(error, flush=True)
                return EXIT_FAULT
            except Exception as error:
                if not disk_is_full(error):
                    _logger.exception("%s failed", lease.run)
                    return EXIT_FAULT
                _logger.error("%s: %s goes back to the queue", NO_SPACE, lease.run)
                # The database may lie on the same disk.
                limit_patience(LEAVE_SECONDS)
                self.study.queue.hand_back(lease, Cause.INTERRUPTION, NO_SPACE)
                raise
        if self.study.trainer.lengths is not None:
            # Loads torch; what a script keeps is its own.
            from optsweep.workers.tidying import tidy

            tidy(self.study, lease.run)
        # After that the allocator's state is not to be trusted; a fresh process has all the memory.
        return EXIT_REPLACE if outcome == "out_of_memory" else None


def _too_short(study: Study, seconds: float) -> str | None:
    """Why ``seconds`` are not enough for the run that is next, in words; None if they are, or if it cannot be told."""
    run = study.queue.next_waiting()
    if run is None:
        return None
    snapshot = read_snapshot(study)
    record = next(record for record in snapshot.runs if record.run == run)
    expected = expected_seconds(snapshot, record)
    if expected is None or expected <= seconds:
        return None
    return f"{run} takes about {expected:.0f} s, and {max(0.0, seconds):.0f} s are left here"
