"""Adds a run to the queue: its trial, and its row beside it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from optuna.trial import FrozenTrial

from optsweep.database.history import note
from optsweep.database.lease import Lease
from optsweep.database.open_study import Study
from optsweep.database.tables import runs
from optsweep.plain import Plain
from optsweep.results.attributes import RunIdentity

KEPT = (
    "outcome", "reason", "progress", "sequences", "seconds", "checkpoint_step", "best_value", "best_step", "last_value",
    "started", "ended",
)  # fmt: skip
"""Columns that another study takes over. The attempts stay behind: the new study has spent nothing on the run."""


def result_of(row: sa.Row[Any]) -> dict[str, Plain]:
    """What a run's row tells of its result."""
    return {name: getattr(row, name) for name in KEPT}


def add_trial(study: Study, trial: FrozenTrial, priority: int, what: str = "planned") -> None:
    """Add a trial whose attributes say which run it belongs to, and its row; ``what`` is the word in its history."""
    trial_id = study.storage.backend.create_new_trial(study.study_id, template_trial=trial)
    add_row(study, trial_id, RunIdentity.read(trial.user_attrs), priority, what)


def add_row(study: Study, trial_id: int, identity: RunIdentity, priority: int, what: str = "planned") -> None:
    place = {"trial_id": trial_id, "study_id": study.study_id, "run": identity.run, "priority": priority}
    # An INSERT cannot be repeated when its answer is lost; a later plan adds the row if it is missing.
    with study.storage.engine.begin() as connection:
        connection.execute(sa.insert(runs).values(**place, **identity.standing))
        note(connection, study.study_id, Lease(trial_id, identity.run, ""), study.storage.now(connection), what)


def trials_with_rows(study: Study) -> set[int]:
    """The trials whose rows are there; a killed launcher may have made a trial and not its row."""
    query = sa.select(runs.c.trial_id).where(runs.c.study_id == study.study_id)
    # Without patience: a command that is about to plan says at once that the database is away.
    with study.storage.engine.begin() as connection:
        return set(connection.execute(query).scalars())
