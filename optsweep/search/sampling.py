"""Draw a run's parameters: at random by its index alone, or by TPE from the finished runs. Writes no parameters."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Container, Iterator

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import TPESampler
from optuna.trial import FrozenTrial, TrialState

from optsweep.errors import ConfigError
from optsweep.results.attributes import Source, is_repeat
from optsweep.study.definition import StudyDefinition
from optsweep.study.ranges import IntegerRange, Range
from optsweep.study.scalar import Parameters, Scalar
from optsweep.study.script.constraints import without_values
from optsweep.study.space import Identity, SearchSpace

TPE_DRAWS, TPE_REFUSALS = 5, 20
"""How often TPE may propose a configuration that another run has, and one that no run may have, before a random one is
taken."""
RANDOM_DRAWS = 1000


class RandomRuns:
    """The random configurations of a study: a function of its file alone, the same whenever and wherever they are asked
    for."""

    def __init__(self, definition: StudyDefinition) -> None:
        self._definition = definition
        self._taken = _presets(definition)
        # Each depends on all before it: kept, or a plan of thousands would draw millions.
        self._drawn: list[dict[str, Scalar]] = []

    def parameters(self, index: int) -> dict[str, Scalar]:
        """Those of the sampled run number ``index`` (from 0); no preset and no smaller index has them.

        Raises `ConfigError` if the space has nothing else left.
        """
        while len(self._drawn) <= index:
            stream = f"{self._definition.study.seed}/{len(self._drawn)}"
            parameters = _new_random(self._definition, stream, self._taken, {})
            self._taken.add(self._definition.identity(parameters))
            self._drawn.append(parameters)
        return dict(self._drawn[index])


def distributions_for(definition: StudyDefinition, parameters: Parameters) -> dict[str, BaseDistribution]:
    """Optuna's distributions of a run's parameters, the same ones for presets, so that TPE learns from them too."""
    return {name: _distribution(definition.space, name) for name in definition.space.active(parameters)}


class Sampler:
    """Draws the parameters of a study's runs."""

    def __init__(self, definition: StudyDefinition) -> None:
        self._definition = definition
        self._random_runs = RandomRuns(definition)

    def is_random_start(self, parameters: Parameters, index: int) -> bool:
        """Whether TPE's run number ``index`` was drawn at random, because too few runs had finished by then."""
        return dict(parameters) == self._random_runs.parameters(index)

    def draw(
        self, study: optuna.Study, trial: FrozenTrial, *, source: Source, fixed: Parameters, index: int
    ) -> dict[str, Scalar]:
        """Every parameter of a claimed run; its holder stores them.

        Values in ``fixed`` stand (a preset's, a user's), then those that the trial has already (its first holder was
        killed while it stored them); the rest is drawn at random or by TPE (a user's run: as the study's type says).
        ``index`` counts the study's sampled runs, or the user's, from 0. Raises `ConfigError` if nothing new is left,
        or if a run whose parameters were all given when it was planned lacks some.
        """
        definition = self._definition
        given = definition.settled({**trial.params, **fixed}, fixed)
        needed = definition.space.active(given)
        missing = [name for name in needed if name not in given]
        if not missing:
            return {name: given[name] for name in needed}
        if source in ("preset", "repeat", "linked"):
            raise ConfigError(f"a {source} run's parameters", [f"{name} is missing" for name in missing])
        if source == "random":
            return self._random_runs.parameters(index)
        study = _WithoutRepeats(study)
        taken = _presets(definition) | _others(definition, study, trial)
        if source == "tpe" or definition.study.type == "tpe":
            seeds = (definition.seed_for(source, index, attempt) for attempt in itertools.count())
            proposed = (_tpe(definition, study, trial, given, seed) for seed in seeds)
            if _has_started(definition, study) and (new := _first_new(definition, proposed, taken)) is not None:
                return new
        if source == "tpe":
            parameters = self._random_runs.parameters(index)
            if given.items() <= parameters.items() and definition.identity(parameters) not in taken:
                return parameters
        return _new_random(definition, f"{definition.study.seed}/{source}/{index}", taken, given)


