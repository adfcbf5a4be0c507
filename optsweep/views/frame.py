"""One picture of a study while it is worked on, made to fill a terminal of any size and never to exceed it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from optsweep.machine.load import Machine
from optsweep.results import words
from optsweep.results.costs import device_seconds, saved_seconds, study_share
from optsweep.results.forecast import TimeLeft
from optsweep.results.records import StudySnapshot
from optsweep.trust.ranking import Ranked
from optsweep.views.panels import GAP, beside, stacked
from optsweep.views.run_panels import ended, leaders, queue, ranking, running
from optsweep.views.terminal import bar, stack
from optsweep.views.terminal_curves import curves

NOTHING_KNOWN = Machine()
MIDDLE, WIDE = 110, 150
"""Columns from which on panels stand beside each other; all of them, in two columns."""
BETWEEN = 3
ROOM_FOR_CURVES = 26
"""Lines from which on curves have a third of a narrow screen."""


def frame(
    snapshot: StudySnapshot,
    width: int,
    height: int = 24,
    machine: Machine = NOTHING_KNOWN,
    left: TimeLeft | None = None,
) -> RenderableType:
    """At most ``height`` lines of at most ``width`` columns; ``left`` is how long the sweep still takes, if known."""
    best = leaders(snapshot)
    head = _head(snapshot, width, machine, left, best)
    room = height - len(head)
    if width >= WIDE:
        body = _two_columns(snapshot, width, room, best)
    elif width >= MIDDLE:
        body = _with_curves(_table_and_pair(snapshot, width, room, best), snapshot, width, room)
    else:
        panels = [*(panel(snapshot, width) for panel in (running, ended, queue)), ranking(snapshot, width, best)]
        most = room if room < ROOM_FOR_CURVES else room * 2 // 3
        body = _with_curves(stacked(panels, most), snapshot, width, room)
    lines = [*head, *body][:height]
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return stack(*lines)


def _two_columns(snapshot: StudySnapshot, width: int, room: int, best: Sequence[Ranked]) -> list[Text]:
    half = (width - BETWEEN) // 2
    ours = stacked([panel(snapshot, half) for panel in (running, ended, queue)], room)
    theirs = stacked([ranking(snapshot, half, best)], room)
    return beside(ours, _with_curves(theirs, snapshot, half, room), half, BETWEEN)


def _table_and_pair(snapshot: StudySnapshot, width: int, room: int, best: Sequence[Ranked]) -> list[Text]:
    """What runs over the whole width; below it the ranking, beside what has ended and what waits."""
    half = (width - BETWEEN) // 2
    top = stacked([running(snapshot, width)], room)
    room = max(8, (room - len(top)) // 2)
    right = [ended(snapshot, half), queue(snapshot, half)]
    return [*top, *beside(stacked([ranking(snapshot, half, best)], room), stacked(right, room), half, BETWEEN)]


def _with_curves(lines: Sequence[Text], snapshot: StudySnapshot, width: int, room: int) -> list[Text]:
    """The lines, and what is left of the room filled with the curves, if it is enough for them."""
    drawn = curves(snapshot, width, room - len(lines) - 1)
    return [*lines, *([Text(), *drawn] if drawn else [])]


def _head(
    snapshot: StudySnapshot, width: int, machine: Machine, left: TimeLeft | None, best: Sequence[Ranked]
) -> list[Text]:
    counts, share = snapshot.counts, study_share(snapshot)
    synthetic = " (synthetic data)" if snapshot.synthetic else ""
    lines = [Text(f"optsweep: study {words.one_line(snapshot.study)}{synthetic}", "bold")]
    if snapshot.stopped:
        lines.append(Text(f"No more runs are started: {words.one_line(snapshot.stopped)}", "bold yellow"))
    done = f" {words.percent(share)}{'' if left is None else f', {_left_words(left)}'}"
    numbers = (
        f"{snapshot.finished_runs} of {snapshot.target} finished, "
        f"{counts['running']} running, {counts['waiting']} waiting, {counts['failed']} failed"
    )
    return [
        *lines,
        Text(bar(share, min(max(10, width // 2 - 12), 60)) + done),
        Text(numbers),
        Text(_leader(snapshot, best), "bold green" if best else ""),
        Text(_costs(snapshot, machine)),
        *_gpus(machine, width),
    ]


def _left_words(left: TimeLeft) -> str:
    shown, low, high = (_about(seconds) for seconds in (left.seconds, left.low, left.high))
    low = low.removesuffix(high[high.index(" ") :])
    return f"about {shown} left" + (f" ({low} to {high})" if low != high.partition(" ")[0] else "")


def _about(seconds: float) -> str:
    """A time of which nobody knows the seconds."""
    for limit, unit, size in ((90, "s", 1), (5400, "min", 60), (172800, "h", 3600)):
        if seconds < limit:
            return f"{seconds / size:.2g} {unit}" if unit == "h" else f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400:.2g} d"


def _leader(snapshot: StudySnapshot, best: Sequence[Ranked]) -> str:
    """Who leads so far, by how much over the next, and over what knows only the composition."""
    if not best:
        return words.best_words(snapshot)
    first, *others = best
    said = f"best {words.value_words(first.value)} ({words.one_line(first.run.run)})"
    unigram = words.finite(snapshot.reference.get("unigram_entropy"))
    if unigram is not None and (value := words.finite(first.value)) is not None:
        said += f", {words.compared(value, unigram)} the unigram entropy"
    cost = snapshot.definition.direction.cost
    ahead = cost(others[0].value or 0.0) - cost(first.value or 0.0) if others else -1.0
    # The mean of several seeds may lead one lucky value that is the better number.
    if ahead >= 0:
        said += f"; {words.value_words(ahead, 3)} ahead of {words.one_line(others[0].run.run)}"
    return said


def _costs(snapshot: StudySnapshot, machine: Machine) -> str:
    used = f"{device_seconds(snapshot) / 3600:.2f} {words.hours_unit(snapshot.runs)} used"
    if saved := saved_seconds(snapshot):
        used += f", about {saved / 3600:.2f} saved by pruning"
    return used if machine.disk_free is None else f"{used}, {machine.disk_free / 1e9:.1f} GB of disk left"


def _gpus(machine: Machine, width: int) -> list[Text]:
    """This machine's GPUs, several in a line; workers on other hosts have theirs there."""
    gpus = [
        f"{gpu.index}: {words.percent(gpu.busy):>4} {gpu.used / 2**30:.0f}/{gpu.total / 2**30:.0f}"
        for gpu in machine.gpus
    ]
    label = "GPUs, GiB"
    size = max(map(len, gpus), default=0) + GAP
    each = max(1, (width - len(label)) // size)
    rows = [gpus[place : place + each] for place in range(0, len(gpus), each)]
    return [
        Text(f"{'' if place else label:{len(label)}}" + "".join(f"  {entry:<{size - GAP}}" for entry in row))
        for place, row in enumerate(rows)
    ]
