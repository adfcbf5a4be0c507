"""A corrupted batch as tensors on the device, in micro-batches of similar lengths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from optsweep.data.batches import Group, group_by_length, pad
from optsweep.data.vocabulary import FIRST_RESIDUE, MASK
from optsweep.train.corruption import Corruption
from optsweep.train.schedules import FloatArray

AUTO_TOKENS = {"cpu": 8192, "cuda": 65536}
"""Padded tokens in a micro-batch where micro_batch is "auto": more gains no speed there."""
OVERHEAD_TOKENS = {"cpu": 128, "cuda": 2048}
"""What one more micro-batch costs, in tokens: below this, padding is cheaper."""


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
    """The micro-batch to begin with, in sequences of ``max_len`` tokens; halved where memory does not hold it."""
    return min(effective_batch, max(1, AUTO_TOKENS.get(device.type, AUTO_TOKENS["cuda"]) // max_len))


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
