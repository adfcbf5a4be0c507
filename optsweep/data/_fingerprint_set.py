"""A set of 64-bit fingerprints in one flat array: 11.4 to 14.3 bytes for each, whole batches at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_SMALLEST = 1 << 12
_MAX_LOAD = 0.7
_GROWTH = 1.25
_SMALL = 1 << 21
"""Places below which a table grows fourfold: moving its fingerprints costs more than the memory is worth."""
_OVERFLOW = 1 << 12
"""Places behind the last home, so that probing never wraps around; clusters at this load are hundreds long at most."""
_GROWTH_BLOCK = 1 << 16

Fingerprints = npt.NDArray[np.uint64]


class FingerprintSet:
    """Open addressing with linear probing, one step for all fingerprints of a batch at once.

    A fingerprint's home is its rank scaled to the table, so that homes keep their order when the table grows.
    """

    def __init__(self) -> None:
        self._size = _SMALLEST
        self._slots = np.zeros(_SMALLEST + _OVERFLOW, np.uint64)
        self._used = 0

    def add(self, fingerprints: Fingerprints) -> npt.NDArray[np.bool_]:
        """Add a batch; bool[n] says which were new (the first of equal ones in the batch is)."""
        # 0 marks a free place; one more fingerprint that means two things changes nothing.
        fingerprints = np.maximum(fingerprints, np.uint64(1))
        ascending = np.sort(fingerprints)
        new = np.ones(len(ascending), bool)
        new[1:] = ascending[1:] != ascending[:-1]
        self._grow(self._used + int(new.sum()))
        new[new] = self._insert(ascending[new])
        self._used += int(new.sum())
        if not new.all():
            result = np.empty(len(new), bool)
            result[np.argsort(fingerprints, kind="stable")] = new
            return result
        return new

    def _grow(self, needed: int) -> None:
        if needed <= _MAX_LOAD * self._size:
            return
        old_size = len(self._slots)
        self._size = int(max(needed / _MAX_LOAD, self._size * (4 if self._size < _SMALL else _GROWTH)))
        # In place: a second table would double our memory. From the end: new homes lie behind the old ones, so that
        # nothing is put where old fingerprints still stand.
        self._slots.resize(self._size + _OVERFLOW, refcheck=False)
        for stop in range(old_size, 0, -_GROWTH_BLOCK):
            block = self._slots[max(0, stop - _GROWTH_BLOCK) : stop]
            moved = np.sort(block[block > 0])
            block[:] = 0
            # In ascending order each gets its home or the place behind the one before it, whichever is later.
            ranks = np.arange(len(moved))
            place = np.maximum.accumulate(self._home(moved) - ranks) + ranks
            free = self._slots[place] == 0
            self._slots[place[free]] = moved[free]
            self._insert(moved[~free])

    def _home(self, fingerprints: Fingerprints) -> npt.NDArray[np.int64]:
        return ((fingerprints >> np.uint64(32)) * np.uint64(self._size) >> np.uint64(32)).astype(np.int64)

    def _insert(self, fingerprints: Fingerprints) -> npt.NDArray[np.bool_]:
        """Insert distinct fingerprints; says which were not there."""
        slots = self._slots
        new = np.zeros(len(fingerprints), bool)
        pending = np.arange(len(fingerprints))
        place = self._home(fingerprints)
        while len(pending):
            wanted = fingerprints[pending]
            free = slots[place] == 0
            # Of several that want one free place the last one written gets it; reading back tells which.
            slots[place[free]] = wanted[free]
            settled = slots[place] == wanted
            new[pending[free & settled]] = True
            left = np.flatnonzero(~settled)
            pending, place = pending[left], place[left] + 1
        return new
