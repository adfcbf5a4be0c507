"""The live view of a terminal and the plain lines of a pipe: who trains what, how far the study is, what ended."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.console import Console, RenderableType
from rich.live import Live

from optsweep.machine.load import Gauge
from optsweep.results import words
from optsweep.results.forecast import TimeLeft, time_left
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.views.frame import frame
from optsweep.views.terminal import plain_console

WATCH_SECONDS = 1.0
ESTIMATE_SHARE = 0.05
"""How much of the time may go into working out the time left; with thousands of runs it takes long."""

Show = Callable[[StudySnapshot], None]


class PlainProgress:
    """Writes one line for every start and end of a run and for every change of the study.

    The first snapshot is the starting point: only the study's totals are written, so that a resumed sweep does not
    repeat what an earlier one said. Take it before workers start.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._last: StudySnapshot | None = None
        self._started: dict[str, int] = {}
        """Attempts of each run whose start was written."""

    def update(self, snapshot: StudySnapshot) -> None:
        """Write what is new in ``snapshot``."""
        last, self._last = self._last, snapshot
        if last is None:
            self._started = {run.run: run.attempts for run in snapshot.runs}
            self._write(_totals(snapshot))
            return
        if snapshot.target != last.target:
            self._write(f"The study's target is now {snapshot.target} runs")
        before = {run.run: run for run in last.runs}
        for run in snapshot.runs:
            self._run(before.get(run.run), run, snapshot)
        if _ended(snapshot) != _ended(last):
            self._write(_totals(snapshot))
        if snapshot.stopped and snapshot.stopped != last.stopped:
            self._write(f"No more runs are started: {words.one_line(snapshot.stopped)}")

    def _run(self, before: RunRecord | None, run: RunRecord, snapshot: StudySnapshot) -> None:
        # A claimed run has no config until its worker has drawn the parameters: its start is written only then.
        known = bool(run.stored_config) or run.state != "running"
        if known and run.attempts > self._started.get(run.run, 0):
            self._started[run.run] = run.attempts
            for line in words.start_lines(run, snapshot.data, snapshot.trainer):
                self._write(line)
        if before is not None and (before.state, before.attempts) == (run.state, run.attempts):
            return
        if run.over:
            self._write(_end_line(run, snapshot))
        elif run.state == "waiting" and before is not None:
            reason = f": {words.one_line(run.reason)}" if run.reason else ""
            self._write(f"{run.run} is back in the queue{reason}")


def _end_line(run: RunRecord, snapshot: StudySnapshot) -> str:
    if run.state == "complete":
        return f"{run.run} complete: {words.value_words(run.value)} {words.one_line(snapshot.trainer.unit)}"
    what = "best value" if snapshot.definition.summary == "best" else "value"
    value = f", {what} {words.value_words(run.value)}" if words.finite(run.value) is not None else ""
    log = f"; log: {run.directory}/log_stdout.txt" if run.state == "failed" and run.directory else ""
    return f"{run.run} {words.state_words(run)}{value}{log}"


def _ended(snapshot: StudySnapshot) -> tuple[int, int]:
    return snapshot.finished_runs, snapshot.counts["failed"]


def _totals(snapshot: StudySnapshot) -> str:
    failed = f", {count} failed" if (count := snapshot.counts["failed"]) else ""
    return f"{snapshot.finished_runs} of {snapshot.target} runs finished{failed}, {words.best_words(snapshot)}"


class Estimate:
    """The time left, worked out again only so often that it costs little."""

    def __init__(self) -> None:
        self._known: TimeLeft | None = None
        self._due = 0.0

    def read(self, snapshot: StudySnapshot) -> TimeLeft | None:
        """What is known now."""
        began = time.monotonic()
        if began >= self._due:
            self._known = time_left(snapshot)
            self._due = began + (time.monotonic() - began) / ESTIMATE_SHARE
        return self._known


@contextlib.contextmanager
def observer(console: Console) -> Iterator[Show]:
    """Shows snapshots one after the other: plain lines in a pipe, one frame that is kept up to date on a terminal.

    The frame is cleared at the end; other output appears above it.
    """
    if not console.is_terminal:
        # Names and reasons may hold brackets, which rich would take for its markup.
        yield PlainProgress(lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True)).update
        return
    gauge, estimate = Gauge(), Estimate()

    def picture(snapshot: StudySnapshot) -> RenderableType:
        # A line less than there are: what clears the frame at the end begins with a new one.
        return frame(snapshot, console.width, console.height - 1, gauge.read(), estimate.read(snapshot))

    # No refresh thread: a frame changes only when there is a new snapshot.
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield lambda snapshot: live.update(picture(snapshot), refresh=True)


@contextlib.contextmanager
def watching() -> Iterator[tuple[Show, Callable[[str], None]]]:
    """Shows the workers of this host; yields what takes snapshots, and what takes lines."""
    console = plain_console()
    with observer(console) as observe:
        yield observe, console.print


def watch(
    read: Callable[[], StudySnapshot],
    console: Console | None = None,
    at_end: Callable[[StudySnapshot], RenderableType] | None = None,
) -> None:
    """Show what ``read`` gives until every run has ended or the person has seen enough (Ctrl-C).

    A terminal keeps what ``at_end`` makes of the last snapshot, if it is given.
    """
    console = console or plain_console()
    snapshot = read()
    with contextlib.suppress(KeyboardInterrupt), observer(console) as show:
        show(snapshot)
        while not snapshot.ended:
            time.sleep(WATCH_SECONDS)
            snapshot = read()
            show(snapshot)
    if console.is_terminal and at_end is not None:
        console.print(at_end(snapshot), soft_wrap=True)
