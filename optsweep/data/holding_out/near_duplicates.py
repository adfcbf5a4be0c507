"""Families of near duplicates: sequences that share more than 30 % of their 15-mers, and what these share with others.

Linear in time and memory: the 15-mers are sorted range by range of their hashes, and in each group of sequences that
share one, each is compared with the longest of it, then the rest with the longest of the rest, and so on. What is a
family already is compared no more. Exact, but for 15-mers that stand in more than 64 sequences of different families:
there each is compared with the 64 longest only.
"""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optsweep.data.holding_out.kmers import BLOCK, KMER, Hashes, available_cores, window_hashes, without_short
from optsweep.data.holding_out.similarity import MAX_SHARE
from optsweep.data.progress import OnProgress
from optsweep.data.sequences import Sequences

_MAX_ROUNDS = 64
_WINDOWS_PER_RANGE = 1 << 25
"""15-mers that are sorted at a time: 256 MiB."""
_MAX_THREADS = 4
"""Each holds a range."""
_MEMBERS_PER_CHECK = 1 << 22
_PAIRS_PER_CHECK = 1 << 16

Array = npt.NDArray[np.int64]


class Families(NamedTuple):
    labels: Array
    """The family of each sequence, int64[n], numbered in the order of their first members."""
    are_exact: bool
    """Whether no near duplicates can be in different families."""


def near_duplicate_families(sequences: Sequences, on_progress: OnProgress = None) -> Families:
    """The families of all sequences."""
    by_length = np.argsort(-sequences.lengths, kind="stable")
    rank = np.empty(len(sequences), np.int64)
    rank[by_length] = np.arange(len(sequences))
    labels, are_exact = _families(_shared_kmers(sequences, rank, on_progress))
    _, first, numbered = np.unique(labels[rank], return_index=True, return_inverse=True)
    order = np.empty(len(first), np.int64)
    order[np.argsort(first, kind="stable")] = np.arange(len(first))
    return Families(order[numbered], are_exact)


@dataclass(frozen=True)
class _Shared:
    """The 15-mers that two sequences or more share: group g is ``members[starts[g]:starts[g + 1]]``, ascending."""

    members: npt.NDArray[np.int32]
    starts: Array
    sizes: Array
    """Of all sequences: how many distinct 15-mers they have."""


def _shared_kmers(sequences: Sequences, rank: Array, on_progress: OnProgress) -> _Shared:
    """Sequences are numbered by ``rank``."""
    num_ranges = 1 + int(sequences.lengths.sum()) // _WINDOWS_PER_RANGE
    sizes = np.maximum(sequences.lengths - (KMER - 1), 1)[np.argsort(rank)]
    members, counts = [np.empty(0, np.int32)], [np.empty(0, np.int64)]
    with ThreadPoolExecutor(min(available_cores(), _MAX_THREADS)) as pool:
        packing = _Packing(rank, num_ranges)
        for number, found in enumerate(pool.map(packing.groups, itertools.repeat(sequences), range(num_ranges)), 1):
            members.append(found.members)
            counts.append(found.counts)
            sizes -= np.bincount(found.repeated, minlength=len(sizes))
            if on_progress is not None:
                on_progress(number, num_ranges)
    return _Shared(np.concatenate(members), np.append(0, np.cumsum(np.concatenate(counts))), sizes)


@dataclass(frozen=True)
class _Groups:
    members: npt.NDArray[np.int32]
    counts: Array
    """Members of each group; 2 or more."""
    repeated: Array
    """Sequences that hold a 15-mer again, once for each time."""


