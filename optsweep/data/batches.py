"""From sequences to batches: shuffled epochs, crops, micro-batches of similar lengths, padding to few shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from optsweep.data.sequences import Sequences
from optsweep.data.vocabulary import BOS, EOS, PAD

IntArray = NDArray[np.int64]
Length = TypeVar("Length", int, IntArray)

NUM_SPECIAL = 2
"""Each sequence stands between <s> and </s>."""
LENGTH_MULTIPLE = 32
"""Padded lengths are multiples of this: few shapes for allocators, kernels and compilers."""
PACKED_MULTIPLE = 1024
"""The same of the tokens of a packed micro-batch."""


class ShuffledEpochs:
    """An endless stream of indices below ``num_sequences``: every epoch all of them, in an order of its own.

    A position in the stream depends on the seed only, so that a run goes on at any position without a state.
    """

    def __init__(self, num_sequences: int, seed: list[int]) -> None:
        assert 0 < num_sequences < 2**31
        self._num_sequences = num_sequences
        self._seed = seed
        self._epoch = -1
        self._order = np.empty(0, dtype=np.int32)

    def take(self, start: int, count: int) -> IntArray:
        """[count] the indices at stream positions ``start`` to ``start + count``."""
        parts = []
        while count > 0:
            epoch, position = divmod(start, self._num_sequences)
            part = self._order_of(epoch)[position : position + count]
            parts.append(part.astype(np.int64))
            start += len(part)
            count -= len(part)
        return np.concatenate(parts)

    def _order_of(self, epoch: int) -> NDArray[np.int32]:
        if epoch != self._epoch:
            # 32 bits: the order of a corpus of 60 million sequences stays at 240 MB.
            order = np.arange(self._num_sequences, dtype=np.int32)
            np.random.default_rng([*self._seed, epoch]).shuffle(order)
            self._epoch, self._order = epoch, order
        return self._order


def ranges(starts: IntArray, lengths: IntArray) -> IntArray:
    """[sum of lengths] the concatenation of start, start + 1, ... (length numbers) over all pairs."""
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(lengths.sum())


def crop(sequences: Sequences, max_residues: int, random: np.random.Generator | None) -> Sequences:
    """Cut sequences longer than ``max_residues``: to a random window, or to the first where ``random`` is None.

    ``sequences`` is compact, as `Sequences.take` returns it; so is the result.
    """
    assert sequences.rows is None
    excess = np.maximum(0, sequences.lengths - max_residues)
    lengths = sequences.lengths - excess
    first = np.zeros_like(excess) if random is None else random.integers(0, excess + 1)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Sequences(sequences.tokens[ranges(sequences.offsets[:-1] + first, lengths)], offsets)


def round_length(length: Length) -> Length:
    """The next multiple of `LENGTH_MULTIPLE`, of one length or of each."""
    return -(-length // LENGTH_MULTIPLE) * LENGTH_MULTIPLE


def deal(lengths: IntArray, num_hands: int) -> list[IntArray]:
    """Rows split into ``num_hands`` parts of nearly equal numbers of tokens; ``lengths`` is [n]."""
    if num_hands == 1:
        return [np.arange(len(lengths))]
    order = np.argsort(-lengths, kind="stable")
    return [np.sort(order[hand::num_hands]) for hand in range(num_hands)]


@dataclass(frozen=True)
class Group:
    """Rows that are computed together, padded to one length."""

    rows: IntArray
    padded_length: int


def group_by_length(lengths: IntArray, max_len: int, max_tokens: int, overhead: int) -> list[Group]:
    """Split rows into micro-batches of at most ``max_tokens`` padded tokens each (or a single row), longest first.

    ``lengths`` is [n], in residues; ``max_len`` bounds the padded length, <s> and </s> included. Rows of the next
    shorter padded length join the micro-batch before them while that costs less than ``overhead`` tokens of padding,
    the price of one more micro-batch.
    """
    padded = np.minimum(max_len, round_length(lengths + NUM_SPECIAL))
    order = np.argsort(-lengths, kind="stable")
    shapes: list[tuple[int, list[IntArray]]] = []
    for length in np.unique(padded)[::-1]:
        rows = order[padded[order] == length]
        if shapes and (shapes[-1][0] - length) * len(rows) <= overhead:
            shapes[-1][1].append(rows)
        else:
            shapes.append((int(length), [rows]))
    groups = []
    for length, parts in shapes:
        rows = np.concatenate(parts)
        num_parts = -(-len(rows) // max(1, max_tokens // length))
        groups += [Group(part, length) for part in np.array_split(rows, num_parts)]
    return groups


def pad(sequences: Sequences, group: Group) -> tuple[NDArray[np.uint8], IntArray, IntArray]:
    """The group's rows as [rows, padded_length] tokens, with <s>, </s> and padding.

    Also returns, for every residue of these rows in order, its index into ``sequences.tokens`` and its index into the
    flattened result.
    """
    row_starts = np.arange(len(group.rows)) * group.padded_length
    tokens, source, target = _laid_out(sequences, group.rows, row_starts, len(group.rows) * group.padded_length)
    return tokens.reshape(len(group.rows), group.padded_length), source, target


def _laid_out(
    sequences: Sequences, rows: IntArray, starts: IntArray, num_tokens: int
) -> tuple[NDArray[np.uint8], IntArray, IntArray]:
    """``rows`` between <s> and </s> from ``starts`` on, padding elsewhere; with the source and target of `pad`."""
    lengths = sequences.lengths[rows]
    source, target = ranges(sequences.offsets[:-1][rows], lengths), ranges(starts + 1, lengths)
    tokens = np.full(num_tokens, PAD, dtype=np.uint8)
    tokens[starts] = BOS
    tokens[target] = sequences.tokens[source]
    tokens[starts + 1 + lengths] = EOS
    return tokens, source, target


@dataclass(frozen=True)
class Pack:
    """Rows one behind the other, each between <s> and </s>; then padding, in rows of its own."""

    tokens: NDArray[np.uint8]
    """[a multiple of `PACKED_MULTIPLE`]"""
    starts: NDArray[np.int32]
    """[rows + rows of padding + 1] where each begins, and the end of the last."""
    source: IntArray
    """[residues of these rows, in order] of each the index into the sequences' tokens."""
    target: IntArray
    """[residues of these rows, in order] of each the index into ``tokens``."""


def pack(sequences: Sequences, rows: IntArray, max_len: int) -> Pack:
    """Pack ``rows`` of ``sequences``; there are as many rows of padding, empty ones too, whatever the lengths are.

    No row is longer than ``max_len`` tokens: attention computes so many of each and no more.
    """
    lengths = sequences.lengths[rows] + NUM_SPECIAL
    used = int(lengths.sum())
    padding = -used % PACKED_MULTIPLE
    padding_rows = -(-(PACKED_MULTIPLE - 1) // max_len)
    filled = np.clip(padding - max_len * np.arange(padding_rows), 0, max_len)
    starts = np.concatenate([[0], np.cumsum(np.concatenate([lengths, filled]))])
    tokens, source, target = _laid_out(sequences, rows, starts[: len(rows)], used + padding)
    return Pack(tokens, starts.astype(np.int32), source, target)
