"""What several training seeds of one configuration say together: shrunken means, the leader, and what to repeat next.

The best of many noisy values looks better than it is. So each configuration's mean is drawn towards what the sampled
runs are like, the more the fewer seeds it has: the mean of a normal posterior. Plain means of unequal numbers of seeds
would favour those that were lucky once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, median

FEWEST_FREEDOM = 5
"""Degrees of freedom below which the measured noise is completed by the default."""
DEFAULT_SHARE = 0.5
"""The default deviation of seeds, in spreads of the values: it has no unit, so that it holds on any script's scale."""
LEAST_REAL = 0.1
"""The least share of the values' variance that is taken for real differences between configurations."""
NORMAL = NormalDist()
MAD_TO_DEVIATION = 1.4826


@dataclass(frozen=True)
class Configuration:
    """A configuration with what its complete seeds came to."""

    run: str
    """The run of its first seed."""
    costs: tuple[float, ...]
    """The values of its complete seeds, the first seed's first; lower is better (`Direction.cost`)."""
    running: int = 0
    """Further seeds that have not ended yet."""
    sampled: bool = True
    """False for presets and the user's runs, which the prior is not fitted on."""


@dataclass(frozen=True)
class Standing:
    """What is believed of a configuration."""

    run: str
    mean: float
    """Shrunken."""
    deviation: float
    """Of the posterior: how far the true mean over all seeds may be from ``mean``."""
    seeds: int


def standings(configurations: Sequence[Configuration], noise: SeedNoise | None = None) -> list[Standing]:
    """Those with a value, the best first; with one seed each that is always the order of their values.

    ``noise`` is that of all that was measured, if that is more than these configurations.
    """
    posterior = _Posterior(configurations, noise)
    ranked = sorted((one for one in configurations if one.costs), key=posterior.rank)
    return [
        Standing(one.run, posterior.mean(one), posterior.deviation(len(one.costs)), len(one.costs)) for one in ranked
    ]


def leader(configurations: Sequence[Configuration]) -> str | None:
    """The run of the best shrunken mean, None if nothing is complete."""
    return next((one.run for one in standings(configurations)), None)


def next_to_repeat(configurations: Sequence[Configuration]) -> str | None:
    """The configuration whose next seed is worth most, by its first seed's run; None if none is complete.

    What a seed is worth is by how much it is expected to better the mean of who leads (the knowledge gradient of
    Frazier et al. 2008). Seeds that still run count as if they had come and changed nothing: two workers that ask one
    after the other need not repeat the same one.
    """
    posterior = _Posterior(configurations)
    ranked = sorted((one for one in configurations if one.costs), key=posterior.rank)

    def worth(one: Configuration) -> tuple[float, float]:
        mean, known = posterior.mean(one), len(one.costs) + one.running
        rivals = [other for other in ranked[:2] if other is not one]
        moves = math.sqrt(max(posterior.deviation(known) ** 2 - posterior.deviation(known + 1) ** 2, 0.0))
        if not rivals or not moves:
            return 0.0, -mean
        gap = abs(mean - posterior.mean(rivals[0])) / moves
        return moves * (NORMAL.pdf(gap) - gap * NORMAL.cdf(-gap)), -mean

    return max(ranked, key=worth).run if ranked else None


@dataclass(frozen=True)
class SeedNoise:
    """The standard deviation of a run's value over training seeds, pooled over the repeated configurations."""

    deviation: float
    """In the unit of the values."""
    configurations: int
    repeats: int
    """Runs, the first of each configuration among them."""

    @property
    def freedom(self) -> int:
        """Degrees of freedom: few repeats leave open how large the noise is, and Student's t counts that."""
        return self.repeats - self.configurations


def pooled(groups: Iterable[Sequence[float]]) -> SeedNoise | None:
    """What the groups of seeds say, each around its own mean; None if none has two."""
    repeated = [values for values in groups if len(values) > 1]
    if not repeated:
        return None
    squares = sum((value - fmean(values)) ** 2 for values in repeated for value in values)
    seeds = sum(map(len, repeated))
    return SeedNoise(math.sqrt(squares / (seeds - len(repeated))), len(repeated), seeds)


def completed_noise(configurations: Sequence[Configuration], noise: SeedNoise | None = None) -> tuple[float, int]:
    """The deviation of a value over training seeds, and its degrees of freedom.

    By default that of the repeated configurations; below five degrees of freedom a share of the values' spread takes
    the missing ones.
    """
    known = noise or pooled(one.costs for one in configurations)
    squares, freedom = (known.deviation**2 * known.freedom, known.freedom) if known else (0.0, 0)
    missing = max(0, FEWEST_FREEDOM - freedom)
    default = DEFAULT_SHARE * _spread(configurations)
    return math.sqrt((squares + missing * default**2) / (freedom + missing)), freedom + missing


class _Posterior:
    """A normal prior over configurations, and normal noise of seeds."""

    def __init__(self, configurations: Sequence[Configuration], noise: SeedNoise | None = None) -> None:
        self._noise = completed_noise(configurations, noise)[0] ** 2
        firsts = _first_values(configurations)
        self._centre = median(firsts) if firsts else 0.0
        # First seeds only: how often one is repeated depends on its values, and must not move what all are like.
        spread = _spread(configurations) ** 2
        self._real = max(spread - self._noise, LEAST_REAL * spread)

    def mean(self, one: Configuration) -> float:
        raw, seeds = fmean(one.costs), len(one.costs)
        if not self._real:
            return raw
        return raw + (self._centre - raw) * self._noise / (self._noise + seeds * self._real)

    def deviation(self, seeds: int) -> float:
        if not self._real:
            return math.sqrt(self._noise / seeds)
        return math.sqrt(self._noise * self._real / (self._noise + seeds * self._real))

    def rank(self, one: Configuration) -> tuple[float, float]:
        """The raw mean decides where rounding has made two shrunken ones equal."""
        return self.mean(one), fmean(one.costs)


def _first_values(configurations: Sequence[Configuration]) -> list[float]:
    """Of the sampled configurations, or of all if fewer than two of them are complete."""
    firsts = [one.costs[0] for one in configurations if one.costs and one.sampled]
    return firsts if len(firsts) > 1 else [one.costs[0] for one in configurations if one.costs]


def _spread(configurations: Sequence[Configuration]) -> float:
    """A robust deviation: a few runs that went very wrong do not make good ones look alike."""
    firsts = _first_values(configurations)
    if not firsts:
        return 0.0
    centre = median(firsts)
    return MAD_TO_DEVIATION * median(abs(value - centre) for value in firsts)
