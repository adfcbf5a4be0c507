"""What people look at in generated proteins: validity, lengths, composition, copies of what was trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optsweep.data.holding_out.similarity import close_matches
from optsweep.data.sequences import Sequences
from optsweep.data.vocabulary import FIRST_RESIDUE, MIN_LENGTH, VOCABULARY_SIZE

NUM_RESIDUES = VOCABULARY_SIZE - FIRST_RESIDUE


@dataclass(frozen=True)
class Quality:
    """Of a set of generated proteins, beside the training sequences."""

    count: int
    valid: float
    """Share that an import would keep: standard residues only, at least 30 of them, not seen among the others."""
    mean_length: float
    distinct_residues: float
    """How many of the 20 amino acids a protein has, on average."""
    reference_distinct_residues: float
    composition_divergence: float
    """Kullback-Leibler divergence from the training sequences' residue frequencies, nats."""
    dipeptide_divergence: float
    """The same of pairs of neighbours."""
    exact_copies: float
    """Share that stands in the training sequences letter by letter."""
    near_copies: float
    """Share that has more than 30 % of its 15-mers in common with a training sequence."""


def quality(generated: Sequences, training: Sequences) -> Quality:
    """Measure ``generated``; raises `ValueError` where there is nothing to measure."""
    if not len(generated) or not len(training):
        raise ValueError("quality needs generated and training sequences")
    ours, theirs = _Frequencies(generated), _Frequencies(training)
    own = [generated[index].tobytes() for index in range(len(generated))]
    near, _ = close_matches(generated, training)
    return Quality(
        count=len(generated),
        valid=_valid_share(generated, own),
        mean_length=float(generated.lengths.mean()),
        distinct_residues=ours.distinct,
        reference_distinct_residues=theirs.distinct,
        composition_divergence=_divergence(ours.residues, theirs.residues),
        dipeptide_divergence=_divergence(ours.pairs, theirs.pairs),
        exact_copies=_share_within(own, training),
        near_copies=float(near.mean()),
    )


def _valid_share(generated: Sequences, own: list[bytes]) -> float:
    standard = [bool((generated[index] >= FIRST_RESIDUE).all()) for index in range(len(generated))]
    first = {tokens: index for index, tokens in reversed(list(enumerate(own)))}
    valid = [
        good and len(tokens) >= MIN_LENGTH and first[tokens] == index
        for index, (tokens, good) in enumerate(zip(own, standard, strict=True))
    ]
    return sum(valid) / len(valid)


def _share_within(own: list[bytes], training: Sequences) -> float:
    wanted = set(own)
    lengths = {len(tokens) for tokens in own}
    found: set[bytes] = set()
    for _, block in training.blocks():
        likely = np.flatnonzero(np.isin(block.lengths, list(lengths)))
        found |= wanted.intersection(block[int(index)].tobytes() for index in likely)
    return sum(tokens in found for tokens in own) / len(own)


class _Frequencies:
    """How often residues and pairs of neighbouring residues occur, and how many residues a sequence has."""

    def __init__(self, sequences: Sequences) -> None:
        self.residues = np.zeros(NUM_RESIDUES)
        self.pairs = np.zeros(NUM_RESIDUES**2)
        distinct = 0
        for _, block in sequences.blocks():
            row = np.repeat(np.arange(len(block)), block.lengths)
            residue = block.tokens.astype(np.int64) - FIRST_RESIDUE
            known = residue >= 0
            self.residues += np.bincount(residue[known], minlength=NUM_RESIDUES)
            paired = known[1:] & known[:-1] & (row[1:] == row[:-1])
            codes = residue[:-1] * NUM_RESIDUES + residue[1:]
            self.pairs += np.bincount(codes[paired], minlength=NUM_RESIDUES**2)
            distinct += len(np.unique(row[known] * NUM_RESIDUES + residue[known]))
        self.distinct = distinct / len(sequences)


def _divergence(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    """KL(ours || theirs); half a count is added to every cell of theirs, so that none is impossible."""
    p, q = ours / max(1.0, ours.sum()), (theirs + 0.5) / (theirs + 0.5).sum()
    seen = p > 0
    return float((p[seen] * np.log(p[seen] / q[seen])).sum())
