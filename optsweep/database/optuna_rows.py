"""Optuna's rows as we write them within a transaction of our own, beside the row of the run that they belong to.

Only so can a change of a trial prove its lease, happen as a whole, and be repeated. It knows the tables of Optuna 5; a
test compares what is written here with what Optuna's own storage writes.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from optuna.distributions import BaseDistribution, distribution_to_json
from optuna.storages._rdb import models
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from optsweep.database.tables import put
from optsweep.plain import Plain
from optsweep.study.direction import Direction

_studies = models.StudyModel.__table__
_study_attributes = models.StudyUserAttributeModel.__table__
_directions = models.StudyDirectionModel.__table__
_trials = models.TrialModel.__table__
_params = models.TrialParamModel.__table__
_values = models.TrialValueModel.__table__
_curves = models.TrialIntermediateValueModel.__table__
user_attributes = models.TrialUserAttributeModel.__table__
_system = models.TrialSystemAttributeModel.__table__


def change_state(connection: sa.Connection, trial_id: int, state: TrialState, value: float | None = None) -> bool:
    """Set the state and value of a trial that has not ended (RUNNING: of one that waits); False if there is none."""
    now = _stored_time(datetime.datetime.now())
    before = [TrialState.WAITING] if state is TrialState.RUNNING else [TrialState.WAITING, TrialState.RUNNING]
    times = {"datetime_start": now} if state is TrialState.RUNNING else {}
    if state.is_finished():
        times = {"datetime_complete": now}
    there = sa.update(_trials).where(_trials.c.trial_id == trial_id, _trials.c.state.in_(before))
    if connection.execute(there.values(state=state, **times)).rowcount != 1:
        return False
    if value is not None:
        stored, kind = models.TrialValueModel.value_to_stored_repr(value)
        put(connection, _values, {"trial_id": trial_id, "objective": 0}, value=stored, value_type=kind)
    return True


def put_parameters(
    connection: sa.Connection, trial_id: int, parameters: Mapping[str, tuple[float, BaseDistribution]]
) -> None:
    """Store those of the parameters (internal value and distribution) that the trial lacks."""
    there = connection.execute(sa.select(_params.c.param_name).where(_params.c.trial_id == trial_id)).scalars()
    missing = parameters.keys() - set(there)
    rows = [
        _parameter(trial_id, name, value, distribution)
        for name, (value, distribution) in parameters.items()
        if name in missing
    ]
    if rows:
        connection.execute(sa.insert(_params), rows)


def put_attribute(connection: sa.Connection, trial_id: int, key: str, value: object) -> None:
    """Store a user attribute of a trial."""
    put(connection, user_attributes, {"trial_id": trial_id, "key": key}, value_json=json.dumps(value))


def insert_trials(connection: sa.Connection, study_id: int, trials: Sequence[FrozenTrial]) -> list[int]:
    """Add trials as they are, of one objective, and return their ids; the study's row must be locked (`lock_study`)."""
    of_study = sa.select(sa.func.count()).select_from(_trials).where(_trials.c.study_id == study_id)
    first = connection.execute(of_study).scalar_one()
    ids, parts = [], defaultdict[sa.TableClause, list[dict[str, object]]](list)
    for number, trial in enumerate(trials, first):
        times = {name: _stored_time(getattr(trial, name)) for name in ("datetime_start", "datetime_complete")}
        added = connection.execute(
            sa.insert(_trials).values(number=number, study_id=study_id, state=trial.state, **times)
        )
        assert added.inserted_primary_key is not None, "the database gives the ids"
        trial_id = added.inserted_primary_key[0]
        ids.append(trial_id)
        for objective, told in enumerate(trial.values or []):
            value, kind = models.TrialValueModel.value_to_stored_repr(told)
            row = {"trial_id": trial_id, "objective": objective, "value": value, "value_type": kind}
            parts[_values].append(row)
        for name, distribution in trial.distributions.items():
            internal = distribution.to_internal_repr(trial.params[name])
            parts[_params].append(_parameter(trial_id, name, internal, distribution))
        parts[user_attributes] += _attributes(trial_id, trial.user_attrs)
        parts[_system] += _attributes(trial_id, trial.system_attrs)
        for step, point in trial.intermediate_values.items():
            parts[_curves].append({"trial_id": trial_id, "step": step, **_point(point)})
    for table, rows in parts.items():
        if rows:
            connection.execute(sa.insert(table), rows)
    return ids


def lock_study(connection: sa.Connection, study_id: int) -> None:
    """Have no other transaction add trials to the study until this one ends, Optuna's own included."""
    connection.execute(sa.select(_studies.c.study_id).where(_studies.c.study_id == study_id).with_for_update())


def _point(value: float) -> dict[str, object]:
    stored, kind = models.TrialIntermediateValueModel.intermediate_value_to_stored_repr(value)
    return {"intermediate_value": stored, "intermediate_value_type": kind}


def _parameter(trial_id: int, name: str, value: float, distribution: BaseDistribution) -> dict[str, object]:
    text = distribution_to_json(distribution)
    return {"trial_id": trial_id, "param_name": name, "param_value": value, "distribution_json": text}


def _attributes(trial_id: int, attributes: Mapping[str, object]) -> list[dict[str, object]]:
    return [{"trial_id": trial_id, "key": key, "value_json": json.dumps(value)} for key, value in attributes.items()]


def put_intermediate_value(connection: sa.Connection, trial_id: int, step: int, value: float) -> None:
    """Store a value of the trial's curve within a transaction of ours, whose lease guards it."""
    put(connection, _curves, {"trial_id": trial_id, "step": step}, **_point(value))


def read_direction(connection: sa.Connection, study_id: int) -> Direction:
    """Which way the study's stored values get better."""
    query = sa.select(_directions.c.direction).where(_directions.c.study_id == study_id)
    is_maximised = connection.execute(query).scalar() is StudyDirection.MAXIMIZE
    return Direction.MAXIMIZE if is_maximised else Direction.MINIMIZE


def put_direction(connection: sa.Connection, study_id: int, direction: Direction) -> None:
    mine = sa.update(_directions).where(_directions.c.study_id == study_id)
    connection.execute(mine.values(direction=StudyDirection[direction.name]))


def _stored_time(local: datetime.datetime | None) -> datetime.datetime | None:
    return local and local.astimezone(datetime.UTC).replace(tzinfo=None)


def read_study_attributes(connection: sa.Connection, study_id: int) -> dict[str, Plain] | None:
    """The user attributes of a study; None if the study is gone."""
    query = (
        sa.select(_study_attributes.c.key, _study_attributes.c.value_json)
        .select_from(_studies)
        .outerjoin(_study_attributes, _study_attributes.c.study_id == _studies.c.study_id)
        .where(_studies.c.study_id == study_id)
    )
    rows = connection.execute(query).all()
    return {row.key: json.loads(row.value_json) for row in rows if row.key is not None} if rows else None


def put_study_attribute(connection: sa.Connection, study_id: int, key: str, value: object) -> None:
    put(connection, _study_attributes, {"study_id": study_id, "key": key}, value_json=json.dumps(value))
