"""The tables of our own beside Optuna's: a run's place in the queue, its lease, how it stands; its losses; the subset.

Optuna's row stays the only truth about a trial's state, parameters and values. This table holds what Optuna has no
place for: the order of claims, who holds a run (the lease), and the counters that decide whether a death was the run's
own fault. The runs' rows can be rebuilt from the trials' user attributes.
"""

from __future__ import annotations

import sqlalchemy as sa
from optuna.trial import TrialState

metadata = sa.MetaData()

runs = sa.Table(
    "optsweep_runs",
    metadata,
    sa.Column("trial_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("study_id", sa.Integer, nullable=False, index=True),
    sa.Column("run", sa.String(128), nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    # The lease: whoever wrote the token owns the run; see queue.py.
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
    # How it stands.
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

# Optuna's own tables, as far as we read them ourselves (schema v3.2.0.a, optuna 5).
trials = sa.table(
    "trials",
    sa.column("trial_id", sa.Integer),
    sa.column("study_id", sa.Integer),
    sa.column("number", sa.Integer),
    sa.column("state", sa.Enum(TrialState)),
)
trial_intermediate_values = sa.table(
    "trial_intermediate_values", sa.column("trial_id", sa.Integer), sa.column("step", sa.Integer)
)
trial_system_attributes = sa.table(
    "trial_system_attributes",
    sa.column("trial_id", sa.Integer),
    sa.column("key", sa.String),
    # JSON of a JSON text: Optuna encodes an artifact's description twice.
    sa.column("value_json", sa.Text),
)
study_system_attributes = sa.table(
    "study_system_attributes", sa.column("study_id", sa.Integer), sa.column("key", sa.String)
)
