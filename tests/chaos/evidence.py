"""What the workers left in their runs' computed.txt: who computed what, when, and how often."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.training import COMPUTED


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


def stretches(runs: Path) -> dict[str, list[Stretch]]:
    """For every run under ``runs``: its stretches, in the order in which they were computed."""
    return {file.parent.name: list(_stretches(file)) for file in sorted(runs.glob(f"*/{COMPUTED}"))}


def _stretches(file: Path) -> Iterable[Stretch]:
    lines = [line.split() for line in file.read_text().splitlines()]
    reached = 0
    for attempt, group in itertools.groupby(lines, key=lambda line: line[1]):
        mine = list(group)
        first, last = int(mine[0][0]), int(mine[-1][0])
        again = max(0, min(reached, last) - first + 1)
        yield Stretch(file.parent.name, attempt, first, last, float(mine[0][2]), float(mine[-1][2]), again)
        reached = max(reached, last)


def overlaps(history: list[Stretch]) -> int:
    """How often two attempts computed one run at once: an attempt that comes back after another had begun."""
    return len(history) - len({stretch.attempt for stretch in history})


def recovery_seconds(history: list[Stretch], pids: Collection[int], killed: float) -> float | None:
    """Seconds from the kill of ``pids`` until the run was computed again; None where they were not at it then."""
    for before, after in itertools.pairwise(history):
        if before.pid in pids and before.began <= killed <= after.began:
            return after.began - killed
    return None


def num_lines(runs: Path) -> int:
    """How many iterations were computed so far, those computed again included."""
    return sum(file.read_bytes().count(b"\n") for file in runs.glob(f"*/{COMPUTED}"))
