"""The last word on the finalists: fresh seeds, scored on sequences that were never used before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optsweep.results.attributes import Weights
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import rounded_percent
from optsweep.trust.noise import SEED, Interval, Losses, SeedNoise, interval, pooled_noise, values_by_luck


@dataclass(frozen=True)
class Finalist:
    """A configuration, over its fresh seeds."""

    run: str
    swept: float
    """Its value in the sweep: best of many on the validation set, so too good on average."""
    confirmed: Interval
    """Nats per residue on the confirmation sequences, mean over seeds."""
    seeds: int
    probability_of_best: float


@dataclass(frozen=True)
class Confirmation:
    """The finalists, best on the confirmation sequences first."""

    finalists: list[Finalist]
    noise: SeedNoise | None

    @property
    def verdict(self) -> str:
        first, *others = self.finalists
        if not others:
            return f"{first.run}: {first.confirmed.value:.4f} nats per residue on sequences that were never used before"
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
    swept = {run.run: run.value for run in origin.runs if run.value is not None}
    groups: dict[str, list[RunRecord]] = {}
    for run in confirmed.runs:
        if run.state == "complete" and run.of in swept and run.run in losses:
            groups.setdefault(str(run.of), []).append(run)
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
