"""How many rows of a legacy file have tokens that are not one id for each letter of their text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from optsweep.data.sequences import Sequences
from optsweep.data.vocabulary import FIRST_RESIDUE, VOCABULARY_SIZE
from optsweep.torch_format import mapped
from optsweep.torch_format.reader import LegacyFile
from optsweep.torch_format.rows import NO_TOKENS, NOT_IDS, STRANGE_ID, TYPES

_NUM_IDS = STRANGE_ID + 1
_NO_ID = -1
_ROWS_PER_BLOCK = 1024
"""Rows that are compared at a time, and that a writer's habits are learnt from: half a million ids, 50 MB."""
_ROWS_PER_RELEASE = 64
"""Each row of a mapped file may map a page of 2 MiB."""

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def count_differing(file: LegacyFile, indices: Ints, sequences: Sequences) -> int:
    """How many of these rows of a file have dropped, added or other tokens than their sequence has letters.

    A writer may have had its own alphabet, padding and special tokens, and may have cut long rows: that is learnt from
    the rows. A row without tokens does not differ.
    """
    kinds = file.places[indices, 4]
    comparable = indices[(kinds != NO_TOKENS) & (kinds != NOT_IDS)]
    num_differing = int((kinds == NOT_IDS).sum())
    if not comparable.size:
        return num_differing
    step = -(-comparable.size // _ROWS_PER_BLOCK)
    sample = _read(file, comparable[::step], sequences)
    habits = _learn(sample)
    for start in range(0, comparable.size, _ROWS_PER_BLOCK):
        rows = _read(file, comparable[start : start + _ROWS_PER_BLOCK], sequences)
        num_differing += int((~_agree(rows, habits)).sum())
    return num_differing


@dataclass(frozen=True)
class _Rows:
    letters: Sequences
    ids: Ints
    """Those of all rows, one row after the other."""
    starts: Ints
    ends: Ints
    widest: int
    """Ids of the longest row of the whole file: where a writer cuts, if it cuts."""


@dataclass(frozen=True)
class _Habits:
    padding: int
    first: int
    """Special token before the letters, `_NO_ID` if there is none."""
    last: int
    counts: Ints
    """int64[our tokens, their ids]: how often a letter had an id."""


def _read(file: LegacyFile, indices: Ints, sequences: Sequences) -> _Rows:
    ids: list[Ints] = []
    lengths: list[int] = []
    for start in range(0, len(indices), _ROWS_PER_RELEASE):
        arrays = [_numbers(file, row) for row in file.places[indices[start : start + _ROWS_PER_RELEASE]].tolist()]
        lengths += map(len, arrays)
        ids.append(_as_ids(np.concatenate(arrays)))
        mapped.drop_pages(file.file.mapping)
    ends = np.cumsum(lengths, dtype=np.int64)
    widest = int(file.places[:, 2].max())
    return _Rows(sequences.take(indices), np.concatenate(ids), ends - np.array(lengths), ends, widest)


def _numbers(file: LegacyFile, place: list[int]) -> npt.NDArray[np.number]:
    where, first, count, stride, kind = place
    if TYPES[kind] == TYPES[-1]:
        return file.inline[where : where + count]
    try:
        return file.file.array((where, first, count, stride, TYPES[kind]))
    # Damaged: such a row differs.
    except ValueError:
        return np.empty(0, np.uint8)


def _as_ids(numbers: npt.NDArray[np.number]) -> Ints:
    if numbers.dtype.kind == "f":
        numbers = np.where(np.trunc(numbers) == numbers, numbers, _NO_ID).astype(np.float64)
    return np.where((numbers >= 0) & (numbers < STRANGE_ID), numbers, STRANGE_ID).astype(np.int64)


def _learn(rows: _Rows) -> _Habits:
    """The habits under which most rows agree."""
    padding = _padding(rows)
    starts, ends = _without_padding(rows, padding)
    used = ends > starts
    firsts, lasts = _mode(rows.ids[starts[used]]), _mode(rows.ids[ends[used] - 1])
    choices = (
        _Habits(padding, first, last, np.zeros((VOCABULARY_SIZE, _NUM_IDS), np.int64))
        for first, last in product([_NO_ID, firsts], [_NO_ID, lasts])
    )
    return max(choices, key=lambda habits: int(_agree(rows, habits).sum()))


def _padding(rows: _Rows) -> int:
    """The id that fills one end of most rows that have more ids than letters and two special tokens need."""
    has_room = rows.ends - rows.starts > rows.letters.lengths + 2
    starts, ends = rows.starts[has_room], rows.ends[has_room]
    for outer, inner in ((rows.ids[ends - 1], rows.ids[ends - 2]), (rows.ids[starts], rows.ids[starts + 1])):
        found = _mode(outer[outer == inner])
        if 2 * int((outer == found).sum()) > len(starts):
            return found
    return _NO_ID


def _mode(ids: Ints) -> int:
    return int(np.bincount(ids).argmax()) if ids.size else _NO_ID


def _without_padding(rows: _Rows, padding: int) -> tuple[Ints, Ints]:
    """Starts and ends of the rows' ids without the padding at their ends."""
    used = np.flatnonzero(rows.ids != padding)
    before, after = np.searchsorted(used, rows.starts), np.searchsorted(used, rows.ends)
    used = np.append(used, 0)
    some = after > before
    return np.where(some, used[before], rows.starts), np.where(some, used[after - 1] + 1, rows.starts)


def _agree(rows: _Rows, habits: _Habits) -> Bools:
    """bool[rows]; what letters and ids are found side by side is added to the habits."""
    starts, ends = _without_padding(rows, habits.padding)
    widths, num_letters = rows.ends - rows.starts, rows.letters.lengths
    # A special token may be the padding too.
    is_cut = (widths == rows.widest) & (ends - starts >= widths - 2) & (num_letters > widths - 2)
    ids = np.append(rows.ids, _NO_ID)
    starts = starts + ((ids[starts] == habits.first) & (starts < ends))
    ends = ends - ((ids[ends - 1] == habits.last) & (starts < ends))
    num_ids = ends - starts
    fits = (num_ids == num_letters) | (is_cut & (num_ids < num_letters))
    compared = np.where(fits, np.minimum(num_ids, num_letters), 0)
    row_of = np.repeat(np.arange(len(compared)), compared)
    within = np.arange(len(row_of)) - (np.cumsum(compared) - compared)[row_of]
    ours, theirs = rows.letters.tokens[rows.letters.offsets[row_of] + within], ids[starts[row_of] + within]
    pairs = ours.astype(np.int64) * _NUM_IDS + theirs
    habits.counts[:] += np.bincount(pairs, minlength=habits.counts.size).reshape(habits.counts.shape)
    alphabet = habits.counts.argmax(axis=1)
    is_wrong = (ours >= FIRST_RESIDUE) & ((theirs != alphabet[ours]) | (theirs == STRANGE_ID))
    agree: Bools = fits & (np.bincount(row_of[is_wrong], minlength=len(fits)) == 0)
    return agree
