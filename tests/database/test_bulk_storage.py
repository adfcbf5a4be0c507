"""Many things are read and written at once as Optuna does it one by one."""

from __future__ import annotations

import math

import pytest
from optuna.distributions import FloatDistribution
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState, create_trial

from optsweep.database.open_study import Study
from optsweep.database.optuna_storage import BulkStorage
from optsweep.search.sampling import distributions_for


def finish_some(study: Study) -> None:
    """Trials of every state, with values that databases do not have, beside the queued ones."""
    parameters = dict(study.definition.presets[0].parameters)
    attributes = {"user_attrs": {"a": [1, None]}, "system_attrs": {"b": {"c": "d"}}}
    for state, value in [(TrialState.COMPLETE, 2.5), (TrialState.COMPLETE, math.inf), (TrialState.PRUNED, -math.inf)]:
        trial = create_trial(
            state=state,
            value=value,
            params=parameters,
            distributions=distributions_for(study.definition, parameters),
            intermediate_values={2: math.inf, 1: 3.5, 3: -math.inf},
            **attributes,
        )
        study.storage.backend.create_new_trial(study.study_id, template_trial=trial)
    study.storage.backend.create_new_trial(study.study_id, template_trial=create_trial(state=TrialState.FAIL))


def test_trials_are_those_that_optuna_reads(study: Study) -> None:
    finish_some(study)
    backend = study.storage.backend
    assert isinstance(backend, BulkStorage)

    def both(*which: object) -> list[FrozenTrial]:
        ours = backend._get_trials(study.study_id, *which)
        assert ours == RDBStorage._get_trials(backend, study.study_id, *which)
        return ours

    everything = both(None, set(), -1)
    assert len(everything) == 16
    last = everything[-1]._trial_id
    assert len(both(None, {everything[0]._trial_id, everything[2]._trial_id}, last - 2)) == 4
    assert both(None, set(), last) == []
    assert len(both((TrialState.COMPLETE, TrialState.FAIL), set(), -1)) == 3
    assert backend.get_trial(last) == RDBStorage.get_trial(backend, last)


def test_parameters_are_stored_as_optuna_stores_them(study: Study) -> None:
    backend = study.storage.backend
    parameters = dict(study.definition.presets[0].parameters)
    distributions = distributions_for(study.definition, parameters)
    together, apart = (backend.create_new_trial(study.study_id) for _ in range(2))
    internal = {name: (one.to_internal_repr(parameters[name]), one) for name, one in distributions.items()}
    backend.set_trial_params(together, internal)
    for name, (value, distribution) in internal.items():
        backend.set_trial_param(apart, name, value, distribution)
    assert backend.get_trial(together).params == backend.get_trial(apart).params == parameters
    assert backend.get_trial(together).distributions == backend.get_trial(apart).distributions


def test_parameters_are_stored_once_however_often_it_is_tried(study: Study) -> None:
    backend = study.storage.backend
    trial_id = backend.create_new_trial(study.study_id)
    lr, dropout = FloatDistribution(1e-4, 1e-2, log=True), FloatDistribution(0, 0.3)
    backend.set_trial_params(trial_id, {"lr": (1e-3, lr)})
    backend.set_trial_params(trial_id, {"lr": (5e-3, lr), "dropout": (0.1, dropout)})
    assert backend.get_trial(trial_id).params == {"lr": 1e-3, "dropout": 0.1}


def test_a_trial_that_has_ended_gets_no_parameters(study: Study) -> None:
    backend = study.storage.backend
    trial_id = backend.create_new_trial(study.study_id, template_trial=create_trial(state=TrialState.FAIL))
    with pytest.raises(UpdateFinishedTrialError):
        backend.set_trial_params(trial_id, {"lr": (1e-3, FloatDistribution(1e-4, 1e-2))})
    with pytest.raises(UpdateFinishedTrialError):
        backend.set_trial_state_values(trial_id, TrialState.COMPLETE, [2.5])


def test_a_trial_that_is_not_there_is_said(study: Study) -> None:
    with pytest.raises(KeyError, match="999"):
        study.storage.backend.get_trial(999)
