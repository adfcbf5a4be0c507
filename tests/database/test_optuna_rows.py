"""What is written within our transactions is what Optuna's own storage writes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from optuna.distributions import FloatDistribution
from optuna.storages import RDBStorage
from optuna.storages._rdb import models
from optuna.trial import FrozenTrial, TrialState, create_trial

from optsweep.database.open_study import Study
from optsweep.database.optuna_rows import change_state, insert_trials, put_attribute, put_parameters
from optsweep.search.sampling import distributions_for

TABLES = (
    models.TrialModel,
    models.TrialParamModel,
    models.TrialValueModel,
    models.TrialIntermediateValueModel,
    models.TrialUserAttributeModel,
    models.TrialSystemAttributeModel,
)
INCIDENTAL = ("trial_id", "number", "datetime_start", "datetime_complete")


def rows_of(study: Study, trial_id: int) -> list[Any]:
    """All that the database has of a trial, but its numbers; of its times, whether they are there."""
    found = []
    with study.storage.engine.begin() as connection:
        for model in TABLES:
            table = model.__table__
            own = [column for column in table.columns if not column.primary_key and column.name not in INCIDENTAL]
            times = [column.is_(None) for column in table.columns if column.name.startswith("datetime")]
            query = sa.select(*own, *times).where(table.c.trial_id == trial_id)
            found.append((table.name, sorted(map(repr, connection.execute(query)))))
    return found


def within(study: Study, work: Callable[[sa.Connection], Any]) -> Any:
    return study.storage.transaction(work)


def template(study: Study) -> FrozenTrial:
    parameters = dict(study.definition.presets[0].parameters)
    return create_trial(
        state=TrialState.COMPLETE,
        value=2.5,
        params=parameters,
        distributions=dict(distributions_for(study.definition, parameters)),
        user_attrs={"run": "a", "nested": {"lr": [1e-3, None, "caf\u00e9"]}},
        system_attrs={"constraints": [0.0]},
        intermediate_values={1: 3.0, 2: math.nan, 3: math.inf},
    )


def test_trials_are_added_as_optuna_adds_them(study: Study) -> None:
    trials = [template(study), create_trial(state=TrialState.WAITING, user_attrs={"run": "b"})]
    trials.append(create_trial(state=TrialState.PRUNED, value=math.inf))
    ids = within(study, lambda connection: insert_trials(connection, study.study_id, trials))
    theirs = [RDBStorage.create_new_trial(study.storage.backend, study.study_id, trial) for trial in trials]
    for mine, their in zip(ids, theirs, strict=True):
        assert rows_of(study, mine) == rows_of(study, their)
    numbers = [study.trial(trial_id).number for trial_id in [*ids, *theirs]]
    assert numbers == list(range(numbers[0], numbers[0] + 6))
    stored, given = study.trial(ids[0]).datetime_complete, trials[0].datetime_complete
    assert stored is not None
    assert given is not None
    # MariaDB keeps no fractions.
    assert stored.replace(microsecond=0) == given.replace(microsecond=0)


@pytest.mark.parametrize("state", [TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL, TrialState.WAITING])
@pytest.mark.parametrize("value", [2.5, math.inf, None], ids=str)
def test_states_are_changed_as_optuna_changes_them(study: Study, state: TrialState, value: float | None) -> None:
    backend = study.storage.backend
    waiting = create_trial(state=TrialState.WAITING)
    mine, theirs = (backend.create_new_trial(study.study_id, template_trial=waiting) for _ in range(2))
    assert within(study, lambda connection: change_state(connection, mine, TrialState.RUNNING))
    assert backend.set_trial_state_values(theirs, TrialState.RUNNING)
    assert rows_of(study, mine) == rows_of(study, theirs)
    # A trial that runs is not begun again.
    assert not within(study, lambda connection: change_state(connection, mine, TrialState.RUNNING))
    assert within(study, lambda connection: change_state(connection, mine, state, value))
    backend.set_trial_state_values(theirs, state, None if value is None else [value])
    assert rows_of(study, mine) == rows_of(study, theirs)
    began = [study.trial(trial_id).datetime_start for trial_id in (mine, theirs)]
    assert None not in began
    if state.is_finished():
        assert not within(study, lambda connection: change_state(connection, mine, TrialState.WAITING))
        ended = [study.trial(trial_id).datetime_complete for trial_id in (mine, theirs)]
        assert abs((ended[1] - ended[0]).total_seconds()) < 60


def test_parameters_and_attributes_are_stored_as_optuna_stores_them_and_parameters_once(study: Study) -> None:
    backend = study.storage.backend
    parameters = dict(study.definition.presets[0].parameters)
    distributions = distributions_for(study.definition, parameters)
    together, apart = (backend.create_new_trial(study.study_id) for _ in range(2))
    internal = {name: (one.to_internal_repr(parameters[name]), one) for name, one in distributions.items()}
    within(study, lambda connection: put_parameters(connection, together, internal))
    within(study, lambda connection: put_attribute(connection, together, "config", {"lr": 1e-3}))
    for name, (value, distribution) in internal.items():
        backend.set_trial_param(apart, name, value, distribution)
    backend.set_trial_user_attr(apart, "config", {"lr": 1e-3})
    assert rows_of(study, together) == rows_of(study, apart)
    again = {"lr": (5e-3, FloatDistribution(1e-4, 1e-2, log=True)), "more": (0.5, FloatDistribution(0, 1))}
    within(study, lambda connection: put_parameters(connection, together, again))
    assert study.trial(together).params == {**parameters, "more": 0.5}
