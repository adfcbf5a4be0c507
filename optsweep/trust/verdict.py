"""The verdict on a study: who leads by how much, what ties with it, how sure that is, what to type next. Data only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from optsweep.results.configurations import complete_value, configurations
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.seeds import SeedNoise, completed_noise
from optsweep.results.words import finite
from optsweep.trust.confirmation import Confirmation
from optsweep.trust.full_run import FullRun
from optsweep.trust.lead import LengthLead, chance_within, length_lead
from optsweep.trust.next_command import NextCommand
from optsweep.trust.noise import Interval
from optsweep.trust.ranking import Ranked
from optsweep.trust.ties import Ties

LEAST_CHEAPER = 1.1
"""By less than this factor no run is called cheaper: two runs of one configuration differ by as much."""


@dataclass(frozen=True, kw_only=True)
class Winner:
    """The leader, and how it stands beside the others."""

    run: str
    value: float | None
    interval: Interval | None
    """What is left open of ``value``; None if nothing is known of that."""
    seeds: int
    """How many ``value`` is the mean of."""
    confirmed_by: str = ""
    """What the fresh seeds of a confirmed winner were scored by, in words; empty for the sweep's own leader."""
    after_choice: float | None = None
    """The mean of its seeds after the choice, which alone is not too good on average; None without any."""
    runner_up: str | None = None
    lead: float | None = None
    lead_interval: Interval | None = None
    """What sequences and seeds leave open of ``lead``, as far as either is known."""
    ties: tuple[str, ...] = ()
    """Runs that cannot be told from it, the best first."""
    cheapest_tie: str | None = None
    """Whichever of these took the least time, if that is clearly less than the winner's own."""
    times_cheaper: float = 1.0
    within_noise: float | None = None
    """The probability that none that was tried is better by more than one seed's deviation; None if that is unknown."""
    seed_noise: float | None = None
    """That deviation; of few seeds it is drawn towards what is usual, as in the probability."""
    length: LengthLead | None = None
    """What of the lead is training length; None if it was trained as long as the runner-up."""
    above: tuple[str, float] | None = None
    """The reference line that its value does not reach, if there is one: its key, and by how much it is above."""

    @property
    def choice(self) -> str:
        """The run to train at full length."""
        return self.cheapest_tie if self.confirmed_by and self.cheapest_tie else self.run


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """All that is said of a study at the top of every view."""

    winner: Winner | None = None
    """None before a run is complete."""
    full_run: FullRun | None = None
    """What the full training of the winner should have; None of a script's study, and while runs are left."""
    ended_by: str | None = None
    """What ended the sweep; None while it goes on, and after one that was killed."""
    next: NextCommand
    lines: tuple[str, ...] = ()
    """The whole verdict in plain English, for people; the next command is in the last one."""


def winner_of(
    snapshot: StudySnapshot,
    ranking: Sequence[Ranked],
    ties: Ties | None,
    noise: SeedNoise | None,
    confirmed: Confirmation | None,
) -> Winner | None:
    """None before a run is complete. ``confirmed`` goes before the ranking: give it only if it is not out of date."""
    if snapshot.best is None:
        return None
    if confirmed is not None:
        return _confirmed(snapshot, confirmed)
    first, *others = [one for one in ranking if one.rank is not None]
    by_name = {run.run: run for run in snapshot.runs}
    cost = snapshot.definition.direction.cost
    after = [value for run in snapshot.runs if run.after_choice and (value := complete_value(run)) is not None]
    tied = [one.run.run for one in others if one.tied]
    cheapest, times = _cheapest(first.run, [by_name[run] for run in tied])
    tried = configurations(snapshot.runs, snapshot.definition.direction)
    second = others[0] if others else None
    behind = ties.differences.get(second.run.run) if ties is not None and second is not None else None
    lead = behind.value if behind is not None else None
    if lead is None and second is not None and first.value is not None and second.value is not None:
        lead = cost(second.value) - cost(first.value)
    return Winner(
        run=first.run.run,
        value=finite(first.value),
        interval=first.interval,
        seeds=first.seeds,
        after_choice=fmean(after) if after else None,
        runner_up=second.run.run if second else None,
        lead=finite(lead),
        lead_interval=behind,
        ties=tuple(tied),
        cheapest_tie=cheapest,
        times_cheaper=times,
        within_noise=chance_within(tried, noise) if noise is not None and others else None,
        seed_noise=completed_noise(tried, noise)[0] if noise is not None else None,
        length=length_lead(first.run, second.run, snapshot) if second else None,
        above=_above(snapshot, first.run),
    )


def _confirmed(snapshot: StudySnapshot, confirmed: Confirmation) -> Winner:
    by_name = {run.run: run for run in snapshot.runs}
    first, *others = confirmed.finalists
    tied = [one.run for one in others if one.tied]
    cheapest, times = _cheapest(by_name[first.run], [by_name[run] for run in tied])
    cost = snapshot.definition.direction.cost
    second = others[0] if others else None
    luck = first.confirmed if first.probability_of_best is not None else None
    return Winner(
        run=first.run,
        value=first.confirmed.value,
        interval=luck,
        seeds=first.seeds,
        confirmed_by=confirmed.scored,
        runner_up=second.run if second else None,
        lead=cost(second.confirmed.value) - cost(first.confirmed.value) if second else None,
        lead_interval=second.behind if second else None,
        ties=tuple(tied),
        cheapest_tie=cheapest,
        times_cheaper=times,
        within_noise=confirmed.within,
        seed_noise=confirmed.noise.deviation if confirmed.noise is not None else None,
        length=length_lead(by_name[first.run], by_name[second.run], snapshot) if second else None,
        above=_above(snapshot, by_name[first.run]),
    )


def _cheapest(first: RunRecord, tied: Sequence[RunRecord]) -> tuple[str | None, float]:
    """The one of the tied runs that took the least time, and how many times less that is; else (None, 1)."""
    if not tied:
        return None, 1.0
    cheapest = min(tied, key=lambda run: run.seconds)
    times = first.seconds / cheapest.seconds if cheapest.seconds > 0 else 1.0
    return (cheapest.run, times) if times >= LEAST_CHEAPER else (None, 1.0)


def _above(snapshot: StudySnapshot, run: RunRecord) -> tuple[str, float] | None:
    """The highest reference line that the run's value is above."""
    value = finite(run.value)
    known = {key: finite(snapshot.reference.get(key)) for key in ("unigram_entropy", "composition_entropy")}
    for key, reference in known.items():
        if value is not None and reference is not None and value > reference:
            return key, value - reference
    return None