class _Packing:
    """A 15-mer and its sequence in one number of 64 bits: sorted, they stand in groups with ascending members."""

    def __init__(self, rank: Array, num_ranges: int) -> None:
        self._rank = rank.astype(np.uint64)
        self._row_bits = np.uint64(len(rank).bit_length())
        self._mask = (np.uint64(1) << self._row_bits) - np.uint64(1)
        self._bounds = [(number << 64) // num_ranges for number in range(num_ranges + 1)]

    def groups(self, sequences: Sequences, number: int) -> _Groups:
        """The 15-mers that several sequences share, of one range of hashes."""
        packed = self._packed(sequences, number)
        packed.sort()
        packed = self._with_neighbour(packed)
        again = np.zeros(len(packed), bool)
        again[1:] = packed[1:] == packed[:-1]
        repeated = (packed[again] & self._mask).astype(np.int64)
        packed = packed[~again]
        starts = np.flatnonzero(np.append(True, packed[1:] ^ packed[:-1] > self._mask))
        counts = np.diff(starts, append=len(packed)) if len(packed) else np.empty(0, np.int64)
        members = (packed[np.repeat(counts > 1, counts)] & self._mask).astype(np.int32)
        return _Groups(members, counts[counts > 1], repeated)

    def _with_neighbour(self, packed: Hashes) -> Hashes:
        """Those whose 15-mer stands there more than once."""
        same = np.zeros(len(packed) + 1, bool)
        for start in range(0, len(packed) - 1, BLOCK):
            block = packed[start : start + BLOCK + 1]
            same[start + 1 : start + len(block)] = block[1:] ^ block[:-1] <= self._mask
        return packed[same[:-1] | same[1:]]

    def _packed(self, sequences: Sequences, number: int) -> Hashes:
        low, high = np.uint64(self._bounds[number]), np.uint64(self._bounds[number + 1] - 1)
        # Pages of it that are never written to take no memory.
        packed = np.empty(2 * sequences.num_residues // (len(self._bounds) - 1) + BLOCK, np.uint64)
        end = 0
        for start, block in sequences.blocks(BLOCK):
            padded = without_short(block)
            hashes = window_hashes(padded.tokens)
            places = np.flatnonzero((hashes >= low) & (hashes <= high))
            rows = np.repeat(np.arange(len(padded)), np.diff(np.searchsorted(places, padded.offsets)))
            inside = places + KMER <= padded.offsets[rows + 1]
            # The top of a hash is lost to the shift; within a range the rest tells 15-mers apart.
            found = hashes[places[inside]] << self._row_bits | self._rank[start + rows[inside]]
            if end + len(found) > len(packed):
                packed = np.concatenate([packed, np.empty(len(packed) + len(found), np.uint64)])
            packed[end : end + len(found)] = found
            end += len(found)
        return packed[:end]


def _families(shared: _Shared) -> tuple[Array, bool]:
    """The family of each sequence, in any numbers, and whether they are exact."""
    pairs = _Pairs(shared)
    labels = np.arange(len(shared.sizes))
    found: list[Array] = []
    members, counts = shared.members, np.diff(shared.starts)
    for _ in range(_MAX_ROUNDS):
        close = pairs.close_to_first(members, counts, labels)
        if len(close):
            found.append(close)
            labels = joined(len(labels), np.concatenate(found))
        members, counts = _rest(members, counts, labels)
    return labels, not len(members)


def joined(num: int, pairs: Array) -> Array:
    """The component of each of ``num`` sequences, int64[num], where ``pairs``, int64[p, 2], are joined."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), (num, num))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _rest(members: npt.NDArray[np.int32], counts: Array, labels: Array) -> tuple[npt.NDArray[np.int32], Array]:
    """The groups without their first members, unless all the others of a group are one family."""
    if not len(members):
        return members, counts
    members = np.delete(members, np.cumsum(counts) - counts)
    counts = counts - 1
    starts = np.cumsum(counts) - counts
    families = labels[members]
    open_ones = np.minimum.reduceat(families, starts) != np.maximum.reduceat(families, starts)
    return members[np.repeat(open_ones, counts)], counts[open_ones]


class _Pairs:
    """Compares sequences with the first of their group."""

    def __init__(self, shared: _Shared) -> None:
        from scipy.sparse import csc_matrix

        shape = len(shared.sizes), len(shared.starts) - 1
        ones = np.ones(len(shared.members), bool)
        self._groups = csc_matrix((ones, shared.members, shared.starts), shape).tocsr()
        self._sizes = shared.sizes
        self._num_shared = np.diff(self._groups.indptr)

    def close_to_first(self, members: npt.NDArray[np.int32], counts: Array, labels: Array) -> Array:
        """(first of a group, another of it), int64[p, 2], of all that are close and not in one family yet."""
        ends = np.cumsum(counts)
        num = len(self._sizes)
        keys = [np.empty(0, np.int64)]
        cuts = np.unique(np.searchsorted(ends, np.arange(0, len(members), _MEMBERS_PER_CHECK), side="left"))
        for first, last in itertools.pairwise([*cuts.tolist(), len(counts)]):
            others = members[ends[first] - counts[first] : ends[last - 1]].astype(np.int64)
            firsts = np.repeat(
                others[ends[first:last] - counts[first:last] - ends[first] + counts[first]], counts[first:last]
            )
            chosen = (labels[firsts] != labels[others]) & self._may_be_close(firsts, others)
            keys.append(np.unique(firsts[chosen] * num + others[chosen]))
        pairs = np.stack(np.divmod(np.unique(np.concatenate(keys)), num), axis=1)
        return pairs[self._are_close(pairs)]

    def _may_be_close(self, first: Array, second: Array) -> npt.NDArray[np.bool_]:
        shared = np.minimum(self._num_shared[first], self._num_shared[second])
        return self._is_enough(shared, first, second)

    def _are_close(self, pairs: Array) -> npt.NDArray[np.bool_]:
        close = [np.empty(0, bool)]
        for start in range(0, len(pairs), _PAIRS_PER_CHECK):
            first, second = pairs[start : start + _PAIRS_PER_CHECK].T
            shared = self._groups[first].multiply(self._groups[second]).getnnz(axis=1)
            close.append(self._is_enough(shared, first, second))
        return np.concatenate(close)

    def _is_enough(self, shared: npt.NDArray[np.integer], first: Array, second: Array) -> npt.NDArray[np.bool_]:
        enough: npt.NDArray[np.bool_] = shared > MAX_SHARE * np.minimum(self._sizes[first], self._sizes[second])
        return enough
