"""What was found of a script's numbers, and what was found instead of those that its study file names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from optsweep.errors import did_you_mean
from optsweep.outside_text import clean
from optsweep.study.script.metrics_table import MetricsSection
from optsweep.trainers.numbers.rows import Values, likeness, numbers

SHOWN = 8
SHOWN_TEXT = 120


@dataclass
class Found:
    """Counts what a reader reads."""

    metrics: MetricsSection
    files: set[str] = field(default_factory=set)
    lines: int = 0
    rows: int = 0
    names: Counter[str] = field(default_factory=Counter)
    """In how many rows a name stood beside a number."""
    no_number: str = ""
    """What stood there once in place of the value."""
    misfits: int = 0
    """Rows of a table with another number of cells than its header."""
    nearest: str = ""
    """Of the lines without the value the one that looks most like one that has it."""
    first_step: float | None = None
    _likeness: int = 0

    def line(self, line: str, values: Values) -> None:
        """Count a line that is not empty; ``values`` were read from it."""
        self.lines += 1
        if self.metrics.value not in values and not self.names[self.metrics.value]:
            alike = likeness(_sought(self.metrics), line[: 8 * SHOWN_TEXT])
            if alike > self._likeness:
                self.nearest, self._likeness = line, alike

    def row(self, values: Values) -> None:
        """Count what was read as a row."""
        found, value = numbers(values), self.metrics.value
        self.rows += bool(found)
        self.names.update(found.keys())
        if self.first_step is None and value in found:
            self.first_step = found.get(self.metrics.step)
        if value in values and value not in found:
            self.no_number = clean(str(values[value]), SHOWN_TEXT)


def missing_value(found: Found, folder: Path) -> str:
    """Why there is no value, in one line; ``folder`` is the script's own."""
    metrics = found.metrics
    if metrics.kind == "report" and not found.files:
        return f"the script never called optsweep.report, which was to tell {metrics.value}"
    if not found.files:
        wanted = metrics.file or "event file"
        there = _names(_files(folder))
        return f"no {metrics.value} was found in {wanted}: no such file is in {{dir}}, which holds {there}"
    place = metrics.file or ("what was reported" if metrics.kind == "report" else "its output")
    text = f"no {metrics.value} was found in {place}"
    if found.no_number:
        return f"{text}: it is there, but is no number: {found.no_number}"
    if found.rows:
        have = f"{text}; its rows have: {_names(found.names)}{did_you_mean(metrics.value, found.names)}"
        return (
            f"{have}; no line matches the pattern with {metrics.value}{_nearest(found)}" if metrics.patterns else have
        )
    if not found.lines:
        return f"{text}, which holds nothing" if metrics.kind != "csv" else f"{text}, which has no row of numbers"
    kind = "matches a pattern" if metrics.kind == "regex" else "is a JSON object"
    return f"{text}: none of its {found.lines} lines {kind}{_nearest(found)}"


def _sought(metrics: MetricsSection) -> list[str]:
    """What a line with the value looks like: the patterns that hold it, else its name."""
    return [one for one in metrics.patterns if f"(?P<{metrics.value}>" in one] or [metrics.value]


def _nearest(found: Found) -> str:
    return f"; the nearest: {clean(found.nearest.strip(), SHOWN_TEXT)}" if found.nearest else ""


def missing_name(name: str, key: str, found: Found) -> str:
    """That a name in the table, of ``key``, is nowhere."""
    others = [other for other in found.names if other != found.metrics.value]
    have = f"; the rows have: {_names(found.names)}" if found.names else ""
    return f"no number is called {name}, which [trainer.metrics] {key} names{have}{did_you_mean(name, others)}"


def described(found: Found, folder: Path) -> list[str]:
    """What of a script's output was read, in lines for a person: what matched, and what did not."""
    metrics, counts = found.metrics, found.names
    lines = [f"read: {_names(sorted(found.files)) if found.files else 'nothing'}"]
    if found.lines:
        lines[0] += f" ({found.lines:,} lines, {found.rows:,} of them with numbers)"
    elif found.rows:
        lines[0] += f" ({found.rows:,} rows)"
    if found.names:
        lines.append("numbers: " + ", ".join(f"{name} ({count:,})" for name, count in counts.most_common(2 * SHOWN)))
    if not counts[metrics.value]:
        lines.append(missing_value(found, folder))
    elif found.first_step == 0 and not metrics.step_offset and metrics.total is not None:
        lines.append(
            f"the first {metrics.step} is 0, as before any training; if it is an epoch's end, set step_offset = 1"
        )
    if found.rows and metrics.step not in counts:
        lines.append(missing_name(metrics.step, "step", found) + "; evaluations are counted instead")
    if metrics.train_loss and found.rows and metrics.train_loss not in counts:
        lines.append(missing_name(metrics.train_loss, "train_loss", found))
    if found.misfits:
        lines.append(f"{found.misfits:,} rows have another number of cells than the header; they were passed over")
    return lines


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _names(names: Iterable[str]) -> str:
    shown = [clean(name, SHOWN_TEXT) for name in names]
    more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    return ", ".join(shown[:SHOWN]) + more or "no file"
