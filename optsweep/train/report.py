"""What a run tells: evaluations, the lines of metrics.jsonl, and how it ended; imports no torch."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict, cast

from optsweep.files import write_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

METRICS_FILE = "metrics.jsonl"
OVERFITS = "ended early: overfits"
"""Why a run that is complete ended before its last iteration."""
Outcome = Literal["complete", "stopped", "interrupted", "diverged", "out_of_memory"]


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


@dataclass(frozen=True)
class Evaluation:
    """The EMA weights' score on the validation sequences at one moment of the run."""

    index: int | None
    """Grid point, 1, 2, 3, ...; None for the run's end where that is off the grid."""
    step: int
    sequences: int
    value: float
    """NELBO, nats per residue."""
    progress: float
    """Share of the run's iterations that are done, 0..1."""
    seconds: float
    """Time on the device up to here, over all attempts, without what a crash threw away."""
    restored: bool = False
    """Read from the checkpoint, not computed just now."""

    def line(self) -> MetricsLine:
        """Its line of metrics.jsonl, as of now."""
        return MetricsLine(step=self.step, progress=self.progress, val_nelbo=self.value, time=time.time())


OnEval: TypeAlias = Callable[[Evaluation], bool]
"""Is given every evaluation; says whether to go on."""
OnMetrics: TypeAlias = Callable[[MetricsLine], None]
"""Is given every line of metrics.jsonl."""


@dataclass(frozen=True)
class TrainReport:
    """How a run, or this attempt at it, ended."""

    outcome: Outcome
    evaluations: list[Evaluation]
    step: int
    sequences: int
    seconds: float
    micro_batch: int
    losses: NDArray[np.float32] | None
    """[num_validation] mean cross-entropy of each validation sequence at the best evaluation; those of the confirmation
    sequences follow if the data asks for them."""
    reason: str | None = None
    """Why a complete run ended before its last iteration; None if it did not."""

    @property
    def best(self) -> Evaluation | None:
        """The lowest value, the earliest of equals."""
        return min(self.evaluations, key=lambda evaluation: evaluation.value, default=None)


def read_metrics(path: Path, *, finite: bool = False) -> list[MetricsLine]:
    """Every whole line; none if there is no file. ``finite`` leaves out values that are not.

    A killed writer may have left half a line, at the end or, when another went on, in the middle.
    """
    lines = []
    for text in path.read_text(encoding="utf-8", errors="replace").split("\n") if path.exists() else ():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict) and isinstance(line.get("step"), int):
            kept = {key: value for key, value in line.items() if not (finite and _is_infinite(value))}
            lines.append(cast(MetricsLine, kept))
    return lines


def _is_infinite(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


class MetricsLog:
    """Appends lines to ``directory``/metrics.jsonl and hands them to ``on_metrics``; either may be None."""

    def __init__(self, directory: Path | None, on_metrics: OnMetrics | None) -> None:
        self._path = None if directory is None else directory / METRICS_FILE
        self._on_metrics = on_metrics

    def cut_back(self, step: int, history: Sequence[Evaluation]) -> None:
        """Keep what happened up to ``step``, every evaluation of ``history`` included.

        A run that was killed between its checkpoint and its line lacks the latter; lines after ``step`` come again.
        """
        if self._path is None:
            return
        lines = [line for line in read_metrics(self._path) if line["step"] <= step]
        evaluated = {line["step"] for line in lines if "val_nelbo" in line}
        missing = {evaluation.step: evaluation for evaluation in history if evaluation.step not in evaluated}
        lines += [evaluation.line() for evaluation in missing.values()]
        lines.sort(key=lambda line: line["step"])
        write_text(self._path, "".join(json.dumps(line) + "\n" for line in lines))

    def write(self, line: MetricsLine) -> None:
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        if self._on_metrics is not None:
            self._on_metrics(line)
