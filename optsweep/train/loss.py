"""A step's batch from sequences to the loss: drawn, masked, split into micro-batches on the device, scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from optsweep.config import TrainConfig
from optsweep.data.batches import (
    NUM_SPECIAL,
    Group,
    ShuffledEpochs,
    crop,
    deal,
    group_by_length,
    pack,
    pad,
    round_length,
)
from optsweep.data.sequences import Sequences
from optsweep.data.vocabulary import FIRST_RESIDUE, MASK
from optsweep.train import schedules
from optsweep.train.execution import Execution
from optsweep.train.layout import Layout, Packed, Padded
from optsweep.train.schedules import FloatArray, Stream

AUTO_TOKENS = {"cpu": 8192, "cuda": 65536}
"""Padded tokens in a micro-batch where micro_batch is "auto": more gains no speed there."""
OVERHEAD_TOKENS = {"cpu": 128, "cuda": 2048}
"""What one more micro-batch costs, in tokens: below this, padding is cheaper."""
Model = Callable[[torch.Tensor, Layout, torch.Tensor, torch.Tensor], torch.Tensor]
"""tokens, layout, mask_ratio, positions -> logits; see `Transformer.forward`."""


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
    """Sequences that are computed at once; "masked residues" runs over those of all of them, in order.

    Behind those of a packed micro-batch stand some that count nothing, up to a round number.
    """

    tokens: torch.Tensor
    """int64 [rows, length], or packed [tokens]; masked."""
    layout: Layout
    mask_ratio: torch.Tensor
    """float32 [rows]."""
    positions: torch.Tensor
    """int64 [masked residues] into the flattened ``tokens``."""
    targets: torch.Tensor
    """int64 [masked residues], 0..19: the residue that stood there."""
    weights: torch.Tensor
    """float32 [masked residues], of each cross-entropy in the loss."""
    sequence: NDArray[np.int64]
    """[masked residues that count], the row of the whole batch that each belongs to; stays on the host."""


def auto_micro_batch(device: torch.device, max_len: int, effective_batch: int) -> int:
    """Padded sequences of ``max_len`` tokens that gain all the speed there is."""
    return min(effective_batch, max(1, AUTO_TOKENS.get(device.type, AUTO_TOKENS["cuda"]) // max_len))


def first_micro_batch(config: TrainConfig, execution: Execution, num_sequences: int) -> int:
    """The micro-batch to begin with, of a step's ``num_sequences``; halved if memory does not hold it.

    All of them where they are packed: a config's number is of padded sequences. Those are counted at the greatest
    length.
    """
    if execution.packed:
        return num_sequences
    if config.training.micro_batch == "auto":
        return auto_micro_batch(execution.device, config.data.max_protein_len, num_sequences)
    return min(config.training.micro_batch, num_sequences)


def split(
    corruption: Corruption,
    weights: FloatArray,
    micro_batch: int,
    max_len: int,
    execution: Execution,
    rows: NDArray[np.int64] | None = None,
) -> Iterator[MicroBatch]:
    """Yield micro-batches, on the device, of ``micro_batch`` packed sequences, or of so many padded tokens.

    ``weights`` is [n], of `loss_weights`; ``rows`` are those that are wanted, all if None. Padded micro-batches have at
    most ``micro_batch * max_len`` tokens.
    """
    if rows is None:
        rows = np.arange(len(corruption.sequences))
    lengths = corruption.sequences.lengths[rows]
    if execution.packed:
        for part in deal(lengths, -(-len(rows) // micro_batch)):
            yield _packed(corruption, weights, rows[part], max_len, execution.device)
        return
    overhead = OVERHEAD_TOKENS.get(execution.device.type, OVERHEAD_TOKENS["cuda"])
    # A GPU's attention copies a mask for each of its heads unless its length is a round number.
    longest = round_length(max_len) if execution.on_gpu else max_len
    for group in group_by_length(lengths, longest, micro_batch * max_len, overhead):
        yield _padded(corruption, weights, Group(rows[group.rows], group.padded_length), execution)


def _padded(corruption: Corruption, weights: FloatArray, group: Group, execution: Execution) -> MicroBatch:
    tokens, source, target = pad(corruption.sequences, group)
    positions = target[corruption.masked[source]]
    lengths = corruption.sequences.lengths[group.rows] + NUM_SPECIAL
    layout = Padded(group.padded_length, None)
    if lengths.min() < group.padded_length:
        layout = Padded.of(_to(execution.device, lengths), group.padded_length, execution.score_format)
    scored = Scored(positions, group.rows[positions // group.padded_length], corruption.mask_ratio[group.rows])
    return _micro_batch(tokens, layout, scored, weights, execution.device)


def _packed(
    corruption: Corruption, weights: FloatArray, rows: NDArray[np.int64], max_len: int, device: torch.device
) -> MicroBatch:
    packed = pack(corruption.sequences, rows, max_len)
    positions = packed.target[corruption.masked[packed.source]]
    num_rows = len(packed.starts) - 1
    row = np.repeat(np.arange(num_rows), np.diff(packed.starts))
    layout = Packed(
        row=_to(device, row),
        position=_to(device, np.arange(len(row)) - packed.starts[row]),
        starts=_to(device, packed.starts),
        longest=max_len,
    )
    # The padding's mask ratio is any number that gives finite ones.
    ratio = np.concatenate([corruption.mask_ratio[rows], np.ones(num_rows - len(rows))])
    scored = Scored(positions, rows[row[positions]], ratio)
    return _micro_batch(packed.tokens, layout, scored, weights, device, _scored_places(len(row), len(positions)))


def _scored_places(num_tokens: int, num_masked: int) -> int:
    """So many residues are scored, whatever the masks are: the shape follows from the number of tokens alone."""
    usual = num_tokens * 5 // 8
    return usual if num_masked <= usual else num_tokens


class Scored(NamedTuple):
    """What is scored of the sequences of a micro-batch."""

    positions: NDArray[np.int64]
    """[masked residues] into the flattened tokens."""
    sequence: NDArray[np.int64]
    """[masked residues], the row of the whole batch that each belongs to."""
    mask_ratio: FloatArray
    """[rows]"""


def _micro_batch(
    tokens: NDArray[np.uint8],
    layout: Layout,
    scored: Scored,
    weights: FloatArray,
    device: torch.device,
    num_places: int | None = None,
) -> MicroBatch:
    """Mask ``tokens``, in place, and say what stood there; with ``num_places`` that many places in all."""
    flat = tokens.reshape(-1)
    positions = scored.positions
    num_spare = 0 if num_places is None else num_places - len(positions)
    residues = flat[positions].astype(np.int64) - FIRST_RESIDUE
    flat[positions] = MASK
    if num_spare:
        others = np.ones(len(flat), np.bool_)
        others[positions] = False
        positions = np.concatenate([positions, np.flatnonzero(others)[:num_spare]])
    return MicroBatch(
        tokens=_to(device, tokens.astype(np.int64)),
        layout=layout,
        mask_ratio=_to(device, scored.mask_ratio.astype(np.float32)),
        positions=_to(device, positions),
        targets=_to(device, np.pad(residues, (0, num_spare))),
        weights=_to(device, np.pad(weights[scored.sequence].astype(np.float32), (0, num_spare))),
        sequence=scored.sequence,
    )


def _to(device: torch.device, array: NDArray[Any]) -> torch.Tensor:
    tensor = torch.from_numpy(array)
    # Only a copy from pinned memory leaves the host free to prepare what comes next.
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)


def cross_entropies(model: Model, batch: MicroBatch) -> torch.Tensor:
    """float32 [masked residues], nats."""
    logits = model(batch.tokens, batch.layout, batch.mask_ratio, batch.positions)
    return functional.cross_entropy(logits.float(), batch.targets, reduction="none")


def nelbo(model: Model, batch: MicroBatch) -> torch.Tensor:
    """This micro-batch's share of the step's negative evidence lower bound, nats per residue.

    The shares of a step's micro-batches add up to its loss: the weights already divide by the whole step's residues.
    """
    return cross_entropies(model, batch) @ batch.weights
