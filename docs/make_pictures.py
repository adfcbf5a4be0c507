"""Draw docs/pictures/live.svg, the live view in the middle of a sweep: start a sweep, then, in the same folder, this.

optsweep sweep & python docs/make_pictures.py
"""

from __future__ import annotations

import io
import time
from pathlib import Path

from rich.console import Console

from optsweep.database.connection import open_storage
from optsweep.database.open_study import open_study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.urls import storage_url
from optsweep.planning.defaults import last_study
from optsweep.results.records import StudySnapshot
from optsweep.views.live import frame

PICTURE = Path(__file__).with_name("pictures") / "live.svg"
WIDTH = 100


def draw(snapshot: StudySnapshot, path: Path) -> None:
    """Write what `optsweep status --watch` shows of ``snapshot`` as SVG."""
    console = Console(file=io.StringIO(), record=True, width=WIDTH, force_terminal=True, color_system="truecolor")
    console.print(frame(snapshot, WIDTH))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(console.export_svg(title="optsweep sweep"), encoding="utf-8")


def in_the_middle(snapshot: StudySnapshot) -> bool:
    """Whether there is something to see: two thirds of the runs have ended, two train and have values."""
    training = [run for run in snapshot.runs if run.state == "running" and run.curve]
    return 3 * snapshot.finished_runs >= 2 * snapshot.target and len(training) >= 2


if __name__ == "__main__":
    study = open_study(open_storage(storage_url(None)), last_study() or "demo")
    while not in_the_middle(shown := read_snapshot(study)) and not shown.ended:
        time.sleep(1.0)
    draw(shown, PICTURE)
