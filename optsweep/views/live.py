"""The live view of a terminal and the plain lines of a pipe: who trains what, how far the study is, what ended."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from optsweep.machine.load import Gauge, Machine
from optsweep.results import words
from optsweep.results.costs import device_seconds, saved_seconds, study_share
from optsweep.results.forecast import prediction_error, remaining_seconds
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.views.terminal import STATE_STYLE, Column, RunTable, bar, name, plain_console, sparkline, stack

LAST_FINISHED = 5
WATCH_SECONDS = 1.0
NOTHING_KNOWN = Machine()
WIDE = 120
"""Columns from which on a frame has room for more."""

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


@contextlib.contextmanager
def observer(console: Console) -> Iterator[Show]:
    """Shows snapshots one after the other: plain lines in a pipe, one frame that is kept up to date on a terminal.

    The frame is cleared at the end; other output appears above it.
    """
    if not console.is_terminal:
        # Names and reasons may hold brackets, which rich would take for its markup.
        yield PlainProgress(lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True)).update
        return
    gauge = Gauge()
    # No refresh thread: a frame changes only when there is a new snapshot.
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield lambda snapshot: live.update(frame(snapshot, console.width, gauge.read()), refresh=True)


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


def frame(snapshot: StudySnapshot, width: int, machine: Machine = NOTHING_KNOWN) -> RenderableType:
    """One picture of the study and of this machine, ``width`` columns wide; made for 80 columns and more."""
    running = [run for run in snapshot.runs if run.state == "running"]
    table = (
        RunTable(running, _columns(width, with_speed=snapshot.data is not None)) if running else "No run is running."
    )
    return stack(
        *_study(snapshot, width),
        _cut(_costs(snapshot, machine)),
        "",
        table,
        *_gpus(machine, width),
        *_last_finished(snapshot, width),
    )


def _study(snapshot: StudySnapshot, width: int) -> list[Text]:
    counts, share = snapshot.counts, study_share(snapshot)
    synthetic = " (synthetic data)" if snapshot.synthetic else ""
    lines = [_cut(f"optsweep: study {words.one_line(snapshot.study)}{synthetic}", "bold")]
    if snapshot.stopped:
        lines.append(_cut(f"No more runs are started: {words.one_line(snapshot.stopped)}", "bold yellow"))
    numbers = (
        f"{snapshot.finished_runs} of {snapshot.target} finished, "
        f"{counts['running']} running, {counts['waiting']} waiting, {counts['failed']} failed"
    )
    progress = f"{bar(share, max(10, width // 2 - 10))} {words.percent(share)}{_ahead(snapshot)}"
    return [*lines, Text(), *map(_cut, (progress, numbers, _best_line(snapshot)))]


def _ahead(snapshot: StudySnapshot) -> str:
    """The time left, and how far such predictions were off."""
    rest = remaining_seconds(snapshot)
    if rest is None:
        return ""
    error = prediction_error(snapshot)
    return f", about {words.duration(rest)} left" + ("" if error is None else f" (± {round(100 * error)} %)")


def _costs(snapshot: StudySnapshot, machine: Machine) -> str:
    used = f"{device_seconds(snapshot) / 3600:.2f} {words.hours_unit(snapshot.runs)} used"
    if saved := saved_seconds(snapshot):
        used += f", about {saved / 3600:.2f} saved by pruning"
    return used if machine.disk_free is None else f"{used}, {machine.disk_free / 1e9:.1f} GB of disk left"


def _gpus(machine: Machine, width: int) -> list[Text]:
    """A line for each GPU of this machine; workers on other hosts have theirs there."""
    size = 30 if width >= WIDE else 8
    lines = [
        f"  physical GPU {gpu.index:<3} {bar(gpu.busy, size)} {words.percent(gpu.busy):>5} busy  "
        f"{gpu.used / 2**30:6.1f} of {gpu.total / 2**30:.1f} GiB"
        for gpu in machine.gpus
    ]
    return [Text(), Text("GPUs here:"), *map(_cut, lines)] if lines else []


def _best_line(snapshot: StudySnapshot) -> str:
    best = words.finite(snapshot.best.value) if snapshot.best else None
    unigram = words.finite(snapshot.reference.get("unigram_entropy"))
    if best is None or unigram is None:
        return words.best_words(snapshot)
    return f"{words.best_words(snapshot)}, {words.compared(best, unigram)} the unigram entropy"


def _columns(width: int, *, with_speed: bool) -> Sequence[Column]:
    """``with_speed``: whether residues are what runs train on."""
    wide = width >= WIDE
    speed = Column("residues/s", lambda run: words.quantity(words.finite(run.residues_per_second)), "right")
    value = Column("value so far", lambda run: words.value_words(run.value), "right")
    return [
        Column("device", lambda run: name(run.worker or words.ABSENT, 40 if wide else 16), shrinks=True),
        Column("run", lambda run: name(run.run, 40 if wide else 18), shrinks=True),
        Column("progress", lambda run: f"{bar(run.progress, 30 if wide else 8)} {words.percent(run.progress):>5}"),
        Column("loss", lambda run: words.value_words(run.train_loss, 3), "right"),
        *([speed] if with_speed else []),
        *([value] if wide else []),
        Column("curve", lambda run: sparkline([run.curve[step] for step in sorted(run.curve)], 20 if wide else 6)),
    ]


def _last_finished(snapshot: StudySnapshot, width: int) -> list[Text]:
    ended = [run for run in snapshot.runs if run.over]
    last = sorted(ended, key=lambda run: (run.ended or 0.0, run.index), reverse=True)[:LAST_FINISHED]
    lines = [
        _cut(f"  {name(run.run, 40 if width >= WIDE else 20)} {_how(run)}", STATE_STYLE[run.state]) for run in last
    ]
    return [Text(), Text("Last ended:"), *lines] if lines else []


def _how(run: RunRecord) -> str:
    return f"complete: {words.value_words(run.value)}" if run.state == "complete" else words.state_words(run)


def _cut(text: str, style: str = "") -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
