"""The figures of generated proteins, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optsweep.data.quality import quality
from optsweep.data.sequences import Sequences, from_arrays
from optsweep.data.vocabulary import encode

from .samples import random_letters, random_sequences


def proteins(*letters: str) -> Sequences:
    return from_arrays([encode(one) for one in letters])


RANDOM = np.random.default_rng(0)
LONG = [random_letters(RANDOM, 60) for _ in range(6)]


def test_valid_is_what_an_import_would_keep() -> None:
    found = quality(proteins(LONG[0], LONG[1], LONG[0], LONG[2][:29], LONG[3][:30], "X" + LONG[4]), proteins(*LONG))
    assert found.count == 6
    assert found.valid == pytest.approx(3 / 6), "one is a duplicate, one too short, one has an unknown residue"
    assert found.mean_length == pytest.approx((60 * 3 + 29 + 30 + 61) / 6)


def test_copies_are_exact_or_near_or_neither() -> None:
    near = LONG[1][:40] + random_letters(RANDOM, 20)
    found = quality(proteins(LONG[0], near, random_letters(RANDOM, 60), LONG[0][:-1]), proteins(*LONG))
    assert found.exact_copies == pytest.approx(1 / 4)
    assert found.near_copies == pytest.approx(3 / 4)
    selected = proteins(*LONG).select(np.array([1, 2]))
    assert quality(proteins(LONG[0]), selected).exact_copies == 0


def test_distinct_amino_acids_and_divergences_by_hand() -> None:
    found = quality(proteins("ACAC", "AAAA"), proteins("ACACACAC", "CACACACA"))
    assert found.distinct_residues == pytest.approx(1.5)
    assert found.reference_distinct_residues == 2
    # Half a count in each of the 20 cells of the training sequences': A and C 8.5 of 26 each.
    expected = 0.75 * math.log(0.75 / (8.5 / 26)) + 0.25 * math.log(0.25 / (8.5 / 26))
    assert found.composition_divergence == pytest.approx(expected)
    # Pairs: AC 2, CA 1, AA 3 of 6; AC and CA 7.5 and AA 0.5 of 14 + 200. None across the border of two proteins.
    share = {"AC": (2, 7.5), "CA": (1, 7.5), "AA": (3, 0.5)}
    expected = sum(ours / 6 * math.log(ours / 6 / (theirs / 214)) for ours, theirs in share.values())
    assert found.dipeptide_divergence == pytest.approx(expected)


def test_an_unknown_residue_parts_its_neighbours() -> None:
    apart, alone = (quality(proteins(one), proteins("AC" * 5)) for one in ("AXC", "A"))
    assert apart.dipeptide_divergence == alone.dipeptide_divergence == 0
    assert apart.distinct_residues == 2


def test_proteins_like_the_training_sequences_diverge_little_and_others_much() -> None:
    training = random_sequences(400, seed=1)
    like, unlike = random_sequences(400, seed=2), proteins("A" * 60, "C" * 70)
    assert quality(like, training).composition_divergence < 0.01
    assert quality(like, training).near_copies == 0
    assert quality(unlike, training).composition_divergence > 2


def test_nothing_has_no_quality() -> None:
    with pytest.raises(ValueError, match="needs generated and training"):
        quality(from_arrays([]), proteins(*LONG))
    with pytest.raises(ValueError, match="needs generated and training"):
        quality(proteins(*LONG), from_arrays([]))
