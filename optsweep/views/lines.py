"""Plain progress lines for a pipe or a log file: what changed since the last look, each fact once."""

from __future__ import annotations

from collections.abc import Callable

from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import best_words, finite, nats, one_line, start_lines, state_words


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
            self._write(f"No more runs are started: {one_line(snapshot.stopped)}")

    def _run(self, before: RunRecord | None, run: RunRecord, snapshot: StudySnapshot) -> None:
        # A claimed run has no config until its worker has drawn the parameters: its start is written only then.
        known = bool(run.stored_config) or run.state != "running"
        if known and run.attempts > self._started.get(run.run, 0):
            self._started[run.run] = run.attempts
            for line in start_lines(run, snapshot.data, snapshot.trainer):
                self._write(line)
        if before is not None and (before.state, before.attempts) == (run.state, run.attempts):
            return
        if run.state in ("complete", "pruned", "failed"):
            self._write(_end_line(run, snapshot.trainer.unit))
        elif run.state == "waiting" and before is not None:
            reason = f": {one_line(run.reason)}" if run.reason else ""
            self._write(f"{run.run} is back in the queue{reason}")


def _end_line(run: RunRecord, unit: str) -> str:
    if run.state == "complete":
        return f"{run.run} complete: {nats(run.value)} {one_line(unit)}"
    value = f", best value {nats(run.value)}" if finite(run.value) is not None else ""
    log = f"; log: {run.directory}/log_stdout.txt" if run.state == "failed" and run.directory else ""
    return f"{run.run} {state_words(run)}{value}{log}"


def _ended(snapshot: StudySnapshot) -> tuple[int, int]:
    return snapshot.finished_runs, snapshot.counts["failed"]


def _totals(snapshot: StudySnapshot) -> str:
    failed = f", {count} failed" if (count := snapshot.counts["failed"]) else ""
    return f"{snapshot.finished_runs} of {snapshot.target} runs finished{failed}, {best_words(snapshot)}"
