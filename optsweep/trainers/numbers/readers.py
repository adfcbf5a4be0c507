"""The reader that a study file asks for: JSON, CSV, TensorBoard's event files, any lines, or what is reported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from optsweep.study.script.metrics_table import MetricsSection
from optsweep.trainers.numbers.found import Found
from optsweep.trainers.numbers.reader import LineReader, Reader
from optsweep.trainers.numbers.rows import Values, json_values, matched_values
from optsweep.trainers.numbers.whole_files import CsvFiles, JsonFiles

REPORTED = "reported.jsonl"
"""In a run's folder: what its script tells by `optsweep.report`."""


@dataclass
class EventFiles(Reader):
    """The scalars of TensorBoard's event files, by its own reader."""

    _loaders: dict[Path, Any] = field(default_factory=dict, init=False)

    def _new_values(self, path: Path, ended: bool) -> Iterator[Values]:
        from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
        from tensorboard.util.tensor_util import make_ndarray

        if path not in self._loaders:
            self._loaders[path] = EventFileLoader(str(path))
        for event in self._loaders[path].Load():
            scalars = {
                value.tag: float(make_ndarray(value.tensor).item())
                for value in event.summary.value
                if value.metadata.plugin_data.plugin_name == "scalars"
            }
            if scalars:
                yield {"step": float(event.step), **scalars}


def open_reader(metrics: MetricsSection, folder: Path, log: Path) -> Reader:
    """The reader that the study file asks for; ``log`` holds what the script prints."""
    place = (folder, metrics.file) if metrics.file else (log.parent, log.name)
    found = Found(metrics)
    match metrics.kind:
        case "jsonl" if metrics.file.endswith(".json"):
            return JsonFiles(*place, found)
        case "jsonl":
            return LineReader(*place, found, parse=json_values)
        case "regex":
            return LineReader(*place, found, parse=partial(matched_values, metrics.patterns))
        case "csv":
            return CsvFiles(*place, found)
        case "report":
            return LineReader(log.parent, REPORTED, found, parse=json_values)
        case "tensorboard":
            return EventFiles(folder, metrics.file or "**/events.out.tfevents.*", found)
