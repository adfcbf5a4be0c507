"""How precisely a value is known: its standard error, and that of a difference of two, over the scored sequences.

Only the choice of sequences is in it; what another training seed would change is not.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike


def weighted_mean(losses: ArrayLike, weights: ArrayLike) -> float:
    """The value, in nats per residue, of sequences with these losses; ``weights`` are their residues."""
    return float(np.average(np.asarray(losses, float), weights=np.asarray(weights, float)))


def standard_error(losses: ArrayLike, weights: ArrayLike) -> float:
    """Of the value of sequences with these losses; NaN for fewer than two."""
    per_sequence, weight = np.asarray(losses, float), np.asarray(weights, float)
    num = len(per_sequence)
    if num < 2:
        return math.nan
    off = weight * (per_sequence - weighted_mean(per_sequence, weight))
    return float(math.sqrt(off @ off * num / (num - 1)) / weight.sum())


def difference_error(losses: ArrayLike, others: ArrayLike, weights: ArrayLike) -> float:
    """Of the difference of two values, where both have losses of the same sequences with the same masks (paired)."""
    return standard_error(np.asarray(losses, float) - np.asarray(others, float), weights)
