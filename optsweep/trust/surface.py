"""The loss over lr and batch at several training lengths: a model of its shape, and what runs say of its optimum.

A run's loss is the best that its length can reach, plus an excess that grows with the distance from that optimum: a
quadratic form in (log lr, log batch), steeper towards large lr, cut off where runs are poor. The optimum moves along a
line in log length. Runs scatter around that: a little near the optimum, in proportion to the excess far from it, with
heavy tails. All of it is sampled, so that what few runs leave open shows in the optimum's interval. Logarithms are
octaves (log2), values are in units of a median run's excess.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optsweep.results.run_table import RunTable
from optsweep.trust.ensemble import Points, sample

Array = NDArray[np.float64]

WALKERS, BURN_IN, STEPS = 4, 300, 300
"""Walkers for each parameter; and steps."""
FREEDOM = 4.0
"""Degrees of freedom of the scatter's t distribution."""
WITHIN = 1.0
"""Octaves by which the optimum of a length that was tried may lie outside of what was tried."""
OUTSIDE = 1e6
"""What an octave further than that costs in log density: too much, and yet a walker that begins there finds back."""
MOST_EXCESS = 2.0
"""Beyond it a run is poor, and how poor does not matter: the shape of cliffs and slopes would bend that of the bowl."""

SHAPE = (
    (-0.8, 0.6),  # log of lr's curvature: an octave off costs 0.2 of a median run's excess
    (-0.2, 0.3),  # shear: a larger batch goes with a larger lr
    (-0.8, 0.6),  # log of batch's curvature
    (0.3, 0.2),  # skew in lr: an octave above the optimum costs more than one below it
    (-3.0, 1.0),  # log of the scatter at the optimum
    (-0.8, 0.5),  # log of the scatter in shares of the excess
)
"""Mean and deviation of the normal priors of the shape; chosen on the 215M and 429M models of Step Law's dense grid."""
_LR, _BATCH, _LR_SLOPE, _BATCH_SLOPE, _LR_CURVE, _SHEAR, _BATCH_CURVE, _SKEW, _FLOOR, _SHARE, _BEST = range(11)
"""Places of the parameters; from `_BEST` on, the best value of each length."""


@dataclass(frozen=True)
class Exponents:
    """What is believed of the optimum's movement before any run: optimum ~ length^exponent."""

    lr: float = 0.19
    batch: float = 0.383
    deviation: float = 0.2
    """Of either."""


@dataclass(frozen=True, eq=False)
class Scaled:
    """The runs as the model sees them: in octaves, and in units of a median run's excess over its length's best."""

    lr: Array
    batch: Array
    length: Array
    """From their mean."""
    value: Array
    group: NDArray[np.int64]
    """The place of the run's length among the lengths."""
    middle: float
    """The lengths' mean, in octaves."""

    @classmethod
    def of(cls, runs: RunTable) -> Scaled:
        lengths, group = np.unique(runs.length, return_inverse=True)
        parts = [runs.value[group == place] for place in range(len(lengths))]
        best = np.array([part.min() for part in parts])
        unit = float(np.mean([np.median(part) - part.min() for part in parts]) or np.mean([np.ptp(p) for p in parts]))
        length = np.log2(runs.length)
        middle = float(length.mean())
        value = np.minimum((runs.value - best[group]) / unit, MOST_EXCESS)
        return cls(np.log2(runs.lr), np.log2(runs.batch), length - middle, value, group, middle)


@dataclass(frozen=True, eq=False)
class Posterior:
    """Samples of the model's parameters, given the runs."""

    samples: Points
    middle: float

    def optimum(self, length: float) -> Array:
        """[samples, 2]: log2 of the best lr and batch at a length."""
        moved = np.log2(length) - self.middle
        optimum: Array = self.samples[:, [_LR, _BATCH]] + moved * self.samples[:, [_LR_SLOPE, _BATCH_SLOPE]]
        return optimum


