"""A run on its device: network, optimiser and data, one iteration of it, and an attempt from a checkpoint to an end."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from optsweep.config import TrainConfig
from optsweep.data.batches import ShuffledEpochs
from optsweep.data.training_data import TrainingData
from optsweep.train.checkpoint import CheckpointStore
from optsweep.train.checkpoint_file import Checkpoint
from optsweep.train.device import autocast, uses_bfloat16
from optsweep.train.evaluation import Evaluator, Score, due_points
from optsweep.train.learning_rate import learning_rate
from optsweep.train.loss import draw_step, nelbo, split
from optsweep.train.model import Transformer
from optsweep.train.optimizer import Optimizer
from optsweep.train.patience import NUM_TRAINING, Patience, PatienceState
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
from optsweep.train.schedules import Stream, torch_seed
from optsweep.train.speed import Compilation, Throughput

MAX_ITERATIONS_PER_LINE = 100
"""Most iterations between two lines of metrics.jsonl; a shorter run writes a line for every hundredth of it."""


class TrainState:
    """A run between two iterations; ``step`` is how many are done."""

    def __init__(self, config: TrainConfig, data: TrainingData, device: torch.device, micro_batch: int) -> None:
        self.config = config
        self.device = device
        self.micro_batch = micro_batch
        self.step = 0
        self._train = data.sample(config.data.num_sequences)
        self._epochs = ShuffledEpochs(len(self._train), [config.training.seed, Stream.EPOCHS])
        self._bfloat16 = uses_bfloat16(config.training.precision, device)
        torch.manual_seed(torch_seed(config.training.seed, Stream.WEIGHTS))
        self.model = Transformer(config.model, config.data.max_protein_len).to(device)
        self.optimizer = Optimizer(self.model, config, device)
        parts = [data.validation, data.confirmation] if data.scores_confirmation else [data.validation]
        self._evaluators = [Evaluator(part, config, micro_batch, device) for part in parts]
        self.patience = Patience(config, len(self._train), self._evaluators[0].num_residues)

    def iterate(self) -> tuple[torch.Tensor, int]:
        """One optimiser step; its loss (on the device, nats per residue) and the number of real residues it saw."""
        config = self.config
        corruption, weights = draw_step(config, self._train, self._epochs, self.step)
        torch.manual_seed(torch_seed(config.training.seed, Stream.DROPOUT, self.step))
        loss = torch.zeros((), device=self.device)
        for batch in split(corruption, weights, self.micro_batch, config.data.max_protein_len, self.device):
            with autocast(self.device, self._bfloat16):
                share = nelbo(self.model, batch)
            share.backward()  # type: ignore[no-untyped-call]
            loss += share.detach()
        self.optimizer.step(self.step, loss)
        self.step += 1
        return loss, len(corruption.sequences.tokens)

    def evaluate(self) -> Score:
        """Score the EMA weights: the value on the validation sequences, the losses of all that are scored."""
        scores = [evaluator.score(self.optimizer.ema, self._bfloat16) for evaluator in self._evaluators]
        return Score(scores[0].value, np.concatenate([score.losses for score in scores]))

    def training_loss(self) -> float:
        """The EMA weights' loss on the training sequences that patience looks at, in nats per residue."""
        return self._training_evaluator.score(self.optimizer.ema, self._bfloat16).value

    @cached_property
    def _training_evaluator(self) -> Evaluator:
        num = min(NUM_TRAINING, len(self._train), len(self._evaluators[0].num_residues))
        rows = np.linspace(0, len(self._train) - 1, num).astype(np.int64)
        return Evaluator(self._train.take(rows), self.config, self.micro_batch, self.device)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from ``checkpoint``."""
        assert checkpoint.weights is not None
        assert checkpoint.optimizer is not None
        self.step = checkpoint.step
        self.model.load_state_dict(checkpoint.weights)
        self.optimizer.ema.load_state_dict(checkpoint.ema)
        self.optimizer.load_state(checkpoint.optimizer)


class Attempt:
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
        self._patience = PatienceState()

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
        throughput = Throughput(self._device, compilation)
        line_every = max(1, min(training.n_iters // 100, MAX_ITERATIONS_PER_LINE))
        while not self._is_complete:
            if interrupted():
                self._save(state)
                return self.report("interrupted")

            before = time.perf_counter()
            loss, num_residues = state.iterate()
            self._step = state.step
            throughput.add(loss, num_residues, before, training.n_iters - self._step)
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
                    evaluations = self._record(state, score, points)
                    self._save(state)
                self._metrics.write(evaluations[-1].line())
                answers = [tell(evaluation) for evaluation in evaluations]
                if not all(answers) and not self._is_complete:
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
