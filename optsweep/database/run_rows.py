"""Adds a run to the queue: its trial, and its row beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from optuna.trial import FrozenTrial

from optsweep.database.history import note
from optsweep.database.lease import Lease
from optsweep.database.open_study import (
    STANDING,
    Study,
)
from optsweep.database.tables import runs
from optsweep.results.records import PREFIX


def add_trial(study: Study, trial: FrozenTrial, run: str, priority: int, what: str = "planned") -> None:
    """``what`` is the word for it in the run's history."""
    trial_id = study.storage.backend.create_new_trial(study.study_id, template_trial=trial)
    add_row(study, trial_id, run, priority, trial.user_attrs.get(PREFIX + STANDING, {}), what)


def add_row(
    study: Study, trial_id: int, run: str, priority: int, standing: Mapping[str, Any], what: str = "planned"
) -> None:
    place = {"trial_id": trial_id, "study_id": study.study_id, "run": run, "priority": priority}
    with study.storage.engine.begin() as connection:
        connection.execute(sa.insert(runs).values(**place, **standing))
        note(connection, study.study_id, Lease(trial_id, run, ""), study.storage.now(connection), what)


def trials_with_rows(study: Study) -> set[int]:
    """The trials whose rows are there; a killed launcher may have made a trial and not its row."""
    with study.storage.engine.connect() as connection:
        return set(connection.execute(sa.select(runs.c.trial_id).where(runs.c.study_id == study.study_id)).scalars())
