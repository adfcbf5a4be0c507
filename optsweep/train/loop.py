"""One training run, from its config to its report: the function that a sweep and `optsweep train` both call."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from optsweep.config import TrainConfig
from optsweep.data.training_data import TrainingData
from optsweep.errors import DataError
from optsweep.train.checkpoint import Checkpoint, CheckpointStore
from optsweep.train.compilation import Compilation
from optsweep.train.device import is_out_of_memory, process_settings, release_memory, resolve_device, synchronize
from optsweep.train.evaluation import Score, due_points
from optsweep.train.metrics import MetricsLog, Throughput
from optsweep.train.micro_batches import auto_micro_batch
from optsweep.train.report import Evaluation, OnEval, OnMetrics, Outcome, TrainReport
from optsweep.train.schedules import learning_rate
from optsweep.train.state import TrainState

__all__ = ["Evaluation", "TrainReport", "never", "train"]

MAX_ITERATIONS_PER_LINE = 100
"""Most iterations between two lines of metrics.jsonl; a shorter run writes a line for every hundredth of it."""

_logger = logging.getLogger("optsweep.train")


def never() -> bool:
    return False


def train(
    config: TrainConfig,
    data: TrainingData,
    device: str,
    on_eval: OnEval,
    *,
    directory: Path | None = None,
    on_metrics: OnMetrics | None = None,
    interrupted: Callable[[], bool] = never,
) -> TrainReport:
    """Train one model, from the newest checkpoint in ``directory`` if there is one.

    ``on_eval`` is given every evaluation, once it is in the checkpoint and in metrics.jsonl, and stops the run by
    returning False; those found in the checkpoint come first, marked as restored. ``interrupted`` is asked before every
    iteration; if it says yes, the run is saved as it is. ``directory`` gets checkpoints and metrics.jsonl, and
    must not be in use by another run; without one nothing is written.

    The outcome is "complete" once all iterations are done, whatever ``on_eval`` says of the last evaluation. The
    process's random state and thread count are as before when it returns. Raises `DeviceError` for a device that is not
    there, `DataError` for data without training or validation sequences.
    """
    place = resolve_device(device)
    if not len(data.train) or not len(data.validation):
        raise DataError(
            f"{data.path}: has {len(data.train)} training and {len(data.validation)} validation sequences; "
            "training needs some of both"
        )
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
    micro_batch = first_micro_batch(config, place)
    told: set[tuple[int | None, int]] = set()
    with process_settings(place, config.training.threads):
        while True:
            attempt = _Attempt(config, data, place, micro_batch, directory, on_metrics)
            try:
                return attempt.run(_once(on_eval, told), interrupted)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if attempt.micro_batch == 1:
                    return attempt.report("out_of_memory")
            # Outside the except block, because the traceback holds on to the attempt's tensors.
            micro_batch = attempt.micro_batch // 2
            _logger.warning("out of memory: micro-batch halved to %d, going on from the last checkpoint", micro_batch)
            del attempt
            release_memory(place)


def first_micro_batch(config: TrainConfig, device: torch.device) -> int:
    given = config.training.micro_batch
    if given == "auto":
        return auto_micro_batch(device, config.data.max_protein_len, config.training.effective_batch)
    return min(given, config.training.effective_batch)


def _once(on_eval: OnEval, told: set[tuple[int | None, int]]) -> OnEval:
    """``on_eval``, but silent about what it was told before: an attempt that ran out of memory is partly repeated."""

    def tell(evaluation: Evaluation) -> bool:
        if (evaluation.index, evaluation.step) in told:
            return True
        told.add((evaluation.index, evaluation.step))
        return on_eval(evaluation)

    return tell


class _Attempt:
    """One go at a run with one micro-batch size, from the last checkpoint to the run's end or until memory fails."""

    def __init__(
        self,
        config: TrainConfig,
        data: TrainingData,
        device: torch.device,
        micro_batch: int,
        directory: Path | None,
        on_metrics: OnMetrics | None,
    ) -> None:
        self._config, self._data, self._device = config, data, device
        self._store = None if directory is None else CheckpointStore(directory, config, data)
        self._metrics = MetricsLog(directory, on_metrics)
        self.micro_batch = micro_batch
        self._started = time.monotonic()
        self._seconds_before = 0.0
        self._step = 0
        self._saved_step: int | None = None
        self._history: list[Evaluation] = []
        self._losses: NDArray[np.float32] | None = None

    def run(self, tell: OnEval, interrupted: Callable[[], bool]) -> TrainReport:
        """Train until something ends it."""
        checkpoint = self._load()
        for evaluation in self._history:
            if not tell(evaluation):
                return self.report("complete" if self._is_complete else "stopped")
        if self._is_complete:
            return self.report("complete")
        state = TrainState(self._config, self._data, self._device, self.micro_batch)
        if checkpoint is not None:
            state.restore(checkpoint)
        return self._train(state, tell, interrupted)

    def _train(self, state: TrainState, tell: OnEval, interrupted: Callable[[], bool]) -> TrainReport:
        training = self._config.training
        compilation = Compilation(training.compile, self._device, [state.model, state.optimizer.ema])
        throughput = Throughput(self._device)
        line_every = max(1, min(training.n_iters // 100, MAX_ITERATIONS_PER_LINE))
        while not self._is_complete:
            if interrupted():
                self._save(state)
                return self.report("interrupted")

            self._iterate(state, compilation, throughput)
            line_is_due = self._step % line_every == 0
            points = due_points(self._config, self._step)
            # Reading the flag waits for a GPU; until it is read, the guarded optimiser changes nothing.
            if (line_is_due or points or self._device.type == "cpu") and bool(state.optimizer.diverged):
                return self.report("diverged")
            if line_is_due:
                self._write_training_line(throughput)

            if points:
                with throughput.excluded():
                    score = state.evaluate()
                    if not math.isfinite(score.value):
                        return self.report("diverged")
                    evaluations = self._record(score, points)
                    self._save(state)
                self._metrics.evaluation(evaluations[-1])
                answers = [tell(evaluation) for evaluation in evaluations]
                if not all(answers) and not self._is_complete:
                    return self.report("stopped")
        return self.report("complete")

    def _iterate(self, state: TrainState, compilation: Compilation, throughput: Throughput) -> None:
        before = time.perf_counter()
        loss, num_residues = state.iterate()
        self._step = state.step
        if compilation.is_undecided:
            synchronize(self._device)
            compilation.consider(time.perf_counter() - before, self._config.training.n_iters - self._step)
        if compilation.has_compiled():
            synchronize(self._device)
            throughput.add_compiling(loss, time.perf_counter() - before)
        else:
            throughput.add(loss, num_residues)

    def _record(self, score: Score, points: list[int | None]) -> list[Evaluation]:
        """Add an evaluation at each of the grid points that this step has reached to the history."""
        best = min((evaluation.value for evaluation in self._history), default=math.inf)
        if score.value < best:
            self._losses = score.losses
        evaluations = [
            Evaluation(point, self._step, self._sequences, score.value, self._progress, self._seconds)
            for point in points
        ]
        self._history += evaluations
        return evaluations

    def _write_training_line(self, throughput: Throughput) -> None:
        loss, rate = throughput.take()
        lr = learning_rate(self._config.optim, self._config.training.n_iters, self._step - 1)
        self._metrics.training(step=self._step, progress=self._progress, train_loss=loss, lr=lr, residues_per_s=rate)

    def _load(self) -> Checkpoint | None:
        checkpoint = None if self._store is None else self._store.load()
        if checkpoint is not None:
            self._step = self._saved_step = checkpoint.step
            self._history = list(checkpoint.history)
            self._losses = checkpoint.losses
            self._seconds_before = checkpoint.seconds
            # The split decides how sums are rounded: a run goes on with the one it had.
            self.micro_batch = min(self.micro_batch, checkpoint.micro_batch)
        self._metrics.cut_back(self._step, self._history)
        return checkpoint

    def _save(self, state: TrainState) -> None:
        if self._store is None or self._saved_step == self._step:
            return
        self._store.save(
            Checkpoint(
                step=self._step,
                seconds=self._seconds,
                micro_batch=self.micro_batch,
                history=self._history,
                losses=self._losses,
                weights=state.model.state_dict(),
                ema=state.optimizer.ema.state_dict(),
                optimizer=state.optimizer.state(),
            )
        )
        self._saved_step = self._step

    def report(self, outcome: Outcome) -> TrainReport:
        return TrainReport(
            outcome=outcome,
            evaluations=self._history,
            step=self._step,
            sequences=self._sequences,
            seconds=self._seconds,
            micro_batch=self.micro_batch,
            losses=self._losses,
        )

    @property
    def _is_complete(self) -> bool:
        return self._step == self._config.training.n_iters

    @property
    def _progress(self) -> float:
        return self._step / self._config.training.n_iters

    @property
    def _sequences(self) -> int:
        return self._step * self._config.training.effective_batch

    @property
    def _seconds(self) -> float:
        return self._seconds_before + time.monotonic() - self._started
