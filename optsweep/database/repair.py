"""Mend what no step of ours leaves behind, but other programs, earlier versions and lost databases do.

Whoever meets it mends it: every launcher and idle worker, `doctor`, and each new plan.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from optuna.trial import TrialState

from optsweep.database.lease import Lease, note
from optsweep.database.optuna_rows import change_state, user_attributes
from optsweep.database.optuna_storage import read_trials
from optsweep.database.tables import REPLACED, current, losses, run_events, runs, trials
from optsweep.results.attributes import PREFIX

OUTCOMES = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "pruned", TrialState.FAIL: "failed"}
ENDED = trials.c.state.in_(list(OUTCOMES))

_logger = logging.getLogger(__name__)
_with_trials = sa.select(runs, trials.c.state).join(trials, trials.c.trial_id == runs.c.trial_id)


def mend_runs(connection: sa.Connection, study_id: int, now: float) -> list[str]:
    """Bring rows and trials together again where they differ; returns the runs that wait again.

    A trial that is RUNNING without a lease (``optuna ask`` took it) waits again; one that another program has ended
    takes its row with it.
    """
    taken = sa.and_(trials.c.state == TrialState.RUNNING, runs.c.token.is_(None))
    told = sa.and_(ENDED, sa.or_(runs.c.token.is_not(None), runs.c.outcome.is_(None)))
    waiting = []
    # In one order, for all who look: two never wait for each other.
    wrong = _with_trials.where(runs.c.study_id == study_id, sa.or_(taken, told)).order_by(runs.c.trial_id)
    for row in connection.execute(wrong).all():
        if not _lock_as_seen(connection, row):
            continue
        lease = Lease(row.trial_id, row.run, row.token or "", worker=row.worker, host=row.host)
        if row.state is TrialState.RUNNING and change_state(connection, row.trial_id, TrialState.WAITING):
            waiting.append(row.run)
            _logger.warning("%s was RUNNING in the database without a worker: it waits again", row.run)
            note(connection, study_id, lease, now, "reclaimed", "it was RUNNING without a worker")
        elif row.state in OUTCOMES and row.outcome is None:
            _logger.warning("%s was ended by another program, through Optuna: %s", row.run, OUTCOMES[row.state])
            _take_word(connection, study_id, lease, row.state, now)
    return waiting


def _lock_as_seen(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    """Drop the token of a row that is still as it was read; False if it has changed meanwhile."""
    seen = [runs.c.trial_id == row.trial_id, runs.c.token.is_not_distinct_from(row.token)]
    return connection.execute(sa.update(runs).where(*seen).values(token=None)).rowcount == 1


def _take_word(connection: sa.Connection, study_id: int, lease: Lease, state: TrialState, now: float) -> None:
    (trial,) = read_trials(connection, trials.c.trial_id == lease.trial_id)
    outcome, reason = OUTCOMES[state], "ended by another program, through Optuna"
    told = {} if trial.values is None else {"best_value": trial.values[0], "last_value": trial.values[0]}
    row = sa.update(runs).where(runs.c.trial_id == lease.trial_id)
    connection.execute(row.values(outcome=outcome, reason=reason, ended=now, order_given=None, **told))
    note(connection, study_id, lease, now, outcome, reason)


def forget_lost_rows(connection: sa.Connection) -> None:
    """Remove our rows of trials that are gone: SQLite and a restored server give their ids out again.

    ``optuna delete-study`` and the dashboard know nothing of our tables.
    """
    own = sa.select(trials.c.trial_id).join(user_attributes, user_attributes.c.trial_id == trials.c.trial_id)
    own = own.where(user_attributes.c.key == f"{PREFIX}run")
    # Looked for first: a DELETE with a subquery would lock what it reads in MySQL.
    for table in (runs, run_events, losses):
        there = own.where(trials.c.trial_id == table.c.trial_id, trials.c.study_id == table.c.study_id)
        lost = connection.execute(sa.select(table.c.trial_id).distinct().where(~there.exists())).scalars().all()
        for trial_id in lost:
            connection.execute(sa.delete(table).where(table.c.trial_id == trial_id))


def drop_duplicates(connection: sa.Connection, study_id: int, now: float) -> list[str]:
    """Leave one trial of each run that has several which have not failed; returns those runs.

    Two plans at the same time made them in earlier versions. What has got furthest stays.
    """
    query = _with_trials.where(runs.c.study_id == study_id, runs.c.outcome.is_distinct_from("failed"))
    by_run: dict[str, list[sa.Row[Any]]] = {}
    for row in connection.execute(query.where(current)).all():
        by_run.setdefault(row.run, []).append(row)
    several = {run: rows for run, rows in by_run.items() if len(rows) > 1}
    for rows in several.values():
        for row in _superfluous(rows):
            if _lock_as_seen(connection, row) and change_state(connection, row.trial_id, TrialState.FAIL):
                mine = sa.update(runs).where(runs.c.trial_id == row.trial_id)
                connection.execute(mine.values(outcome=REPLACED, reason="the run was queued twice", ended=now))
    return list(several)


def _superfluous(rows: Sequence[sa.Row[Any]]) -> list[sa.Row[Any]]:
    """All waiting trials but the best of the run's."""
    best = max(rows, key=lambda row: (row.state in OUTCOMES, row.token is not None, row.attempts, -row.trial_id))
    return [row for row in rows if row is not best and row.state is TrialState.WAITING and row.token is None]
