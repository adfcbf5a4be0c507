"""The launcher: one worker process per slot, replaced when it dies, asked to leave on signals; never imports torch."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from optsweep.database.lease import Cause, HeldRun
from optsweep.database.open_study import Study
from optsweep.database.patience import limit_patience
from optsweep.database.snapshot import read_snapshot
from optsweep.database.subset_copy import recorded_data
from optsweep.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE
from optsweep.integrations.artifacts import attach
from optsweep.machine.devices import Slot
from optsweep.machine.oom_kills import OutOfMemoryCounter
from optsweep.machine.process import ProcessIdentity, identify
from optsweep.machine.signals import answered_by_thread
from optsweep.machine.slot_lock import holder, lock_path, try_hold
from optsweep.results.folders import RunDirectory, study_directory
from optsweep.results.records import StudySnapshot
from optsweep.workers.deaths import classify
from optsweep.workers.protocol import EXIT_DISK_FULL, EXIT_FAULT, EXIT_NO_TIME, EXIT_REPLACE, NO_SPACE, WorkerOrder

WORKER_MODULE = "optsweep.workers.worker"
POLL_SECONDS = 0.25
LOOK_SECONDS = 1.0
LOOK_SHARE = 0.1
"""How much of its time a launcher may spend on looking; of a study of thousands of runs a look takes seconds."""
REAP_SECONDS = 5.0
LEAVE_SECONDS = 120.0
"""How long workers may take to write their checkpoints before they are killed."""
PATIENCE_SECONDS = 20.0
"""How long a launcher that was asked to leave waits for a database that is away: longer than its workers do."""
MAX_EARLY_FAILURES = 3
MAX_FAILED_STARTS = 3

_logger = logging.getLogger(__name__)


@dataclass
class Post:
    """A slot and the worker that holds it now, over all the workers that it has had."""

    slot: Slot
    log: Path
    process: subprocess.Popen[bytes] | None = None
    identity: ProcessIdentity | None = None
    parked: bool = False
    over: bool = False
    """No further worker is started here: the work is done, the sweep was stopped, or the slot is parked."""
    failed_starts: int = 0
    early_failures: list[str] = field(default_factory=list)
    """Different runs in a row that failed here before their first evaluation."""
    failed_before: set[str] = field(default_factory=set)
    """All that ever did: one that fails here again says no more about this place."""


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
    ) -> None:
        """``data`` is where the study's data lies on this host (default: where it lay when the study was planned).

        ``ends`` is when this place will be taken from us, epoch seconds.
        """
        self._study = study
        self._data = data or recorded_data(study)
        self._ends = ends
        self._me = identify()
        self._observe = observe
        self._say = say
        self._wake = threading.Event()
        self.received: list[int] = []
        """The signals that asked this launcher to leave."""
        self._oom = OutOfMemoryCounter()
        self._posts = [Post(slot, self._worker_log(slot)) for slot in slots]

    def run(self) -> int:
        """Start the workers, replace those that die, return the exit code; blocks until all of them have left."""
        with answered_by_thread(_SIGNALS, self._on_signal):
            try:
                self._study.queue.reclaim_dead(self._me)
                for post in self._posts:
                    self._say_if_held(post)
                self._loop()
            finally:
                self._end_workers()
        self._study.queue.reclaim_dead(self._me)
        snapshot = read_snapshot(self._study)
        self._observe(snapshot)
        return self._exit_code(snapshot)

    def _loop(self) -> None:
        next_look = next_reap = 0.0
        while not self._finished():
            for post in self._posts:
                self._tend(post)
            now = time.monotonic()
            if now >= next_reap:
                self._study.queue.reclaim_dead(self._me)
                next_reap = time.monotonic() + REAP_SECONDS
            if now >= next_look:
                self._look()
                took = time.monotonic() - now
                next_look = time.monotonic() + max(LOOK_SECONDS, took / LOOK_SHARE)
            self._wake.wait(POLL_SECONDS)
            self._wake.clear()

    def _look(self) -> None:
        snapshot = read_snapshot(self._study)
        self._observe(snapshot)
        if snapshot.ended:
            # Nothing is held any more; a worker that still waits for its slot would wait for ever.
            for post in self._posts:
                post.over = True
            self._signal_workers(signal.SIGTERM)

    def _finished(self) -> bool:
        return all(post.over and post.process is None for post in self._posts)

    def _tend(self, post: Post) -> None:
        if post.process is not None:
            status = post.process.poll()
            if status is None:
                return
            self._bury(post, status)
        if not post.over and not self.received:
            self._start(post)
        elif self.received:
            post.over = True

    def _start(self, post: Post) -> None:
        slot = post.slot
        order = WorkerOrder(
            study=self._study.name,
            label=slot.label,
            lock=str(self._lock(slot)),
            device=slot.device,
            threads=slot.threads,
            launcher=os.getpid(),
            data=str(self._data),
            ends=self._ends,
        )
        # The URL goes by the environment: a command line is for all to read.
        storage = self._study.storage.url.render_as_string(hide_password=False)
        environment = {**os.environ, **slot.environment, "OPTSWEEP_STORAGE": storage, "PYTHONUNBUFFERED": "1"}
        post.log.parent.mkdir(parents=True, exist_ok=True)
        with post.log.open("ab") as log:
            # A session of its own: Ctrl-C on the terminal reaches the launcher alone, which then asks politely.
            post.process = subprocess.Popen(
                [sys.executable, "-m", WORKER_MODULE, order.to_json()],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if self.received:  # meanwhile, when this worker was not there to be signalled
            post.process.terminate()
        try:
            post.identity = identify(post.process.pid)
        except ProcessLookupError:
            post.identity = None

    def _bury(self, post: Post, status: int) -> None:
        """Account for a worker that ended: hand back what it held, decide whether the slot gets another."""
        assert post.process is not None
        if status == EXIT_DISK_FULL:
            # First: the database may lie on the same disk, and what follows may wait for it.
            self._park(post, f"{NO_SPACE} of {study_directory(self._study.name)}; free some, then start it again")
        released = self._release(post, status)
        post.process = None
        if status in (EXIT_DONE, EXIT_INTERRUPTED):
            # One worker that was asked to leave by whomever is replaced like one that died.
            post.over |= status == EXIT_DONE or self._is_to_end()
        elif status == EXIT_NO_TIME:
            post.over = True
        elif status == EXIT_DISK_FULL:
            return
        elif status == EXIT_USAGE or (status > 0 and status not in (EXIT_FAULT, EXIT_REPLACE) and not released):
            self._count_failed_start(post)
        if released and self._has_finished_a_run(post):
            post.early_failures.clear()
        for run in released:
            self._count_failure(post, run)

    def _is_to_end(self) -> bool:
        """Whether all workers are to leave: this launcher was asked to, or no further run may be claimed."""
        return bool(self.received) or self._study.claim_refusal() is not None

    def _release(self, post: Post, status: int) -> list[HeldRun]:
        if post.identity is None:
            return []
        cause, reason = classify(status, self._oom.increased())
        held = self._study.queue.held_by(post.identity)
        if status > 0 and held:
            reason = RunDirectory.of(self._study.name, held[0].run).tail() or reason
        if cause is Cause.FAULT:
            for row in held:
                attach(self._study, row.trial_id, row.run)
        released = self._study.queue.reclaim(post.identity, self._me, cause, reason)
        return released if cause is Cause.FAULT else []

    def _has_finished_a_run(self, post: Post) -> bool:
        return post.identity is not None and self._study.queue.has_finished(post.identity)

    def _count_failed_start(self, post: Post) -> None:
        post.failed_starts += 1
        if post.failed_starts >= MAX_FAILED_STARTS:
            self._park(post, f"its worker cannot start: {_last_line(post.log)}")

    def _count_failure(self, post: Post, released: HeldRun) -> None:
        if released.evaluated:
            post.early_failures.clear()
        elif released.run not in post.failed_before:
            post.failed_before.add(released.run)
            post.early_failures.append(released.run)
        if len(post.early_failures) >= MAX_EARLY_FAILURES:
            self._park(post, f"{', '.join(post.early_failures)} failed here before their first evaluation")

    def _park(self, post: Post, reason: str) -> None:
        post.over = post.parked = True
        self._say(f"{post.slot.label} is parked: {reason}; its log: {post.log}")

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
        for post in self._posts:
            if post.process is not None and post.process.poll() is None:
                post.process.send_signal(number)

    def _end_workers(self) -> None:
        """Whatever ends the launcher: no worker is left behind."""
        self._signal_workers(signal.SIGTERM)
        deadline = time.monotonic() + LEAVE_SECONDS
        for post in self._posts:
            if post.process is None:
                continue
            try:
                post.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                post.process.kill()
                post.process.wait()

    def _exit_code(self, snapshot: StudySnapshot) -> int:
        if snapshot.ended:
            return EXIT_FAILED if snapshot.counts["failed"] else EXIT_DONE
        parked = any(post.parked for post in self._posts)
        parked_out = parked and not self.received and snapshot.stopped is None and self._study.claim_refusal() is None
        return EXIT_FAILED if parked_out else EXIT_INTERRUPTED

    def _say_if_held(self, post: Post) -> None:
        lock = self._lock(post.slot)
        mine = try_hold(lock)
        if mine is None:
            self._say(f"{post.slot.label} is held by process {holder(lock)}; its worker waits until it is free")
        else:
            mine.close()

    def _lock(self, slot: Slot) -> Path:
        return lock_path(slot.lock_name, slot.device, study_directory(self._study.name)).absolute()

    def _worker_log(self, slot: Slot) -> Path:
        return study_directory(self._study.name) / "workers" / f"{slot.lock_name}.log"


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD)


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return lines[-1] if lines else "no output"
