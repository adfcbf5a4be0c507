"""What the workers left in their runs' computed.txt: who computed what, when, and how often."""

from __future__ import annotations

import itertools
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.training import COMPUTED

FILES = "*/computed*.txt"


@dataclass(frozen=True)
class Stretch:
    """Consecutive iterations of one run by one attempt."""

    run: str
    attempt: str
    first_step: int
    last_step: int
    began: float
    ended: float
    again: int
    """How many of its iterations had been computed before."""

    @property
    def pid(self) -> int:
        return int(self.attempt.partition(".")[0])


def put_aside(runs: Path) -> None:
    """The study is begun anew: what its runs have computed so far is another history."""
    for file in runs.glob(f"*/{COMPUTED}"):
        file.rename(file.with_name(f"computed-{time.time():.0f}.txt"))


def stretches(runs: Path) -> list[list[Stretch]]:
    """For every run under ``runs`` (and every study that had it): its stretches, in the order of their computation."""
    return [list(_stretches(file)) for file in sorted(runs.glob(FILES))]


def _stretches(file: Path) -> Iterable[Stretch]:
    lines = [line.split() for line in file.read_text().splitlines()]
    reached = 0
    for attempt, group in itertools.groupby(lines, key=lambda line: line[1]):
        mine = list(group)
        first, last = int(mine[0][0]), int(mine[-1][0])
        again = max(0, min(reached, last) - first + 1)
        yield Stretch(file.parent.name, attempt, first, last, float(mine[0][2]), float(mine[-1][2]), again)
        reached = max(reached, last)


def overlaps(history: list[Stretch], stopped: Collection[int] = ()) -> int:
    """How often two attempts computed one run at once: an attempt that comes back after another had begun.

    A process that was stopped (those pids) ends the one iteration that it was at when it goes on; that is none.
    """
    attempts: list[str] = []
    for stretch in history:
        ends_its_iteration = stretch.pid in stopped and stretch.first_step == stretch.last_step
        if stretch.attempt in attempts[:-1] and ends_its_iteration:
            stopped = {*stopped} - {stretch.pid}  # once
        elif stretch.attempt not in attempts[-1:]:
            attempts.append(stretch.attempt)
    return len(attempts) - len({*attempts})


def recovery_seconds(history: list[Stretch], pids: Collection[int], killed: float) -> float | None:
    """Seconds from the kill of ``pids`` until the run was computed again; None where they were not at it then."""
    for before, after in itertools.pairwise(history):
        if before.pid in pids and before.began <= killed <= after.began:
            return after.began - killed
    return None


def num_lines(runs: Path) -> int:
    """How many iterations were computed so far, those computed again included."""
    return sum(file.read_bytes().count(b"\n") for file in runs.glob(FILES))
