"""What the lead of a sweep's leader is worth: how likely none is better, and how much of it is training length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.seeds import Configuration, SeedNoise, completed_noise, leader, standings
from optsweep.trust.noise import SEED
from optsweep.trust.ranking import length_of, value_at

DRAWS = 4000
MOST = 500
"""How many of the best are drawn from; those behind them could not be the best."""


def chance_within(tried: Sequence[Configuration], noise: SeedNoise | None) -> float:
    """The probability that no configuration is better than the leader by more than one seed's deviation.

    Draws from every configuration's posterior, with Student's t for what few seeds leave open.
    """
    ranked = standings(tried, noise)[:MOST]
    # Noise that was measured elsewhere may put another one first, of whom nothing is said.
    first = [one.run for one in ranked].index(leader(tried) or "")
    deviation, freedom = completed_noise(tried, noise)
    rng = np.random.default_rng(SEED)
    # The noise is unknown once for all configurations, not for each.
    scale = np.sqrt(freedom / rng.chisquare(freedom, size=(DRAWS, 1)))
    deviations = np.array([one.deviation for one in ranked])
    drawn = np.array([one.mean for one in ranked]) + scale * rng.standard_normal((DRAWS, len(ranked))) * deviations
    return float(np.mean(drawn[:, first] - drawn.min(axis=1) <= deviation))


@dataclass(frozen=True)
class LengthLead:
    """What remains of a lead where both runs had seen as much."""

    lead: float
    """In the sweep, of the one's first seed over the other's."""
    at_equal: float
    longer: str
    """The run that was trained longer."""


def length_lead(first: RunRecord, second: RunRecord, snapshot: StudySnapshot) -> LengthLead | None:
    """None if both are equally long, or no point is common to their curves."""
    common = first.curve.keys() & second.curve.keys()
    if not common or length_of(first) == length_of(second) or first.value is None or second.value is None:
        return None
    cost, last = snapshot.definition.direction.cost, max(common)
    ours, theirs = value_at(first, last, snapshot), value_at(second, last, snapshot)
    if ours is None or theirs is None:
        return None
    longer = max(first, second, key=length_of)
    return LengthLead(cost(second.value) - cost(first.value), cost(theirs) - cost(ours), longer.run)
