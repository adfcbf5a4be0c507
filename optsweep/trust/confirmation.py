"""The last word on the finalists: fresh seeds, scored on sequences that were never used before.

A script scores its runs itself, and holds nothing out for us: its finalists are judged by the fresh seeds' own values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from optsweep.results.attributes import Weights
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import rounded_percent, value_words
from optsweep.trust.noise import RESAMPLES, SEED, Interval, Losses, SeedNoise, interval, pooled_noise, values_by_luck


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


@dataclass(frozen=True)
class Confirmation:
    """The finalists, best first."""

    finalists: list[Finalist]
    noise: SeedNoise | None
    scored_by: str = "nats per residue on sequences that were never used before"

    @property
    def verdict(self) -> str:
        first, *others = self.finalists
        if not others:
            return f"{first.run}: {value_words(first.confirmed.value)} {self.scored_by}"
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
    wins = np.bincount(values.argmin(axis=1), minlength=len(tails)) / len(values)
    finalists = [
        Finalist(of, swept[of], interval(float(points[i]), values[:, i]), int(counts[i]), wins[i])
        for i, of in enumerate(tails)
    ]
    return Confirmation(sorted(finalists, key=lambda finalist: finalist.confirmed.value), noise)


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
    values, chances = points[np.newaxis], list[float | None]([None] * len(points))
    if noise is not None:
        luck = np.random.default_rng(SEED).standard_t(noise.freedom, (RESAMPLES, len(points)))
        values = points + noise.deviation * luck / np.sqrt(counts)
        best = (cost(1.0) * values).argmin(axis=1)
        chances = list(np.bincount(best, minlength=len(points)) / len(values))
    finalists = [
        Finalist(of, swept[of], interval(float(points[i]), values[:, i]), int(counts[i]), chances[i])
        for i, of in enumerate(groups)
    ]
    scored_by = f"{origin.trainer.unit} over fresh seeds, by the script's own value"
    return Confirmation(sorted(finalists, key=lambda one: cost(one.confirmed.value)), noise, scored_by)


def _swept(origin: StudySnapshot) -> dict[str, float]:
    return {run.run: run.value for run in origin.runs if run.value is not None}


def _by_finalist(runs: Iterable[RunRecord], swept: Mapping[str, float]) -> dict[str, list[RunRecord]]:
    """The complete runs by the run of the sweep that they train again."""
    groups: dict[str, list[RunRecord]] = {}
    for run in runs:
        if run.state == "complete" and run.value is not None and run.of is not None and run.of in swept:
            groups.setdefault(run.of, []).append(run)
    return groups
