"""Which sequences of a long stream were there before: sorted runs of 64-bit fingerprints."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_RATIO = 8
"""Each run is at least so many times as long as the next: few runs to search, and few merges of long ones."""

Fingerprints = npt.NDArray[np.uint64]


class SeenFingerprints:
    """8 bytes for each fingerprint, and at most 17 while two runs are merged."""

    def __init__(self) -> None:
        self._runs: list[Fingerprints] = []

    def add(self, fingerprints: Fingerprints) -> npt.NDArray[np.bool_]:
        """Add a batch; bool[n] says which were new (the first of equal ones in the batch is)."""
        ascending = np.sort(fingerprints)
        new = np.ones(len(ascending), bool)
        new[1:] = ascending[1:] != ascending[:-1]
        for run in self._runs:
            places = np.searchsorted(run, ascending)
            new &= run[np.minimum(places, len(run) - 1)] != ascending
        self._insert(ascending[new])
        if new.all():
            return new
        in_order = np.empty(len(new), bool)
        in_order[np.argsort(fingerprints, kind="stable")] = new
        return in_order

    def _insert(self, run: Fingerprints) -> None:
        while self._runs and len(run) * _RATIO > len(self._runs[-1]):
            run = np.concatenate([self._runs.pop(), run])
            # Timsort: merges two sorted runs in one pass.
            run.sort(kind="stable")
        if len(run):
            self._runs.append(run)
