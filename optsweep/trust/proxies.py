"""At equal cost, which number of training sequences ranks like a larger setting: the sweep's own, or another one?

Only pairs of runs count that the larger setting itself tells apart: the order of the others is chance there too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optsweep.results.seeds import SeedNoise
from optsweep.trust.noise import (
    RESAMPLES,
    SEED,
    FloatArray,
    Interval,
    Losses,
    interval,
    resampled_values,
    values_by_luck,
)

STANDARD_ERRORS = 2.0
"""By more than so many two runs are told apart."""
MOST_PAIRS = 1_000_000


@dataclass(frozen=True)
class Trained:
    """What the same runs reached at one setting: by the run of the sweep."""

    setting: str
    values: Mapping[str, float]
    losses: Losses


@dataclass(frozen=True)
class Proxy:
    """One number of training sequences, for runs as long as the sweep's."""

    setting: str
    agreement: Interval | None
    """Share of the pairs told apart that it has in the larger setting's order; None if there are no such pairs."""
    gain: Interval | None
    """How much more that is than with the sweep's own number; None for that itself."""
    lower: Interval | None
    """Nats by which values end lower than with the sweep's own number, on average; None for that itself."""


@dataclass(frozen=True)
class EqualCost:
    """The sweep's own number of sequences beside others, against one larger setting."""

    setting: str
    runs: int
    pairs: int
    told_apart: int
    """Pairs of runs that the larger setting tells apart."""
    ceiling: float | None
    """The agreement that the seeds' noise would leave a perfect setting; None if it was not measured."""
    proxies: list[Proxy]
    """The sweep's own first."""
    noise: SeedNoise | None

    @property
    def verdict(self) -> str:
        own, *others = self.proxies
        if not self.told_apart:
            return "the larger setting tells no two of these runs apart, so that nothing can rank like it"
        return "; ".join(_better(own, other) for other in others)


def _better(own: Proxy, other: Proxy) -> str:
    gain = other.gain
    if gain is not None and gain.low > 0:
        return f"{other.setting} rank more like it than {own.setting}"
    if gain is not None and gain.high < 0:
        return f"{own.setting}, rank more like it than {other.setting}"
    return f"{other.setting} and {own.setting}, cannot be told apart by how they rank"


def equal_cost(
    larger: Trained, own: Trained, others: Sequence[Trained], weights: Sequence[int], noise: SeedNoise | None
) -> EqualCost | None:
    """Compare the runs that all settings have; None for fewer than two.

    ``noise`` was measured at the sweep's own setting, and is taken for that of the others too. For the intervals runs
    and sequences are drawn again, the same ones for all settings; how runs rank, with other seeds too. What seeds have
    added is in the values already, so that counts twice. Without it, few runs that all are in the right order would
    leave no doubt: an interval of no width covered the truth in a third of simulated studies.
    """
    settings = [own, *others]
    runs = sorted(set.intersection(*({*one.values} & {*one.losses} for one in (larger, *settings))))
    if len(runs) < 2:
        return None
    large, rng = _values(larger, runs), np.random.default_rng(SEED)
    drawn_large = resampled_values(_losses(larger, runs, weights), weights)
    apart = _told_apart(large, drawn_large, noise)
    once = np.ones((1, len(runs)), np.int64)
    drawn = rng.multinomial(len(runs), np.full(len(runs), 1 / len(runs)), size=RESAMPLES)
    losses = [_losses(one, runs, weights) for one in settings]
    lucky = [values_by_luck(own, weights, noise, rng) for own in losses]
    pairs = zip(settings, lucky, strict=True)
    agreements = [
        (
            _agreement(_values(one, runs)[None], large[None], apart, once)[0],
            _agreement(values, drawn_large, apart, drawn),
        )
        for one, values in pairs
    ]
    resampled = [resampled_values(own, weights) for own in losses]
    proxies = []
    for one, (share, shares), values in zip(settings, agreements, resampled, strict=True):
        gain = lower = None
        if one is not own:
            difference = ((resampled[0] - values) * drawn).sum(axis=1) / len(runs)
            lower = interval(float(np.mean(_values(own, runs) - _values(one, runs))), difference)
            if apart.any():
                gain = interval(share - agreements[0][0], shares - agreements[0][1])
        agreement = interval(share, shares) if apart.any() else None
        proxies.append(Proxy(one.setting, agreement, gain, lower))
    return EqualCost(
        setting=larger.setting,
        runs=len(runs),
        pairs=len(runs) * (len(runs) - 1) // 2,
        told_apart=int(apart.sum()),
        ceiling=_ceiling(large, apart, noise) if noise and noise.deviation and apart.any() else None,
        proxies=proxies,
        noise=noise,
    )


def _values(trained: Trained, runs: Sequence[str]) -> FloatArray:
    return np.array([trained.values[run] for run in runs])


def _losses(trained: Trained, runs: Sequence[str], weights: Sequence[int]) -> list[NDArray[np.float32]]:
    """On the validation sequences; those of confirmation may follow."""
    return [trained.losses[run][: len(weights)] for run in runs]


def _told_apart(values: FloatArray, resampled: FloatArray, noise: SeedNoise | None) -> FloatArray:
    """[runs, runs] 1 for each pair, above the diagonal, that differs by more than chance: of sequences and seeds."""
    covariance = np.cov(resampled, rowvar=False)
    own = np.diag(covariance)
    squares = own[:, None] + own - 2 * covariance + (0.0 if noise is None else 2 * noise.deviation**2)
    differences = np.abs(values[:, None] - values)
    apart: FloatArray = np.triu(differences > STANDARD_ERRORS * np.sqrt(np.maximum(squares, 0)), 1).astype(float)
    return apart


def _agreement(values: FloatArray, large: FloatArray, apart: FloatArray, drawn: NDArray[np.int64]) -> FloatArray:
    """[resamples] the share of the pairs told apart that ``values`` have in the order of ``large``, [resamples, runs].

    ``drawn`` is how often each run is drawn; it makes no pair with itself. NaN if no pair that is told apart is drawn.
    """
    found = []
    # In parts, since all pairs of all resamples of many runs are more than memory should hold.
    step = max(1, MOST_PAIRS // apart.size)
    for start in range(0, len(drawn), step):
        own, there, counts = (part[start : start + step] for part in (values, large, drawn.astype(float)))
        same = np.sign(own[:, :, None] - own[:, None]) == np.sign(there[:, :, None] - there[:, None])
        with np.errstate(invalid="ignore"):
            found.append(
                np.einsum("bi,bij,bj->b", counts, apart * same, counts) / ((counts @ apart) * counts).sum(axis=1)
            )
    return np.concatenate(found)


def _ceiling(large: FloatArray, apart: FloatArray, noise: SeedNoise) -> float:
    """The mean chance that a training that differs in its seeds alone has a pair told apart in the same order.

    Pairs are told apart by luck too. So what a difference is in truth is drawn towards none, as far as the seeds' part
    in the spread of the values says (a normal prior), and that it is uncertain counts.
    """
    # Loaded only here: a command that refuses its input must not wait for it.
    from scipy.special import ndtr

    seeds = noise.deviation**2
    real = max(0.0, float(np.var(large, ddof=1)) - seeds) / float(np.var(large, ddof=1))
    differences = np.abs(large[:, None] - large)[apart > 0]
    # Each run's true value keeps the share ``real`` of the seeds' variance, and the other training adds all of it.
    chances = ndtr(real * differences / np.sqrt(2 * seeds * (real + 1)))
    return float(np.mean(chances))
