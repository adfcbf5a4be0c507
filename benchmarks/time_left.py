"""The time left that the live view tells, against how long recorded and simulated sweeps then took.

    python -m benchmarks.time_left                                # all recordings of the tests, and simulated sweeps
    python -m benchmarks.time_left record STUDY FILE [--every 1]  # follows a study that runs, for one more recording

Each sweep is looked at in 40 evenly spread moments from a third of it on. Inside: how often the truth was in the range
that was told, which is to be 80 % at least. Width: of the range, beside the truth; bias: of what was told, beside the
truth; both are the median of all looks.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from benchmarks._machine import print_machine
from benchmarks._recordings import Recording, record
from benchmarks._simulated import KINDS, simulated
from optsweep.results.forecast import time_left

RECORDED = Path(__file__).parents[1] / "tests" / "results" / "recorded"
LOOKS = 40
SIMULATED = 12


@dataclass(frozen=True)
class Look:
    truth: float
    seconds: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        return self.low <= self.truth <= self.high


def looks(recording: Recording, count: int = LOOKS) -> list[Look]:
    """What was told of the time left in moments from a third of the sweep on, and the truth."""
    found = []
    for moment in recording.moments(count):
        if (told := time_left(recording.at(moment))) is not None:
            found.append(Look(recording.truth(moment), told.seconds, told.low, told.high))
    return found


def row(name: str, seen: list[Look]) -> str:
    width, bias = (
        median((look.high - look.low) / look.truth for look in seen),
        median(look.seconds / look.truth - 1 for look in seen),
    )
    return f"{name:40}{len(seen):7}{fmean(look.inside for look in seen):9.0%}{width:8.2f}{bias:+8.0%}"


def table(sweeps: Iterable[tuple[str, list[Look]]]) -> None:
    print(f"{'':40}{'looks':>7}{'inside':>9}{'width':>8}{'bias':>8}")
    for name, seen in sweeps:
        print(row(name, seen), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command")
    recorder = commands.add_parser("record")
    recorder.add_argument("study")
    recorder.add_argument("file", type=Path)
    recorder.add_argument("--every", type=float, default=1.0, help="seconds between two looks at the database")
    given = parser.parse_args()
    if given.command == "record":
        follow(given.study, given.file, given.every)
        return
    print_machine("numpy")
    print("\nrecorded sweeps")
    table((path.stem, looks(Recording.load(path))) for path in sorted(RECORDED.glob("*.json")))
    print(f"\nsimulated sweeps, {SIMULATED} of each kind")
    table((kind, [look for seed in range(SIMULATED) for look in looks(simulated(kind, seed))]) for kind in KINDS)


def follow(name: str, file: Path, every: float) -> None:
    from optsweep.database.connection import open_storage
    from optsweep.database.open_study import open_study
    from optsweep.database.snapshot import read_snapshot
    from optsweep.database.urls import storage_url

    study = open_study(open_storage(storage_url(None)), name)
    record(lambda: read_snapshot(study), file, every)


if __name__ == "__main__":
    main()
