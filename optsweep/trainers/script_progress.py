"""The progress of a script's run: its rows of numbers become evaluations on the study's grid, over all attempts.

A script that is called again may go on, begin anew, or repeat what it had written before. What it repeats changes
nothing; what differs from what was known at its place takes the place of all that came from there on.
"""

from __future__ import annotations

import json
import logging
import math
import time
from pathlib import Path

from optsweep.files import write_text
from optsweep.study.run_config import ScriptConfig
from optsweep.study.script_parameter import Value
from optsweep.train.report import METRICS_FILE, Evaluation, MetricsLine, OnEval, OnMetrics, read_metrics
from optsweep.trainers.readers import Row

LINE_EVERY = 0.005
"""Share of a run between two training lines."""

_logger = logging.getLogger(__name__)


class ScriptProgress:
    """Follows rows, reports evaluations, and keeps them in ``directory``/metrics.jsonl."""

    def __init__(self, config: ScriptConfig, directory: Path, on_eval: OnEval, on_metrics: OnMetrics | None) -> None:
        self._metrics = config.trainer.metrics
        self._known: dict[str, Value] = {**config.trainer.set, **config.parameters}
        self._points = config.num_evaluations
        self._on_eval, self._on_metrics = on_eval, on_metrics
        self._path = directory / METRICS_FILE
        self._started = time.monotonic()
        self._position: float | None = None
        self._noted = -math.inf
        self.history = _read(self._path)
        self._untold = list(self.history)
        self._seconds_before = self.history[-1].seconds if self.history else 0.0

    @property
    def seconds(self) -> float:
        return self._seconds_before + time.monotonic() - self._started

    def unseen(self, rows: list[Row]) -> list[Row]:
        """The rows after the last known evaluation, if they hold it: what an earlier attempt left unread."""
        if not self.history:
            return rows
        last = self.history[-1]
        places = [place for place, row in enumerate(rows) if self._is(row, last)]
        return rows[places[-1] + 1 :] if places else rows

    def _is(self, row: Row, evaluation: Evaluation) -> bool:
        position = row.get(self._metrics.step, evaluation.step)
        return self._value(row) == evaluation.value and round(position) == evaluation.step

    def follow(self, row: Row) -> bool:
        """Take one row; says whether to go on. Raises `ArithmeticError` for a value that is not finite."""
        self._position = row.get(self._metrics.step, self._position)
        value = self._value(row)
        if value is None or self._metrics.train_loss in row:
            self._note_training(row)
        if value is None:
            return True
        if not math.isfinite(value):
            raise ArithmeticError(f"{self._metrics.value} is {value}")
        progress = self._progress(row)
        if progress is None:
            # Nothing says how far it is: the study's number of evaluations is taken for the run's.
            if self._metrics.total is not None and not self.history:
                _logger.warning("no number is called %s, which [trainer.metrics] total names", self._metrics.total)
            progress = min(1.0, (len(self.history) + 1) / self._points)
        step = len(self.history) + 1 if self._position is None else round(self._position)
        if any(known.step == step and known.value == value for known in self.history):
            return True
        return self._evaluate(step, value, progress)

    def _value(self, row: Row) -> float | None:
        value = row.get(self._metrics.value)
        return -value if value is not None and self._metrics.negates else value

    def _progress(self, row: Row) -> float | None:
        total: Value | None = self._metrics.total
        if isinstance(total, str):
            total = self._known.get(total, row.get(total))
        if not isinstance(total, int | float) or total <= 0 or self._position is None:
            return None
        return max(0.0, min(1.0, self._position / total))

    def _evaluate(self, step: int, value: float, progress: float) -> bool:
        self._cut_back(step)
        self.tell_untold()
        reached = math.floor(progress * self._points + 1e-9)
        before = max((known.index for known in self.history if known.index is not None), default=0)
        new = [
            Evaluation(index, step, 0, value, progress, self.seconds)
            for index in (range(before + 1, reached + 1) if reached > before else [None])
        ]
        self.history += new
        self._write(*(_line(evaluation) for evaluation in new))
        answers = [self._on_eval(evaluation) for evaluation in new]
        return all(answers)

    def _cut_back(self, step: int) -> None:
        kept = [evaluation for evaluation in self.history if evaluation.step < step]
        if len(kept) < len(self.history):
            self.history = kept
            self._untold = [evaluation for evaluation in self._untold if evaluation.step < step]
            write_text(self._path, "".join(json.dumps(_line(evaluation)) + "\n" for evaluation in kept))

    def tell_untold(self) -> None:
        """What the script reported before this attempt stands, though it has not repeated it."""
        untold, self._untold = self._untold, []
        for evaluation in untold:
            self._on_eval(evaluation)

    def _note_training(self, row: Row) -> None:
        progress, loss = self._progress(row), row.get(self._metrics.train_loss)
        if progress is None or self._position is None or 0 <= progress - self._noted < LINE_EVERY:
            return
        self._noted = progress
        line: MetricsLine = {"step": round(self._position), "progress": progress, "time": time.time()}
        if loss is not None and math.isfinite(loss):
            line["train_loss"] = loss
        self._write(line)
        if self._on_metrics is not None:
            self._on_metrics(line)

    def _write(self, *lines: MetricsLine) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)


def _line(evaluation: Evaluation) -> MetricsLine:
    return {
        "step": evaluation.step,
        "progress": evaluation.progress,
        "value": evaluation.value,
        "index": evaluation.index,
        "seconds": evaluation.seconds,
        "time": time.time(),
    }


def _read(path: Path) -> list[Evaluation]:
    """The evaluations of earlier attempts; half a line that a killed worker left is ended here."""
    content = path.read_bytes() if path.exists() else b""
    if content and not content.endswith(b"\n"):
        with path.open("ab") as file:
            file.write(b"\n")
    return [
        Evaluation(line["index"], line["step"], 0, line["value"], line["progress"], line["seconds"], restored=True)
        for line in read_metrics(path)
        if "value" in line
    ]
