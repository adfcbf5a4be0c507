"""Which parameters decide the value: PED-ANOVA's shares, with an interval from resampled runs."""

from __future__ import annotations

import copy
import random
import statistics
from collections.abc import Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import FrozenTrial, create_trial

from optsweep.results.records import FEWEST_RUNS, Importance, RunRecord, StudySnapshot
from optsweep.search.sampling import distributions_for
from optsweep.study.definition import StudyDefinition

MOST_RESAMPLES, FEWEST_RESAMPLES = 100, 20
SEED = 0


def importance(snapshot: StudySnapshot) -> list[Importance]:
    """The shares, largest first; empty if fewer than ten runs are complete or nothing varied.

    PED-ANOVA (Watanabe et al. 2023, arXiv:2304.10255), as optuna-dashboard shows it; the interval is a bootstrap over
    runs. Parameters that not every run has (preschool_fraction) are left out.
    """
    complete = snapshot.ranking
    if len(complete) < FEWEST_RUNS:
        return []
    known: dict[str, BaseDistribution] = {}
    trials = [_trial(snapshot.definition, run, known) for run in complete]
    common = [name for name in trials[0].params if all(name in trial.params for trial in trials)]
    draw = random.Random(SEED)
    # The cost of a resample grows with its runs, and the need for many of them falls.
    number = max(FEWEST_RESAMPLES, min(MOST_RESAMPLES, 20_000 // len(trials)))
    study, evaluator = _Listed(), PedAnovaImportanceEvaluator()
    shares: dict[str, list[float]] = {name: [] for name in common}
    for _ in range(number):
        study.listed = [_numbered(trial, n) for n, trial in enumerate(draw.choices(trials, k=len(trials)))]
        for name, share in get_param_importances(study, evaluator=evaluator, params=common).items():
            shares[name].append(share)
    found = []
    for name in common:
        twentieths = statistics.quantiles(shares[name], n=20, method="inclusive")
        found.append(Importance(name, statistics.median(shares[name]), twentieths[0], twentieths[-1]))
    return sorted(found, key=lambda one: one.share, reverse=True)


def _trial(definition: StudyDefinition, run: RunRecord, known: dict[str, BaseDistribution]) -> FrozenTrial:
    # One object for all trials: the evaluator compares distributions a million times, fast if they are the same object.
    mine = {name: known.setdefault(name, kind) for name, kind in distributions_for(definition, run.parameters).items()}
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
