"""Has ended runs described for the dashboard, by one child process at a time; the sweep does not suffer from it."""

from __future__ import annotations

import json
import logging
import subprocess
import time
from collections.abc import Callable

from optsweep.machine.child import start_module
from optsweep.results.folders import study_directory
from optsweep.results.records import StudySnapshot

EVERY_SECONDS = 30.0
"""A child takes a second or two of a processor, so that runs that ended meanwhile share one."""
LEAVE_SECONDS = 20.0
"""How long the end of a sweep waits for the last child."""
ENDED = ("complete", "pruned", "failed")

_logger = logging.getLogger(__name__)


class Describing:
    """Follows the snapshots of a launcher and has the runs described that ended on its workers."""

    def __init__(self, study: str, storage: str, workers: set[str]) -> None:
        self._study, self._storage, self._workers = study, storage, workers
        self._known: set[str] | None = None
        """The runs that had ended by the last look, described or not."""
        self._due: list[str] = []
        self._described = False
        self._process: subprocess.Popen[bytes] | None = None
        self._next = time.monotonic() + EVERY_SECONDS

    def update(self, snapshot: StudySnapshot) -> None:
        """Start a child if something is new and it is time for one; returns at once."""
        ended = {run.run: run.worker for run in snapshot.runs if run.state in ENDED}
        new = ended.keys() - (ended.keys() if self._known is None else self._known)
        self._known = set(ended)
        self._due += sorted(run for run in new if ended[run] in self._workers)
        busy = self._process is not None and self._process.poll() is None
        if not busy and time.monotonic() >= self._next and (self._due or not self._described):
            self._start()

    def finish(self, snapshot: StudySnapshot, *, more: bool, hurried: Callable[[], bool]) -> None:
        """Wait for the last child, and (``more``) for one with all that is left; not for long, nor once ``hurried``."""
        self.update(snapshot)
        deadline = time.monotonic() + LEAVE_SECONDS
        if self._wait(deadline, hurried) and more and (self._due or not self._described):
            self._start()
            self._wait(deadline, hurried)
        if self._process is not None and self._process.poll() is None:
            # `optsweep dashboard` describes what is missing.
            self._process.kill()
            self._process.wait()

    def _start(self) -> None:
        order, environment = json.dumps([self._study, *self._due]), {"OPTSWEEP_STORAGE": self._storage}
        folder = study_directory(self._study) / "workers"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / "describe.log").open("ab") as log:
                self._process = start_module("optsweep.integrations.describe", order, environment, log)
        except OSError as error:  # a full disk, above all
            _logger.warning("the dashboard will lack notes: %s", error)
        self._due, self._described = [], True
        self._next = time.monotonic() + EVERY_SECONDS

    def _wait(self, deadline: float, hurried: Callable[[], bool]) -> bool:
        """Whether no child runs any more."""
        while self._process is not None and self._process.poll() is None:
            if hurried() or time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True
