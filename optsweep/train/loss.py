"""A step's batch from sequences to the loss: drawn, masked, split into micro-batches on the device, scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from optsweep.config import TrainConfig
from optsweep.data.batches import NUM_SPECIAL, Group, ShuffledEpochs, crop, group_by_length, pad
from optsweep.data.sequences import Sequences
from optsweep.data.vocabulary import FIRST_RESIDUE, MASK
from optsweep.train import schedules
from optsweep.train.schedules import FloatArray, Stream

AUTO_TOKENS = {"cpu": 8192, "cuda": 65536}
"""Padded tokens in a micro-batch where micro_batch is "auto": more gains no speed there."""
OVERHEAD_TOKENS = {"cpu": 128, "cuda": 2048}
"""What one more micro-batch costs, in tokens: below this, padding is cheaper."""
Model = Callable[[torch.Tensor, torch.Tensor | None, torch.Tensor, torch.Tensor], torch.Tensor]
"""tokens, lengths, mask_ratio, positions -> logits; see `Transformer.forward`."""


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


@dataclass(frozen=True)
class MicroBatch:
    """Rows padded to one length; "masked residues" runs over those of all rows, in order."""

    tokens: torch.Tensor
    """int64 [rows, length], masked."""
    lengths: torch.Tensor | None
    """int64 [rows], <s> and </s> included; None if no row is padded."""
    mask_ratio: torch.Tensor
    """float32 [rows]."""
    positions: torch.Tensor
    """int64 [masked residues] into the flattened ``tokens``."""
    targets: torch.Tensor
    """int64 [masked residues], 0..19: the residue that stood there."""
    weights: torch.Tensor
    """float32 [masked residues], of each cross-entropy in the loss."""
    sequence: NDArray[np.int64]
    """[masked residues], the row of the whole batch that each belongs to; stays on the host."""


def auto_micro_batch(device: torch.device, max_len: int, effective_batch: int) -> int:
    """Sequences of ``max_len`` tokens that gain all the speed there is."""
    return min(effective_batch, max(1, AUTO_TOKENS.get(device.type, AUTO_TOKENS["cuda"]) // max_len))


def first_micro_batch(config: TrainConfig, device: torch.device) -> int:
    """The micro-batch to begin with, in sequences of the greatest length; halved if memory does not hold it."""
    training = config.training
    if training.micro_batch == "auto":
        return auto_micro_batch(device, config.data.max_protein_len, training.effective_batch)
    return min(training.micro_batch, training.effective_batch)


def split(
    corruption: Corruption, weights: FloatArray, micro_batch: int, max_len: int, device: torch.device
) -> Iterator[MicroBatch]:
    """Yield micro-batches of at most ``micro_batch * max_len`` padded tokens; ``weights`` [n] of `loss_weights`."""
    overhead = OVERHEAD_TOKENS.get(device.type, OVERHEAD_TOKENS["cuda"])
    for group in group_by_length(corruption.sequences.lengths, max_len, micro_batch * max_len, overhead):
        yield _build(corruption, weights, group, device)


def _build(corruption: Corruption, weights: FloatArray, group: Group, device: torch.device) -> MicroBatch:
    tokens, source, target = pad(corruption.sequences, group)
    masked = corruption.masked[source]
    positions = target[masked]
    flat = tokens.reshape(-1)
    residues = flat[positions].astype(np.int64) - FIRST_RESIDUE
    flat[positions] = MASK
    sequence = group.rows[positions // group.padded_length]
    lengths = corruption.sequences.lengths[group.rows] + 2
    return MicroBatch(
        tokens=_to(device, tokens.astype(np.int64)),
        lengths=_to(device, lengths) if lengths.min() < group.padded_length else None,
        mask_ratio=_to(device, corruption.mask_ratio[group.rows].astype(np.float32)),
        positions=_to(device, positions),
        targets=_to(device, residues),
        weights=_to(device, weights[sequence].astype(np.float32)),
        sequence=sequence,
    )


def _to(device: torch.device, array: NDArray[Any]) -> torch.Tensor:
    tensor = torch.from_numpy(array)
    # Only a copy from pinned memory leaves the host free to prepare the next micro-batch.
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)


def cross_entropies(model: Model, batch: MicroBatch) -> torch.Tensor:
    """float32 [masked residues], nats."""
    logits = model(batch.tokens, batch.lengths, batch.mask_ratio, batch.positions)
    return functional.cross_entropy(logits.float(), batch.targets, reduction="none")


def nelbo(model: Model, batch: MicroBatch) -> torch.Tensor:
    """This micro-batch's share of the step's negative evidence lower bound, nats per residue.

    The shares of a step's micro-batches add up to its loss: the weights already divide by the whole step's residues.
    """
    return cross_entropies(model, batch) @ batch.weights
