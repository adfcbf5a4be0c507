from __future__ import annotations

import time

import numpy as np
import pytest

from optsweep.data.holding_out.near_duplicates import near_duplicate_families
from optsweep.data.holding_out.similarity import close_matches
from optsweep.data.holding_out.split import Split, clustered_split
from optsweep.data.sequences import Sequences, from_arrays
from optsweep.errors import DataError
from tests.data.samples import measure, random_sequences


def clusters(sequences: Sequences) -> np.ndarray:
    return near_duplicate_families(sequences).labels


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
    labels, are_exact = near_duplicate_families(sequences)
    assert are_exact
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


def split(sequences: Sequences, seed: int = 42) -> Split:
    return clustered_split(sequences, clusters(sequences), seed)


def test_held_out_sequences_have_no_close_match_elsewhere() -> None:
    sequences = families(500, 0)
    found = split(sequences)
    assert len(found.validation) == len(found.confirmation) == 100
    assert found.notes == []
    held_out = [*found.validation, *found.confirmation]
    parts = [found.validation, found.confirmation, np.setdiff1d(np.arange(2_000), held_out)]
    assert sum(map(len, parts)) == 2_000
    for first in range(3):
        for second in range(first):
            matched, _ = close_matches(sequences.take(parts[first]), sequences.take(parts[second]))
            assert not matched.any()


def test_the_split_is_the_seed_s() -> None:
    sequences = random_sequences(10_000, lengths=(30, 40))
    first, again, other = (split(sequences, seed) for seed in (42, 42, 43))
    assert len(first.validation) == len(first.confirmation) == 500
    assert np.array_equal(first.validation, again.validation)
    assert np.array_equal(first.confirmation, again.confirmation)
    assert not np.array_equal(first.validation, other.validation)


def test_clusters_larger_than_the_quota_are_held_out_whole() -> None:
    base = random_sequences(3, lengths=(60, 90))
    found = split(base.take([0] * 50 + [1] * 30 + [2] * 20))
    assert sorted([len(found.validation), len(found.confirmation)]) == [20, 30]
    assert sum("is one family" in note for note in found.notes) == 2


def test_what_cannot_be_split_or_scored() -> None:
    base = random_sequences(3, lengths=(60, 90))
    with pytest.raises(DataError, match=r"groups of close relatives \(2\)"):
        split(base.take([0, 0, 1, 1]))
    strangers = from_arrays([np.full(40, 3, np.uint8)] * 50 + [base[index] for index in range(3)])
    found = split(strangers)
    assert len(found.validation) == len(found.confirmation) == 1
    assert min(found.validation[0], found.confirmation[0]) >= 50
    found = split(base.take([0, 1] + [2] * 38))
    assert {*found.validation.tolist(), *found.confirmation.tolist()} == {0, 1}


def sizes_of_families(part: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return np.unique(labels[part], return_counts=True)[1]


@pytest.mark.parametrize(
    ("sizes", "held_out"),
    [
        ([1] * 20_000, 1_000),
        ([50] * 300 + [51] * 20 + [1] * 3_980, 1_000),
        ([20] * 500, None),
        ([186] * 20 + [3] * 2_000, None),
        ([2] * 300 + [1] * 30, 15),
        ([1_000] * 10, None),
    ],
)
def test_d3_no_family_is_more_than_a_twentieth_of_a_part(sizes: list[int], held_out: int | None) -> None:
    num = sum(sizes)
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(len(sizes)), sizes))
    sequences = Sequences(np.full(num, 7, np.uint8), np.arange(num + 1))
    for seed in range(3):
        found = clustered_split(sequences, labels, seed)
        parts = [found.validation, found.confirmation]
        for part in parts:
            assert len(part)
            largest = sizes_of_families(part, labels).max()
            if min(sizes) <= max(1, 0.05 * len(part)):
                assert largest <= max(1, 0.05 * len(part))
            assert np.isin(labels, labels[part]).sum() == len(part), "families are whole"
            assert held_out is None or len(part) == held_out
            assert len(part) <= max(round(0.05 * num), min(sizes))
        assert len(found.notes) == sum(len(part) < round(0.05 * num) or len(part) > round(0.05 * num) for part in parts)


def test_d3_a_part_stays_smaller_if_small_families_do_not_suffice_and_says_so() -> None:
    """20 families of 3 fill at most a part of 60; such a part allows no family of more than 3."""
    sizes = [3] * 45 + [400] * 9 + [265]
    labels = np.repeat(np.arange(len(sizes)), sizes)
    sequences = Sequences(np.full(len(labels), 7, np.uint8), np.arange(len(labels) + 1))
    found = clustered_split(sequences, labels, 42)
    assert len(labels) == 4_000
    assert sorted([len(found.validation), len(found.confirmation)]) == [66, 69]
    assert len(found.notes) == 2
    assert found.notes[0].startswith("validation has 6")
    assert found.notes[0].endswith("of 200 sequences: small families are too few (none may be more than 5% of it)")


def test_one_large_family_does_not_cost_its_square() -> None:
    rng = np.random.default_rng(0)
    ancestor = rng.integers(5, 25, 200).astype(np.uint8)
    family = np.repeat(ancestor[None], 4_000, axis=0)
    family[rng.random(family.shape) < 0.01] = 7
    start = time.process_time()
    labels = clusters(from_arrays(list(family)))
    assert time.process_time() - start < 5
    assert labels.max() == 0


def test_d6_a_piece_that_strangers_share_does_not_cost_its_square() -> None:
    """5,000 sequences of 50 residues around one piece of 17: 3 of 36 15-mers are common, which is too few."""
    rng = np.random.default_rng(0)
    tokens = rng.integers(5, 25, (5_000, 50)).astype(np.uint8)
    tokens[:, 15:32] = tokens[0, 15:32]
    # And pairs of copies among them.
    tokens[4_000:, :40] = tokens[:1_000, :40]
    start = time.process_time()
    labels, are_exact = near_duplicate_families(from_arrays(list(tokens)))
    assert time.process_time() - start < 10
    assert not are_exact
    # In groups of more than 64 strangers not all are compared, but copies share other pieces too.
    assert np.array_equal(labels[4_000:], labels[:1_000])
    assert labels.max() == 3_999


def test_d6_families_take_linear_time_and_memory() -> None:
    seconds, peak = [], []
    for num in (50_000, 200_000):
        script = f"""
import numpy as np
from optsweep.data.holding_out.near_duplicates import near_duplicate_families
from optsweep.data.sequences import Sequences
tokens = np.random.default_rng(0).integers(5, 25, {num} * 100, dtype=np.uint8)
sequences = Sequences(tokens, np.arange({num} + 1) * 100)
sequences.tokens[-1000:] = sequences.tokens[:1000]
assert near_duplicate_families(sequences).labels.max() == {num} - 11
"""
        took, used = measure(script)
        seconds.append(took)
        peak.append(used)
    assert seconds[1] < 6 * seconds[0]
    assert peak[1] < 700
