"""One slot of a launcher and its workers, one after the other: started, signalled, parked if runs keep failing."""

from __future__ import annotations

import contextlib
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from optsweep.database.lease import HeldRun
from optsweep.files import last_lines, tail
from optsweep.machine.child import end_by, start_module
from optsweep.machine.devices import Slot
from optsweep.machine.process import ProcessIdentity, identify
from optsweep.machine.slot_lock import SlotHeld, hold
from optsweep.outside_text import clean
from optsweep.results.words import error_words
from optsweep.workers.protocol import WorkerOrder
from optsweep.workers.unexpected import keep_traceback

MAX_EARLY_FAILURES = 3
MAX_FAILED_STARTS = 3


@dataclass
class WorkerSlot:
    """A place and the worker that is at work there now."""

    place: Slot
    locks: list[Path]
    log: Path
    say: Callable[[str], None]
    process: subprocess.Popen[bytes] | None = None
    identity: ProcessIdentity | None = None
    parked: str = ""
    """Why nothing is started here any more, though runs are left."""
    over: bool = False
    """No further worker is started here: the work is done, the sweep was stopped, or the slot is parked."""
    failed_starts: int = 0
    early_failures: list[str] = field(default_factory=list)
    """Different runs in a row that failed here before their first evaluation."""
    failed_before: set[str] = field(default_factory=set)
    """All that ever did: one that fails here again says no more about this place."""

    def start(self, module: str, order: WorkerOrder, storage: str) -> None:
        """Start a worker; the storage's URL goes by the environment, since a command line is for all to read."""
        environment = {**self.place.environment, "OPTSWEEP_STORAGE": storage, "PYTHONUNBUFFERED": "1"}
        # Ctrl-C on the terminal reaches the launcher alone, which then asks politely.
        self.process = start_module(module, order.to_json(), self.log, environment)
        try:
            self.identity = identify(self.process.pid)
        except ProcessLookupError:
            self.identity = None

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def wait(self, deadline: float) -> None:
        """Wait for the worker's end until ``deadline`` (`time.monotonic`), then kill it."""
        if self.process is not None:
            end_by(self.process, deadline)

    def say_if_held(self) -> None:
        """Tell a person that another process is at work here."""
        try:
            for mine in hold(self.locks):
                mine.close()
        except SlotHeld as held:
            self.say(f"{self.place.label} is {held}; its worker waits until it is free")

    def count_failed_start(self) -> None:
        self.failed_starts += 1
        if self.failed_starts >= MAX_FAILED_STARTS:
            said = "".join(last_lines(tail(self.log)))
            self.park(f"its worker cannot start: {clean(said) or 'no output'}")

    def count_failure(self, failed: HeldRun) -> None:
        """A run failed here by its own fault, or by the place's."""
        if failed.evaluated:
            self.early_failures.clear()
        elif failed.run not in self.failed_before:
            self.failed_before.add(failed.run)
            self.early_failures.append(failed.run)
        if len(self.early_failures) >= MAX_EARLY_FAILURES:
            self.park(f"{', '.join(self.early_failures)} failed here, each before a new evaluation")

    def give_up(self, error: Exception) -> None:
        """Park after an error of our own; a worker that still lives goes on with its run, and gets no successor."""
        if self.process is not None and self.process.poll() is not None:
            self.process = None
        if not self.parked:
            keep_traceback(error, self.log)
            self.park(f"an error that nobody expected, {error_words(error)}")

    def park(self, reason: str) -> None:
        self.over, self.parked = True, reason
        with contextlib.suppress(OSError):  # the terminal itself may be gone
            self.say(f"{self.place.label} is parked: {reason}; its log: {self.log}")
