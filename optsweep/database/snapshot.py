"""Read a study at one moment into plain records; the only way in which views and commands look at a study."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from optuna.trial import FrozenTrial

from optsweep.database.claims import PLACE
from optsweep.database.connection import transaction
from optsweep.database.open_study import Study, data_of
from optsweep.database.patience import patiently
from optsweep.database.repeats import STATES
from optsweep.database.tables import current, run_events, runs, trials
from optsweep.errors import StorageError
from optsweep.outside_text import clean
from optsweep.results.attributes import RunIdentity
from optsweep.results.folders import RunDirectory
from optsweep.results.records import RunEvent, RunRecord, StudySnapshot

AS_IN_ROW = (
    "run", "best_step", "progress", "sequences", "seconds", "train_loss", "residues_per_second", "ended",
)  # fmt: skip
"""Fields of a record that are columns of our table."""


def read_snapshot(study: Study, chosen: Collection[str] | None = None) -> StudySnapshot:
    """Everything about the study, from the database alone; safe at any time, from any host.

    With ``chosen`` these runs alone, which of a study of thousands takes milliseconds in place of seconds.
    """
    now, rows = _rows(study, chosen)
    if chosen is None:
        read = patiently(study.storage.optuna.get_all_trials, study.study_id, deepcopy=False)
    else:
        read = [study.trial(row.trial_id) for row in rows]
    # After the rest: of a study that was deleted meanwhile, what was read lacks runs, or their attributes.
    attributes = study.attributes()
    by_id = {trial._trial_id: trial for trial in read}
    by_run: dict[str, list[sa.Row[Any]]] = {}
    for row in rows:
        if row.trial_id in by_id:
            by_run.setdefault(row.run, []).append(row)
    records = [_record(study, attempts, by_id[attempts[-1].trial_id]) for attempts in by_run.values()]
    assert attributes.target is not None, "an open study is planned"
    return StudySnapshot(
        study=study.name,
        target=attributes.target,
        runs=sorted(records, key=lambda record: (record.source == "repeat", record.index)),
        definition=study.definition,
        data=data_of(study.trainer, attributes),
        now=now,
        attributes=attributes,
        limit=study.limit_reached(attributes),
    )


def read_run(study: Study, run: str) -> RunRecord:
    """One run's record; raises `StorageError` naming the runs that exist."""
    found = read_snapshot(study, [run]).runs
    if not found:
        there = ", ".join(record.run for record in read_snapshot(study).runs)
        raise StorageError(f"study {study.name!r} has no run {run!r}; there: {there}")
    return found[0]


@transaction
def _rows(
    study: Study, connection: sa.Connection, chosen: Collection[str] | None
) -> tuple[float, Sequence[sa.Row[Any]]]:
    """The database's clock, and our rows of the study (or of these runs), the oldest first.

    Names are compared here once more: to MySQL "small" is "Small" too.
    """
    query = (
        sa.select(runs, PLACE.label("place"))
        .where(runs.c.study_id == study.study_id, current)
        .order_by(runs.c.trial_id)
    )
    rows = connection.execute(query if chosen is None else query.where(runs.c.run.in_(chosen))).all()
    return study.storage.now(connection), [row for row in rows if chosen is None or row.run in chosen]


def _record(study: Study, rows: list[sa.Row[Any]], trial: FrozenTrial) -> RunRecord:
    row, identity, shown = rows[-1], RunIdentity.read(trial.user_attrs), study.definition.shown
    return RunRecord(
        trial=trial.number,
        source=identity.source,
        preset=identity.preset,
        random_start=identity.random_start,
        index=identity.index,
        reason=_shown(row.reason),
        worker=_shown(row.worker),
        state="pruned" if row.outcome == "skipped" else STATES[trial.state],
        cut=row.outcome == "pruned",
        value=None if row.best_value is None else shown(row.best_value),
        last_value=None if row.last_value is None else shown(row.last_value),
        curve={step: shown(value) for step, value in sorted(trial.intermediate_values.items())},
        turn=(row.place, row.priority),
        attempts=sum(earlier.attempts for earlier in rows),
        directory=str(RunDirectory.of(study.name, row.run).path),
        parameters=trial.params or identity.fixed,
        stored_config=identity.config,
        of=identity.of,
        repeat_of=identity.repeat_of,
        after_choice=identity.after_choice,
        started=min((earlier.started for earlier in rows if earlier.started is not None), default=None),
        **{name: getattr(row, name) for name in AS_IN_ROW},
    )


def _shown(text: str | None) -> str | None:
    """Text of a row: earlier versions, and whoever else may write there, have stored it as it was."""
    return None if text is None else clean(text)


@transaction
def outcome_of(study: Study, connection: sa.Connection, run: str) -> str | None:
    """How the run has ended, or None; by its newest trial."""
    chosen = [runs.c.study_id == study.study_id, runs.c.run == run, current]
    newest = sa.select(runs.c.run, runs.c.outcome).where(*chosen).order_by(runs.c.trial_id.desc())
    return next((row.outcome for row in connection.execute(newest) if row.run == run), None)


@transaction
def read_history(study: Study, connection: sa.Connection, run: str) -> list[RunEvent]:
    """All that is recorded of the run, the oldest first; nothing if an earlier version made the database."""
    if not sa.inspect(connection).has_table(run_events.name):
        return []
    query = (
        sa.select(run_events, trials.c.number)
        .join(trials, trials.c.trial_id == run_events.c.trial_id)
        .where(run_events.c.study_id == study.study_id, run_events.c.run == run)
        .order_by(run_events.c.at, run_events.c.id)
    )
    return [
        RunEvent(
            row.at,
            row.what,
            row.number,
            worker=_shown(row.worker),
            host=_shown(row.host and row.host.split("/")[0]),
            detail=_shown(row.detail),
        )
        for row in connection.execute(query)
        if row.run == run
    ]
