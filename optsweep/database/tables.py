"""The tables of our own beside Optuna's: the queue with leases and progress, the runs' history, losses, the subset.

Optuna's tables are the truth about a trial's state and parameters. A run's row here is the truth about everything else:
its place in the queue, who holds it (the lease), the counters that decide whether a death was its own fault, and its
value. What Optuna knows of a value follows from the row: an evaluation is written to both in one transaction, and a
run's end tells the row first (docs/decisions.md).
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from optuna.storages._rdb import models

metadata = sa.MetaData()

runs = sa.Table(
    "optsweep_runs",
    metadata,
    sa.Column("trial_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("study_id", sa.Integer, nullable=False, index=True),
    sa.Column("run", sa.String(128), nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    # The lease: the process that wrote the token owns the run; see queue.py.
    sa.Column("token", sa.String(32)),
    sa.Column("worker", sa.String(128)),
    sa.Column("host", sa.String(200)),
    sa.Column("boot_id", sa.String(64)),
    sa.Column("pid", sa.BigInteger),
    sa.Column("pid_started", sa.BigInteger),
    sa.Column("beat", sa.Double),
    sa.Column("order_given", sa.String(16)),
    # Counters behind invariant 11.
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("faults", sa.Integer, nullable=False, default=0),
    sa.Column("interruptions", sa.Integer, nullable=False, default=0),
    sa.Column("checkpoint_step", sa.Integer, nullable=False, default=0),
    sa.Column("counted_step", sa.Integer, nullable=False, default=0),
    # How far it is.
    sa.Column("progress", sa.Double, nullable=False, default=0.0),
    sa.Column("sequences", sa.BigInteger, nullable=False, default=0),
    sa.Column("seconds", sa.Double, nullable=False, default=0.0),
    sa.Column("train_loss", sa.Double),
    sa.Column("residues_per_second", sa.Double),
    sa.Column("best_value", sa.Double),
    sa.Column("best_step", sa.Integer),
    sa.Column("last_value", sa.Double),
    sa.Column("outcome", sa.String(16)),
    sa.Column("reason", sa.Text),
    sa.Column("started", sa.Double),
    sa.Column("ended", sa.Double),
)

run_events = sa.Table(
    "optsweep_run_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("study_id", sa.Integer, nullable=False),
    sa.Column("trial_id", sa.Integer, nullable=False),
    sa.Column("run", sa.String(128), nullable=False),
    # Of the lease under which it happened; empty for what needs none.
    sa.Column("token", sa.String(32), nullable=False),
    sa.Column("what", sa.String(16), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("worker", sa.String(128)),
    sa.Column("host", sa.String(200)),
    sa.Column("detail", sa.Text),
    # Each happens once under a lease; of the evaluations the last one is kept.
    sa.UniqueConstraint("trial_id", "token", "what"),
)

losses = sa.Table(
    "optsweep_losses",
    metadata,
    sa.Column("trial_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("study_id", sa.Integer, nullable=False, index=True),
    # float32, little-endian: each scored sequence's loss at the run's best evaluation.
    sa.Column("losses", sa.LargeBinary(2**24 - 1), nullable=False),
)

subsets = sa.Table(
    "optsweep_subsets",
    metadata,
    sa.Column("content", sa.String(64), primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    # The file, compressed and cut, for hosts that do not see it.
    sa.Column("bytes", sa.LargeBinary(2**24 - 1), nullable=False),
)

REPLACED = "replaced"
"""The outcome of a trial in whose place there is another, or a study that began anew."""
current = runs.c.outcome.is_distinct_from(REPLACED)
"""The condition that a row stands for its run."""

# Optuna's own tables, as far as we use them ourselves (schema v3.2.0.a, optuna 5).
trials = models.TrialModel.__table__
trial_intermediate_values = models.TrialIntermediateValueModel.__table__


def put(connection: sa.Connection, table: sa.TableClause, key: Mapping[str, object], **values: object) -> None:
    """Insert the row with that key, or change it; for rows that one process writes at a time."""
    same = [table.c[name] == value for name, value in key.items()]
    # Looked for first: an UPDATE that finds no row locks the gap there in MySQL, and two of them a deadlock.
    if connection.execute(sa.select(sa.literal(1)).select_from(table).where(*same)).first() is None:
        connection.execute(sa.insert(table).values(**key, **values))
    else:
        connection.execute(sa.update(table).where(*same).values(**values))
