"""Reference lines: how well predictors do that know nothing but frequencies."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optsweep.data.sequences import Sequences
from optsweep.data.vocabulary import FIRST_RESIDUE, VOCABULARY_SIZE


def unigram_entropy(sequences: Sequences, max_residues: int | None = None) -> float:
    """Nats per residue of a predictor that knows the composition of all sequences together.

    Standard residues only; each sequence weighs as much as it has of them. ``max_residues``: only the first ones of
    each sequence count, as in evaluation.
    """
    counts = residue_counts(sequences, max_residues).sum(axis=0, keepdims=True)
    return _weighted_entropy(counts)


def composition_entropy(sequences: Sequences, max_residues: int | None = None) -> float:
    """Nats per residue of a predictor that knows each sequence's own composition."""
    return _weighted_entropy(residue_counts(sequences, max_residues))


def residue_counts(sequences: Sequences, max_residues: int | None) -> npt.NDArray[np.float64]:
    """How often each sequence holds each residue, [n, 20]."""
    counts = np.zeros((len(sequences), VOCABULARY_SIZE))
    for start, block in sequences.blocks():
        rows = np.repeat(np.arange(len(block)), block.lengths)
        used = np.ones(len(rows), bool)
        if max_residues is not None:
            used = np.arange(len(rows)) - block.offsets[rows] < max_residues
        codes = rows[used] * VOCABULARY_SIZE + block.tokens[used]
        found = np.bincount(codes, minlength=len(block) * VOCABULARY_SIZE)
        counts[start : start + len(block)] = found.reshape(len(block), VOCABULARY_SIZE)
    return counts[:, FIRST_RESIDUE:]


def _weighted_entropy(counts: npt.NDArray[np.float64]) -> float:
    totals = counts.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        surprise = np.where(counts > 0, -np.log(counts / totals), 0.0)
    return float((counts * surprise).sum() / totals.sum())
