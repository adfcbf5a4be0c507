"""One go at a run: from the last checkpoint to the run's end, or until something else ends it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from optsweep.config import TrainConfig
from optsweep.data.training_data import TrainingData
from optsweep.train.checkpoint import CheckpointStore
from optsweep.train.checkpoint_file import Checkpoint
from optsweep.train.evaluation import Score, due_points
from optsweep.train.execution import Execution
from optsweep.train.learning_rate import learning_rate
from optsweep.train.patience import PatienceState
from optsweep.train.ranks import ALONE, Ranks
from optsweep.train.report import (
    OVERFITS,
    Evaluation,
    MetricsLine,
    MetricsLog,
    OnEval,
    OnMetrics,
    Outcome,
    TrainReport,
)
from optsweep.train.speed import Compilation, Throughput
from optsweep.train.train_state import TrainState

MAX_ITERATIONS_PER_LINE = 100
"""Most iterations between two lines of metrics.jsonl; a shorter run writes a line for every hundredth of it."""


class Attempt:
    """One go at a run with one micro-batch size, from the last checkpoint to the run's end or until memory fails."""

    def __init__(
        self,
        config: TrainConfig,
        data: TrainingData,
        execution: Execution,
        micro_batch: int,
        directory: Path | None,
        on_metrics: OnMetrics | None,
        ranks: Ranks = ALONE,
    ) -> None:
        self._config, self._data, self._execution = config, data, execution
        self._ranks = ranks
        self._store = None if directory is None else CheckpointStore(directory, config, data, writes=ranks.is_first)
        self._metrics = MetricsLog(directory, on_metrics) if ranks.is_first else MetricsLog(None, None)
        self.micro_batch = micro_batch
        self._started = time.monotonic()
        self._seconds_before = 0.0
        self._step = 0
        self._saved_step: int | None = None
        self._history: list[Evaluation] = []
        self._losses: NDArray[np.float32] | None = None
        self._patience = PatienceState()

    def run(self, tell: OnEval, interrupted: Callable[[], bool]) -> TrainReport:
        """Train until something ends it."""
        checkpoint = self._load()
        self._ranks.check_same(self._step)
        for evaluation in self._history:
            if not tell(evaluation):
                return self.report("complete" if self._is_complete else "stopped")
        if self._is_complete:
            return self.report("complete")
        with self._ranks.out_of_memory_together():
            state = TrainState(self._config, self._data, self._execution, self.micro_batch, self._ranks)
            if checkpoint is not None:
                state.restore(checkpoint)
        return self._train(state, tell, interrupted)

    def _train(self, state: TrainState, tell: OnEval, interrupted: Callable[[], bool]) -> TrainReport:
        training, device = self._config.training, self._execution.device
        compilation = Compilation(training.compile, device, [state.model, state.optimizer.ema])
        throughput = Throughput(device, compilation)
        if self._execution.on_gpu:
            with throughput.excluded():
                state.try_largest()
        line_every = max(1, min(training.n_iters // 100, MAX_ITERATIONS_PER_LINE))
        while not self._is_complete:
            if self._ranks.any(interrupted())[0]:
                # What it kept back of its end would not be in the checkpoint.
                if bool(state.optimizer.diverged):
                    return self.report("diverged")
                self._save(state)
                return self.report("interrupted")

            before = time.perf_counter()
            loss, num_residues = state.iterate()
            self._step = state.step
            throughput.add(loss, num_residues, before, training.n_iters - self._step)
            line_is_due = self._step % line_every == 0
            points = due_points(self._config, self._step)
            # Reading the flag waits for a GPU; until it is read, the guarded optimiser changes nothing.
            if (line_is_due or points or not self._execution.on_gpu) and bool(state.optimizer.diverged):
                return self.report("diverged")
            if line_is_due:
                self._write_training_line(throughput)

            if points:
                with throughput.excluded():
                    score = state.evaluate()
                    if not math.isfinite(score.value):
                        return self.report("diverged")
                    evaluations = self._record(state, score, points)
                    self._save(state)
                self._metrics.write(evaluations[-1].line())
                answers = [tell(evaluation) for evaluation in evaluations]
                if self._ranks.any(not all(answers))[0] and not self._is_complete:
                    return self.report("stopped")
        return self.report("complete")

    def _record(self, state: TrainState, score: Score, points: list[int | None]) -> list[Evaluation]:
        """Add an evaluation at each of the grid points that this step has reached to the history."""
        before = min((evaluation.value for evaluation in self._history), default=math.inf)
        best = None if score.value < before else self._losses
        follow = state.patience.after
        self._patience = follow(self._patience, self._step, score.losses, best, state.training_loss)
        if best is None:
            self._losses = score.losses
        training, step = self._config.training, self._step
        sequences, progress, seconds = step * training.effective_batch, step / training.n_iters, self._seconds
        evaluations = [Evaluation(point, step, sequences, score.value, progress, seconds) for point in points]
        self._history += evaluations
        return evaluations

    def _write_training_line(self, throughput: Throughput) -> None:
        loss, rate = throughput.take()
        step, n_iters = self._step, self._config.training.n_iters
        lr, progress = learning_rate(self._config.optim, n_iters, step - 1), step / n_iters
        self._metrics.write(
            MetricsLine(step=step, progress=progress, train_loss=loss, lr=lr, residues_per_s=rate, time=time.time())
        )

    def _load(self) -> Checkpoint | None:
        checkpoint = None if self._store is None else self._store.load()
        if checkpoint is not None:
            self._step = self._saved_step = checkpoint.step
            self._history = list(checkpoint.history)
            self._losses = checkpoint.losses
            self._patience = checkpoint.patience
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
                patience=self._patience,
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
            sequences=self._step * self._config.training.effective_batch,
            seconds=self._seconds,
            micro_batch=self.micro_batch,
            losses=self._losses,
            reason=OVERFITS if outcome == "complete" and self._patience.overfits else None,
        )

    @property
    def _is_complete(self) -> bool:
        return self._step == self._config.training.n_iters or self._patience.overfits

    @property
    def _seconds(self) -> float:
        return self._seconds_before + time.monotonic() - self._started
