"""A step's sequences as the network takes them: split into micro-batches, padded or packed, on the device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from optsweep.config import TrainConfig
from optsweep.data.batches import NUM_SPECIAL, Group, deal, group_by_length, pack, pad, round_length
from optsweep.data.vocabulary import FIRST_RESIDUE, MASK
from optsweep.train.corruption import Corruption
from optsweep.train.execution import Execution
from optsweep.train.layout import Layout, Packed, Padded
from optsweep.train.schedules import FloatArray

AUTO_TOKENS = {"cpu": 8192, "cuda": 65536}
"""Padded tokens in a micro-batch where micro_batch is "auto": more gains no speed there."""
MOST_PACKED = 256
"""Packed sequences in a micro-batch: a gradient (`layout.Packed.gather`) takes time by sequences times tokens, a tenth
of a block's products here at width 512."""
OVERHEAD_TOKENS = {"cpu": 128, "cuda": 2048}
"""What one more micro-batch costs, in tokens: below this, padding is cheaper."""


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

    All of them, up to `MOST_PACKED`, where they are packed: a config's number is of padded sequences. Those are counted
    at the greatest length.
    """
    if execution.packed:
        return min(num_sequences, MOST_PACKED)
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
    scored = _Scored(positions, group.rows[positions // group.padded_length], corruption.mask_ratio[group.rows])
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
    scored = _Scored(positions, rows[row[positions]], ratio)
    return _micro_batch(packed.tokens, layout, scored, weights, device, scored_places(len(row), len(positions)))


def scored_places(num_tokens: int, num_masked: int) -> int:
    """So many residues are scored, whatever the masks are: the shape follows from the number of tokens alone."""
    usual = num_tokens * 5 // 8
    return usual if num_masked <= usual else num_tokens


class _Scored(NamedTuple):
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
    scored: _Scored,
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
