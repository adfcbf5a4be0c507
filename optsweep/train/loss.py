"""The loss of a micro-batch: the cross-entropies of its masked residues, weighted."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional

from optsweep.train.layout import Layout
from optsweep.train.micro_batch import MicroBatch

Model = Callable[[torch.Tensor, Layout, torch.Tensor, torch.Tensor], torch.Tensor]
"""tokens, layout, mask_ratio, positions -> logits; see `Transformer.forward`."""


def cross_entropies(model: Model, batch: MicroBatch) -> torch.Tensor:
    """float32 [masked residues], nats."""
    logits = model(batch.tokens, batch.layout, batch.mask_ratio, batch.positions)
    return functional.cross_entropy(logits.float(), batch.targets, reduction="none")


def nelbo(model: Model, batch: MicroBatch) -> torch.Tensor:
    """This micro-batch's share of the step's negative evidence lower bound, nats per residue.

    The shares of a step's micro-batches add up to its loss: the weights already divide by the whole step's residues.
    """
    # Not @, which autocast computes, and rounds, in bfloat16.
    return cross_entropies(model, batch).dot(batch.weights)
