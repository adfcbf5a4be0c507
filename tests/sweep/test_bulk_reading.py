"""Many trials are read as Optuna reads them."""

from __future__ import annotations

import math

from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState, create_trial

from optsweep.sweep.bulk_reading import BulkReadingStorage
from optsweep.sweep.sampling import distributions_for
from optsweep.sweep.study import Study


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
    assert isinstance(backend, BulkReadingStorage)

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
