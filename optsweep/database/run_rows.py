"""What is kept of a run beside its trial: its row in the queue, and its losses.

The losses are those of every scored sequence at the run's best evaluation: what differences between runs are judged by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from optsweep.database.connection import transaction
from optsweep.database.lease import Lease
from optsweep.database.open_study import Study
from optsweep.database.tables import current, losses, runs
from optsweep.plain import Plain

KEPT = (
    "outcome", "reason", "progress", "sequences", "seconds", "checkpoint_step", "best_value", "best_step", "last_value",
    "started", "ended",
)  # fmt: skip
"""Columns that another study takes over. The attempts stay behind: the new study has spent nothing on the run."""
LITTLE_ENDIAN = np.dtype("<f4")
Losses = Mapping[str, NDArray[np.float32]]
"""Run id -> float32[num_validation (+ num_confirmation, if it was scored)]."""


def result_of(row: sa.Row[Any]) -> dict[str, Plain]:
    """What a run's row tells of its result."""
    return {name: getattr(row, name) for name in KEPT}


@transaction
def newest_rows(study: Study, connection: sa.Connection) -> dict[str, sa.Row[Any]]:
    """Run id -> its row; that of its newest trial, where it was tried again."""
    return read_newest_rows(connection, study.study_id)


def read_newest_rows(connection: sa.Connection, study_id: int) -> dict[str, sa.Row[Any]]:
    """`newest_rows` within a transaction."""
    query = sa.select(runs).where(runs.c.study_id == study_id, current).order_by(runs.c.trial_id)
    return {row.run: row for row in connection.execute(query)}


@transaction
def keep_losses(study: Study, connection: sa.Connection, lease: Lease, values: NDArray[np.float32]) -> None:
    """Store the losses of the run that ``lease`` holds, in place of what an earlier attempt stored."""
    mine = sa.exists().where(runs.c.trial_id == lease.trial_id, runs.c.token == lease.token)
    if connection.execute(sa.select(mine)).scalar():
        put_losses(connection, study.study_id, {lease.trial_id: values})


def put_losses(connection: sa.Connection, study_id: int, values: Mapping[int, NDArray[np.float32]]) -> None:
    """Store losses by trial id, in place of what is there."""
    if values:
        connection.execute(sa.delete(losses).where(losses.c.trial_id.in_(list(values))))
        rows = [
            {"trial_id": trial_id, "study_id": study_id, "losses": one.astype(LITTLE_ENDIAN).tobytes()}
            for trial_id, one in values.items()
        ]
        connection.execute(sa.insert(losses), rows)


@transaction
def read_losses(study: Study, connection: sa.Connection) -> Losses:
    """The losses of the runs that have any."""
    select = (
        sa.select(runs.c.run, losses.c.losses)
        .join(losses, losses.c.trial_id == runs.c.trial_id)
        .where(losses.c.study_id == study.study_id)
        .order_by(runs.c.trial_id)
    )
    return {run: np.frombuffer(values, LITTLE_ENDIAN) for run, values in connection.execute(select)}
