"""What the trials of a study know of their runs, read at once and without their configs."""

from __future__ import annotations

import json

import sqlalchemy as sa

from optsweep.database.optuna_rows import user_attributes
from optsweep.database.tables import current, runs, trials
from optsweep.plain import Plain
from optsweep.results.attributes import NAMES, PREFIX, RunIdentity


def read_identities(connection: sa.Connection, study_id: int) -> dict[int, RunIdentity]:
    """Trial id -> what the trial knows of its run, without its config; trials of other programs are left out."""
    # The configs of thousands of runs would take seconds.
    wanted = [name for name in NAMES if name != f"{PREFIX}config"]
    query = (
        sa.select(user_attributes)
        .join(trials, trials.c.trial_id == user_attributes.c.trial_id)
        .outerjoin(runs, runs.c.trial_id == trials.c.trial_id)
        .where(trials.c.study_id == study_id, user_attributes.c.key.in_(wanted), current)
        .order_by(trials.c.trial_id)
    )
    found: dict[int, dict[str, Plain]] = {}
    for row in connection.execute(query):
        found.setdefault(row.trial_id, {})[row.key] = json.loads(row.value_json)
    return {trial_id: RunIdentity.read(own) for trial_id, own in found.items() if f"{PREFIX}run" in own}
