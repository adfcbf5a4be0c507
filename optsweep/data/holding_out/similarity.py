"""Near duplicates: sequences that share more than 30 % of the 15-mers of the one that has fewer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optsweep.data.holding_out.kmers import (
    BLOCK,
    KMER,
    Hashes,
    Rows,
    kmers,
    over_blocks,
    ranges,
    window_hashes,
    without_short,
)
from optsweep.data.progress import OnProgress
from optsweep.data.sequences import Sequences

MAX_SHARE = 0.3

_MIN_FILTER_BITS, _MAX_FILTER_BITS = 20, 28
_FILTER_ROOM = 32
"""Places of the filter for each known 15-mer: one in 32 of the others passes it by chance."""


def close_matches(
    queries: Sequences, candidates: Sequences, on_progress: OnProgress = None
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """(bool[queries], bool[candidates]): which have a near duplicate on the other side; one pass over the candidates.

    Progress is in candidates.
    """
    known = _Known(queries)
    matched_queries = np.zeros(len(queries), bool)
    matched_candidates = np.zeros(len(candidates), bool)
    for found_queries, found_candidates in over_blocks(candidates, known.close_in, on_progress):
        matched_queries[found_queries] = True
        matched_candidates[found_candidates] = True
    return matched_queries, matched_candidates


class _Distinct:
    """The distinct 15-mers of each sequence, in ascending order of their hashes."""

    def __init__(self, sequences: Sequences) -> None:
        hashes, rows = kmers(sequences)
        # Stable: equal hashes stay in the order of their rows.
        order = np.argsort(hashes, kind="stable")
        hashes, rows = hashes[order], rows[order]
        distinct = np.ones(len(hashes), bool)
        distinct[1:] = (hashes[1:] != hashes[:-1]) | (rows[1:] != rows[:-1])
        self.hashes: Hashes = hashes[distinct]
        self.rows: Rows = rows[distinct]
        self.sizes: Rows = np.bincount(self.rows, minlength=len(sequences))


class _Known(_Distinct):
    """The 15-mers of the queries, ready to be looked for."""

    def __init__(self, queries: Sequences) -> None:
        super().__init__(queries)
        filter_bits = (_FILTER_ROOM * len(self.hashes)).bit_length()
        filter_bits = min(max(filter_bits, _MIN_FILTER_BITS), _MAX_FILTER_BITS)
        self._shift = np.uint64(64 - filter_bits)
        self._present = np.zeros(1 << filter_bits, bool)
        self._present[self.hashes >> self._shift] = True
        bucket_bits = max(1, len(self.hashes).bit_length())
        self._bucket_shift = np.uint64(64 - bucket_bits)
        counts = np.bincount((self.hashes >> self._bucket_shift).view(np.int64), minlength=1 << bucket_bits)
        self._starts = np.append(0, np.cumsum(counts))

    def close_in(self, start: int, block: Sequences) -> tuple[Rows, Rows]:
        """(queries, candidates) that are close to each other; ``start`` is the number of the block's first."""
        padded = without_short(block)
        hits = self._hits(padded.tokens)
        rows = np.unique(np.searchsorted(padded.offsets, hits, side="right") - 1)
        queries, near = self._close_pairs(_Distinct(padded.take(rows)))
        return queries, start + rows[near]

    def _hits(self, tokens: npt.NDArray[np.uint8]) -> Rows:
        """Where 15-mers of the queries begin (also some across two sequences)."""
        hits = [np.empty(0, np.int64)]
        for start in range(0, max(0, len(tokens) - KMER + 1), BLOCK):
            hashes = window_hashes(tokens[start : start + BLOCK + KMER - 1])
            places = (hashes >> self._shift).view(np.int64)
            likely = np.flatnonzero(np.take(self._present, places))
            hits.append(start + likely[self._contains(hashes[likely])])
        return np.concatenate(hits)

    def _contains(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        """Whether each is a 15-mer of the queries: few share a bucket, which is faster than a search by halves."""
        buckets = (hashes >> self._bucket_shift).view(np.int64)
        places, ends = self._starts[buckets], self._starts[buckets + 1]
        found = np.zeros(len(hashes), bool)
        left = np.flatnonzero(places < ends)
        while len(left):
            found[left] = self.hashes[places[left]] == hashes[left]
            places[left] += 1
            left = left[~found[left] & (places[left] < ends[left])]
        return found

    def _close_pairs(self, near: _Distinct) -> tuple[Rows, Rows]:
        first = np.searchsorted(self.hashes, near.hashes, side="left")
        last = np.searchsorted(self.hashes, near.hashes, side="right")
        query = self.rows[ranges(first, last)]
        row = np.repeat(near.rows, last - first)
        pairs, shared = np.unique(query * len(near.sizes) + row, return_counts=True)
        query, row = np.divmod(pairs, max(1, len(near.sizes)))
        close = shared > MAX_SHARE * np.minimum(self.sizes[query], near.sizes[row])
        return query[close], row[close]
