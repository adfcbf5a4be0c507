"""Rows of numbers from what a script writes or prints: JSON lines, CSV, TensorBoard's event files, or any lines."""

from __future__ import annotations

import csv
import json
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from optsweep.plain import Plain
from optsweep.study.metrics_table import MetricsSection

Row = dict[str, float]
REPORTED = "reported.jsonl"
"""In a run's folder: what its script tells by `optsweep.report`."""
BLOCK = 1 << 20
LONGEST_LINE = 1 << 24
"""No row of numbers is longer."""
_LINE_END = re.compile(rb"[\r\n]")


@dataclass
class Reader(ABC):
    """Follows some files, in the order in which they came to be."""

    folder: Path
    pattern: str
    _known: dict[Path, tuple[int, int]] = field(default_factory=dict, init=False)

    def rows(self, *, ended: bool = False) -> list[Row]:
        """What has come since the last call; from a file that was written anew, all of it once more.

        If the script has ``ended``, what it left without an end of line counts too.
        """
        return [row for path in self._changed(ended) for row in self._new_rows(path, ended)]

    @abstractmethod
    def _new_rows(self, path: Path, ended: bool) -> Iterator[Row]: ...

    def _changed(self, ended: bool) -> list[Path]:
        found = []
        for path in self.folder.glob(self.pattern):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            version = (status.st_mtime_ns, status.st_size)
            if self._known.get(path) != version or ended:
                self._known[path] = version
                found.append((status.st_mtime_ns, path))
        return [path for _, path in sorted(found)]


@dataclass
class LineReader(Reader):
    """Whole lines; progress bars, which end in a carriage return, are lines too."""

    parse: Callable[[str], Row] = field(kw_only=True)
    _places: dict[Path, int] = field(default_factory=dict, init=False)

    def _new_rows(self, path: Path, ended: bool) -> Iterator[Row]:
        for line in self._new_lines(path, ended):
            if row := self.parse(line.decode("utf-8", errors="replace")):
                yield row

    def _new_lines(self, path: Path, ended: bool) -> Iterator[bytes]:
        place, rest = self._places.get(path, 0), b""
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < place:
                place = 0
            file.seek(place)
            # A block at a time: a script may print hundreds of megabytes.
            while block := file.read(BLOCK):
                *lines, rest = _LINE_END.split(rest + block)
                yield from lines
                if len(rest) > LONGEST_LINE:
                    rest = b""
            self._places[path] = file.tell() if ended else file.tell() - len(rest)
        if ended:
            yield rest


@dataclass
class CsvFiles(Reader):
    """Read from the beginning each time: some writers put new columns in by writing the whole file anew."""

    _counts: dict[Path, int] = field(default_factory=dict, init=False)

    def _new_rows(self, path: Path, ended: bool) -> Iterator[Row]:
        seen, count = self._counts.get(path, 0), 0
        for row in _table(path, ended):
            count += 1
            if count > seen:
                yield _numbers(row)
        self._counts[path] = count
        if count < seen:
            yield from map(_numbers, _table(path, ended))


@dataclass
class EventFiles(Reader):
    """The scalars of TensorBoard's event files, by its own reader."""

    _loaders: dict[Path, Any] = field(default_factory=dict, init=False)

    def _new_rows(self, path: Path, ended: bool) -> Iterator[Row]:
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


def _table(path: Path, ended: bool) -> Iterator[dict[str, Plain]]:
    """The rows of a CSV file, one at a time; a last line that is still being written is left out."""
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        yield from csv.DictReader(line for line in file if ended or line.endswith("\n"))


def open_reader(metrics: MetricsSection, folder: Path, log: Path) -> Reader:
    """The reader that the study file asks for; ``log`` holds what the script prints."""
    place = (folder, metrics.file) if metrics.file else (log.parent, log.name)
    match metrics.kind:
        case "jsonl":
            return LineReader(*place, parse=_json_row)
        case "regex":
            return LineReader(*place, parse=partial(_matched, metrics.patterns))
        case "csv":
            return CsvFiles(*place)
        case "report":
            return LineReader(log.parent, REPORTED, parse=_json_row)
        case "tensorboard":
            return EventFiles(folder, metrics.file or "**/events.out.tfevents.*")


def _json_row(line: str) -> Row:
    try:
        values = json.loads(line)
    except ValueError:
        return {}
    return _numbers(dict(_flat(values))) if isinstance(values, dict) else {}


def _matched(expressions: list[str], line: str) -> Row:
    matches = [re.search(expression, line) for expression in expressions]
    return _numbers({name: value for match in matches if match for name, value in match.groupdict().items()})


def _flat(values: Mapping[str, Plain], above: str = "") -> Iterator[tuple[str, Plain]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, value


def _numbers(values: Mapping[str, Plain]) -> Row:
    """What of the values is a number, written as one or as text; empty cells and words are left out."""
    found = {}
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            continue
        try:
            found[name] = float(value)
        except (ValueError, OverflowError):
            continue
    return found
