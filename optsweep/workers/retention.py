"""What stays on the disk of an ended run (invariant 14): EMA weights of the best three and of the presets."""

from __future__ import annotations

from optsweep.database.open_study import Study
from optsweep.database.snapshot import best_runs, outcome_of
from optsweep.results.folders import KEPT_BEST, RunDirectory


def tidy(study: Study, ended: str) -> None:
    """After the run ``ended`` has ended: shrink or remove its checkpoint, and that of the run that it displaced."""
    # Not at the top: the launcher counts disk by KEPT_BEST and must not load torch.
    from optsweep.train.checkpoint import keep_ema_only, remove_checkpoints

    # Of a study of thousands of runs a whole snapshot would take seconds.
    outcome, ranking = outcome_of(study, ended), best_runs(study, KEPT_BEST + 1)
    presets = [preset.name for preset in study.definition.presets]
    for run in [ended, *ranking[KEPT_BEST:]]:
        if run == ended and outcome in (None, "failed"):
            # It was handed back; or --retry-failed goes on from its checkpoint.
            continue
        directory = RunDirectory.of(study.name, run).path
        if run in presets or run in ranking[:KEPT_BEST]:
            keep_ema_only(directory)
        else:
            remove_checkpoints(directory)
