"""Rank agreement and its bootstrap intervals; values of runs on resampled sequences. Numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import kendalltau, spearmanr

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
    """Spearman's and Kendall's coefficient, bootstrapped over runs; None for fewer than four runs."""
    pairs = np.array([first, second], float)
    if pairs.shape[1] < FEWEST_RANKED:
        return None
    rng = np.random.default_rng(SEED)
    draws = [rng.integers(pairs.shape[1], size=pairs.shape[1]) for _ in range(RESAMPLES)]
    samples = [pairs[:, draw] for draw in draws if all(len(np.unique(row)) > 1 for row in pairs[:, draw])]
    return Agreement(
        interval(spearman(*pairs), [spearman(*sample) for sample in samples]),
        interval(kendall(*pairs), [kendall(*sample) for sample in samples]),
        pairs.shape[1],
    )


def spearman(first: FloatArray, second: FloatArray) -> float:
    return float(spearmanr(first, second).statistic)


def kendall(first: FloatArray, second: FloatArray) -> float:
    """Kendall's tau-b."""
    return float(kendalltau(first, second).statistic)


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
