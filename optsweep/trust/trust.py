"""Everything that is known of how far a study's ranking can be trusted, as its views and reports show it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optsweep.results.records import COMPLETED, RunRecord, StudySnapshot
from optsweep.results.repetition import use_of
from optsweep.results.seeds import SeedNoise
from optsweep.results.words import end_words
from optsweep.trust.agreement import Fidelity, fidelity
from optsweep.trust.confirmation import Confirmation, confirmation, confirmation_by_value
from optsweep.trust.full_run import FullRun
from optsweep.trust.next_command import Since, next_command
from optsweep.trust.noise import Losses, pooled_noise
from optsweep.trust.proxies import EqualCost, Trained, equal_cost
from optsweep.trust.pruning import PruningRisk, pruning_risk
from optsweep.trust.ranking import Ranked, ranking
from optsweep.trust.ties import Ties, ties
from optsweep.trust.verdict import Verdict, Winner, winner_of
from optsweep.trust.verdict_words import verdict_lines

ABANDONED = "all workers are gone, by a reboot or a kill"


@dataclass(frozen=True)
class StudyLosses:
    """A study as it stands, and the losses that its complete runs have kept."""

    snapshot: StudySnapshot
    losses: Losses


@dataclass(frozen=True)
class Trust:
    """What is known of a study's ranking; None and empty where nothing has been measured yet."""

    ranking: tuple[Ranked, ...]
    verdict: Verdict
    ties: Ties | None = None
    noise: SeedNoise | None = None
    fidelity: tuple[Fidelity, ...] = ()
    against: tuple[EqualCost, ...] = ()
    confirmation: Confirmation | None = None
    risk: PruningRisk | None = None


def assess(
    sweep: StudyLosses,
    *,
    repeats: Sequence[StudyLosses] = (),
    larger: Sequence[StudyLosses] = (),
    confirmed: Sequence[StudyLosses] = (),
    full_run: Callable[[RunRecord], FullRun | None] = lambda _: None,
    promoted: Collection[str] = (),
    trained: Collection[str] = (),
    abandoned: bool = False,
    storage: str = "",
) -> Trust:
    """What a study and those that train its runs again show of its ranking.

    ``repeats`` train at the sweep's own setting, each of ``larger`` at one that is larger, and ``confirmed`` are the
    finalists with fresh seeds. ``promoted`` are runs whose full-length config is written, ``trained`` those whose full
    training has ended; ``full_run`` says what that of a run should have. ``abandoned`` is whether nobody works on the
    runs that are under way, ``storage`` what a command needs to find the database.
    """
    snapshot = sweep.snapshot
    weights = snapshot.weights
    noise = pooled_noise([run for one in (sweep, *repeats) for run in one.snapshot.runs])
    # Whole curves at the sweep's own setting: its complete runs, and pruned ones that were completed later.
    completed, completed_losses = _by_origin(repeats, COMPLETED)
    cheap = {run.run: run.value for run in snapshot.ranking if run.value is not None} | completed
    own = Trained(_own_size(snapshot), cheap, {**sweep.losses, **completed_losses})
    settings = [_at_a_setting(snapshot, again) for again in larger]
    scored = weights.validation if weights else []
    against, as_proxies = _against(own, [one for one in settings if one.trained.values], scored, noise)
    compared = [
        fidelity(one.setting, cheap, one.values, (own.losses, one.losses), scored, noise)
        for one in (setting.trained for setting in settings if setting not in as_proxies)
        if one.values.keys() & cheap.keys()
    ]
    tied = ties(snapshot, sweep.losses, noise)
    places = ranking(snapshot, tied, noise)
    confirm = confirmed[0] if confirmed else None
    finalists = None if confirm is None else _confirmation(snapshot, confirm, noise)
    since = Since(None if confirm is None else confirm.snapshot, promoted, trained, abandoned, storage)
    decides = finalists if since.decides(snapshot) else None
    # The runs of a linked study are seeds or lengths of other runs: the best of them is no winner.
    winner = None if snapshot.attributes.linked else winner_of(snapshot, places, tied, noise, decides)
    return Trust(
        ranking=places,
        verdict=_verdict(snapshot, winner, since, full_run),
        ties=tied,
        noise=noise,
        fidelity=tuple(compared),
        against=tuple(against),
        confirmation=finalists,
        risk=pruning_risk(snapshot, completed, noise),
    )


