"""Rank agreement and its bootstrap intervals; values of runs on resampled sequences. Numbers only."""

from __future__ import annotations

from collections.abc import Sequence
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
    """An estimate and its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """How two rankings of the same runs agree; 1 is the same order, 0 is chance."""

    spearman: Interval
    kendall: Interval
    runs: int


def interval(value: float, resampled: ArrayLike) -> Interval:
    """The percentile interval around ``value``."""
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(np.asarray(resampled, float), [tail, 100 - tail])
    return Interval(value, float(low), float(high))


def agreement(first: Sequence[float], second: Sequence[float]) -> Agreement | None:
    """Spearman's and Kendall's coefficient, bootstrapped over runs.

    None for fewer than four runs, and where all are equal in one of the rankings.
    """
    pairs = np.array([first, second], float)
    num_runs = pairs.shape[1]
    if num_runs < FEWEST_RANKED or (np.ptp(pairs, axis=1) == 0).any():
        return None
    draws = np.random.default_rng(SEED).integers(num_runs, size=(RESAMPLES, num_runs))
    samples = pairs[:, draws]
    # A ranking of equals agrees with nothing.
    samples = samples[:, (np.ptp(samples, axis=2) > 0).all(axis=0)]
    return Agreement(
        interval(float(spearman(*pairs)), spearman(*samples)),
        interval(float(kendall(*pairs)), kendall(*samples)),
        num_runs,
    )


def spearman(first: FloatArray, second: FloatArray) -> FloatArray:
    """Spearman's coefficient over the last axis."""
    # Loaded only here: half a second that a command which refuses its input must not spend.
    from scipy.stats import rankdata

    return _cosine(*(_centred(np.asarray(rankdata(values, axis=-1))) for values in (first, second)))


def kendall(first: FloatArray, second: FloatArray) -> FloatArray:
    """Kendall's tau-b over the last axis."""
    left, right = np.triu_indices(first.shape[-1], 1)
    return _cosine(*(np.sign(values[..., left] - values[..., right]) for values in (first, second)))


def _centred(values: FloatArray) -> FloatArray:
    centred: FloatArray = values - values.mean(axis=-1, keepdims=True)
    return centred


def _cosine(first: FloatArray, second: FloatArray) -> FloatArray:
    squares = (first**2).sum(axis=-1) * (second**2).sum(axis=-1)
    cosine: FloatArray = (first * second).sum(axis=-1) / np.sqrt(squares)
    return cosine


def resampled_values(losses: ArrayLike, weights: ArrayLike, seed: int = SEED) -> FloatArray:
    """[resamples, runs] each run's value on resampled sequences, the same ones for all runs (a paired bootstrap).

    ``losses`` is [runs, sequences], ``weights`` [sequences]: residues, by which sequences count in a value.
    """
    per_run, weight = np.asarray(losses, float), np.asarray(weights, float)
    num_sequences = per_run.shape[1]
    counts = np.random.default_rng(seed).multinomial(
        num_sequences, np.full(num_sequences, 1 / num_sequences), size=RESAMPLES
    )
    drawn = counts * weight
    values: FloatArray = (drawn @ per_run.T) / drawn.sum(axis=1, keepdims=True)
    return values
