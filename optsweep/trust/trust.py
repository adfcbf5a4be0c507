"""Everything that is known of how far a study's ranking can be trusted, as its views and reports show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optsweep.results.records import COMPLETED, RunRecord, StudySnapshot
from optsweep.trust.agreement import Fidelity, fidelity
from optsweep.trust.confirmation import Confirmation, confirmation
from optsweep.trust.noise import Losses, SeedNoise, Ties, pooled_noise, ties
from optsweep.trust.pruning import PruningRisk, pruning_risk
from optsweep.trust.verdict import Verdict, verdict


@dataclass(frozen=True)
class StudyLosses:
    """A study as it stands, and the losses that its complete runs have kept."""

    snapshot: StudySnapshot
    losses: Losses


@dataclass(frozen=True)
class Trust:
    """None and empty if nothing has been measured yet."""

    ties: Ties | None = None
    noise: SeedNoise | None = None
    fidelity: tuple[Fidelity, ...] = ()
    confirmation: Confirmation | None = None
    risk: PruningRisk | None = None
    verdict: Verdict | None = None

    def ranked(self, snapshot: StudySnapshot) -> list[tuple[str | None, RunRecord]]:
        """All runs with their ranks, the best first: "1", "2=" if it cannot be told from the best, None without one.

        A run that was cut short or has not ended has no rank.
        """
        ranking = snapshot.ranking
        ranks = {
            run.run: f"{place}=" if self.ties and self.ties.tied(run.run) else str(place)
            for place, run in enumerate(ranking, start=1)
        }
        others = [run for run in snapshot.runs if run.run not in ranks]
        return [(ranks.get(run.run), run) for run in [*ranking, *others]]


NOT_MEASURED = Trust()


def assess(
    sweep: StudyLosses, repeats: Sequence[StudyLosses], larger: Sequence[StudyLosses], confirmed: Sequence[StudyLosses]
) -> Trust:
    """What a study and those that train its runs again show of its ranking.

    ``repeats`` train at the sweep's own setting, each of ``larger`` at one that is larger, and ``confirmed`` are the
    finalists with fresh seeds; all may be empty.
    """
    snapshot = sweep.snapshot
    weights = snapshot.data.weights
    noise = pooled_noise([run for one in (sweep, *repeats) for run in one.snapshot.runs])
    # Whole curves at the sweep's own setting: its complete runs, and pruned ones that were completed later.
    completed, completed_losses = _by_origin(repeats, COMPLETED)
    cheap = {run.run: run.value for run in snapshot.ranking if run.value is not None} | completed
    compared = []
    for again in larger:
        large, large_losses = _by_origin([again])
        if large.keys() & cheap.keys():
            setting = again.snapshot.data.setting or again.snapshot.study
            losses = ({**sweep.losses, **completed_losses}, large_losses)
            compared.append(fidelity(setting, cheap, large, losses, weights.validation if weights else [], noise))
    tied = ties(snapshot, sweep.losses, noise)
    return Trust(
        ties=tied,
        verdict=verdict(snapshot, tied),
        noise=noise,
        fidelity=tuple(compared),
        confirmation=confirmation(snapshot, confirmed[0].snapshot, confirmed[0].losses, weights, noise)
        if confirmed and weights
        else None,
        risk=pruning_risk(snapshot, completed, noise),
    )


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
