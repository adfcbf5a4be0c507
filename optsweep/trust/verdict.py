"""What a sweep may say of its leader: how likely it is as good as any that was tried, and what its lead is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optsweep.results.configurations import complete_value, configurations
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.seeds import Configuration, seed_noise, standings
from optsweep.results.words import rounded_percent, value_words
from optsweep.trust.noise import SEED, Ties

DRAWS = 4000
MOST = 500
"""How many of the best are drawn from; those behind them could not be the best."""


@dataclass(frozen=True)
class Chance:
    """Of a leader over the configurations that were tried."""

    run: str
    deviation: float
    """One seed's, as the sweep knows it."""
    within: float
    """The probability that no configuration is better than it by more than one such deviation."""
    best: float
    """The probability that none is better at all: small in nearly every sweep, at one seed's noise."""
    measured: bool
    """Whether the deviation has any repeated seed behind it; else it is a share of the configurations' spread."""


@dataclass(frozen=True)
class LengthLead:
    """What remains of the leader's lead where both runs had seen as many sequences."""

    over: str
    lead: float
    at_equal: float
    equal: str
    """What is equal there, in words."""


@dataclass(frozen=True)
class Verdict:
    """What is said of the leader of a sweep."""

    chance: Chance
    mean: float
    """Shrunken: what it was chosen by."""
    seeds: int
    reported: float | None
    """The mean of its seeds after the choice, which alone is not too good on average; None without any."""
    cheapest: str | None
    """Of those that cannot be told from it, the one whose run costs least, if that is another."""
    length: LengthLead | None
    """None if it was trained as long as the next one, or no point is common to their curves."""

    @property
    def lines(self) -> list[str]:
        """In plain English."""
        chance, deviation = self.chance, value_words(self.chance.deviation)
        source = "" if chance.measured else ", not measured: no seed was repeated"
        found = [
            f"{chance.run} is within one seed deviation ({deviation}{source}) of the best that was tried, "
            f"with probability {rounded_percent(chance.within)}"
        ]
        if self.reported is not None:
            found.append(f"its value by the seeds after the choice: {value_words(self.reported)}")
        if self.cheapest is not None:
            found.append(f"{self.cheapest} cannot be told from it and is the cheapest of those")
        if self.length is not None:
            one = self.length
            found.append(
                f"ahead of {one.over} by {value_words(one.lead)} at the end, "
                f"by {value_words(one.at_equal)} at equal {one.equal}"
            )
        return found


def verdict(snapshot: StudySnapshot, ties: Ties | None = None) -> Verdict | None:
    """None before a second configuration is complete: there is nothing to be the best of."""
    direction = snapshot.definition.direction
    tried = configurations(snapshot.runs, direction)
    if len(tried) < 2:
        return None
    first, second = standings(tried)[:2]
    by_name = {run.run: run for run in snapshot.runs}
    after = [value for run in snapshot.runs if run.after_choice and (value := complete_value(run)) is not None]
    return Verdict(
        chance=chance_of(tried),
        mean=direction.cost(first.mean),
        seeds=snapshot.seeds[first.run],
        reported=float(np.mean(after)) if after else None,
        cheapest=_cheapest([by_name[one.run] for one in tried], first.run, ties),
        length=_length_lead(by_name[first.run], by_name[second.run], snapshot),
    )


def chance_of(tried: Sequence[Configuration]) -> Chance:
    """Of the leader: draws from every configuration's posterior, with Student's t for what few seeds leave open."""
    ranked = standings(tried)[:MOST]
    deviation, freedom = seed_noise(tried)
    rng = np.random.default_rng(SEED)
    # The noise is unknown once for all configurations, not for each.
    scale = np.sqrt(freedom / rng.chisquare(freedom, size=(DRAWS, 1)))
    deviations = np.array([one.deviation for one in ranked])
    drawn = np.array([one.mean for one in ranked]) + scale * rng.standard_normal((DRAWS, len(ranked))) * deviations
    behind = drawn[:, 0] - drawn.min(axis=1)
    within, best = float(np.mean(behind <= deviation)), float(np.mean(behind <= 0))
    return Chance(ranked[0].run, deviation, within, best, measured=any(len(one.costs) > 1 for one in tried))


def _cheapest(runs: Sequence[RunRecord], first: str, ties: Ties | None) -> str | None:
    equal = [run for run in runs if run.run == first or (ties is not None and ties.tied(run.run))]
    cheapest = min(equal, key=lambda run: run.seconds).run
    return None if cheapest == first else cheapest


def _length_lead(first: RunRecord, second: RunRecord, snapshot: StudySnapshot) -> LengthLead | None:
    common = first.curve.keys() & second.curve.keys()
    if not common or first.curve.keys() == second.curve.keys() or first.value is None or second.value is None:
        return None
    last = max(common)
    cost, equal = snapshot.definition.direction.cost, "progress" if snapshot.data is None else "sequences seen"
    ours, theirs = (min(cost(value) for step, value in run.curve.items() if step <= last) for run in (first, second))
    return LengthLead(second.run, cost(second.value) - cost(first.value), theirs - ours, equal)
