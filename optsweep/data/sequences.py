"""Many protein sequences in two flat arrays, in memory or in a mapped file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from optsweep.torch_format import mapped

_ROWS_PER_BLOCK = 64
"""Rows of a mapped file that are read before their pages are released: each may map a page of 2 MiB."""


@dataclass(frozen=True, eq=False)
class Sequences:
    """Sequence i is ``tokens[offsets[i]:offsets[i + 1]]``; ``rows``, where given, says which of them belong.

    tokens: uint8[total], ids 3 and 5..24. offsets: int64[n + 1], from 0 to total. rows: int64[m] or None for all.
    """

    tokens: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1 if self.rows is None else len(self.rows)

    @cached_property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Residues of each sequence, int64[n]."""
        lengths = np.diff(self.offsets)
        mapped.release(self.offsets)
        return lengths if self.rows is None else lengths[self.rows]

    @property
    def num_residues(self) -> int:
        return int(self.offsets[-1]) if self.rows is None else int(self.lengths.sum())

    def __getitem__(self, index: int) -> npt.NDArray[np.uint8]:
        """A view, uint8[length]; not writable where the file is mapped."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"sequence {index} of {len(self)}")
        row = index % len(self) if self.rows is None else self.rows[index]
        return self.tokens[self.offsets[row] : self.offsets[row + 1]]

    def select(self, indices: npt.ArrayLike) -> Sequences:
        """The sequences at ``indices``, in that order, without copying any token."""
        return Sequences(self.tokens, self.offsets, self._rows(indices))

    def take(self, indices: npt.ArrayLike) -> Sequences:
        """A compact, writable copy of the sequences at ``indices``, in that order; reads nothing else of the file."""
        rows = self._rows(indices)
        starts, ends = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
        for block in _slices(len(rows), _ROWS_PER_BLOCK):
            starts[block], ends[block] = self.offsets[rows[block]], self.offsets[rows[block] + 1]
            mapped.release(self.offsets)
        offsets = _offsets(ends - starts)
        tokens = np.empty(offsets[-1], np.uint8)
        source = self.tokens.data
        for block in _slices(len(rows), _ROWS_PER_BLOCK):
            bounds = zip(starts[block].tolist(), ends[block].tolist(), strict=True)
            pieces = [source[start:end] for start, end in bounds]
            tokens[offsets[block.start] : offsets[block.stop]] = np.frombuffer(b"".join(pieces), np.uint8)
            mapped.release(self.tokens)
        return Sequences(tokens, offsets)

    def blocks(self, max_residues: int = 1 << 22) -> Iterator[tuple[int, Sequences]]:
        """Go through all sequences in order: (index of the first, a compact block of up to ``max_residues``).

        A block holds at least one sequence, and its tokens may be a view of the file: use it before the next one.
        """
        ends = self.offsets[1:] if self.rows is None else np.cumsum(self.lengths)
        start = 0
        while start < len(self):
            done = int(ends[start - 1]) if start else 0
            stop = max(start + 1, int(np.searchsorted(ends, done + max_residues, side="right")))
            yield start, self._block(start, stop)
            start = stop
            mapped.release(self.tokens)

    def _block(self, start: int, stop: int) -> Sequences:
        if self.rows is not None:
            return self.take(np.arange(start, stop))
        offsets = np.array(self.offsets[start : stop + 1])
        tokens = self.tokens[offsets[0] : offsets[-1]]
        mapped.read_ahead(tokens)
        return Sequences(tokens, offsets - offsets[0])

    def _rows(self, indices: npt.ArrayLike) -> npt.NDArray[np.int64]:
        chosen = np.asarray(indices, dtype=np.int64).reshape(-1)
        if chosen.size and not (chosen.min() >= 0 and chosen.max() < len(self)):
            raise IndexError(f"indices {chosen.min()}..{chosen.max()} of {len(self)} sequences")
        return chosen if self.rows is None else self.rows[chosen]


def from_arrays(arrays: list[npt.NDArray[np.uint8]]) -> Sequences:
    """Pack a list of token arrays."""
    tokens = np.concatenate(arrays) if arrays else np.empty(0, np.uint8)
    return Sequences(tokens, _offsets(np.array([len(array) for array in arrays], np.int64)))


def _offsets(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def _slices(total: int, size: int) -> Iterator[slice]:
    for start in range(0, total, size):
        yield slice(start, min(start + size, total))


def digest(*parts: Sequences) -> str:
    """A fingerprint of the sequences, in their order, whatever file they came from."""
    whole = hashlib.blake2b(digest_size=16)
    for part in parts:
        whole.update(part.lengths.tobytes())
        for _, block in part.blocks():
            whole.update(block.tokens.tobytes())
    return whole.hexdigest()
