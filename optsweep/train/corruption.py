"""A step's sequences before they reach the device: drawn, cropped and masked, and how much each counts in the loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optsweep.config import TrainConfig
from optsweep.data.batches import NUM_SPECIAL, ShuffledEpochs, crop
from optsweep.data.sequences import Sequences
from optsweep.data.vocabulary import FIRST_RESIDUE
from optsweep.train import schedules
from optsweep.train.schedules import FloatArray, Stream


@dataclass(frozen=True)
class Corruption:
    """Sequences of one step or one evaluation, and which of their residues are masked."""

    sequences: Sequences
    """Clean and cropped."""
    mask_ratio: FloatArray
    """[n] m, in (0, 1]."""
    masked: NDArray[np.bool_]
    """[total] over ``sequences.tokens``."""
    num_residues: NDArray[np.int64]
    """[n] L: residues that can be masked; <unk> is not one."""
    num_masked: NDArray[np.int64]
    """[n] k, at least 1 where L is."""


def corrupt(sequences: Sequences, mask_ratio: FloatArray, keys: FloatArray) -> Corruption:
    """Mask k = min(L, max(1, ceil(m L))) residues of each sequence: those with its k smallest ``keys``.

    ``mask_ratio`` is [n]; ``keys`` is [total], uniform in [0, 1), one for every token of ``sequences``, so that every
    choice of k residues is equally likely.
    """
    is_residue = sequences.tokens >= FIRST_RESIDUE
    row = np.repeat(np.arange(len(sequences)), sequences.lengths)[is_residue]
    num_residues = np.bincount(row, minlength=len(sequences))
    num_masked = np.minimum(num_residues, np.maximum(1, np.ceil(mask_ratio * num_residues).astype(np.int64)))
    # One sort for all rows: the row number before the key keeps each row's residues together.
    order = np.argsort(row + keys[is_residue])
    rank = np.arange(len(row)) - np.repeat(np.cumsum(num_residues) - num_residues, num_residues)
    masked = np.zeros(len(is_residue), dtype=np.bool_)
    masked[np.flatnonzero(is_residue)[order[rank < np.repeat(num_masked, num_residues)]]] = True
    return Corruption(sequences, mask_ratio, masked, num_residues, num_masked)


def draw_step(
    config: TrainConfig, train: Sequences, epochs: ShuffledEpochs, step: int
) -> tuple[Corruption, FloatArray]:
    """The whole batch of iteration ``step`` (from 0), masked, and the weight of each sequence's masked residues."""
    size, schedule = config.training.effective_batch, config.noise.schedule
    random = schedules.generator(config.training.seed, Stream.STEP, step)
    chosen = train.take(epochs.take(step * size, size))
    sequences = crop(chosen, config.data.max_protein_len - NUM_SPECIAL, random)
    time = schedules.stratified_uniform(size, random) ** schedules.curriculum_exponent(config.curriculum, step)
    corruption = corrupt(sequences, schedules.mask_ratio(schedule, time), random.random(len(sequences.tokens)))
    return corruption, loss_weights(corruption, schedules.mask_ratio_slope(schedule, time))


def loss_weights(corruption: Corruption, slope: FloatArray) -> FloatArray:
    """[n] weight of each masked residue's cross-entropy, so that the weighted sum over a step is its NELBO per residue.

    A sequence's term is m'(t) times the mean cross-entropy over its k masked residues (Ou et al. 2024,
    arXiv:2406.03736; Zheng et al. 2024, arXiv:2409.02908); sequences are weighted by L. ``slope`` is [n] m'(t).
    """
    total = max(1, corruption.num_residues.sum())
    weights: FloatArray = slope * corruption.num_residues / np.maximum(1, corruption.num_masked) / total
    return weights
