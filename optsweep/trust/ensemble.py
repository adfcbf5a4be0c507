"""Samples from a density known up to a factor, by an ensemble of walkers that move along their differences.

Half of the walkers move at a time, by what the other half shows of the density's scale and direction: stretches
(Goodman & Weare 2010) and differential evolution (ter Braak 2006) in turn at random. Nothing has to be tuned.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""[walkers, parameters]"""

_EVERY = 4
"""Steps between those that are kept: the ones between are nearly copies."""
_JUMPS = 0.1
"""The share of differential moves of full length, which change the mode where there are several."""


def sample(
    log_density: Callable[[Points], NDArray[np.float64]],
    start: Points,
    *,
    burn_in: int,
    steps: int,
    rng: np.random.Generator,
) -> Points:
    """[samples, parameters] from the steps after the ``burn_in`` first; ``start`` holds an even number of walkers."""
    half, dimensions = len(start) // 2, start.shape[1]
    if 2 * half != len(start) or half < 2:
        raise ValueError(f"{len(start)} walkers; an even number from 4 on can be halved")
    walkers = [start[:half].copy(), start[half:].copy()]
    densities = [log_density(part) for part in walkers]
    kept = []
    for step in range(burn_in + steps):
        for mine, other in ((0, 1), (1, 0)):
            propose = _stretched if rng.random() < 0.5 else _differential
            proposed, correction = propose(walkers[mine], walkers[other], rng)
            density = log_density(proposed)
            taken = np.log1p(-rng.random(half)) < correction + density - densities[mine]
            walkers[mine] = np.where(taken[:, None], proposed, walkers[mine])
            densities[mine] = np.where(taken, density, densities[mine])
        if step >= burn_in and step % _EVERY == 0:
            kept += walkers
    return np.concatenate(kept).reshape(-1, dimensions)


def _stretched(mine: Points, other: Points, rng: np.random.Generator) -> tuple[Points, NDArray[np.float64]]:
    """Each walker on the line through one of the others, half to twice as far from it."""
    factors = (1 + rng.random(len(mine))) ** 2 / 2
    anchors = other[rng.integers(len(other), size=len(mine))]
    return anchors + factors[:, None] * (mine - anchors), (mine.shape[1] - 1) * np.log(factors)


def _differential(mine: Points, other: Points, rng: np.random.Generator) -> tuple[Points, NDArray[np.float64]]:
    """Each walker moved by the difference of two of the others."""
    count, dimensions = mine.shape
    first = rng.integers(len(other), size=count)
    second = (first + rng.integers(1, len(other), size=count)) % len(other)
    length = 1.0 if rng.random() < _JUMPS else 2.38 / math.sqrt(2 * dimensions)
    jitter = 1e-4 * rng.standard_normal(mine.shape)
    return mine + length * (other[first] - other[second]) + jitter, np.zeros(count)
