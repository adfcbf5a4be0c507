"""The progress of a script's run: its rows of numbers become evaluations on the study's grid, over all attempts.

A script that is called again may go on, begin anew, or repeat what it had written before. What it repeats changes
nothing; the first that differs from what was known at its step takes the place of all that earlier attempts had from
there on. Within one attempt nothing is replaced, whatever the steps do.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Iterable
from pathlib import Path

from optsweep.files import write_text
from optsweep.study.script.config import ScriptConfig
from optsweep.train.report import METRICS_FILE, Evaluation, MetricsLine, OnEval, OnMetrics, read_metrics
from optsweep.trainers.numbers.found import Found, missing_name
from optsweep.trainers.numbers.rows import Row
from optsweep.trainers.steps import Steps

LINE_EVERY = 0.005
"""Share of a run between two training lines."""

_logger = logging.getLogger(__name__)


class ScriptProgress:
    """Follows rows, reports evaluations, and keeps them in ``directory``/metrics.jsonl.

    ``found`` is what their reader has found, for who looks for a name that is not there.
    """

    def __init__(
        self,
        config: ScriptConfig,
        directory: Path,
        on_eval: OnEval,
        on_metrics: OnMetrics | None,
        found: Found | None = None,
    ) -> None:
        self.metrics = config.trainer.metrics
        self._found = found or Found(self.metrics)
        self._points = config.num_evaluations
        self._on_eval, self._on_metrics = on_eval, on_metrics
        self._path = directory / METRICS_FILE
        self._started = time.monotonic()
        self._noted = -math.inf
        self._said: set[str] = set()
        lines = _read(self._path)
        self.steps = Steps(
            self.metrics, {**config.trainer.set, **config.derived, **config.parameters}, [one["step"] for one in lines]
        )
        self.history = [_evaluation(line) for line in lines if "value" in line]
        self._untold = list(self.history)
        self._own = 0
        """How many evaluations this attempt has added."""
        self._seconds_before = self.history[-1].seconds if self.history else 0.0

    @property
    def seconds(self) -> float:
        return self._seconds_before + time.monotonic() - self._started

    def take_unread(self, rows: list[Row]) -> None:
        """Take what earlier attempts had written, as far as nobody had time to read it.

        Raises `ArithmeticError` for a value that is not finite.
        """
        for row in self._unseen(rows):
            value = self._take(row)
            if value is not None and (new := self._new(value)):
                self._add(new)
                self._untold += new
        self.steps.begin_attempt()
        self._own = 0

    def _unseen(self, rows: list[Row]) -> list[Row]:
        """The rows after the last known evaluation, if they hold it."""
        if not self.history:
            return rows
        places = [place for place, row in enumerate(rows) if self._is(row, self.history[-1])]
        seen = places[-1] + 1 if places else 0
        for row in rows[:seen]:
            self.steps.recall(row)
        return rows[seen:]

    def _is(self, row: Row, evaluation: Evaluation) -> bool:
        step = self.steps.of(row)
        return self._value(row) == evaluation.value and (step is None or round(step) == evaluation.step)

    def follow(self, row: Row) -> bool:
        """Take one row; says whether to go on. Raises `ArithmeticError` for a value that is not finite."""
        value = self._take(row)
        if value is None:
            return True
        new = self._new(value)
        # What earlier attempts had stands as far as it was not replaced.
        go_on = not new or self.tell_untold()
        self._add(new)
        answers = [self._on_eval(evaluation) for evaluation in new]
        return go_on and all(answers)

    def _take(self, row: Row) -> float | None:
        """Note where the row is; returns its value."""
        self.steps.take(row)
        value = self._value(row)
        if value is None or self.metrics.train_loss in row:
            self._note_training(row)
        if value is not None and not math.isfinite(value):
            raise ArithmeticError(f"{self.metrics.value} is {value}")
        return value

    def _value(self, row: Row) -> float | None:
        value = row.get(self.metrics.value)
        return -value if value is not None and self.metrics.negates else value

    def _new(self, value: float) -> list[Evaluation]:
        """The evaluations that the value is, one for each point of the grid that it passes; none if it is known."""
        position, progress = self.steps.position, self.steps.progress
        step = self._next_step() if position is None else round(position)
        if any(known.step == step and known.value == value for known in self.history):
            return []
        if missing := self.missing:
            self._say("missing", f"{missing}; until it comes, evaluations are counted")
        if not self._own and self.steps.stepped:
            self._cut_back(step)
        elif self._own:
            self._say_if_back(step, value)
        # Nothing says how far it is: the study's number of evaluations is taken for the run's.
        progress = min(1.0, (len(self.history) + 1) / self._points) if progress is None else progress
        reached = math.floor(progress * self._points + 1e-9)
        before = max((known.index for known in self.history if known.index is not None), default=0)
        points = range(before + 1, reached + 1) if reached > before else [None]
        return [Evaluation(point, step, 0, value, progress, self.seconds) for point in points]

    def _next_step(self) -> int:
        """A step for a value of a script that names none."""
        return 1 + max((known.step for known in self.history), default=0)

    def _add(self, new: list[Evaluation]) -> None:
        self.history += new
        self._own += len(new)
        self._write(map(_line, new))

    def _cut_back(self, step: int) -> None:
        kept = [evaluation for evaluation in self.history if evaluation.step < step]
        if len(kept) < len(self.history):
            self.history = kept
            self._untold = [evaluation for evaluation in self._untold if evaluation.step < step]
            write_text(self._path, "".join(json.dumps(_line(evaluation)) + "\n" for evaluation in kept))

    def tell_untold(self) -> bool:
        """What the script reported before this attempt stands, though it has not repeated it; says whether to go on."""
        untold, self._untold = self._untold, []
        answers = [self._on_eval(evaluation) for evaluation in untold]
        return all(answers)

    def _say_if_back(self, step: int, value: float) -> None:
        before = self.history[-1]
        if step == before.step:
            self._say("twice", f"two values are of step {step}, {before.value:g} and {value:g}; both count")
        elif step < before.step:
            self._say("back", f"steps go back, from {before.step} to {step}; all values count, in the order they came")

    @property
    def missing(self) -> str | None:
        """Which name of the study file has not come, so that nothing tells how far the run is."""
        metrics = self.metrics
        if self.steps.progress is not None:
            return None
        if self.steps.position is None and (metrics.step != "step" or metrics.total is not None):
            return missing_name(metrics.step, "step", self._found)
        if self.steps.position is not None and isinstance(metrics.total, str):
            return missing_name(metrics.total, "total", self._found)
        return None

    def _say(self, what: str, words: str) -> None:
        if what not in self._said:
            self._said.add(what)
            _logger.warning("%s", words)

    def _note_training(self, row: Row) -> None:
        position, progress, loss = self.steps.position, self.steps.progress, row.get(self.metrics.train_loss)
        if progress is None or position is None or 0 <= progress - self._noted < LINE_EVERY:
            return
        self._noted = progress
        line: MetricsLine = {"step": round(position), "progress": progress, "time": time.time()}
        if loss is not None and math.isfinite(loss):
            line["train_loss"] = loss
        self._write([line])
        if self._on_metrics is not None:
            self._on_metrics(line)

    def _write(self, lines: Iterable[MetricsLine]) -> None:
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


def _evaluation(line: MetricsLine) -> Evaluation:
    return Evaluation(line["index"], line["step"], 0, line["value"], line["progress"], line["seconds"], restored=True)


def _read(path: Path) -> list[MetricsLine]:
    """The lines of earlier attempts; half a line that a killed worker left is ended here."""
    content = path.read_bytes() if path.exists() else b""
    if content and not content.endswith(b"\n"):
        with path.open("ab") as file:
            file.write(b"\n")
    return read_metrics(path)
