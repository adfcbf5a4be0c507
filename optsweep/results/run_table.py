"""A table of runs that vary learning rate and batch, read from anybody's CSV: what transfer over length works on."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optsweep.errors import DataError
from optsweep.files import open_regular

Array = NDArray[np.float64]

_DELIMITERS = ",;\t|"
_NO_VALUE = {"", "na", "n/a", "none", "null", "-"}
"""How programs write that there is no value, besides nan and inf."""
_MOST_RUNS = 10_000
_SHOWN_COLUMNS = 20


class Columns(NamedTuple):
    """The names of a table's columns."""

    length: str
    lr: str
    batch: str
    value: str


@dataclass(frozen=True, eq=False)
class RunTable:
    """One number a run in each column; all are finite, and length, lr and batch are positive."""

    length: Array
    """Training length, in whatever is proportional to the tokens or sequences seen."""
    lr: Array
    batch: Array
    value: Array
    """Lower is better."""
    left_out: int = 0
    """Runs without a finite value: diverged or unfinished ones, which are in no column."""

    def __len__(self) -> int:
        return len(self.value)

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> RunTable:
        """The runs that are chosen, in that order."""
        return RunTable(
            self.length[chosen], self.lr[chosen], self.batch[chosen], self.value[chosen], left_out=self.left_out
        )


def read_run_table(path: Path, columns: Columns) -> RunTable:
    """The runs of a CSV (or with semicolons, tabs or bars); raises `DataError` with line and value, and `OSError`.

    Other columns are ignored. A run whose value is nan, infinite or missing is counted, and left out.
    """
    rows: list[tuple[float, float, float, float]] = []
    left_out = 0
    try:
        with open_regular(path) as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
            for line, cells in _rows(path, text, columns):
                place = f"{path}: line {line}"
                inputs = [_positive(place, *pair) for pair in zip(columns[:3], cells[:3], strict=True)]
                value = _value(place, columns.value, cells[3])
                if math.isfinite(value):
                    rows.append((inputs[0], inputs[1], inputs[2], value))
                else:
                    left_out += 1
                if len(rows) + left_out > _MOST_RUNS:
                    raise DataError(f"{path}: has more than {_MOST_RUNS:,} runs; a sweep has fewer")
    except UnicodeDecodeError:
        raise DataError(f"{path}: is no text in UTF-8; a CSV file is expected") from None
    numbers = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return RunTable(numbers[:, 0], numbers[:, 1], numbers[:, 2], numbers[:, 3], left_out)


def _rows(path: Path, text: io.TextIOWrapper, columns: Columns) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells of the four columns)."""
    header = text.readline()
    if not header.strip():
        raise DataError(f"{path}: {'is empty' if not header else 'line 1 is empty'}; it names the columns")
    if "\0" in header:
        raise DataError(f"{path}: is no text; a CSV file is expected")
    delimiter = max(_DELIMITERS, key=lambda one: len(set(columns) & set(_cells(header, one))))
    names = _cells(header, delimiter)
    places = [_place(path, names, name) for name in columns]
    reader = csv.reader(text, delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        for cells in reader:
            line = reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(names):
                raise DataError(f"{path}: line {line}: has {len(cells)} fields, and the first line {len(names)}")
            yield line, [cells[place].strip() for place in places]
    except csv.Error as error:
        raise DataError(f"{path}: line {reader.line_num + 1}: {error}") from None


def _cells(header: str, delimiter: str) -> list[str]:
    return [name.strip() for name in next(csv.reader([header], delimiter=delimiter, skipinitialspace=True))]


def _place(path: Path, names: Sequence[str], name: str) -> int:
    if name not in names:
        shown = ", ".join(names[:_SHOWN_COLUMNS]) + (", ..." if len(names) > _SHOWN_COLUMNS else "")
        raise DataError(f"{path}: has no column {name!r}; there are: {shown}")
    if names.count(name) > 1:
        raise DataError(f"{path}: has {names.count(name)} columns {name!r}; one is right")
    return names.index(name)


def _positive(place: str, column: str, cell: str) -> float:
    number = _number(place, column, cell)
    if not 0 < number < math.inf:
        raise DataError(f"{place}: {column} is {cell}; a finite number above 0 is expected")
    return number


def _value(place: str, column: str, cell: str) -> float:
    return math.nan if cell.lower() in _NO_VALUE else _number(place, column, cell)


def _number(place: str, column: str, cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        hint = " with a decimal point" if "," in cell else ""
        raise DataError(f"{place}: {column} is {cell!r}; a number{hint} is expected") from None
