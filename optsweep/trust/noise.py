"""How much of a difference between two runs is luck: of the seed, and of the sequences that they are scored on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optsweep.results.records import RunRecord
from optsweep.results.seeds import SeedNoise, pooled

FloatArray = NDArray[np.float64]

RESAMPLES = 2000
SEED = 0
LEVEL = 0.95
Losses = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Interval:
    """An estimate and its 95 % interval."""

    value: float
    low: float
    high: float

    def __format__(self, spec: str) -> str:
        """ "0.74 (0.35 to 0.92)"; ``spec`` is that of its numbers."""
        return f"{self.value:{spec}} ({self.low:{spec}} to {self.high:{spec}})"


def interval(value: float, resampled: ArrayLike) -> Interval:
    """The percentile interval around ``value``; resamples that are NaN do not count."""
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.nanpercentile(np.asarray(resampled, float), [tail, 100 - tail])
    return Interval(value, float(low), float(high))


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


def values_by_luck(
    losses: Sequence[NDArray[np.floating]],
    weights: Sequence[int],
    noise: SeedNoise | None,
    rng: np.random.Generator,
    seeds: ArrayLike = 1,
) -> FloatArray:
    """[resamples, runs] values in nats per residue, on other sequences and with other training seeds.

    ``seeds`` is how many each run's losses are the mean of, which keeps that share of one seed's variance. Without
    ``noise`` only the sequences differ.
    """
    values = resampled_values(losses, weights)
    if noise is None:
        return values
    moved: FloatArray = values + noise.deviation * rng.standard_t(noise.freedom, values.shape) / np.sqrt(seeds)
    return moved


def pooled_noise(runs: list[RunRecord]) -> SeedNoise | None:
    """The pooled deviation over groups of complete runs of one configuration with different seeds; None without any."""
    groups: dict[str, dict[int, float]] = {}
    for run in runs:
        if run.state == "complete" and run.value is not None and run.config is not None:
            groups.setdefault(run.of or run.repeat_of or run.run, {})[run.config.seed] = run.value
    return pooled([list(values.values()) for values in groups.values()])
