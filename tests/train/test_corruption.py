"""Which residues are masked."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from optsweep.data.vocabulary import FIRST_RESIDUE
from optsweep.train.corruption import corrupt
from tests.train.supply import make_sequences


@given(seed=st.integers(0, 10**6), ratio=st.floats(1e-12, 1.0))
@settings(max_examples=50, deadline=None)
def test_exactly_k_residues_of_each_sequence_are_masked_and_never_an_unknown(seed: int, ratio: float) -> None:
    sequences = make_sequences(6, seed=seed, longest=20)
    keys = np.random.default_rng(seed).random(len(sequences.tokens))
    corruption = corrupt(sequences, np.full(6, ratio), keys)
    assert (sequences.tokens[corruption.masked] >= FIRST_RESIDUE).all()
    for i in range(6):
        row = slice(sequences.offsets[i], sequences.offsets[i + 1])
        num_residues = int((sequences.tokens[row] >= FIRST_RESIDUE).sum())
        expected = min(num_residues, max(1, math.ceil(ratio * num_residues)))
        assert corruption.masked[row].sum() == corruption.num_masked[i] == expected
        assert corruption.num_residues[i] == num_residues


def test_every_residue_is_masked_equally_often() -> None:
    sequences = make_sequences(1, seed=3, shortest=10, longest=10)
    random = np.random.default_rng(0)
    counts = np.zeros(10)
    for _ in range(4000):
        counts += corrupt(sequences, np.array([0.25]), random.random(10)).masked
    is_residue = sequences.tokens >= FIRST_RESIDUE
    expected = counts.sum() / is_residue.sum()
    assert (counts[~is_residue] == 0).all()
    assert (np.abs(counts[is_residue] / expected - 1) < 0.1).all()