def _verdict(
    snapshot: StudySnapshot,
    winner: Winner | None,
    since: Since,
    full_run: Callable[[RunRecord], FullRun | None],
) -> Verdict:
    own = snapshot.trainer.lengths is not None
    chosen = winner.choice if winner is not None and winner.above is None and snapshot.ended and own else None
    found = Verdict(
        winner=winner,
        full_run=next((full_run(run) for run in snapshot.runs if run.run == chosen), None),
        ended_by=ABANDONED if since.abandoned else end_words(snapshot),
        next=next_command(snapshot, winner, since),
    )
    return replace(found, lines=tuple(verdict_lines(found, snapshot)))


def _confirmation(origin: StudySnapshot, confirmed: StudyLosses, noise: SeedNoise | None) -> Confirmation | None:
    if origin.trainer.lengths is None:
        return confirmation_by_value(origin, confirmed.snapshot, noise)
    weights = origin.weights
    return None if weights is None else confirmation(origin, confirmed.snapshot, confirmed.losses, weights, noise)


@dataclass(frozen=True, eq=False)
class _Setting:
    """What a linked study's runs were trained at, and what they reached."""

    trained: Trained
    sequences: float
    """How many they train on; infinite for the whole corpus."""
    as_long: bool
    """Whether each is as long as the sweep's own."""


def _at_a_setting(origin: StudySnapshot, again: StudyLosses) -> _Setting:
    values, losses = _by_origin([again])
    configs = [(run.of, run.train_config) for run in again.snapshot.runs]
    again_of = {of for of, _ in configs}
    own = {run.run: run.train_config.total_sequences for run in origin.runs if run.run in again_of}
    sequences = min((config.data.num_sequences or math.inf for _, config in configs), default=math.inf)
    as_long = all(own.get(str(of)) == config.total_sequences for of, config in configs)
    setting = again.snapshot.corpus.setting or again.snapshot.study
    return _Setting(Trained(setting, values, losses), sequences, as_long)


def _against(
    own: Trained, settings: Sequence[_Setting], weights: list[int], noise: SeedNoise | None
) -> tuple[list[EqualCost], list[_Setting]]:
    """Each larger setting with what is as long as the sweep's runs and smaller than it, and which those are."""
    found, as_proxies = list[EqualCost](), list[_Setting]()
    for larger in settings:
        smaller = [
            one
            for one in settings
            if one.as_long and one is not larger and one.sequences < math.inf and one.sequences <= larger.sequences
        ]
        trained = [replace(one.trained, setting=_sequences_words(one.sequences)) for one in smaller]
        if smaller and weights and (compared := equal_cost(larger.trained, own, trained, weights, noise)):
            found.append(compared)
            as_proxies += smaller
    return found, as_proxies


def _own_size(snapshot: StudySnapshot) -> str:
    use = use_of(snapshot.definition, snapshot.data)
    return "the sweep's own data" if use is None else f"{_sequences_words(use.sequences)}, the sweep's own"


def _sequences_words(number: float) -> str:
    return f"{number:,.0f} sequences"


def _by_origin(linked: Sequence[StudyLosses], ending: str = "") -> tuple[dict[str, float], Losses]:
    """Values and losses of complete runs whose ids end in ``ending``, by the run of the sweep that they train again."""
    values: dict[str, float] = {}
    losses: dict[str, NDArray[np.float32]] = {}
    for again in linked:
        for run in again.snapshot.ranking:
            if run.of is not None and run.value is not None and run.run.endswith(ending):
                values[run.of] = run.value
                if run.run in again.losses:
                    losses[run.of] = again.losses[run.run]
    return values, losses
