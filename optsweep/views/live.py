"""The live view of a terminal: who trains what, how far the study is, what ended last and why."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from optsweep.machine.load import Gauge, Machine
from optsweep.results.costs import device_seconds, saved_seconds, study_share
from optsweep.results.forecast import prediction_error, remaining_seconds
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import (
    ABSENT,
    best_words,
    duration,
    finite,
    is_synthetic,
    nats,
    one_line,
    percent,
    quantity,
    seconds_unit,
    state_words,
)
from optsweep.views.lines import PlainProgress
from optsweep.views.status import status_table
from optsweep.views.terminal import STATE_STYLE, AsciiSafe, Column, RunTable, bar, curve_of, name, plain_console

LAST_FINISHED = 5
WATCH_SECONDS = 1.0
NOTHING_KNOWN = Machine()


class LiveView:
    """Keeps one frame up to date on a terminal and clears it at the end; what others write stands above it."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        self._gauge = Gauge()
        # No refresh thread: a frame changes only when there is a new snapshot.
        self._live = Live(console=self._console, auto_refresh=False, transient=True)

    def __enter__(self) -> LiveView:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def update(self, snapshot: StudySnapshot) -> None:
        """Show ``snapshot``."""
        self._live.update(frame(snapshot, self._console.width, self._gauge.read()), refresh=True)


@contextlib.contextmanager
def observer(console: Console) -> Iterator[Callable[[StudySnapshot], None]]:
    """What shows snapshots one after the other: the live view on a terminal, plain lines in a pipe."""
    if console.is_terminal:
        with LiveView(console) as view:
            yield view.update
    else:
        # Names and reasons may hold brackets, which rich would take for its markup.
        yield PlainProgress(lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True)).update


@contextlib.contextmanager
def watching() -> Iterator[tuple[Callable[[StudySnapshot], None], Callable[[str], None]]]:
    """What a person sees of workers on this host: where snapshots go, and where lines go."""
    console = plain_console()
    with observer(console) as observe:
        yield observe, console.print


def watch(
    read: Callable[[], StudySnapshot],
    console: Console | None = None,
    at_end: Callable[[StudySnapshot], RenderableType] = status_table,
) -> None:
    """Show what ``read`` gives until every run has ended or the person has seen enough (Ctrl-C).

    A terminal keeps what ``at_end`` makes of the last snapshot.
    """
    console = console or Console()
    snapshot = read()
    with contextlib.suppress(KeyboardInterrupt), observer(console) as show_snapshot:
        show_snapshot(snapshot)
        while not snapshot.ended:
            time.sleep(WATCH_SECONDS)
            snapshot = read()
            show_snapshot(snapshot)
    if console.is_terminal:
        console.print(at_end(snapshot), soft_wrap=True)


def frame(snapshot: StudySnapshot, width: int, machine: Machine = NOTHING_KNOWN) -> RenderableType:
    """One picture of the study and of this machine, ``width`` columns wide; made for 80 columns and more."""
    running = [run for run in snapshot.runs if run.state == "running"]
    parts = [*_head(snapshot), Text(), *_study(snapshot, width), _cut(_costs(snapshot, machine)), Text()]
    parts.append(RunTable(running, _columns(width)) if running else Text("No run is running."))
    parts += [*_gpus(machine, width), *_last_finished(snapshot, width)]
    return AsciiSafe(Group(*parts))


def _head(snapshot: StudySnapshot) -> list[RenderableType]:
    synthetic = " (synthetic data)" if is_synthetic(snapshot) else ""
    lines: list[RenderableType] = [_cut(f"optsweep: study {one_line(snapshot.study)}{synthetic}", "bold")]
    if snapshot.stopped:
        lines.append(_cut(f"No run is started any more: {one_line(snapshot.stopped)}", "bold yellow"))
    return lines


