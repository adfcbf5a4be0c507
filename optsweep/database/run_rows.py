"""What is kept of a run beside its trial: its row in the queue, and its losses.

The losses are those of every scored sequence at the run's best evaluation: what differences between runs are judged by.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from optuna.trial import FrozenTrial

from optsweep.database.connection import transaction
from optsweep.database.lease import Lease, note
from optsweep.database.open_study import Study
from optsweep.database.tables import losses, runs
from optsweep.plain import Plain
from optsweep.results.attributes import RunIdentity

KEPT = (
    "outcome", "reason", "progress", "sequences", "seconds", "checkpoint_step", "best_value", "best_step", "last_value",
    "started", "ended",
)  # fmt: skip
"""Columns that another study takes over. The attempts stay behind: the new study has spent nothing on the run."""
LITTLE_ENDIAN = np.dtype("<f4")


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


def newest_rows(study: Study) -> list[sa.Row[Any]]:
    """One row a run of our own table: that of its newest trial."""
    query = sa.select(runs).where(runs.c.study_id == study.study_id).order_by(runs.c.trial_id)
    with study.storage.engine.connect() as connection:
        rows = connection.execute(query).all()
    return list({row.run: row for row in rows}.values())


@transaction
def keep_losses(study: Study, connection: sa.Connection, lease: Lease, values: NDArray[np.float32]) -> None:
    """Store the losses of the run that ``lease`` holds, in place of what an earlier attempt stored."""
    row = {"trial_id": lease.trial_id, "study_id": study.study_id, "losses": values.astype(LITTLE_ENDIAN).tobytes()}
    mine = sa.exists().where(runs.c.trial_id == lease.trial_id, runs.c.token == lease.token)
    if connection.execute(sa.select(mine)).scalar():
        _replace(connection, [row])


def take_losses(origin: Study, study: Study, taken: list[str]) -> None:
    """Give the runs that were taken over from ``origin`` the losses that they have there; safe to repeat."""
    kept = read_losses(origin)
    trial_ids = {row.run: row.trial_id for row in newest_rows(study)}
    rows = [
        {"trial_id": trial_ids[run], "study_id": study.study_id, "losses": kept[run].tobytes()}
        for run in taken
        if run in kept
    ]
    if rows:
        study.storage.transaction(lambda connection: _replace(connection, rows))


def _replace(connection: sa.Connection, rows: list[dict[str, object]]) -> None:
    connection.execute(sa.delete(losses).where(losses.c.trial_id.in_([row["trial_id"] for row in rows])))
    connection.execute(sa.insert(losses), rows)


@transaction
def read_losses(study: Study, connection: sa.Connection) -> dict[str, NDArray[np.float32]]:
    """Run id -> float32[num_validation (+ num_confirmation, if it was scored)], for the runs that have any."""
    select = (
        sa.select(runs.c.run, losses.c.losses)
        .join(losses, losses.c.trial_id == runs.c.trial_id)
        .where(losses.c.study_id == study.study_id)
        .order_by(runs.c.trial_id)
    )
    return {run: np.frombuffer(values, LITTLE_ENDIAN) for run, values in connection.execute(select)}
