"""Does the sweep rank like the larger setting? Rank agreement, the regret of believing it, and a plain verdict."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optsweep.results.seeds import SeedNoise
from optsweep.trust.noise import RESAMPLES, SEED, FloatArray, Interval, Losses, interval, values_by_luck

TOP = 3
FAIR = 0.5
"""From this Spearman coefficient on a ranking is called useful."""
CEILING_DRAWS = 500
FEWEST_RANKED = 4
"""With fewer runs a rank correlation takes a handful of values and its bootstrap says nothing."""


@dataclass(frozen=True)
class Agreement:
    """How two rankings of the same runs agree; 1 is the same order, 0 is chance."""

    spearman: Interval
    kendall: Interval
    runs: int


@dataclass(frozen=True)
class Trained:
    """One configuration at both settings."""

    run: str
    cheap: float
    large: float


@dataclass(frozen=True)
class Fidelity:
    """The comparison of the sweep's ranking with that of one larger setting."""

    setting: str
    runs: list[Trained]
    """Best at the sweep's own setting first."""
    overall: Agreement | None
    top_third: Agreement | None
    """Over the runs that the sweep ranks in its best third."""
    ceiling: float | None
    """The Spearman coefficient over that third that the seeds' noise would leave a perfect setting."""
    winner_in_top: float | None
    """Probability that the sweep's winner is among the best three of the larger setting."""
    regret: Interval | None
    """Nats per residue that picking the sweep's winner costs there."""
    kept_by_better_half: float
    """Share of the larger setting's best third that the sweep has in its better half."""
    noise: SeedNoise | None

    @property
    def verdict(self) -> str:
        """What the ranking is good for, taken from the figures of the top third."""
        if self.overall is None:
            return "too few different runs at both settings to say anything"
        if self.overall.spearman.low <= 0:
            return "cannot be trusted: the sweep's ranking may be unrelated to the larger setting's"
        halves = (
            "good for throwing out the worst half"
            if self.kept_by_better_half >= 1 - 1e-9
            else f"fair for throwing out the worst half ({round(100 * self.kept_by_better_half)} % of the best third "
            "survive it)"
        )
        top = self.top_third
        if top is not None and top.spearman.low > 0 and top.spearman.value >= FAIR:
            return f"{halves}, and it ranks the good ones too"
        # The winner's rival: the run that is best in truth, or the runner-up if that is the winner itself.
        winner, best = self.runs[0], min(self.runs, key=lambda run: run.large)
        other = best if best is not winner else self.runs[1]
        return f"{halves}; cannot tell {winner.run} from {other.run} apart: settle it with `optsweep confirm`"


def fidelity(
    setting: str,
    cheap: Mapping[str, float],
    large: Mapping[str, float],
    losses: tuple[Losses, Losses],
    weights: list[int],
    noise: SeedNoise | None,
) -> Fidelity:
    """Compare the values of the runs that both settings have; ``losses`` are the two settings', by the same runs."""
    common = sorted(cheap.keys() & large.keys(), key=lambda run: cheap[run])
    runs = [Trained(run, cheap[run], large[run]) for run in common]
    third = runs[: max(1, round(len(runs) / 3))]
    have_losses = len(runs) > 1 and bool(weights) and all(run in part for run in common for part in losses)
    winner_in_top, regret = _luck(runs, losses, weights, noise) if have_losses else (None, None)
    return Fidelity(
        setting=setting,
        runs=runs,
        overall=agreement([run.cheap for run in runs], [run.large for run in runs]),
        top_third=agreement([run.cheap for run in third], [run.large for run in third]),
        ceiling=_ceiling(third, noise) if noise and noise.deviation and len(third) > TOP else None,
        winner_in_top=winner_in_top,
        regret=regret,
        kept_by_better_half=_kept_by_better_half(runs),
        noise=noise,
    )


def _kept_by_better_half(runs: list[Trained]) -> float:
    best = sorted(runs, key=lambda run: run.large)[: max(1, round(len(runs) / 3))]
    better_half = runs[: (len(runs) + 1) // 2]
    return sum(run in better_half for run in best) / len(best) if best else 0.0


def _luck(
    runs: list[Trained], losses: tuple[Losses, Losses], weights: list[int], noise: SeedNoise | None
) -> tuple[float, Interval]:
    """(Probability that the sweep's winner is among the best three of the larger setting, what picking it costs there).

    The sequences are drawn again, the same ones for both settings, and the seeds' deviation is added.
    """
    rng = np.random.default_rng(SEED)
    cheap, large = (
        values_by_luck([part[run.run][: len(weights)] for run in runs], weights, noise, rng) for part in losses
    )
    picked = large[np.arange(len(large)), cheap.argmin(axis=1)]
    best = np.sort(large, axis=1)
    in_top = float((picked <= best[:, min(TOP, len(runs)) - 1]).mean())
    return in_top, interval(runs[0].large - min(run.large for run in runs), picked - best[:, 0])


def _ceiling(runs: list[Trained], noise: SeedNoise) -> float:
    """The coefficient between two trainings of ``runs`` that differ in their seeds alone.

    Both settings are scored on the same sequences with the same masks, so that only the seeds are left.
    """
    large = np.array([run.large for run in runs])
    draws = np.random.default_rng(SEED).normal(large, noise.deviation, (2, CEILING_DRAWS, len(runs)))
    return float(np.median(spearman(*draws)))


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
