from __future__ import annotations

import math

import numpy as np
import pytest

from optsweep.data.reference import composition_entropy, unigram_entropy
from optsweep.data.sequences import from_arrays
from optsweep.data.vocabulary import encode

from .samples import random_sequences


def test_by_hand() -> None:
    sequences = from_arrays([encode("AAAA"), encode("AACC"), encode("XX")])
    expected = -(6 / 8 * math.log(6 / 8) + 2 / 8 * math.log(2 / 8))
    assert unigram_entropy(sequences) == pytest.approx(expected)
    assert composition_entropy(sequences) == pytest.approx(4 / 8 * math.log(2))


def test_only_the_residues_that_evaluation_sees() -> None:
    sequences = from_arrays([encode("AAACCC"), encode("DD")])
    assert composition_entropy(sequences, 4) == pytest.approx(4 / 6 * -(0.75 * math.log(0.75) + 0.25 * math.log(0.25)))
    assert unigram_entropy(sequences, 1) == pytest.approx(math.log(2))


def test_uniform_residues_and_selections() -> None:
    sequences = random_sequences(5_000, lengths=(100, 200))
    assert unigram_entropy(sequences) == pytest.approx(math.log(20), abs=1e-3)
    assert composition_entropy(sequences) < unigram_entropy(sequences) - 0.03
    chosen = np.arange(0, 5_000, 7)
    assert unigram_entropy(sequences.select(chosen)) == unigram_entropy(sequences.take(chosen))
