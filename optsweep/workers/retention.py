"""What stays on the disk of an ended run (invariant 14): EMA weights of the best three and of the presets."""

from __future__ import annotations

import sqlalchemy as sa

from optsweep.database.open_study import Study
from optsweep.database.outage import retried
from optsweep.database.tables import runs
from optsweep.results.folders import RunDirectory

KEPT_BEST = 3


def tidy(study: Study, ended: str) -> None:
    """After the run ``ended`` has ended: shrink or remove its checkpoint, and that of the run that it displaced."""
    # Not at the top: the launcher counts disk by KEPT_BEST and must not load torch.
    from optsweep.train.checkpoint import keep_ema_only, remove_checkpoints

    # Of a study of thousands of runs a whole snapshot would take seconds.
    outcome, ranking = _outcome(study, ended), _best(study, KEPT_BEST + 1)
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


@retried
def _outcome(study: Study, run: str) -> str | None:
    """How the run has ended, or None; by its newest trial."""
    chosen = [runs.c.study_id == study.study_id, runs.c.run == run]
    with study.storage.engine.connect() as connection:
        newest = sa.select(runs.c.outcome).where(*chosen).order_by(runs.c.trial_id.desc())
        return connection.execute(newest).scalars().first()


@retried
def _best(study: Study, number: int) -> list[str]:
    """The best complete runs, the best one first."""
    complete = [runs.c.study_id == study.study_id, runs.c.outcome == "complete", runs.c.best_value.is_not(None)]
    with study.storage.engine.connect() as connection:
        query = sa.select(runs.c.run).where(*complete).order_by(runs.c.best_value, runs.c.trial_id).limit(number)
        return list(connection.execute(query).scalars())
