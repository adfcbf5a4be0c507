"""How much of a difference between two runs is luck: of the seed, and of the sequences that they are scored on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.seeds import pooled

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


@dataclass(frozen=True)
class SeedNoise:
    """The standard deviation of a run's value over training seeds, pooled over the repeated configurations."""

    deviation: float
    """Nats per residue."""
    configurations: int
    repeats: int
    """Runs, the first of each configuration among them."""

    @property
    def freedom(self) -> int:
        """Degrees of freedom: few repeats leave open how large the noise is, and Student's t counts that."""
        return self.repeats - self.configurations


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


@dataclass(frozen=True)
class Ties:
    """Which complete runs cannot be told apart from the best one."""

    differences: Mapping[str, Interval]
    """Run -> how many nats it is behind the best one, which is left out, and what sequences and seeds leave open."""
    noise: SeedNoise | None
    """None if no configuration was repeated: then only the sequences' part of the noise is known."""

    @property
    def count(self) -> int:
        return sum(map(self.tied, self.differences))

    def tied(self, run: str) -> bool:
        """Whether the run may as well be the better one."""
        return run in self.differences and self.differences[run].low <= 0


def ties(snapshot: StudySnapshot, losses: Losses, noise: SeedNoise | None) -> Ties | None:
    """Each complete run against the best, by a paired bootstrap over sequences plus the seeds' variance.

    None if fewer than two runs have kept their losses.
    """
    # Loaded only here: a command that refuses its input must not wait for it.
    from scipy.special import ndtri, stdtrit

    weights = snapshot.weights
    ranked = [run for run in snapshot.ranking if run.run in losses]
    if weights is None or len(ranked) < 2 or ranked[0] is not snapshot.best:
        return None
    values = resampled_values([losses[run.run][: len(weights.validation)] for run in ranked], weights.validation)
    tail = (1 + LEVEL) / 2
    seeds = math.sqrt(2) * noise.deviation * stdtrit(noise.freedom, tail) if noise else 0.0
    halves = np.hypot(ndtri(tail) * (values - values[:, :1]).std(axis=0), seeds)
    differences = {}
    for run, half in zip(ranked[1:], halves[1:].tolist(), strict=True):
        behind = (run.value or 0.0) - (ranked[0].value or 0.0)
        differences[run.run] = Interval(behind, behind - half, behind + half)
    return Ties(differences, noise)


def pooled_noise(runs: list[RunRecord]) -> SeedNoise | None:
    """The pooled deviation over groups of complete runs of one configuration with different seeds; None without any."""
    groups: dict[str, dict[int, float]] = {}
    for run in runs:
        if run.state == "complete" and run.value is not None and run.config is not None:
            groups.setdefault(run.of or run.repeat_of or run.run, {})[run.config.seed] = run.value
    repeated = [list(values.values()) for values in groups.values() if len(values) > 1]
    squares, freedom = pooled(repeated)
    if not freedom:
        return None
    return SeedNoise(math.sqrt(squares / freedom), len(repeated), sum(map(len, repeated)))