def _study(snapshot: StudySnapshot, width: int) -> list[RenderableType]:
    counts = snapshot.counts
    share = study_share(snapshot)
    numbers = (
        f"{snapshot.finished_runs} of {snapshot.target} finished, "
        f"{counts['running']} running, {counts['waiting']} waiting, {counts['failed']} failed"
    )
    return [
        _cut(f"{bar(share, max(10, width // 2 - 10))} {percent(share)}{_ahead(snapshot)}"),
        _cut(numbers),
        _cut(_best_line(snapshot)),
    ]


def _ahead(snapshot: StudySnapshot) -> str:
    """The time left, and how far such predictions were off."""
    rest = remaining_seconds(snapshot)
    if rest is None:
        return ""
    error = prediction_error(snapshot)
    return f", about {duration(rest)} left" + ("" if error is None else f" (± {round(100 * error)} %)")


def _costs(snapshot: StudySnapshot, machine: Machine) -> str:
    hours = "GPU-hours" if seconds_unit(snapshot.runs) == "GPU-seconds" else "hours on the workers"
    words = f"{device_seconds(snapshot) / 3600:.2f} {hours} used"
    if saved := saved_seconds(snapshot):
        words += f", about {saved / 3600:.2f} saved by pruning"
    return words if machine.disk_free is None else f"{words}, {machine.disk_free / 1e9:.1f} GB of disk left"


def _gpus(machine: Machine, width: int) -> list[RenderableType]:
    """A line for each GPU of this machine; workers on other hosts have theirs there."""
    if not machine.gpus:
        return []
    lines: list[RenderableType] = [Text(), Text("GPUs here:")]
    for gpu in machine.gpus:
        busy = f"{bar(gpu.busy, 30 if width >= 120 else 8)} {percent(gpu.busy):>5} busy"
        memory = f"{gpu.used / 2**30:6.1f} of {gpu.total / 2**30:.1f} GiB"
        lines.append(_cut(f"  physical GPU {gpu.index:<3} {busy}  {memory}"))
    return lines


def _best_line(snapshot: StudySnapshot) -> str:
    best = finite(snapshot.best.value) if snapshot.best else None
    unigram = finite(snapshot.reference.get("unigram_entropy"))
    if best is None or unigram is None:
        return best_words(snapshot)
    side = "below" if best <= unigram else "ABOVE"
    return f"{best_words(snapshot)}, {nats(abs(unigram - best), 3)} {side} the unigram entropy"


def _columns(width: int) -> Sequence[Column]:
    wide = width >= 120
    bar_width = 30 if wide else 8

    def progress(run: RunRecord) -> str:
        return f"{bar(run.progress, bar_width)} {percent(run.progress):>5}"

    def loss(run: RunRecord) -> str:
        return nats(run.train_loss, 3)

    def speed(run: RunRecord) -> str:
        known = finite(run.residues_per_second)
        return ABSENT if known is None else quantity(known)

    columns = [
        Column("device", lambda run: name(run.worker or ABSENT, 40 if wide else 16), shrinks=True),
        Column("run", lambda run: name(run.run, 40 if wide else 18), shrinks=True),
        Column("progress", progress),
        Column("loss", loss, "right"),
        Column("residues/s", speed, "right"),
        Column("curve", lambda run: curve_of(run, 20 if wide else 6)),
    ]
    if wide:
        columns.insert(5, Column("value so far", lambda run: nats(run.value), "right"))
    return columns


def _last_finished(snapshot: StudySnapshot, width: int) -> list[RenderableType]:
    ended = [run for run in snapshot.runs if run.state in ("complete", "pruned", "failed")]
    last = sorted(ended, key=lambda run: (run.ended or 0.0, run.index), reverse=True)[:LAST_FINISHED]
    if not last:
        return []
    lines: list[RenderableType] = [Text(), Text("Last ended:")]
    for run in last:
        label = name(run.run, 40 if width >= 120 else 20).plain
        words = f"complete: {nats(run.value)}" if run.state == "complete" else state_words(run)
        lines.append(_cut(f"  {label} {words}", STATE_STYLE[run.state]))
    return lines


def _cut(text: str, style: str = "") -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
