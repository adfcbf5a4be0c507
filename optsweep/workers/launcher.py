"""The launcher: one worker process per slot, replaced when it dies, asked to leave on signals; never imports torch."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from optsweep.database.lease import HeldRun
from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.subset_copy import recorded_data
from optsweep.machine.devices import Slot
from optsweep.machine.process import (
    Cause,
    OutOfMemoryCounter,
    ProcessIdentity,
    answered_by_thread,
    limit_patience,
)
from optsweep.results.attributes import StudyAttributes, SweepEnd
from optsweep.results.folders import RunDirectory, study_directory
from optsweep.results.records import StudySnapshot
from optsweep.results.words import LOADING
from optsweep.workers.describing import Describing
from optsweep.workers.early_words import EarlyWords
from optsweep.workers.ending import Ending
from optsweep.workers.failures import Failures
from optsweep.workers.protocol import NO_SPACE, Next, WorkerOrder, exit_of
from optsweep.workers.slot import WorkerSlot
from optsweep.workers.unexpected import Asides, unexpected

WORKER_MODULE = "optsweep.workers.worker"
POLL_SECONDS = 0.25
LOOK_SECONDS = 1.0
LOOK_SHARE = 0.1
"""How much of its time a launcher may spend on looking; of a study of thousands of runs a look takes seconds."""
RECLAIM_SECONDS = 5.0
LEAVE_SECONDS = 120.0
"""How long workers may take to write their checkpoints before they are killed."""
PATIENCE_SECONDS = 20.0
"""How long a launcher that was asked to leave waits for a database that is away: longer than its workers do."""


class Launcher:
    """Runs the workers of one study on this host until no run is left, or until it is asked to stop."""

    def __init__(
        self,
        study: Study,
        slots: Iterable[Slot],
        *,
        observe: Callable[[StudySnapshot], None],
        say: Callable[[str], None],
        data: Path | None = None,
        ends: float | None = None,
        agreed: str = "",
    ) -> None:
        """``data`` is where the study's data lies on this host (default: where it lay when the study was planned).

        ``ends`` is when this place will be taken from us, epoch seconds. ``agreed`` is the digest of what workers may
        execute; empty: the built-in trainer.
        """
        self._study = study
        self._data = data or recorded_data(study)
        self._ends = ends
        self._agreed = agreed
        self._url = study.storage.url.render_as_string(hide_password=False)
        self._observe = observe
        self._say = say
        self._wake = threading.Event()
        self.received: list[int] = []
        """The signals that asked this launcher to leave."""
        self.ended_by = ""
        """Why `run` has returned, in words."""
        self._oom = OutOfMemoryCounter()
        folder = study_directory(study.name)
        self._asides = Asides(folder / "workers" / "launcher.log", say)
        self._failures = Failures(study.name, say)
        self._slots = [
            WorkerSlot(
                slot,
                [path.absolute() for path in slot.lock_paths(folder)],
                folder / "workers" / f"{slot.lock_names[0]}.log",
                say,
            )
            for slot in slots
        ]
        self._early_words = EarlyWords(study.name, study.definition, say)
        self._describing = Describing(study.name, self._url, {slot.place.label for slot in self._slots})

    def run(self) -> int:
        """Start the workers, replace those that die, return the exit code; blocks until all of them have left."""
        with answered_by_thread(_SIGNALS, self._on_signal):
            try:
                self._study.store(StudyAttributes(last_end=None))
                self._study.queue.reclaim_dead()
                for slot in self._slots:
                    slot.say_if_held()
                if self._study.trainer.lengths is not None:
                    self._say(LOADING)
                self._loop()
            finally:
                self._end_workers()
            self._asides.do("handing back the runs of dead workers", self._reclaim_dead)
            snapshot = read_snapshot(self._study)
            self._asides.do("showing the study", lambda: self._observe(snapshot))
            more, hurried = not self.received, lambda: len(self.received) > 1
            parked = [f"{slot.place.label} is parked: {slot.parked}" for slot in self._slots if slot.parked]
            ending = Ending(snapshot, self.received, parked, ends=self._ends is not None)
            self.ended_by = ending.reason
            if not snapshot.ended:
                self._study.store(StudyAttributes(last_end=SweepEnd(reason=self.ended_by)))
            last = replace(snapshot, attributes=self._study.attributes())
            self._asides.do("describing runs", lambda: self._describing.finish(last, more=more, hurried=hurried))
        return ending.exit_code

    def _loop(self) -> None:
        next_look = next_reclaim = 0.0
        while not all(slot.over and slot.process is None for slot in self._slots):
            for slot in self._slots:
                error = unexpected(functools.partial(self._tend, slot))
                if error is not None:
                    slot.give_up(error)
            now = time.monotonic()
            if now >= next_reclaim:
                self._asides.do("handing back the runs of dead workers", self._reclaim_dead)
                next_reclaim = time.monotonic() + RECLAIM_SECONDS
            if now >= next_look:
                self._asides.do("looking at the study", self._look)
                took = time.monotonic() - now
                next_look = time.monotonic() + max(LOOK_SECONDS, took / LOOK_SHARE)
            self._wake.wait(POLL_SECONDS)
            self._wake.clear()

    def _look(self) -> None:
        snapshot = read_snapshot(self._study)
        self._asides.do("showing the study", lambda: self._observe(snapshot))
        self._asides.do("looking for first values", lambda: self._early_words.look(snapshot))
        self._asides.do("describing runs", lambda: self._describing.update(snapshot))
        if snapshot.ended:
            # Nothing is held any more; a worker that still waits for its slot would wait for ever.
            for slot in self._slots:
                slot.over = True
            self._signal_workers(signal.SIGTERM)

    def _reclaim_dead(self) -> None:
        self._study.queue.reclaim_dead()

    def _tend(self, slot: WorkerSlot) -> None:
        if slot.process is not None:
            status = slot.process.poll()
            if status is None:
                return
            self._account(slot, status)
        if self.received:
            slot.over = True
        elif not slot.over:
            self._start(slot)

    def _start(self, slot: WorkerSlot) -> None:
        order = WorkerOrder(
            study=self._study.name,
            label=slot.place.label,
            locks=[str(path) for path in slot.locks],
            device=slot.place.device,
            threads=slot.place.threads,
            launcher=os.getpid(),
            data=None if self._data is None else str(self._data),
            ends=self._ends,
            agreed=self._agreed,
        )
        slot.start(WORKER_MODULE, order, self._url)
        if self.received:  # meanwhile, when this worker was not there to be signalled
            slot.signal(signal.SIGTERM)

    def _account(self, slot: WorkerSlot, status: int) -> None:
        """Account for a worker that ended: reclaim what it held, decide whether the slot gets another."""
        ended, reason = exit_of(status, self._oom.increased())
        if ended.next is Next.PARK:
            # First: the database may lie on the same disk, and what follows may wait for it.
            slot.park(f"{NO_SPACE} of {study_directory(self._study.name)}; free some, then start it again")
        reclaimed: list[HeldRun] = []
        if slot.identity is not None:
            reclaimed, reason = self._reclaim(slot.identity, status, ended.cause, reason)
        slot.process = None
        match ended.next:
            case Next.STOP:
                slot.over = True
            case Next.STOP_IF_ASKED:
                slot.over |= bool(self.received) or self._study.claim_refusal() is not None
            case Next.FAILED_START:
                slot.count_failed_start()
            case Next.FAILED_START_IF_IDLE if not reclaimed:
                slot.count_failed_start()
        if ended.cause is Cause.FAULT and reclaimed:
            if slot.identity is not None and self._study.queue.has_finished(slot.identity):
                slot.early_failures.clear()
            for run in reclaimed:
                self._failures.tell(run.run, reason)
                slot.count_failure(run)

    def _reclaim(self, worker: ProcessIdentity, status: int, cause: Cause, reason: str) -> tuple[list[HeldRun], str]:
        """Hand back the runs of a worker that ended; returns them, and why."""
        held = self._study.queue.held_by(worker)
        if status > 0 and held:
            reason = RunDirectory.of(self._study.name, held[0].run).tail() or reason
        return self._study.queue.reclaim(worker, cause, reason), reason

    def _on_signal(self, number: int) -> None:
        if number != signal.SIGCHLD:
            self._leave(number)
        self._wake.set()

    def _leave(self, number: int) -> None:
        self.received.append(number)
        limit_patience(PATIENCE_SECONDS)
        if len(self.received) == 1:
            self._signal_workers(signal.SIGTERM)
            with contextlib.suppress(OSError):  # the terminal itself may be what is gone
                self._say("stopping: every worker writes its checkpoint and hands its run back (once more: leave now)")
        elif number != signal.SIGUSR2:  # of SLURM, which may signal several times
            self._signal_workers(signal.SIGKILL)

    def _signal_workers(self, number: signal.Signals) -> None:
        for slot in self._slots:
            slot.signal(number)

    def _end_workers(self) -> None:
        """Whatever ends the launcher: no worker is left behind."""
        self._signal_workers(signal.SIGTERM)
        deadline = time.monotonic() + LEAVE_SECONDS
        for slot in self._slots:
            slot.wait(deadline)


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD)