def fit(runs: RunTable, exponents: Exponents, rng: np.random.Generator) -> Posterior:
    """What the runs say; there must be more than one value at some length."""
    scaled = Scaled.of(runs)
    samples = sample(
        lambda parameters: _log_density(parameters, scaled, exponents),
        _start(scaled, exponents, rng),
        burn_in=BURN_IN,
        steps=STEPS,
        rng=rng,
    )
    return Posterior(samples, scaled.middle)


def _start(scaled: Scaled, exponents: Exponents, rng: np.random.Generator) -> Points:
    """Walkers around the best three of each length, moved by the prior."""
    found = []
    for place in range(scaled.group.max() + 1):
        own = np.flatnonzero(scaled.group == place)
        best = own[np.argsort(scaled.value[own])][:3]
        moved = -scaled.length[own[0]]
        found.append(
            (scaled.lr[best].mean() + exponents.lr * moved, scaled.batch[best].mean() + exponents.batch * moved)
        )
    lr, batch = np.mean(found, axis=0)
    lr = np.clip(lr, scaled.lr.min(), scaled.lr.max())
    batch = np.clip(batch, scaled.batch.min(), scaled.batch.max())
    shape = [mean for mean, _ in SHAPE]
    centre = np.array([lr, batch, exponents.lr, exponents.batch, *shape, *(-0.05 for _ in found)])
    spread = np.array([0.3, 0.3, 0.1, 0.1, 0.3, 0.2, 0.3, 0.1, 0.3, 0.3, *(0.05 for _ in found)])
    return centre + spread * rng.standard_normal((WALKERS * len(centre), len(centre)))


def _log_density(parameters: Points, scaled: Scaled, exponents: Exponents) -> Array:
    """[walkers]: log of prior times likelihood, but for a constant."""
    columns = parameters[:, :, None]
    best_lr = columns[:, _LR] + columns[:, _LR_SLOPE] * scaled.length
    best_batch = columns[:, _BATCH] + columns[:, _BATCH_SLOPE] * scaled.length
    excess = _excess(parameters, scaled.lr - best_lr, scaled.batch - best_batch)
    variance = np.exp(2 * columns[:, _FLOOR]) + (np.exp(columns[:, _SHARE]) * excess) ** 2
    missed = scaled.value - parameters[:, _BEST:][:, scaled.group] - excess
    likelihood = -0.5 * np.log(variance) - (FREEDOM + 1) / 2 * np.log1p(missed**2 / (FREEDOM * variance))
    means, deviations = np.array(
        [(exponents.lr, exponents.deviation), (exponents.batch, exponents.deviation), *SHAPE]
    ).T
    prior = -0.5 * (((parameters[:, _LR_SLOPE:_BEST] - means) / deviations) ** 2).sum(axis=1)
    prior -= 0.5 * (parameters[:, _BEST:] ** 2).sum(axis=1)
    outside = _outside(best_lr, scaled.lr) + _outside(best_batch, scaled.batch)
    density: Array = likelihood.sum(axis=1) + prior - OUTSIDE * outside
    return density


def _outside(optimum: Array, tried: Array) -> Array:
    """[walkers]: octaves by which the optima lie further outside of what was tried than they may."""
    below = tried.min() - WITHIN - optimum
    above = optimum - tried.max() - WITHIN
    outside: Array = np.maximum(np.maximum(below, above), 0).sum(axis=1)
    return outside


def _excess(parameters: Points, lr: Array, batch: Array) -> Array:
    """[samples, places]: the excess so many octaves off the optimum."""
    columns = parameters[:, :, None]
    skew = columns[:, _SKEW]
    skewed = np.expm1(np.clip(skew * lr, -5, 5)) / skew
    along_lr = np.exp(columns[:, _LR_CURVE]) * (skewed + columns[:, _SHEAR] * batch)
    excess: Array = along_lr**2 + (np.exp(columns[:, _BATCH_CURVE]) * batch) ** 2
    return np.minimum(excess, MOST_EXCESS)
