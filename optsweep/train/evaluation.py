"""The score that trials are compared by: NELBO on fixed mask ratios and fixed masks; and when it is taken.

It is the integral of the cross-entropy over the mask ratio in (0, 1], and knows nothing of the training schedule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from optsweep.config import TrainConfig
from optsweep.data.batches import NUM_SPECIAL, crop, deal
from optsweep.data.sequences import Sequences
from optsweep.train.corruption import Corruption, corrupt
from optsweep.train.device import autocast
from optsweep.train.execution import Execution
from optsweep.train.loss import Model, cross_entropies
from optsweep.train.micro_batch import MicroBatch, split
from optsweep.train.ranks import ALONE, Ranks
from optsweep.train.schedules import Stream, generator, stratified_uniform


def grid_points(config: TrainConfig, step: int) -> int:
    """How many points of the evaluation grid lie at or before ``step`` (iterations done)."""
    grid, training = config.evaluation, config.training
    if grid.every_sequences is not None:
        return step * training.effective_batch // grid.every_sequences
    assert grid.num_evaluations is not None
    return step * grid.num_evaluations // training.n_iters


def due_points(config: TrainConfig, step: int) -> list[int | None]:
    """Grid points to be taken right after iteration ``step``; [None] at the run's end where that is off the grid."""
    due: list[int | None] = [*range(grid_points(config, step - 1) + 1, grid_points(config, step) + 1)]
    return due or ([None] if step == config.training.n_iters else [])


def fixed_corruption(validation: Sequences, config: TrainConfig) -> Corruption:
    """Mask each sequence ``draws`` times, each time in a stratum of (0, 1] of its own.

    All first draws come before all second ones. The draws of one sequence are spread evenly over (0, 1], since its loss
    changes with the mask ratio more than with the masks. Its masks depend on noise_seed and its index only.
    """
    draws = config.evaluation.draws
    num = min(len(validation), config.evaluation.num_sequences or len(validation))
    seed = config.evaluation.noise_seed
    sequences = crop(validation.take(np.arange(num)), config.data.max_protein_len - NUM_SPECIAL, random=None)
    strata = generator(seed, Stream.STRATA)
    ratios = strata.permutation(stratified_uniform(num, strata))
    keys = [generator(seed, Stream.MASKS, i).random((draws, length)) for i, length in enumerate(sequences.lengths)]
    repeated = sequences.take(np.tile(np.arange(num), draws))
    spread = np.concatenate([(draw + ratios) / draws for draw in range(draws)])
    return corrupt(repeated, spread, np.concatenate(keys, axis=1).ravel())


@dataclass(frozen=True)
class Score:
    value: float
    """Nats per residue: the sequences' losses, weighted by their residues."""
    losses: NDArray[np.float32]
    """[n] each sequence's mean cross-entropy over its masked residues, the mean of its draws; 0 if it has none."""


class Evaluator:
    """The fixed test of a run, kept on its device."""

    def __init__(
        self,
        validation: Sequences,
        config: TrainConfig,
        micro_batch: int,
        execution: Execution,
        ranks: Ranks = ALONE,
    ) -> None:
        self._corruption = fixed_corruption(validation, config)
        self._execution, self._ranks, self._draws = execution, ranks, config.evaluation.draws
        weights = np.ones(len(self._corruption.sequences))
        rows = deal(self._corruption.sequences.lengths, ranks.size)[ranks.rank]
        self._batches: list[MicroBatch] = list(
            split(self._corruption, weights, micro_batch, config.data.max_protein_len, execution, rows)
        )

    @property
    def num_residues(self) -> NDArray[np.int64]:
        """[n] by which each sequence's loss counts in the value."""
        return self._corruption.num_residues[: len(self._corruption.num_residues) // self._draws]

    @torch.no_grad()
    def score(self, model: Model) -> Score:
        """Score ``model``; sums are float64 on the host, so that the split into micro-batches does not show."""
        num_masked, num_residues = self._corruption.num_masked, self.num_residues
        with self._ranks.out_of_memory_together():
            with autocast(self._execution.device, self._execution.bfloat16):
                parts = [cross_entropies(model, batch)[: len(batch.sequence)] for batch in self._batches]
            # None, if there are more ranks than sequences.
            values = torch.cat(parts).cpu().numpy().astype(np.float64) if parts else np.empty(0)
        sequence = np.concatenate([np.empty(0, np.int64), *(batch.sequence for batch in self._batches)])
        sums = np.bincount(sequence, weights=values, minlength=len(num_masked)).astype(np.float64)
        sums = self._ranks.gather(sums)
        losses = (sums / np.maximum(1, num_masked)).reshape(self._draws, -1).mean(0)
        return Score(float(losses @ num_residues / num_residues.sum()), losses.astype(np.float32))
