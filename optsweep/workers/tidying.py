"""What stays of the checkpoints of runs that have ended (invariant 14): of the best configurations and of presets."""

from __future__ import annotations

from pathlib import Path

from optsweep.database.open_study import Study
from optsweep.database.snapshot import outcome_of
from optsweep.database.standing import seeds_by_rank
from optsweep.results.folders import KEPT_BEST, RunDirectory
from optsweep.train.checkpoint import has_checkpoint, keep_ema_only, remove_checkpoints


def tidy(study: Study, ended: str) -> None:
    """After the run ``ended`` has ended: shrink or remove its checkpoint, and those of runs that it displaced.

    Of each of the best three configurations and of each preset the EMA weights of one seed stay: of the first, or of
    the next one if the first's went before its configuration rose. The leader has some at the latest when a seed after
    the choice has ended.
    """
    outcome, ranking = outcome_of(study, ended), seeds_by_rank(study, KEPT_BEST + 1)
    presets = {preset.name for preset in study.definition.presets}
    stay: set[str] = set()
    for place, seeds in enumerate(ranking):
        stays = _first_with_weights(study, seeds) if place < KEPT_BEST or seeds[0] in presets else None
        for run in seeds:
            if run == stays:
                stay.add(run)
            elif run != ended:
                remove_checkpoints(_directory(study, run))
    if outcome in (None, "failed"):
        # It was handed back; or --retry-failed goes on from its checkpoint.
        return
    if ended in stay or ended in presets:
        keep_ema_only(_directory(study, ended))
    else:
        remove_checkpoints(_directory(study, ended))


def _first_with_weights(study: Study, seeds: list[str]) -> str | None:
    return next((run for run in seeds if has_checkpoint(_directory(study, run))), None)


def _directory(study: Study, run: str) -> Path:
    return RunDirectory.of(study.name, run).path
