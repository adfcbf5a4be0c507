"""Rank agreement and its bootstrap intervals; values of runs on resampled sequences. Numbers only."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

RESAMPLES = 2000
SEED = 0
LEVEL = 0.95
FEWEST_RANKED = 4
"""With fewer runs a rank correlation takes a handful of values and its bootstrap says nothing."""


@dataclass(frozen=True)
class Interval:
    """An estimate and its 95 % interval."""

    value: float
    low: float
    high: float

    def __format__(self, spec: str) -> str:
        """ "0.74 (0.35 to 0.92)"; ``spec`` is that of its numbers."""
        return f"{self.value:{spec}} ({self.low:{spec}} to {self.high:{spec}})"


@dataclass(frozen=True)
class Agreement:
    """How two rankings of the same runs agree; 1 is the same order, 0 is chance."""

    spearman: Interval
    kendall: Interval
    runs: int


def interval(value: float, resampled: ArrayLike) -> Interval:
    """The percentile interval around ``value``; resamples that are NaN do not count."""
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.nanpercentile(np.asarray(resampled, float), [tail, 100 - tail])
    return Interval(value, float(low), float(high))


def agreement(first: Sequence[float], second: Sequence[float]) -> Agreement | None:
    """Spearman's and Kendall's coefficient (tau-b), bootstrapped over runs.

    None for fewer than four runs, and if all are equal in one of the rankings.
    """
    pairs = np.array([first, second], float)
    num_runs = pairs.shape[1]
    if num_runs < FEWEST_RANKED or (np.ptp(pairs, axis=1) == 0).any():
        return None
    return Agreement(_bootstrapped(spearman, pairs), _bootstrapped(kendall, pairs), num_runs)


# scipy.stats takes a second to load, which a command that refuses its input or shows no ranking must not spend.
def _bootstrapped(coefficient: Callable[..., FloatArray], pairs: FloatArray) -> Interval:
    from scipy.stats import DegenerateDataWarning, bootstrap

    with warnings.catch_warnings():
        # A resample of equals has no coefficient (it comes out as NaN), and all resamples of one order have the same.
        warnings.simplefilter("ignore", DegenerateDataWarning)
        drawn = bootstrap(
            (pairs[0], pairs[1]),
            coefficient,
            paired=True,
            vectorized=True,
            n_resamples=RESAMPLES,
            method="percentile",
            rng=np.random.default_rng(SEED),
        )
    return interval(float(coefficient(*pairs)), drawn.bootstrap_distribution)


def spearman(first: FloatArray, second: FloatArray, axis: int = -1) -> FloatArray:
    """Spearman's coefficient along ``axis``; NaN for equals."""
    from scipy.stats import spearmanrho

    return np.asarray(spearmanrho(first, second, axis=axis).statistic)


def kendall(first: FloatArray, second: FloatArray, axis: int = -1) -> FloatArray:
    """Kendall's tau-b along ``axis``; NaN for equals."""
    from scipy.stats import kendalltau

    return np.asarray(kendalltau(first, second, axis=axis).statistic)


def resampled_values(losses: ArrayLike, weights: ArrayLike, seed: int = SEED) -> FloatArray:
    """[resamples, runs] each run's value on resampled sequences, the same ones for all runs (a paired bootstrap).

    ``losses`` is [runs, sequences], ``weights`` [sequences]: residues, by which sequences count in a value.
    """
    per_run, weight = np.asarray(losses, float), np.asarray(weights, float)
    size = per_run.shape[1]
    # How often each sequence is drawn is enough: scipy's bootstrap would copy all losses 2,000 times.
    counts = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=RESAMPLES)
    drawn = counts * weight
    values: FloatArray = (drawn @ per_run.T) / drawn.sum(axis=1, keepdims=True)
    return values
