"""What `sweep --dry-run --measure` found, kept beside the study's runs until a sweep starts and forecasts from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from optsweep.files import write_text
from optsweep.machine.devices import Slot
from optsweep.results.folders import study_directory


def times_path(study: str) -> Path:
    """JSON: kind of device -> [[iterations, multiplications, seconds], ...]."""
    return study_directory(study) / "measured.json"


def keep_times(study: str, times: Mapping[str, list[tuple[float, float, float]]]) -> None:
    path = times_path(study)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(times, indent=2) + "\n")


def read_times(study: str, slots: list[Slot]) -> list[tuple[float, float, float]]:
    """The times of devices of the same kinds as ``slots``; empty if nothing was measured on them."""
    path = times_path(study)
    if not path.exists():
        return []
    times = json.loads(path.read_text())
    return [tuple(each) for kind in sorted({slot.kind for slot in slots}) for each in times.get(kind, [])]
