"""Which sequences are close: they share more than 30 % of the 15-mers of the one that has fewer."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from optsweep.data.sequences import Sequences, from_arrays
from optsweep.data.vocabulary import PAD, VOCABULARY_SIZE

KMER = 15
MAX_SHARE = 0.3

Array = npt.NDArray[Any]

_FILTER_BITS = 23
_TOKEN_HASHES = np.random.default_rng(0).integers(0, 1 << 64, VOCABULARY_SIZE, dtype=np.uint64)
_MULTIPLIERS = np.random.default_rng(1).integers(0, 1 << 63, 4, dtype=np.uint64) * np.uint64(2) + np.uint64(1)


def clusters(sequences: Sequences) -> npt.NDArray[np.int64]:
    """The cluster of each sequence, int64[n], counted from 0: close sequences are together, and so are theirs."""
    neighbours = _Neighbours(_Kmers(sequences))
    labels = np.full(len(sequences), -1, np.int64)
    label = 0
    for first in range(len(sequences)):
        if labels[first] >= 0:
            continue
        labels[first] = label
        pending = [first]
        while pending:
            near = neighbours.without_label(pending.pop(), labels)
            labels[near] = label
            pending.extend(near.tolist())
        label += 1
    return labels


def close_matches(queries: Sequences, candidates: Sequences) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """(bool[queries], bool[candidates]): which have a close match on the other side; one pass over the candidates."""
    known = _Kmers(queries)
    matched_queries = np.zeros(len(queries), bool)
    matched_candidates = np.zeros(len(candidates), bool)
    shift = np.uint64(64 - _FILTER_BITS)
    present = np.zeros(1 << _FILTER_BITS, bool)
    present[known.hashes >> shift] = True
    for start, block in candidates.blocks():
        padded = _without_short(block)
        hashes = _window_hashes(padded.tokens)
        likely = np.flatnonzero(present[hashes >> shift])
        likely = likely[_contains(known.hashes, hashes[likely])]
        rows = np.unique(np.searchsorted(padded.offsets, likely, side="right") - 1)
        near = _Kmers(padded.take(rows))
        for query, row in _close_pairs(known, near):
            matched_queries[query] = True
            matched_candidates[start + rows[row]] = True
    return matched_queries, matched_candidates


class _Kmers:
    """The distinct 15-mers of each sequence, as 64-bit hashes in ascending order."""

    def __init__(self, sequences: Sequences) -> None:
        padded = _without_short(sequences)
        hashes = _window_hashes(padded.tokens)
        windows = padded.lengths - (KMER - 1)
        hashes = hashes[_ranges(padded.offsets[:-1], padded.offsets[:-1] + windows)]
        rows = np.repeat(np.arange(len(padded)), windows)
        # Stable: equal hashes stay in the order of their rows.
        order = np.argsort(hashes, kind="stable")
        hashes, rows = hashes[order], rows[order]
        distinct = np.ones(len(hashes), bool)
        distinct[1:] = (hashes[1:] != hashes[:-1]) | (rows[1:] != rows[:-1])
        self.hashes: npt.NDArray[np.uint64] = hashes[distinct]
        self.rows: npt.NDArray[np.int64] = rows[distinct]
        self.sizes: npt.NDArray[np.int64] = np.bincount(self.rows, minlength=len(sequences))


class _Neighbours:
    """The 15-mers that two sequences or more share: group g holds the rows ``members[starts[g]:starts[g + 1]]``."""

    def __init__(self, kmers: _Kmers) -> None:
        changes = np.flatnonzero(kmers.hashes[1:] != kmers.hashes[:-1]) + 1
        group_sizes = np.diff(np.concatenate([[0], changes, [len(kmers.hashes)]]))
        shared = group_sizes > 1
        self._sizes = kmers.sizes
        self._members = kmers.rows[np.repeat(shared, group_sizes)]
        self._starts = np.append(0, np.cumsum(group_sizes[shared]))
        groups = np.repeat(np.arange(len(self._starts) - 1), group_sizes[shared])
        order = np.argsort(self._members, kind="stable")
        self._groups = groups[order]
        self._row_starts = np.searchsorted(self._members[order], np.arange(len(kmers.sizes) + 1))
        self._walked = 0

    def without_label(self, row: int, labels: Array) -> Array:
        """The rows that are close to ``row`` and have no label yet."""
        groups = self._groups[self._row_starts[row] : self._row_starts[row + 1]]
        if not len(groups):
            return groups
        others = self._members[_ranges(self._starts[groups], self._starts[groups + 1])]
        self._walked += len(others)
        shared = np.bincount(others[labels[others] < 0])
        near = np.flatnonzero(shared > MAX_SHARE * np.minimum(self._sizes[row], self._sizes[: len(shared)]))
        if self._walked > 4 * len(self._groups):
            self._forget_labelled(labels)
        return near

    def _forget_labelled(self, labels: Array) -> None:
        # Rows that have a label are never looked for again; without this one big family costs its square.
        unlabelled = labels[self._members] < 0
        self._starts = np.append(0, np.cumsum(unlabelled))[self._starts]
        self._members = self._members[unlabelled]
        self._walked = 0


def _close_pairs(known: _Kmers, near: _Kmers) -> list[tuple[int, int]]:
    """(row of known, row of near) of all close pairs."""
    first = np.searchsorted(known.hashes, near.hashes, side="left")
    last = np.searchsorted(known.hashes, near.hashes, side="right")
    query = known.rows[_ranges(first, last)]
    row = np.repeat(near.rows, last - first)
    pairs, shared = np.unique(query * len(near.sizes) + row, return_counts=True)
    query, row = np.divmod(pairs, max(1, len(near.sizes)))
    close = shared > MAX_SHARE * np.minimum(known.sizes[query], near.sizes[row])
    return list(zip(query[close].tolist(), row[close].tolist(), strict=True))


def _window_hashes(tokens: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """A hash of the 15 tokens that begin at each position, uint64[max(0, total - 14)]; sequences' ends are ignored."""
    hashes = _TOKEN_HASHES[tokens]
    for multiplier, step in zip(_MULTIPLIERS, (1, 2, 4, 7), strict=True):
        # Windows of 1, 2, 4, 8 and at last 15 tokens: two of 8 that overlap in one.
        hashes = hashes[:-step] * multiplier + hashes[step:] if len(hashes) > step else hashes[:0]
    return hashes ^ (hashes >> np.uint64(29))


def _without_short(sequences: Sequences) -> Sequences:
    """Sequences under 15 residues, padded to 15: they are close to their copies only."""
    if not len(sequences) or sequences.lengths.min() >= KMER:
        return sequences
    arrays = [sequences[index] for index in range(len(sequences))]
    return from_arrays([np.pad(array, (0, max(0, KMER - len(array))), constant_values=PAD) for array in arrays])


def _contains(ascending: Array, values: Array) -> Array:
    if not len(ascending):
        return np.zeros(len(values), bool)
    places = np.minimum(np.searchsorted(ascending, values), len(ascending) - 1)
    found: Array = ascending[places] == values
    return found


def _ranges(starts: Array, ends: Array) -> npt.NDArray[np.int64]:
    """start, start + 1, ... end - 1 of every pair, one after the other."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(lengths.sum())
