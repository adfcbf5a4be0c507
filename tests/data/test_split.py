from __future__ import annotations

import time

import numpy as np
import pytest

from optsweep.data.sequences import Sequences, from_arrays
from optsweep.data.similarity import close_matches, clusters
from optsweep.data.split import clustered_split
from optsweep.errors import DataError

from .samples import random_sequences


def kmers(tokens: np.ndarray) -> set[bytes]:
    text = tokens.tobytes()
    return {text[start : start + 15] for start in range(max(1, len(text) - 14))}


def is_close(first: np.ndarray, second: np.ndarray) -> bool:
    a, b = kmers(first), kmers(second)
    return len(a & b) > 0.3 * min(len(a), len(b))


def families(num: int, seed: int, size: int = 4) -> Sequences:
    """Relatives at many distances: fragments of one ancestor with some residues replaced."""
    rng = np.random.default_rng(seed)
    arrays = []
    for _ in range(num):
        ancestor = rng.integers(5, 25, rng.integers(10, 90)).astype(np.uint8)
        for _ in range(size):
            changed = rng.random(len(ancestor)) < rng.random() * 0.15
            relative = np.where(changed, rng.integers(5, 25, len(ancestor)), ancestor).astype(np.uint8)
            start = rng.integers(0, 1 + len(relative) // 2)
            arrays.append(relative[start : start + rng.integers(5, 100)])
    return from_arrays([arrays[index] for index in rng.permutation(len(arrays))])


def expected_clusters(sequences: Sequences) -> list[set[int]]:
    """Connected components, by comparing everything with everything."""
    groups: list[set[int]] = []
    for index in range(len(sequences)):
        near = [group for group in groups if any(is_close(sequences[index], sequences[other]) for other in group)]
        groups = [group for group in groups if group not in near] + [{index}.union(*near)]
    return groups


@pytest.mark.parametrize("seed", range(4))
def test_clusters_equal_those_of_comparing_everything_with_everything(seed: int) -> None:
    sequences = families(30, seed)
    labels = clusters(sequences)
    found = [set(np.flatnonzero(labels == label).tolist()) for label in range(labels.max() + 1)]
    expected = expected_clusters(sequences)
    assert sorted(map(sorted, found)) == sorted(map(sorted, expected))
    assert 30 < len(expected) < len(sequences)


@pytest.mark.parametrize("seed", range(4))
def test_close_matches_equal_those_of_comparing_everything_with_everything(seed: int) -> None:
    sequences = families(30, seed)
    queries, candidates = sequences.take(range(40)), sequences.select(range(40, len(sequences)))
    of_query, of_candidate = close_matches(queries, candidates)
    pairs = np.array([[is_close(queries[q], candidates[c]) for c in range(len(candidates))] for q in range(40)])
    assert of_query.tolist() == pairs.any(axis=1).tolist()
    assert of_candidate.tolist() == pairs.any(axis=0).tolist()
    assert pairs.any()


def test_the_share_is_of_the_shorter_one_and_must_be_above_30_percent() -> None:
    rng = np.random.default_rng(0)
    parts = [rng.integers(5, 25, size).astype(np.uint8) for size in (114, 86, 500)]
    # 100 15-mers, of which 30 or 31 are those of the other one.
    at_limit = np.concatenate([parts[0][:44], parts[1][:70]])
    above = np.concatenate([parts[0][:45], parts[1][:69]])
    long = np.concatenate([parts[2], parts[0][:45]])
    assert not close_matches(from_arrays([parts[0]]), from_arrays([at_limit]))[0].any()
    assert close_matches(from_arrays([parts[0]]), from_arrays([above]))[0].all()
    assert close_matches(from_arrays([parts[0]]), from_arrays([long]))[0].all()


def test_held_out_sequences_have_no_close_match_elsewhere() -> None:
    sequences = families(500, 0)
    validation, confirmation = clustered_split(sequences, 42)
    assert len(validation) == len(confirmation) == 100
    parts = [validation, confirmation, np.setdiff1d(np.arange(2_000), [*validation, *confirmation])]
    assert sum(map(len, parts)) == 2_000
    for first in range(3):
        for second in range(first):
            matched, _ = close_matches(sequences.take(parts[first]), sequences.take(parts[second]))
            assert not matched.any()


def test_the_split_is_the_seed_s() -> None:
    sequences = random_sequences(10_000, lengths=(30, 40))
    first, again, other = (clustered_split(sequences, seed) for seed in (42, 42, 43))
    assert [len(part) for part in first] == [500, 500]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_clusters_larger_than_the_quota_are_held_out_whole() -> None:
    base = random_sequences(3, lengths=(60, 90))
    copies = base.take([0] * 50 + [1] * 30 + [2] * 20)
    validation, confirmation = clustered_split(copies, 42)
    assert sorted([len(validation), len(confirmation)]) == [20, 30]


def test_what_cannot_be_split_or_scored() -> None:
    base = random_sequences(3, lengths=(60, 90))
    with pytest.raises(DataError, match=r"groups of close relatives \(2\)"):
        clustered_split(base.take([0, 0, 1, 1]), 42)
    strangers = from_arrays([np.full(40, 3, np.uint8)] * 50 + [base[index] for index in range(3)])
    validation, confirmation = clustered_split(strangers, 42)
    assert len(validation) == len(confirmation) == 1
    assert min(validation[0], confirmation[0]) >= 50
    unequal = base.take([0, 1] + [2] * 38)
    validation, confirmation = clustered_split(unequal, 42)
    assert {*validation.tolist(), *confirmation.tolist()} == {0, 1}


def test_one_large_family_does_not_cost_its_square() -> None:
    rng = np.random.default_rng(0)
    ancestor = rng.integers(5, 25, 200).astype(np.uint8)
    family = np.repeat(ancestor[None], 4_000, axis=0)
    family[rng.random(family.shape) < 0.01] = 7
    start = time.process_time()
    labels = clusters(from_arrays(list(family)))
    assert time.process_time() - start < 5
    assert labels.max() == 0
