"""The verdict as data for programs: the document of `status --json`."""

from __future__ import annotations

from optsweep.plain import Plain
from optsweep.results.words import finite
from optsweep.trust.noise import Interval
from optsweep.trust.verdict import Verdict, Winner
from optsweep.views.full_run import full_run_document


def verdict_document(found: Verdict) -> dict[str, Plain]:
    """Numbers in the unit of the values; null what is not known."""
    return {
        **_winner_document(found.winner),
        "full_run": None if found.full_run is None else full_run_document(found.full_run),
        "ended_by": found.ended_by,
        "next": found.next.command,
        "lines": list(found.lines),
    }


def _winner_document(winner: Winner | None) -> dict[str, Plain]:
    if winner is None:
        names = ("value", "interval", "seeds", "runner_up", "lead", "lead_interval")
        chances = ("probability_within_noise", "seed_noise", "lead_from_length")
        nothing: dict[str, Plain] = dict.fromkeys(("winner", *names))
        return {**nothing, "ties": [], "cheapest_tie": None, **dict.fromkeys(chances)}
    length = winner.length
    return {
        "winner": winner.run,
        "value": finite(winner.value),
        "interval": _interval(winner.interval),
        "seeds": winner.seeds,
        "runner_up": winner.runner_up,
        "lead": finite(winner.lead),
        "lead_interval": _interval(winner.lead_interval),
        "ties": list(winner.ties),
        "cheapest_tie": winner.cheapest_tie,
        "probability_within_noise": winner.within_noise,
        "seed_noise": winner.seed_noise,
        "lead_from_length": None if length is None else finite(length.lead - length.at_equal),
    }


def _interval(found: Interval | None) -> Plain:
    return None if found is None else [finite(found.low), finite(found.high)]
