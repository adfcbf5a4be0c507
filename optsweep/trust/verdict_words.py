"""The words of the verdict: the same ones in every view, in the dashboard and in notifications."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from optsweep.results.records import StudySnapshot
from optsweep.results.words import (
    REFERENCES,
    counted,
    difference_words,
    one_line,
    rounded_percent,
    state_words,
    tally,
    value_words,
)
from optsweep.trust.noise import Interval
from optsweep.trust.verdict import Verdict, Winner

MOST_NAMES = 4
ALL_BUT_SURE = 0.995
AFTER_CHOICE = "from seeds trained after it was chosen, so free of the luck that put it first"


def verdict_lines(found: Verdict, snapshot: StudySnapshot) -> Iterator[str]:
    """One line for each thing that is known; the last one is the next command."""
    winner = found.winner
    if winner is None:
        yield _why_none(snapshot)
    else:
        yield _winner(winner, "Winner" if snapshot.ended else "Leader so far", snapshot.trainer.unit)
        yield from _reference(winner, snapshot)
        yield from _lead(winner, snapshot)
        if winner.runner_up is not None:
            yield _how_sure(winner)
        if winner.after_choice is not None:
            yield f"Fair value: {value_words(winner.after_choice)}, {AFTER_CHOICE}"
    if found.full_run is not None:
        yield one_line(found.full_run.sentence)
    yield from _failed(snapshot)
    yield _end(found, snapshot)
    yield f"Next: {found.next.line}"


def _why_none(snapshot: StudySnapshot) -> str:
    counts = snapshot.counts
    if linked := snapshot.attributes.linked:
        return f"No winner of its own: it trains runs of {one_line(linked.origin)} again"
    if not snapshot.ended:
        return "No winner yet: no run is complete"
    if counts["pruned"]:
        return f"No winner: no run reached its end ({tally({'pruned': counts['pruned'], 'failed': counts['failed']})})"
    return "No winner: every run failed" if counts["failed"] else "No winner: no run is planned"


def _winner(winner: Winner, title: str, unit: str) -> str:
    seeds = f", the mean of {winner.seeds} seeds" if winner.seeds > 1 else ""
    if winner.confirmed_by:
        seeds = f" over {counted(winner.seeds, 'fresh seed')}, {winner.confirmed_by}"
    return f"{title}: {one_line(winner.run)}, {_value(winner.value, winner.interval)} {one_line(unit)}{seeds}"


def _value(value: float | None, interval: Interval | None) -> str:
    if interval is None:
        return value_words(value)
    return f"{value_words(value)} (95 % interval {value_words(interval.low)} to {value_words(interval.high)})"


def _reference(winner: Winner, snapshot: StudySnapshot) -> Iterator[str]:
    if winner.above is not None:
        key, above = winner.above
        line = f"{REFERENCES[key]} ({value_words(snapshot.reference[key], 3)})"
        yield f"It is {difference_words(above, winner.value)} WORSE than {line}: it has not learnt enough to be of use"


def _lead(winner: Winner, snapshot: StudySnapshot) -> Iterator[str]:
    if winner.runner_up is None:
        yield "Lead: no other run is complete"
        return
    over = f"Lead: {_lead_words(winner)} over {one_line(winner.runner_up)}"
    if winner.lead_interval is None:
        yield f"{over}; whether that is luck is not known"
    elif winner.ties:
        yield f"{over}. {_tie(winner)}"
    else:
        yield f"{over}; no other run ties with it"
    yield from _length(winner, snapshot)


def _length(winner: Winner, snapshot: StudySnapshot) -> Iterator[str]:
    """What of the lead is training length, in the words that fit what it is a lead of."""
    if (length := winner.length) is None:
        return
    equal = "after equally many sequences" if snapshot.data is not None else "at equal progress"
    lead, part, rest = (
        difference_words(one, winner.value) for one in (length.lead, length.lead - length.at_equal, length.at_equal)
    )
    # Fresh seeds, or the mean of several, have no curve of their own.
    same = winner.lead is not None and math.isclose(winner.lead, length.lead, abs_tol=1e-9)
    if same and length.longer == winner.run and length.lead >= length.at_equal:
        yield f"Of that lead, {part} is due to longer training: {equal} it is {rest}"
    else:
        told = f"{equal} the lead is {rest}" if same else f"in the sweep the lead is {lead}, {equal} {rest}"
        yield f"{one_line(length.longer)} was trained longer: {told}"


def _lead_words(winner: Winner) -> str:
    lead, between = difference_words(winner.lead, winner.value), winner.lead_interval
    if between is None:
        return lead
    low, high = (difference_words(one, winner.value) for one in (between.low, between.high))
    return f"{lead} (95 % interval {low} to {high})"


def _tie(winner: Winner) -> str:
    if winner.ties == (winner.runner_up,):
        told = "A tie: the difference may be chance"
    else:
        told = f"A tie with {_names(winner.ties)}: the differences may be chance"
    if winner.cheapest_tie is None:
        return told
    so = ", so that one goes to full length" if winner.choice != winner.run else ""
    return f"{told}; {one_line(winner.cheapest_tie)} trains {winner.times_cheaper:.1f} times faster{so}"


def _names(runs: Sequence[str]) -> str:
    shown = [one_line(run) for run in runs[:MOST_NAMES]]
    more = len(runs) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _how_sure(winner: Winner) -> str:
    if winner.within_noise is None or winner.seed_noise is None:
        once = "every configuration was trained with one seed only"
        return f"How sure: not known, because {'each finalist has one fresh seed' if winner.confirmed_by else once}"
    deviation = difference_words(winner.seed_noise, winner.value)
    chance = rounded_percent(winner.within_noise) if winner.within_noise < ALL_BUT_SURE else "more than 99 %"
    others = "finalist" if winner.confirmed_by else "configuration tried"
    return f"How sure: {chance} that no {others} is better by more than {deviation}, the standard deviation of seeds"


def _failed(snapshot: StudySnapshot) -> Iterator[str]:
    failed = [run for run in snapshot.runs if run.state == "failed"]
    if failed:
        yield f"{counted(len(failed), 'run')} failed: {one_line(failed[0].run)} {state_words(failed[0])}"


def _end(found: Verdict, snapshot: StudySnapshot) -> str:
    if found.ended_by is not None:
        return f"Ended: {found.ended_by}"
    left = tally({"running": snapshot.counts["running"], "waiting": snapshot.counts["waiting"]})
    stopped = f"; {one_line(snapshot.stopped)}, so no other run begins" if snapshot.stopped is not None else ""
    return f"Not ended: {snapshot.finished_runs} of {snapshot.target} runs finished, {left}{stopped}"
