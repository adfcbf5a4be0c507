"""The lines of metrics.jsonl, as everything reads them; loads no torch."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TypedDict, cast

METRICS_FILE = "metrics.jsonl"


class _Step(TypedDict):
    step: int


class MetricsLine(_Step, total=False):
    """One line: of training, or (``val_nelbo``, or a script's ``value``) of an evaluation."""

    progress: float
    train_loss: float
    lr: float
    residues_per_s: float
    val_nelbo: float
    value: float
    index: int | None
    """The point of the study's grid, of a script's evaluation."""
    seconds: float
    time: float


def read_metrics(path: Path, *, finite: bool = False) -> list[MetricsLine]:
    """Every whole line; none if there is no file. ``finite`` leaves out values that are not.

    A killed writer may have left half a line, at the end or, when another went on, in the middle.
    """
    lines = []
    for text in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else ():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict) and isinstance(line.get("step"), int):
            kept = {key: value for key, value in line.items() if not finite or _is_finite(value)}
            lines.append(cast(MetricsLine, kept))
    return lines


def _is_finite(value: object) -> bool:
    return not isinstance(value, float) or math.isfinite(value)
