"""Which parameters decide the value: PED-ANOVA's shares, with an interval from resampled runs."""

from __future__ import annotations

import copy
import random
import statistics
import warnings
from collections.abc import Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import FrozenTrial, create_trial

from optsweep.results.records import Importance, RunRecord, StudySnapshot
from optsweep.search.sampling import distributions_for
from optsweep.study.definition import StudyDefinition

MOST_RESAMPLES, FEWEST_RESAMPLES = 100, 20
SEED = 0


def importance(snapshot: StudySnapshot) -> list[Importance]:
    """The shares, largest first; empty if fewer than two runs are complete or nothing varied.

    By the rule of optuna-dashboard, which shows the same shares: PED-ANOVA (Watanabe et al. 2023, arXiv:2304.10255) of
    what makes a run one of the best tenth, over all complete runs, further seeds among them, and all parameters, those
    too that not every run has. The interval is a bootstrap over runs.
    """
    complete = [run for run in snapshot.runs if run.state == "complete" and run.value is not None]
    if len(complete) < 2:
        return []
    known: dict[str, BaseDistribution] = {}
    trials = [_trial(snapshot.definition, run, known) for run in complete]
    names = sorted({name for trial in trials for name in trial.params})
    if all(len({trial.params.get(name) for trial in trials}) == 1 for name in names):
        return []
    draw, study = random.Random(SEED), _Listed()
    # The cost of a resample grows with its runs, and the need for many of them falls.
    number = max(FEWEST_RESAMPLES, min(MOST_RESAMPLES, 20_000 // len(trials)))
    resampled = [_shares(study, draw.choices(trials, k=len(trials))) for _ in range(number)]
    found = []
    for name, share in _shares(study, trials).items():
        # A resample that has drawn no run with the parameter says nothing of it.
        shares = [one[name] for one in resampled if name in one]
        twentieths = statistics.quantiles([share, *shares], n=20, method="inclusive")
        found.append(Importance(name, share, min(share, twentieths[0]), max(share, twentieths[-1])))
    return sorted(found, key=lambda one: one.share, reverse=True)


def _shares(study: _Listed, trials: Sequence[FrozenTrial]) -> dict[str, float]:
    study.listed = [_numbered(trial, number) for number, trial in enumerate(trials)]
    with warnings.catch_warnings():
        # Of few runs it warns; the interval says the same.
        warnings.simplefilter("ignore")
        return get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())


def _trial(definition: StudyDefinition, run: RunRecord, known: dict[str, BaseDistribution]) -> FrozenTrial:
    # One object for all trials: the evaluator compares distributions a million times, fast if they are the same object.
    kinds = distributions_for(definition, run.parameters).items()
    mine = {name: known.setdefault(name, kind) for name, kind in kinds if name in run.parameters}
    parameters = {name: run.parameters[name] for name in mine}
    assert run.value is not None, "complete runs have one"
    return create_trial(value=definition.direction.cost(run.value), params=parameters, distributions=mine)


def _numbered(trial: FrozenTrial, number: int) -> FrozenTrial:
    """A copy that the evaluator, which tells trials apart by their ids, takes for another trial."""
    numbered = copy.copy(trial)
    numbered._trial_id = number
    return numbered


class _Listed(optuna.Study):
    """A study of just the trials in ``listed``; Optuna's own would have to store every resample."""

    listed: Sequence[FrozenTrial] = ()

    def __init__(self) -> None:
        storage = optuna.storages.InMemoryStorage()
        study_id = storage.create_new_study([optuna.study.StudyDirection.MINIMIZE])
        super().__init__(study_name=storage.get_study_name_from_id(study_id), storage=storage)

    def get_trials(self, deepcopy: bool = True, states: Any = None) -> list[FrozenTrial]:
        return [trial for trial in self.listed if states is None or trial.state in states]