class _WithoutRepeats(optuna.Study):
    """A study as TPE is to see it: each configuration once, by its first seed.

    Several seeds of the best ones would draw it to what has been found, and take the place of other configurations
    among the good ones.
    """

    def __init__(self, study: optuna.Study) -> None:
        super().__init__(study_name=study.study_name, storage=study._storage)

    def _get_trials(
        self, deepcopy: bool = True, states: Container[TrialState] | None = None, use_cache: bool = False
    ) -> list[FrozenTrial]:
        trials = super()._get_trials(deepcopy, states, use_cache)
        return [trial for trial in trials if not is_repeat(trial.user_attrs)]


def _first_new(
    definition: StudyDefinition, proposed: Iterator[dict[str, Scalar]], taken: set[Identity]
) -> dict[str, Scalar] | None:
    """The first of TPE's proposals that a run may have and none has; None after too many others."""
    known, refused = 0, 0
    while known < TPE_DRAWS and refused < TPE_REFUSALS:
        parameters = next(proposed)
        if definition.refusals(parameters):
            refused += 1
        elif definition.identity(parameters) in taken:
            known += 1
        else:
            return parameters
    return None


def _new_random(definition: StudyDefinition, stream: str, taken: set[Identity], given: Parameters) -> dict[str, Scalar]:
    generators = definition.space.generators(stream)
    refused: Counter[str] = Counter()
    for _ in range(RANDOM_DRAWS):
        for parameters in definition.candidates(definition.space.draw(generators, given), given):
            if definition.identity(parameters) in taken:
                continue
            if not (reasons := definition.refusals(parameters)):
                return parameters
            refused[without_values(reasons[0])] += 1
            break
    words = f"no new configuration in {RANDOM_DRAWS} draws; "
    if refused:
        reason, times = refused.most_common(1)[0]
        words += f"{reason} for {times} of them; "
    raise ConfigError(f"study {definition.name}", [words + "widen [space] or lower --trials"])


def _has_started(definition: StudyDefinition, study: optuna.Study) -> bool:
    """Whether TPE has enough runs to learn from; one that was skipped before it began teaches nothing."""
    finished = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
    return sum(bool(trial.params) for trial in finished) >= max(1, definition.sampler.startup)


def _tpe(
    definition: StudyDefinition, study: optuna.Study, trial: FrozenTrial, given: Parameters, seed: int
) -> dict[str, Scalar]:
    """What TPE proposes for all that is not given.

    The sampler is made anew with its own seed: one seed for a study would replay old draws after every restart. The
    space is the study file's and not inferred from the trials, since one without parameters would leave nothing of it.
    """
    sampler = TPESampler(n_startup_trials=0, multivariate=True, constant_liar=True, seed=seed)
    space = definition.space
    kinds = {name: _distribution(space, name) for name in space.names() if name not in given}
    parameters = dict(given) | {name: _single(kind) for name, kind in kinds.items() if kind.single()}
    # What every run has is proposed together; what only some have, each by itself, from the runs that have it.
    everywhere = [name for name in space.active({}) if name not in parameters]
    parameters |= sampler.sample_relative(study, trial, {name: kinds[name] for name in everywhere})
    while missing := [name for name in space.active(parameters) if name not in parameters]:
        parameters |= {name: sampler.sample_independent(study, trial, name, kinds[name]) for name in missing}
    rounded = space.rounded({name: parameters[name] for name in space.active(parameters)}, definition.rounding, given)
    return definition.settled(rounded, given)


def _single(kind: BaseDistribution) -> Scalar:
    assert isinstance(kind, CategoricalDistribution), "only a fixed value is single"
    (value,) = kind.choices
    assert value is not None
    return value


def _distribution(space: SearchSpace, name: str) -> BaseDistribution:
    parameter = space.parameter(name)
    if isinstance(parameter, Range):
        return FloatDistribution(parameter.low, parameter.high, log=parameter.log, step=parameter.step)
    if isinstance(parameter, IntegerRange):
        return IntDistribution(parameter.low, parameter.high, log=parameter.log, step=parameter.step or 1)
    return CategoricalDistribution(parameter.values)


def _presets(definition: StudyDefinition) -> set[Identity]:
    return {definition.identity(preset.parameters) for preset in definition.presets}


def _others(definition: StudyDefinition, study: optuna.Study, trial: FrozenTrial) -> set[Identity]:
    """What the other runs have; a failed one may be proposed again."""
    trials = study.get_trials(deepcopy=False)
    return {
        definition.identity(other.params)
        for other in trials
        if other.params and other.number != trial.number and other.state != TrialState.FAIL
    }
