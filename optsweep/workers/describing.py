"""Has ended runs described for the dashboard, by one child process at a time; the sweep does not suffer from it."""

from __future__ import annotations

import json
import logging
import subprocess
import time
from collections.abc import Callable

from optsweep.machine.child import end_by, start_module
from optsweep.results.folders import study_directory
from optsweep.results.records import StudySnapshot
from optsweep.results.words import end_words

DESCRIBE = "optsweep.workers.describe"
EVERY_SECONDS = 30.0
"""A child takes a second or two of a processor, so that runs that ended meanwhile share one."""
LEAVE_SECONDS = 20.0
"""How long the end of a sweep waits for the last child."""

_logger = logging.getLogger(__name__)


class Describing:
    """Follows the snapshots of a launcher and has the runs described that ended on its workers."""

    def __init__(self, study: str, storage: str, workers: set[str]) -> None:
        self._study, self._storage, self._workers = study, storage, workers
        self._known: set[str] | None = None
        """The runs that had ended by the last look, described or not."""
        self._due: list[str] = []
        self._described: tuple[str | None, str | None] | None = None
        """What had ended the study, and what had stopped it, when the last child was started."""
        self._process: subprocess.Popen[bytes] | None = None
        self._next = time.monotonic() + EVERY_SECONDS

    def update(self, snapshot: StudySnapshot) -> None:
        """Start a child if something is new and it is time for one; returns at once."""
        ended = {run.run: run.worker for run in snapshot.runs if run.over}
        new = ended.keys() - (ended.keys() if self._known is None else self._known)
        self._known = set(ended)
        self._due += sorted(run for run in new if ended[run] in self._workers)
        if time.monotonic() >= self._next and not self._busy():
            self._start(snapshot)

    def finish(self, snapshot: StudySnapshot, *, more: bool, hurried: Callable[[], bool]) -> None:
        """Wait for the last child, and (``more``) for one with all that is left; not for long, nor once ``hurried``."""
        self.update(snapshot)
        deadline = time.monotonic() + LEAVE_SECONDS
        while time.monotonic() < deadline and not hurried() and (self._busy() or (more and self._start(snapshot))):
            time.sleep(0.05)
        if self._process is not None:
            # `optsweep dashboard` describes what is missing.
            end_by(self._process, deadline=0.0)

    def _busy(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _start(self, snapshot: StudySnapshot) -> bool:
        """Start a child if there is something to describe; returns whether there was."""
        standing = (end_words(snapshot), snapshot.standstill)
        if self._described == standing and not self._due:
            return False
        order, log = json.dumps([self._study, *self._due]), study_directory(self._study) / "workers" / "describe.log"
        try:
            self._process = start_module(DESCRIBE, order, log, {"OPTSWEEP_STORAGE": self._storage})
        except OSError as error:  # a full disk, above all
            _logger.warning("the dashboard will lack notes: %s", error)
        self._due, self._described = [], standing
        self._next = time.monotonic() + EVERY_SECONDS
        return True
