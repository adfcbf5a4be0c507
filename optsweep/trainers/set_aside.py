"""A script's work folder set aside, so that the script begins anew, and put back."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from optsweep.train.report import METRICS_FILE
from optsweep.trainers.numbers.readers import REPORTED

WORK, LOG = "work", "log_stdout.txt"
MOVED = (WORK, METRICS_FILE, REPORTED)


def set_aside(directory: Path) -> str | None:
    """Move the work folder, and what was read from it, to before-1 (or -2, ...); says so, or None if it is empty."""
    work = directory / WORK
    if not work.is_dir() or not any(work.iterdir()):
        return None
    place = directory / f"before-{len(_kept(directory)) + 1}"
    place.mkdir()
    for name in MOVED:
        if (directory / name).exists():
            (directory / name).rename(place / name)
    (directory / LOG).touch()
    # Numbers may be read from the log. It is emptied, not moved: this process is writing to it.
    shutil.copyfile(directory / LOG, place / LOG)
    os.truncate(directory / LOG, 0)
    return f"what it had in {WORK} is in {place.name} now"


def put_back(directory: Path) -> None:
    """Undo the last `set_aside`; what the attempt since then has left is removed."""
    place = _kept(directory)[-1]
    shutil.rmtree(directory / WORK, ignore_errors=True)
    for name in MOVED:
        if name != WORK:
            (directory / name).unlink(missing_ok=True)
        if (place / name).exists():
            (place / name).rename(directory / name)
    with (place / LOG).open("ab") as before, (directory / LOG).open("rb") as since:
        shutil.copyfileobj(since, before)
    shutil.copyfile(place / LOG, directory / LOG)
    shutil.rmtree(place)


def _kept(directory: Path) -> list[Path]:
    return sorted(directory.glob("before-*"), key=lambda place: int(place.name.removeprefix("before-")))
