"""The last word on the finalists: fresh seeds, scored on sequences that were never used before.

A script scores its runs itself, and holds nothing out for us: its finalists are judged by the fresh seeds' own values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optsweep.results.attributes import Weights
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.seeds import SeedNoise
from optsweep.results.words import rounded_percent, value_words
from optsweep.trust.noise import RESAMPLES, SEED, FloatArray, Interval, Losses, interval, pooled_noise, values_by_luck


@dataclass(frozen=True)
class Finalist:
    """A configuration, over its fresh seeds."""

    run: str
    swept: float
    """Its value in the sweep: best of many on the validation set, so too good on average."""
    confirmed: Interval
    """Nats per residue on the confirmation sequences, or the script's own value; mean over seeds."""
    seeds: int
    probability_of_best: float | None
    """None if nothing is known of the luck."""
    behind: Interval | None = None
    """By how much it is behind the first one, which has None; None too if nothing is known of the luck."""

    @property
    def tied(self) -> bool:
        """Whether it may as well be the better one."""
        return self.behind is not None and self.behind.low <= 0


@dataclass(frozen=True)
class Confirmation:
    """The finalists, best first."""

    finalists: list[Finalist]
    noise: SeedNoise | None
    unit: str = "nats per residue"
    scored: str = "on sequences that were never used before"
    """What the values were scored by, in words."""
    within: float | None = None
    """The probability that none is better than the first by more than one seed's deviation; None if that is unknown."""

    @property
    def verdict(self) -> str:
        first, *others = self.finalists
        if not others:
            return f"{first.run}: {value_words(first.confirmed.value)} {self.unit} over fresh seeds, {self.scored}"
        if first.probability_of_best is None:
            return f"{first.run} comes first; what of that is luck, one seed each does not tell: give --seeds 3"
        chance = rounded_percent(first.probability_of_best) + ("" if self.noise else ", seeds left out")
        if first.probability_of_best >= 0.95:
            return f"{first.run} is the best of the {len(self.finalists)} (probability {chance})"
        return f"a tie: {first.run} is the best with probability {chance}; choose by cost"


def confirmation(
    origin: StudySnapshot,
    confirmed: StudySnapshot,
    losses: Losses,
    weights: Weights,
    noise: SeedNoise | None = None,
) -> Confirmation | None:
    """Score the finalists whose runs are complete; None if there are none.

    Each run is scored at the step at which it was best on the validation sequences; nothing is chosen by the
    confirmation sequences. Probabilities: bootstrap over sequences (paired) and the seeds' pooled deviation. ``noise``
    was measured before, and is used if every finalist has only one fresh seed.
    """
    skip = len(weights.validation)
    swept = _swept(origin)
    groups = _by_finalist([run for run in confirmed.runs if run.run in losses], swept)
    if not groups:
        return None
    tails = {of: np.mean([losses[run.run][skip:] for run in runs], axis=0) for of, runs in groups.items()}
    noise = pooled_noise(confirmed.runs) or noise
    counts = np.array([len(groups[of]) for of in tails])
    rng = np.random.default_rng(SEED)
    values = values_by_luck(list(tails.values()), weights.confirmation, noise, rng, counts)
    points = np.array([np.average(tail, weights=weights.confirmation) for tail in tails.values()])
    finalists = _finalists(list(tails), swept, points, values, counts)
    return Confirmation(finalists, noise, within=_within(finalists, list(tails), values, noise))


def confirmation_by_value(
    origin: StudySnapshot, confirmed: StudySnapshot, noise: SeedNoise | None = None
) -> Confirmation | None:
    """The same for a script's study: by the values of the finalists' fresh seeds, whose part is the seeds' noise alone.

    ``noise`` was measured before, and is used if every finalist has only one fresh seed.
    """
    swept, cost = _swept(origin), origin.definition.direction.cost
    groups = _by_finalist(confirmed.runs, swept)
    if not groups:
        return None
    noise = pooled_noise(confirmed.runs) or noise
    points = np.array([np.mean([run.value for run in runs]) for runs in groups.values()])
    counts = np.array([len(runs) for runs in groups.values()])
    unit, scored = origin.trainer.unit, "by the script's own value"
    if noise is None:
        alone = [
            Finalist(of, swept[of], Interval(*[float(points[i])] * 3), int(counts[i]), None)
            for i, of in enumerate(groups)
        ]
        return Confirmation(sorted(alone, key=lambda one: cost(one.confirmed.value)), None, unit, scored)
    luck = np.random.default_rng(SEED).standard_t(noise.freedom, (RESAMPLES, len(points)))
    values = points + noise.deviation * luck / np.sqrt(counts)
    finalists = _finalists(list(groups), swept, points, values, counts, cost(1.0))
    return Confirmation(finalists, noise, unit, scored, _within(finalists, list(groups), values, noise, cost(1.0)))


def _finalists(
    names: Sequence[str],
    swept: Mapping[str, float],
    points: FloatArray,
    values: FloatArray,
    counts: NDArray[np.int64],
    sign: float = 1.0,
) -> list[Finalist]:
    """The best first; ``values`` is [draws, finalists], and ``sign`` -1 if high values are the better ones."""
    first = (sign * points).argmin()
    wins = np.bincount((sign * values).argmin(axis=1), minlength=len(names)) / len(values)
    behind = sign * (values - values[:, [first]])
    found = [
        Finalist(
            of,
            swept[of],
            interval(float(points[i]), values[:, i]),
            int(counts[i]),
            float(wins[i]),
            None if i == first else interval(float(sign * (points[i] - points[first])), behind[:, i]),
        )
        for i, of in enumerate(names)
    ]
    return sorted(found, key=lambda one: sign * one.confirmed.value)


def _within(
    finalists: Sequence[Finalist],
    names: Sequence[str],
    values: FloatArray,
    noise: SeedNoise | None,
    sign: float = 1.0,
) -> float | None:
    if noise is None:
        return None
    costs = sign * values
    behind = costs[:, list(names).index(finalists[0].run)] - costs.min(axis=1)
    return float(np.mean(behind <= noise.deviation))


def _swept(origin: StudySnapshot) -> dict[str, float]:
    return {run.run: run.value for run in origin.runs if run.value is not None}


def _by_finalist(runs: Iterable[RunRecord], swept: Mapping[str, float]) -> dict[str, list[RunRecord]]:
    """The complete runs by the run of the sweep that they train again."""
    groups: dict[str, list[RunRecord]] = {}
    for run in runs:
        if run.state == "complete" and run.value is not None and run.of is not None and run.of in swept:
            groups.setdefault(run.of, []).append(run)
    return groups
