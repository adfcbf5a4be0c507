"""What a run holds on its device while it trains: network, optimiser, data; and one iteration of it."""

from __future__ import annotations

import numpy as np
import torch

from optsweep.config import TrainConfig
from optsweep.data.batches import NUM_SPECIAL, ShuffledEpochs, crop
from optsweep.data.sequences import Sequences
from optsweep.data.training_data import TrainingData
from optsweep.train.checkpoint import Checkpoint
from optsweep.train.corruption import Corruption, corrupt, loss_weights
from optsweep.train.device import autocast, uses_bfloat16
from optsweep.train.evaluation import Evaluator, Score
from optsweep.train.loss import nelbo
from optsweep.train.micro_batches import split
from optsweep.train.model import Transformer
from optsweep.train.optimizer import Optimizer
from optsweep.train.schedules import (
    FloatArray,
    curriculum_exponent,
    mask_ratio,
    mask_ratio_slope,
    stratified_uniform,
)
from optsweep.train.seeds import Stream, generator, torch_seed


def draw_step(
    config: TrainConfig, train: Sequences, epochs: ShuffledEpochs, step: int
) -> tuple[Corruption, FloatArray]:
    """The whole batch of iteration ``step`` (from 0), masked, and the weight of each sequence's masked residues."""
    size, schedule = config.training.effective_batch, config.noise.schedule
    random = generator(config.training.seed, Stream.STEP, step)
    chosen = train.take(epochs.take(step * size, size))
    sequences = crop(chosen, config.data.max_protein_len - NUM_SPECIAL, random)
    time = stratified_uniform(size, random) ** curriculum_exponent(config.curriculum, step)
    corruption = corrupt(sequences, mask_ratio(schedule, time), random.random(len(sequences.tokens)))
    return corruption, loss_weights(corruption, mask_ratio_slope(schedule, time))


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

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from ``checkpoint``."""
        assert checkpoint.weights is not None
        assert checkpoint.optimizer is not None
        self.step = checkpoint.step
        self.model.load_state_dict(checkpoint.weights)
        self.optimizer.ema.load_state_dict(checkpoint.ema)
        self.optimizer.load_state(checkpoint.optimizer)
