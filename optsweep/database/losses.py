"""Every scored sequence's loss at a run's best evaluation: what differences between runs are judged by."""

from __future__ import annotations

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from optsweep.database.connection import transaction
from optsweep.database.lease import Lease
from optsweep.database.open_study import Study, newest_rows
from optsweep.database.tables import losses, runs

LITTLE_ENDIAN = np.dtype("<f4")


@transaction
def keep_losses(study: Study, connection: sa.Connection, lease: Lease, values: NDArray[np.float32]) -> None:
    """Store the losses of the run that ``lease`` holds, in place of what an earlier attempt stored."""
    row = {"trial_id": lease.trial_id, "study_id": study.study_id, "losses": values.astype(LITTLE_ENDIAN).tobytes()}
    mine = sa.exists().where(runs.c.trial_id == lease.trial_id, runs.c.token == lease.token)
    if connection.execute(sa.select(mine)).scalar():
        connection.execute(sa.delete(losses).where(losses.c.trial_id == lease.trial_id))
        connection.execute(sa.insert(losses).values(row))


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
        _replace(study, rows)


@transaction
def _replace(study: Study, connection: sa.Connection, rows: list[dict[str, object]]) -> None:
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
