"""Runs of 15 residues as 64-bit hashes, block by block, on all the cores that we may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from optsweep.data.progress import OnProgress
from optsweep.data.sequences import Sequences, from_arrays
from optsweep.data.vocabulary import PAD

KMER = 15
BLOCK = 1 << 16
"""Residues whose hashes are made at a time: they stay in the cache, which is three times as fast."""

Hashes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
Result = TypeVar("Result")

_MULTIPLIERS = np.random.default_rng(1).integers(0, 1 << 63, 4, dtype=np.uint64) * np.uint64(2) + np.uint64(1)


def kmers(sequences: Sequences) -> tuple[Hashes, Rows]:
    """The hash of every 15-mer and the sequence that it belongs to, in order: uint64[w], int64[w]."""
    padded = without_short(sequences)
    hashes = window_hashes(padded.tokens)
    windows = padded.lengths - (KMER - 1)
    starts = padded.offsets[:-1]
    return hashes[ranges(starts, starts + windows)], np.repeat(np.arange(len(padded)), windows)


def window_hashes(tokens: npt.NDArray[np.uint8]) -> Hashes:
    """A hash of the 15 tokens that begin at each position, uint64[max(0, total - 14)]; sequences' ends are ignored."""
    hashes = tokens.astype(np.uint64)
    for multiplier, step in zip(_MULTIPLIERS, (1, 2, 4, 7), strict=True):
        # Windows of 1, 2, 4, 8 and at last 15 tokens: two of 8 that overlap in one.
        longer = hashes[:-step] * multiplier
        longer += hashes[step:]
        hashes = longer
    hashes ^= hashes >> np.uint64(29)
    return hashes


def without_short(sequences: Sequences) -> Sequences:
    """Sequences under 15 residues, padded to 15: they match their copies only."""
    if not len(sequences) or sequences.lengths.min() >= KMER:
        return sequences
    arrays = [sequences[index] for index in range(len(sequences))]
    return from_arrays([np.pad(array, (0, max(0, KMER - len(array))), constant_values=PAD) for array in arrays])


def ranges(starts: Rows, ends: Rows) -> Rows:
    """start, start + 1, ... end - 1 of every pair, one after the other."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(lengths.sum())


def over_blocks(
    sequences: Sequences,
    work: Callable[[int, Sequences], Result],
    on_progress: OnProgress = None,
    max_residues: int = 1 << 22,
) -> Iterator[Result]:
    """``work(index of the first sequence, block)`` of every block, in order; progress is in sequences."""
    cores = available_cores()
    waiting: list[tuple[int, Future[Result]]] = []

    def finished() -> Result:
        done, future = waiting.pop(0)
        result = future.result()
        if on_progress is not None:
            on_progress(done, len(sequences))
        return result

    with ThreadPoolExecutor(cores) as pool:
        for start, block in sequences.blocks(max_residues):
            waiting.append((start + len(block), pool.submit(work, start, block)))
            if len(waiting) > cores:
                yield finished()
        while waiting:
            yield finished()


def available_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))
