"""Which complete runs cannot be told apart from the leader, by what sequences and training seeds leave open."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optsweep.results.configurations import configurations
from optsweep.results.records import StudySnapshot
from optsweep.results.seeds import SeedNoise, standings
from optsweep.trust.noise import LEVEL, FloatArray, Interval, Losses, resampled_values


@dataclass(frozen=True)
class Ties:
    """How far the other configurations are behind the leader."""

    differences: Mapping[str, Interval]
    """Run -> by how much it is behind the leader, which is left out, and what sequences and seeds leave open."""
    noise: SeedNoise | None
    """None if no configuration was repeated: then only the sequences' part of the noise is known."""
    by_sequences: bool = True
    """Whether the sequences' part is known; a script keeps its losses to itself."""

    @property
    def count(self) -> int:
        return sum(map(self.tied, self.differences))

    def tied(self, run: str) -> bool:
        """Whether the run may as well be the better one."""
        return run in self.differences and self.differences[run].low <= 0


def ties(snapshot: StudySnapshot, losses: Losses, noise: SeedNoise | None) -> Ties | None:
    """Each configuration against the leader, by a paired bootstrap over sequences plus the seeds' variance.

    None if neither is known: the leader has kept no losses, and no configuration was repeated.
    """
    # Loaded only here: a command that refuses its input must not wait for it.
    from scipy.special import ndtri

    leader, weights = snapshot.best, snapshot.weights
    if leader is None:
        return None
    by_sequences = weights is not None and leader.run in losses
    if not by_sequences and noise is None:
        return None
    compared = [run.run for run in snapshot.ranking if not by_sequences or run.run in losses]
    if len(compared) < 2:
        return None
    behind, seeds = _behind(snapshot)
    halves = np.zeros(len(compared))
    if by_sequences and weights is not None:
        halves = ndtri((1 + LEVEL) / 2) * _sequences_part([losses[run] for run in compared], weights.validation)
    if noise is not None:
        counts = np.array([seeds[run] for run in compared])
        part = seeds_part(noise, 1) * np.sqrt(1 / counts[0] + 1 / counts)
        halves = np.hypot(halves, part)
    differences = {
        run: Interval(behind[run], behind[run] - half, behind[run] + half)
        for run, half in zip(compared[1:], halves[1:].tolist(), strict=True)
    }
    return Ties(differences, noise, by_sequences)


def _behind(snapshot: StudySnapshot) -> tuple[dict[str, float], dict[str, int]]:
    """By how much each configuration is behind the leader, as they are ranked, and how many seeds say so."""
    tried = configurations(snapshot.runs, snapshot.definition.direction)
    seeds = {one.run: len(one.costs) for one in tried}
    if max(seeds.values()) > 1:
        # Plain means of unequal numbers of seeds would put a lucky run before the leader.
        means = {one.run: one.mean for one in standings(tried)}
    else:
        means = {one.run: one.costs[0] for one in tried}
    first = means[snapshot.ranking[0].run]
    return {run: mean - first for run, mean in means.items()}, seeds


def _sequences_part(losses: Sequence[NDArray[np.float32]], weights: list[int]) -> FloatArray:
    """[runs] the standard deviation of each difference from the first one, over other sequences."""
    values = resampled_values([one[: len(weights)] for one in losses], weights)
    deviations: FloatArray = (values - values[:, :1]).std(axis=0)
    return deviations


def seeds_part(noise: SeedNoise, seeds: int) -> float:
    """Half the 95 % interval that training seeds leave around a mean of ``seeds`` values."""
    from scipy.special import stdtrit

    return float(stdtrit(noise.freedom, (1 + LEVEL) / 2)) * noise.deviation / math.sqrt(seeds)
