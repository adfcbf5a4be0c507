"""Draw a run's parameters: at random by its index alone, or by TPE from the finished runs. Writes no parameters."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import TPESampler
from optuna.trial import FrozenTrial, TrialState

from optsweep.errors import ConfigError
from optsweep.results.attributes import Source
from optsweep.study.definition import StudyDefinition
from optsweep.study.parameter import IntegerRange, Range
from optsweep.study.resolve import derived_seed
from optsweep.study.space import SearchSpace, identity

TPE_DRAWS = 5
"""How often TPE may propose a configuration that another run has before a random one is taken."""
RANDOM_DRAWS = 1000

Identities = set[tuple[tuple[str, Any], ...]]


@dataclass
class _RandomRuns:
    """The random configurations of a study, as far as they were drawn in this process."""

    definition: StudyDefinition
    taken: Identities
    drawn: list[dict[str, Any]] = field(default_factory=list)


_latest: _RandomRuns | None = None


def random_parameters(definition: StudyDefinition, index: int) -> dict[str, Any]:
    """The parameters of the sampled run number ``index`` (from 0) where it is drawn at random.

    A function of the study file alone: whoever asks, whenever, gets the same; no preset and no smaller index has them.
    Raises `ConfigError` where the space has nothing else left.
    """
    global _latest
    # Each depends on all before it: kept, or a plan of thousands would draw millions.
    if _latest is None or _latest.definition is not definition:
        _latest = _RandomRuns(definition, _presets(definition))
    while len(_latest.drawn) <= index:
        seed = f"{definition.study.seed}/{len(_latest.drawn)}"
        parameters = _new_random(definition, seed, _latest.taken, {})
        _latest.taken.add(identity(parameters))
        _latest.drawn.append(parameters)
    return dict(_latest.drawn[index])


def is_random_start(definition: StudyDefinition, parameters: Mapping[str, Any], index: int) -> bool:
    """Whether TPE's run number ``index`` was drawn at random, because too few runs had finished by then."""
    return dict(parameters) == random_parameters(definition, index)


def distributions_for(definition: StudyDefinition, parameters: Mapping[str, Any]) -> dict[str, BaseDistribution]:
    """Optuna's distributions of a run's parameters, the same ones for presets, so that TPE learns from them too."""
    return {name: _distribution(definition.space, name) for name in definition.space.active(parameters)}


def draw(
    definition: StudyDefinition,
    study: optuna.Study,
    trial: FrozenTrial,
    *,
    source: Source,
    fixed: Mapping[str, Any],
    index: int,
) -> dict[str, Any]:
    """Every parameter of a claimed run; its holder stores them.

    Values in ``fixed`` stand (a preset's, a user's), then those that the trial has already (its first holder was
    killed while it stored them); the rest is drawn at random or by TPE (a user's run: as the study's type says).
    ``index`` counts the study's sampled runs, or the user's, from 0. Raises `ConfigError` where nothing new is left.
    """
    given = {**trial.params, **fixed}
    needed = definition.space.active(given)
    if given.keys() >= set(needed):
        return {name: given[name] for name in needed}
    if source == "random":
        return random_parameters(definition, index)
    taken = _presets(definition) | _others(study, trial)
    if source == "tpe" or definition.study.type == "tpe":
        for attempt in range(TPE_DRAWS if _has_started(definition, study) else 0):
            seed = derived_seed(definition.study.seed, source, index, attempt)
            parameters = _tpe(definition, study, trial, given, seed)
            if identity(parameters) not in taken:
                return parameters
    if source == "tpe":
        parameters = random_parameters(definition, index)
        if given.items() <= parameters.items() and identity(parameters) not in taken:
            return parameters
    return _new_random(definition, f"{definition.study.seed}/{source}/{index}", taken, given)


def _new_random(
    definition: StudyDefinition, stream: str, taken: Identities, given: Mapping[str, Any]
) -> dict[str, Any]:
    # A string seeds Python's generator through SHA-512: the same numbers on every machine.
    rng = random.Random(stream)
    for _ in range(RANDOM_DRAWS):
        parameters = definition.space.draw(rng, given)
        if identity(parameters) not in taken:
            return parameters
    raise ConfigError(
        f"study {definition.name}", [f"no new configuration in {RANDOM_DRAWS} draws; widen [space] or lower --trials"]
    )


def _has_started(definition: StudyDefinition, study: optuna.Study) -> bool:
    """Whether TPE has enough runs to learn from; one that was skipped before it began teaches nothing."""
    finished = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
    return sum(bool(trial.params) for trial in finished) >= max(1, definition.sampler.startup)


def _tpe(
    definition: StudyDefinition, study: optuna.Study, trial: FrozenTrial, given: Mapping[str, Any], seed: int
) -> dict[str, Any]:
    """What TPE proposes for all that is not given.

    The sampler is made anew with its own seed: one seed for a study would replay old draws after every restart. The
    space is the study file's and not inferred from the trials, since one without parameters would leave nothing of it.
    """
    sampler = TPESampler(n_startup_trials=0, multivariate=True, constant_liar=True, seed=seed)
    everywhere = {name: _distribution(definition.space, name) for name in definition.space.active({})}
    wanted = {name: distribution for name, distribution in everywhere.items() if not distribution.single()}
    constants = {name: definition.space.parameter(name).limits[0] for name in everywhere.keys() - wanted.keys()}
    proposed = sampler.sample_relative(study, trial, {name: wanted[name] for name in wanted.keys() - given.keys()})
    parameters = {**constants, **proposed, **given}
    active = definition.space.active(parameters)
    for name in active:
        if name not in parameters:
            distribution = _distribution(definition.space, name)
            parameters[name] = sampler.sample_independent(study, trial, name, distribution)
    return {name: _rounded(definition.space, name, parameters[name], given) for name in active}


def _rounded(space: SearchSpace, name: str, value: Any, given: Mapping[str, Any]) -> Any:
    parameter = space.parameter(name)
    return parameter.rounded(value) if isinstance(parameter, Range) and name not in given else value


def _distribution(space: SearchSpace, name: str) -> BaseDistribution:
    parameter = space.parameter(name)
    if isinstance(parameter, Range):
        return FloatDistribution(parameter.low, parameter.high, log=parameter.log)
    if isinstance(parameter, IntegerRange):
        return IntDistribution(parameter.low, parameter.high, log=parameter.log)
    return CategoricalDistribution(parameter.choices)


def _presets(definition: StudyDefinition) -> Identities:
    return {identity(preset.parameters) for preset in definition.presets}


def _others(study: optuna.Study, trial: FrozenTrial) -> Identities:
    """What the other runs have; a failed one may be proposed again."""
    trials = study.get_trials(deepcopy=False)
    return {
        identity(other.params)
        for other in trials
        if other.params and other.number != trial.number and other.state != TrialState.FAIL
    }
