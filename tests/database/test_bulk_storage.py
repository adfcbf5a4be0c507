"""Many things are read and written at once as Optuna does it one by one."""

from __future__ import annotations

import math

import pytest
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


def test_a_trial_that_is_not_there_is_said(study: Study) -> None:
    with pytest.raises(KeyError, match="999"):
        study.storage.backend.get_trial(999)
