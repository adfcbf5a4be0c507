"""A table of runs that vary learning rate and batch: what hyperparameter transfer over training length works on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RunTable:
    """One number a run in each column; all are finite, and length, lr and batch are positive."""

    length: Array
    """Training length, in whatever is proportional to the tokens or sequences seen."""
    lr: Array
    batch: Array
    value: Array
    """Lower is better."""
    left_out: int = 0
    """Runs without a finite value: diverged or unfinished ones, which are in no column."""

    def __len__(self) -> int:
        return len(self.value)

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> RunTable:
        """The runs that are chosen, in that order."""
        return RunTable(
            self.length[chosen], self.lr[chosen], self.batch[chosen], self.value[chosen], left_out=self.left_out
        )
