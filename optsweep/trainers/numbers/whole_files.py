"""Files that are read whole each time: tables (CSV), which get new columns so, and JSON files that are no lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from optsweep.plain import Plain
from optsweep.trainers.numbers.reader import Reader
from optsweep.trainers.numbers.rows import Values, flat, is_number, json_values


@dataclass
class CsvFiles(Reader):
    """Tables. A header in the middle, which a script writes that is called again, is looked up anew."""

    _counts: dict[Path, int] = field(default_factory=dict, init=False)

    def _new_values(self, path: Path, ended: bool) -> Iterator[Values]:
        seen, count = self._counts.get(path, 0), 0
        for count, values in enumerate(self._table(path, ended, seen), start=1):
            if count > seen:
                yield values
        self._counts[path] = count
        if count < seen:
            yield from self._table(path, ended, 0)

    def _table(self, path: Path, ended: bool, seen: int) -> Iterator[Values]:
        """The rows of a file, one at a time; a last line that is still being written is left out."""
        header: list[str] | None = None
        number = 0
        with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
            for cells in _cells(line for line in file if ended or line.endswith("\n")):
                if not cells:
                    continue
                if header is None or self._is_header(cells):
                    header = cells
                    continue
                number += 1
                while len(cells) > len(header) and not cells[-1].strip():
                    cells.pop()
                if len(cells) == len(header):
                    yield dict(zip(header, cells, strict=True))
                else:
                    self.found.misfits += number > seen
                    yield {}

    def _is_header(self, cells: list[str]) -> bool:
        metrics = self.found.metrics
        named = metrics.value in cells or metrics.step in cells
        return named and not any(map(is_number, cells))


@dataclass
class JsonFiles(Reader):
    """Files that hold one JSON value, and are written anew: rows in a list, or one row; JSON lines too."""

    _before: dict[Path, list[Values]] = field(default_factory=dict, init=False)

    def _new_values(self, path: Path, ended: bool) -> Iterator[Values]:
        rows, before = _json_rows(path.read_text(encoding="utf-8", errors="replace"), ended), self._before.get(path, [])
        self._before[path] = rows
        yield from rows[len(before) :] if rows[: len(before)] == before else rows


def _cells(lines: Iterator[str]) -> Iterator[list[str]]:
    """The cells of each row; one that is no CSV at all has none."""
    rows = csv.reader(lines, skipinitialspace=True)
    while True:
        try:
            yield [cell.strip() for cell in next(rows)]
        except StopIteration:
            return
        except csv.Error:
            yield []


def _json_rows(text: str, ended: bool) -> list[Values]:
    try:
        whole: Plain = json.loads(text)
    except (ValueError, RecursionError):
        lines = text.split("\n")
        return [values for line in (lines if ended else lines[:-1]) if (values := json_values(line))]
    if isinstance(whole, dict):
        # The state of Hugging Face's Trainer.
        history = whole.get("log_history")
        whole = history if isinstance(history, list) else [whole]
    return [flat(row) for row in whole] if isinstance(whole, list) else []
