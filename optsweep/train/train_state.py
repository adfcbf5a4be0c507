"""A run on its device between two iterations: network, optimiser and data; one iteration of it, one evaluation."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from optsweep.config import MAX_INTEGER, TrainConfig
from optsweep.data.batches import NUM_SPECIAL, ShuffledEpochs, deal
from optsweep.data.sequences import Sequences
from optsweep.data.training_data import TrainingData
from optsweep.data.vocabulary import FIRST_RESIDUE
from optsweep.train.ahead import Ahead
from optsweep.train.checkpoint_file import Checkpoint
from optsweep.train.corruption import corrupt, draw_step, loss_weights
from optsweep.train.device import autocast, release_memory
from optsweep.train.evaluation import Evaluator, Score
from optsweep.train.execution import Execution
from optsweep.train.loss import nelbo
from optsweep.train.micro_batch import MicroBatch, split
from optsweep.train.model import Transformer
from optsweep.train.optimizer import Optimizer
from optsweep.train.patience import NUM_TRAINING, Patience
from optsweep.train.ranks import ALONE, Ranks
from optsweep.train.schedules import Stream, generator, torch_seed

DEVIATIONS = 6
"""No step of a run has more tokens than the mean of its sequences' lengths and so many of its standard deviations."""
MASKED = 0.6
"""Of the residues of the largest step: no more than steps have, so that its shape is one of theirs."""


class StepBatches(NamedTuple):
    micro_batches: Iterable[MicroBatch]
    num_residues: int
    """Real ones, of the whole step."""


class TrainState:
    """A run between two iterations; ``step`` is how many are done."""

    def __init__(
        self,
        config: TrainConfig,
        data: TrainingData,
        execution: Execution,
        micro_batch: int,
        ranks: Ranks = ALONE,
    ) -> None:
        self.config = config
        self.execution = execution
        self.micro_batch = micro_batch
        self.step = 0
        self._ranks = ranks
        self._train = data.sample(config.data.num_sequences)
        epochs = ShuffledEpochs(len(self._train), [config.training.seed, Stream.EPOCHS])
        torch.manual_seed(torch_seed(config.training.seed, Stream.WEIGHTS))
        self.model = Transformer(config.model, config.data.max_protein_len).to(execution.device)
        self.model.short_residual = execution.short_residual
        self.optimizer = Optimizer(self.model, config, execution.device)
        parts = [data.validation, data.confirmation] if data.scores_confirmation else [data.validation]
        self._evaluators = [Evaluator(part, config, micro_batch, execution, ranks) for part in parts]
        self.patience = Patience(config, len(self._train), self._evaluators[0].num_residues)
        # Nothing of this state itself: a thread, or a circle, would keep the networks' memory after the run's end.
        self._made = functools.partial(_made, config, self._train, epochs, micro_batch, execution, ranks)
        # A CPU has no time to spare for it, and a slow disk only a GPU outruns.
        self._batches = Ahead(self._made) if execution.on_gpu else self._made

    def iterate(self) -> tuple[torch.Tensor, int]:
        """One optimiser step; its loss (on the device, nats per residue) and the number of real residues it saw."""
        # Other ranks' steps have the numbers that no run reaches.
        draw = self.step + self._ranks.rank * MAX_INTEGER
        torch.manual_seed(torch_seed(self.config.training.seed, Stream.DROPOUT, draw))
        with self._ranks.out_of_memory_together():
            batches = self._batches(self.step)
            loss = self._add_gradients(batches.micro_batches)
        self._ranks.add_up([loss, *(one.grad for one in self.model.parameters() if one.grad is not None)])
        self.optimizer.step(self.step, loss)
        self.step += 1
        return loss, batches.num_residues

    def _add_gradients(self, micro_batches: Iterable[MicroBatch]) -> torch.Tensor:
        """Add up the gradients of their loss, which is returned."""
        device = self.execution.device
        loss = torch.zeros((), device=device)
        # One context around all of them: it keeps the weights that it has cast.
        with autocast(device, self.execution.bfloat16):
            for batch in micro_batches:
                share = nelbo(self.model, batch)
                with autocast(device, False):
                    share.backward()  # type: ignore[no-untyped-call]
                loss += share.detach()
        return loss

    def try_largest(self) -> None:
        """Compute a micro-batch as large as the run will ever have, so that memory fails now or never.

        It leaves nothing behind.
        """
        with self._ranks.out_of_memory_together():
            self._add_gradients(self._largest())
        self.model.zero_grad()
        release_memory(self.execution.device)

    def _largest(self) -> Iterable[MicroBatch]:
        max_len, num = self.config.data.max_protein_len, self.micro_batch
        longest = max_len - NUM_SPECIAL
        if self.execution.packed:
            lengths = np.minimum(self._train.lengths, longest)
            of_all = num * lengths.mean() + DEVIATIONS * math.sqrt(num) * lengths.std()
            longest = min(longest, math.ceil(of_all / num))
        tokens = np.full(num * longest, FIRST_RESIDUE, np.uint8)
        sequences = Sequences(tokens, np.arange(num + 1, dtype=np.int64) * longest)
        keys = generator(self.config.training.seed, Stream.STEP).random(len(tokens))
        corruption = corrupt(sequences, np.full(num, MASKED), keys)
        return split(corruption, loss_weights(corruption, np.ones(num)), num, max_len, self.execution)

    def evaluate(self) -> Score:
        """Score the EMA weights: the value on the validation sequences, the losses of all that are scored."""
        scores = [evaluator.score(self.optimizer.ema) for evaluator in self._evaluators]
        return Score(scores[0].value, np.concatenate([score.losses for score in scores]))

    def training_loss(self) -> float:
        """The EMA weights' loss on the training sequences that patience looks at, in nats per residue."""
        return self._training_evaluator.score(self.optimizer.ema).value

    @functools.cached_property
    def _training_evaluator(self) -> Evaluator:
        num = min(NUM_TRAINING, len(self._train), len(self._evaluators[0].num_residues))
        rows: NDArray[np.int64] = np.linspace(0, len(self._train) - 1, num).astype(np.int64)
        return Evaluator(self._train.take(rows), self.config, self.micro_batch, self.execution, self._ranks)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from ``checkpoint``."""
        assert checkpoint.weights is not None
        assert checkpoint.optimizer is not None
        self.step = checkpoint.step
        self.model.load_state_dict(checkpoint.weights)
        self.optimizer.ema.load_state_dict(checkpoint.ema)
        self.optimizer.load_state(checkpoint.optimizer)


def _made(
    config: TrainConfig,
    train: Sequences,
    epochs: ShuffledEpochs,
    micro_batch: int,
    execution: Execution,
    ranks: Ranks,
    step: int,
) -> StepBatches:
    """What iteration ``step`` of this rank computes; on a GPU all of it is there already."""
    corruption, weights = draw_step(config, train, epochs, step)
    rows = deal(corruption.sequences.lengths, ranks.size)[ranks.rank]
    batches = split(corruption, weights, micro_batch, config.data.max_protein_len, execution, rows)
    return StepBatches(list(batches) if execution.on_gpu else batches, len(corruption.sequences.tokens))
