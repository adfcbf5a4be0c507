"""Tell a command of the user's what happens: a new best run, the end, a stop, a stall, a run that failed for good."""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import counts_words, error_words, one_line, state_words, value_words

Happening = Literal["new_best", "failed", "finished", "stopped", "stalled"]
ENDS: tuple[Happening, ...] = ("finished", "stopped")
"""Whose message is the study's verdict."""
COMMAND_SECONDS = 30.0
"""How long the command may take before it is killed."""
STALL_SECONDS = 1800.0
"""Without any progress of any run; far longer than an evaluation or a compilation takes."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Event:
    """What happened, as the command gets it: JSON on its stdin, and OPTSWEEP_<NAME> in its environment."""

    event: Happening
    study: str
    message: str
    """A line; for one of `ENDS` several."""
    run: str | None = None
    value: float | None = None
    directory: str | None = None


class Watcher:
    """Finds what happened between snapshots; the first one is where it begins."""

    def __init__(self) -> None:
        self._last: StudySnapshot | None = None
        self._moved: float | None = None
        """When a run was last seen to get on, by the database's clock; None once a stall was told."""

    def events(self, snapshot: StudySnapshot) -> Iterator[Event]:
        """What has happened since the snapshot before."""
        last, self._last = self._last, snapshot
        if last is None:
            self._moved = snapshot.now
            return
        states = {run.run: run.state for run in last.runs}
        for run in snapshot.runs:
            if run.state == "failed" and states.get(run.run) != "failed":
                yield _of_run("failed", snapshot, run, f"{one_line(run.run)} {state_words(run)}")
        best, before = snapshot.best, last.best
        if best is not None and (before is None or best.run != before.run):
            yield _of_run("new_best", snapshot, best, f"new best: {one_line(best.run)}, {value_words(best.value)}")
        if snapshot.ended and not last.ended:
            yield Event("finished", snapshot.study, counts_words(snapshot))
        elif _came_to_rest(snapshot) and not _came_to_rest(last):
            yield Event("stopped", snapshot.study, counts_words(snapshot))
        yield from self._stall(last, snapshot)

    def _stall(self, last: StudySnapshot, snapshot: StudySnapshot) -> Iterator[Event]:
        if snapshot.ended or snapshot.stopped or _standing(snapshot) != _standing(last):
            self._moved = snapshot.now
        elif self._moved is not None and snapshot.now - self._moved >= STALL_SECONDS:
            self._moved = None
            yield Event("stalled", snapshot.study, f"no run has made progress for {STALL_SECONDS / 60:.0f} minutes")


def _came_to_rest(snapshot: StudySnapshot) -> bool:
    """Whether a limit or a person stopped it, and the runs that were under way have been handed back or have ended."""
    return snapshot.stopped is not None and not snapshot.ended and not snapshot.counts["running"]


def _standing(snapshot: StudySnapshot) -> list[tuple[str, str, int, float, float]]:
    return [(run.run, run.state, run.attempts, run.progress, run.seconds) for run in snapshot.runs]


def _of_run(event: Happening, snapshot: StudySnapshot, run: RunRecord, message: str) -> Event:
    return Event(event, snapshot.study, message, run.run, run.value, run.directory)


class Notifier:
    """Runs the command, if there is one, for every event, one after the other in a thread; a failure is only logged."""

    def __init__(self, command: str, verdict_lines: Callable[[StudySnapshot], Sequence[str]]) -> None:
        """``verdict_lines`` is called in the thread, when the study has come to an end."""
        self._command, self._verdict_lines = command, verdict_lines
        self._watcher = Watcher()
        self._events: queue.SimpleQueue[tuple[Event, StudySnapshot] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="notifier", daemon=True)

    def __enter__(self) -> Notifier:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._events.put(None)
        self._thread.join(COMMAND_SECONDS)

    def update(self, snapshot: StudySnapshot) -> None:
        """Tell what is new in ``snapshot``; returns at once."""
        for event in self._watcher.events(snapshot) if self._command else ():
            self._events.put((event, snapshot))

    def _work(self) -> None:
        while (found := self._events.get()) is not None:
            event, snapshot = found
            if event.event in ENDS:
                event = self._with_verdict(event, snapshot)
            run_command(self._command, event)

    def _with_verdict(self, event: Event, snapshot: StudySnapshot) -> Event:
        try:
            return replace(event, message="\n".join(self._verdict_lines(snapshot)))
        except Exception as error:  # the end is told all the same
            _logger.warning("notify.command for %s lacks the verdict: %s", event.event, error_words(error))
            return event


def run_command(command: str, event: Event) -> None:
    """Run the user's command for one event; whatever goes wrong is logged."""
    told = asdict(event)
    environment = {f"OPTSWEEP_{name.upper()}": str(value) for name, value in told.items() if value is not None}
    try:
        # A session of its own: Ctrl-C for the sweep does not reach it, and all that it started can be killed.
        process = subprocess.Popen(
            command,
            shell=True,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.communicate(f"{json.dumps(told)}\n".encode(), COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    except OSError as error:
        _logger.warning("notify.command for %s: %s", event.event, error)
    else:
        if process.returncode:
            _logger.warning("notify.command for %s ended with %s", event.event, process.returncode)
