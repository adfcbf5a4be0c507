"""Does the sweep rank like the larger setting? Rank agreement, the regret of believing it, and a plain verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optsweep.trust.noise import Losses, SeedNoise, values_by_luck
from optsweep.trust.statistics import (
    SEED,
    Agreement,
    Interval,
    agreement,
    interval,
    spearman,
)

TOP = 3
FAIR = 0.5
"""From this Spearman coefficient on a ranking is called useful."""
CEILING_DRAWS = 500


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
        return f"{halves}; cannot tell {self._confused} apart: settle it with `optsweep confirm`"

    @property
    def _confused(self) -> str:
        """The sweep's winner and the run that is best in truth, or the runner-up if they are the same."""
        winner, best = self.runs[0], min(self.runs, key=lambda run: run.large)
        other = best if best is not winner else self.runs[1]
        return f"{winner.run} from {other.run}"


def fidelity(
    setting: str,
    cheap: Mapping[str, float],
    large: Mapping[str, float],
    *,
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
