"""metrics.jsonl: one line per stretch of training and per evaluation; cut back when a run goes on from a checkpoint."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from optsweep.files import write_text
from optsweep.train.device import synchronize
from optsweep.train.metrics_file import METRICS_FILE, MetricsLine, read_metrics
from optsweep.train.report import Evaluation, OnMetrics


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
        lines += [_evaluation_line(evaluation) for evaluation in missing.values()]
        lines.sort(key=lambda line: line["step"])
        write_text(self._path, "".join(json.dumps(line) + "\n" for line in lines))

    def training(self, *, step: int, progress: float, train_loss: float, lr: float, residues_per_s: float) -> None:
        self._write(
            {
                "step": step,
                "progress": progress,
                "train_loss": train_loss,
                "lr": lr,
                "residues_per_s": residues_per_s,
                "time": time.time(),
            }
        )

    def evaluation(self, evaluation: Evaluation) -> None:
        self._write(_evaluation_line(evaluation))

    def _write(self, line: MetricsLine) -> None:
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        if self._on_metrics is not None:
            self._on_metrics(line)


def _evaluation_line(evaluation: Evaluation) -> MetricsLine:
    return {
        "step": evaluation.step,
        "progress": evaluation.progress,
        "val_nelbo": evaluation.value,
        "time": time.time(),
    }


class Throughput:
    """Mean loss and real residues per second since the line before, evaluation, checkpoint and compilation left out."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._loss = torch.zeros((), device=device)
        self._reset()

    def add(self, loss: torch.Tensor, num_residues: int) -> None:
        """Count one iteration; ``loss`` stays on the device until a line is due."""
        self._loss = self._loss + loss
        self._num_iterations += 1
        self._num_residues += num_residues

    def add_compiling(self, loss: torch.Tensor, seconds: float) -> None:
        """Count the loss of an iteration that took ``seconds``, mostly to compile, but not its time and residues."""
        self.add(loss, 0)
        self._excluded += seconds

    @contextlib.contextmanager
    def excluded(self) -> Iterator[None]:
        """Leave the time of what is done inside out of the rate."""
        synchronize(self._device)
        before = time.perf_counter()
        yield
        synchronize(self._device)
        self._excluded += time.perf_counter() - before

    def take(self) -> tuple[float, float]:
        """Mean loss and residues per second; counting begins anew."""
        loss = float(self._loss) / self._num_iterations
        rate = self._num_residues / (time.perf_counter() - self._start - self._excluded)
        self._reset()
        return loss, rate

    def _reset(self) -> None:
        self._loss = torch.zeros_like(self._loss)
        self._num_iterations = self._num_residues = 0
        self._excluded = 0.0
        self._start = time.perf_counter()
