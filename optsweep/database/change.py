"""One transaction that adds runs to a study, or changes what the study is: planning, `enqueue`, `retry`.

The study's row is locked from its beginning to its end, so that of two planners the second sees all that the first has
done, whatever became of the lock that they wait for before (`Storage.planning`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from optuna.trial import FrozenTrial, TrialState

from optsweep.database import identities
from optsweep.database.lease import Lease, note
from optsweep.database.open_study import Study
from optsweep.database.optuna_rows import change_state, insert_trials, lock_study, put_direction
from optsweep.database.optuna_storage import read_trials
from optsweep.database.repair import drop_duplicates, forget_lost_rows
from optsweep.database.run_rows import Losses, put_losses, read_newest_rows
from optsweep.database.tables import REPLACED, current, run_events, runs, trials
from optsweep.results.attributes import RunIdentity, StudyAttributes
from optsweep.study.direction import Direction

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Change:
    """What may be read and written within `change`."""

    study: Study
    connection: sa.Connection
    now: float
    """The database's clock."""

    def attributes(self) -> StudyAttributes:
        return self.study.read_attributes(self.connection)

    def store(self, attributes: StudyAttributes) -> None:
        self.study.write_attributes(self.connection, attributes)

    def put_direction(self, direction: Direction) -> None:
        """Which way stored values get better; a study that begins anew may have had another."""
        put_direction(self.connection, self.study.study_id, direction)

    def trial(self, trial_id: int) -> FrozenTrial:
        return read_trials(self.connection, trials.c.trial_id == trial_id)[0]

    def newest_rows(self) -> dict[str, sa.Row[Any]]:
        return read_newest_rows(self.connection, self.study.study_id)

    def identities(self) -> dict[int, RunIdentity]:
        return identities.read_identities(self.connection, self.study.study_id)

    def trials_with_rows(self) -> set[int]:
        query = sa.select(runs.c.trial_id).where(runs.c.study_id == self.study.study_id)
        return set(self.connection.execute(query).scalars())

    def added_by(self, token: str) -> list[str]:
        """The runs that an earlier try of the same change has added, if its answer was lost."""
        query = sa.select(run_events.c.run).where(
            run_events.c.study_id == self.study.study_id, run_events.c.token == token
        )
        return list(self.connection.execute(query.order_by(run_events.c.id)).scalars())

    def add(self, new: Sequence[tuple[FrozenTrial, int]], *, what: str = "planned", token: str = "") -> list[int]:
        """Add trials whose attributes say which runs they belong to, each with its priority, and their rows.

        ``what`` is the word in the runs' history, ``token`` the change's name there. Returns the trials' ids.
        """
        ids = insert_trials(self.connection, self.study.study_id, [trial for trial, _ in new])
        for trial_id, (trial, priority) in zip(ids, new, strict=True):
            self.add_row(trial_id, RunIdentity.read(trial.user_attrs), priority, what=what, token=token)
        return ids

    def add_row(
        self, trial_id: int, identity: RunIdentity, priority: int, *, what: str = "planned", token: str = ""
    ) -> None:
        study_id = self.study.study_id
        place = {"trial_id": trial_id, "study_id": study_id, "run": identity.run, "priority": priority}
        self.connection.execute(sa.insert(runs).values(**place, **identity.standing))
        note(self.connection, study_id, Lease(trial_id, identity.run, token), self.now, what)

    def is_untried(self) -> bool:
        """Whether no run has a value and nobody holds one, so that settings may change; claims wait for us."""
        return _is_untried(self.connection, self.study.study_id, locks=True)

    def replace_runs(self, reason: str) -> None:
        """Take every run out of the study, which begins anew: their trials stay in Optuna's tables, as failed ones."""
        mine = [runs.c.study_id == self.study.study_id, current]
        for trial_id in (
            self.connection.execute(sa.select(runs.c.trial_id).where(*mine).order_by(runs.c.trial_id)).scalars().all()
        ):
            change_state(self.connection, trial_id, TrialState.FAIL)
        values = {"outcome": REPLACED, "reason": reason, "ended": self.now}
        self.connection.execute(sa.update(runs).where(*mine).values(values))
        self.study.expect_another()

    def add_losses(self, values: Losses) -> None:
        """Store the losses of these runs."""
        rows = self.newest_rows() if values else {}
        by_trial = {rows[run].trial_id: losses for run, losses in values.items()}
        put_losses(self.connection, self.study.study_id, by_trial)


def read_identities(study: Study) -> dict[int, RunIdentity]:
    """`Change.identities`, for those who only look; a command that is about to plan does not wait for a database."""
    with study.storage.engine.begin() as connection:
        return Change(study, connection, 0.0).identities()


def is_untried(study: Study) -> bool:
    """`Change.is_untried`, for those who only look."""
    return study.storage.transaction(lambda connection: _is_untried(connection, study.study_id, locks=False))


def _is_untried(connection: sa.Connection, study_id: int, *, locks: bool) -> bool:
    query = sa.select(runs).where(runs.c.study_id == study_id, current)
    rows = connection.execute(query.with_for_update() if locks else query).all()
    return all(row.token is None and row.best_value is None and row.last_value is None for row in rows)


def change(study: Study, work: Callable[[Change], _Result]) -> _Result:
    """Do ``work`` as one transaction, again while the database is away; raises `StudyGone` and `StorageUnavailable`.

    Before it, rows of trials that are gone are removed, and runs that were queued twice are mended.
    """

    def once(connection: sa.Connection) -> _Result:
        lock_study(connection, study.study_id)
        study.read_attributes(connection)
        now = study.storage.now(connection)
        forget_lost_rows(connection)
        drop_duplicates(connection, study.study_id, now)
        return work(Change(study, connection, now))

    return study.storage.transaction(once)
