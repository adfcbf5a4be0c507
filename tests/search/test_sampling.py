"""Drawing parameters: reproducible random runs, TPE on the same distributions, nothing drawn twice."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState, create_trial

from optsweep.results.records import Source
from optsweep.search.sampling import RandomRuns, Sampler, distributions_for
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import load_study, parse_study

UNIREF50 = Path(__file__).parents[2] / "studies" / "uniref50.toml"


@pytest.fixture(scope="module")
def definition() -> StudyDefinition:
    return load_study(UNIREF50)


@pytest.fixture
def study() -> optuna.Study:
    return optuna.create_study()


def add(
    study: optuna.Study,
    definition: StudyDefinition,
    parameters: Mapping[str, Any],
    value: float,
    state: TrialState = TrialState.COMPLETE,
    mark: Mapping[str, Any] | None = None,
) -> None:
    """A trial with these parameters, as the worker that held it would have stored it."""
    study.add_trial(
        create_trial(
            state=state,
            value=value if state == TrialState.COMPLETE else None,
            params=dict(parameters),
            distributions=distributions_for(definition, parameters),
            intermediate_values={1: value},
            user_attrs=dict(mark or {}),
        )
    )


def finish_presets(study: optuna.Study, definition: StudyDefinition) -> None:
    for number, preset in enumerate(definition.presets):
        add(study, definition, preset.parameters, 2.8 + 0.01 * number)


def claimed(study: optuna.Study) -> FrozenTrial:
    return study._storage.get_trial(study.ask()._trial_id)


def drawn(
    definition: StudyDefinition,
    study: optuna.Study,
    source: Source = "tpe",
    index: int = 0,
    fixed: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    return Sampler(definition).draw(study, claimed(study), source=source, fixed=fixed or {}, index=index)


def test_random_runs_depend_on_seed_and_index_alone(definition: StudyDefinition) -> None:
    runs = [RandomRuns(definition).parameters(index) for index in range(12)]
    assert [RandomRuns(load_study(UNIREF50)).parameters(index) for index in reversed(range(12))] == runs[::-1]
    other = definition.with_overrides(seed=7)
    assert all(RandomRuns(other).parameters(index) != runs[index] for index in range(12))
    assert runs[0]["lr"] == pytest.approx(3.42e-05), "the same seed must give the same runs in every version"


def test_random_runs_are_legal_and_never_equal(definition: StudyDefinition) -> None:
    runs = [RandomRuns(definition).parameters(index) for index in range(60)]
    assert all(definition.space.check(parameters) == [] for parameters in runs)
    assert len({definition.identity(parameters) for parameters in runs}) == 60


def test_no_random_run_repeats_a_preset_or_another_in_a_small_space(definition: StudyDefinition) -> None:
    contents = tomllib.loads(UNIREF50.read_text())
    contents["study"]["trials"] = 11
    preset = contents["preset"][0]
    contents["preset"] = [preset]
    fixed = definition.presets[0].parameters | {"preschool_fraction": 0.1}
    contents["space"] = fixed | {
        "lr": {"choices": [1e-4, 2e-4]},
        "n_blocks": {"choices": [6, 8, 12]},
        "beta2": {"choices": [0.99, 0.999]},
    }
    small = parse_study(contents, "small", "small.toml")
    runs = {definition.identity(RandomRuns(small).parameters(index)) for index in range(11)}
    assert len(runs | {definition.identity(small.presets[0].parameters)}) == 12


def test_the_random_source_ignores_what_the_study_holds(definition: StudyDefinition, study: optuna.Study) -> None:
    finish_presets(study, definition)
    assert drawn(definition, study, "random", 3) == RandomRuns(definition).parameters(3)


def test_a_preset_is_taken_as_it_is(definition: StudyDefinition, study: optuna.Study) -> None:
    parameters = definition.preset("curriculum_focus").parameters
    assert drawn(definition, study, "preset", 4, parameters) == parameters


def test_presets_and_sampled_runs_have_the_same_distributions(definition: StudyDefinition) -> None:
    preset = distributions_for(definition, definition.preset("curriculum_focus").parameters)
    for index in range(20):
        parameters = RandomRuns(definition).parameters(index)
        distributions = distributions_for(definition, parameters)
        assert distributions.keys() == parameters.keys()
        assert all(preset[name] == distribution for name, distribution in distributions.items())


def test_tpe_starts_at_random_and_takes_over_once_enough_runs_finished(
    definition: StudyDefinition, study: optuna.Study
) -> None:
    finish_presets(study, definition)
    missing = definition.sampler.startup - len(definition.presets)
    start = [drawn(definition, study, index=index) for index in range(missing)]
    assert all(Sampler(definition).is_random_start(parameters, index) for index, parameters in enumerate(start))
    for parameters in start:
        add(study, definition, parameters, 2.9, TrialState.PRUNED)
    numbers = range(missing, missing + 5)
    later = [drawn(definition, study, index=index) for index in numbers]
    assert not any(
        Sampler(definition).is_random_start(parameters, index) for index, parameters in zip(numbers, later, strict=True)
    )
    assert all(definition.space.check(parameters) == [] for parameters in later)
    assert len({definition.identity(parameters) for parameters in later}) == 5


def test_skipped_runs_without_parameters_do_not_disturb_tpe(definition: StudyDefinition, study: optuna.Study) -> None:
    finish_presets(study, definition)
    for _ in range(5):
        study.add_trial(create_trial(state=TrialState.PRUNED))
    assert Sampler(definition).is_random_start(drawn(definition, study), 0)
    for index in range(5):
        add(study, definition, RandomRuns(definition).parameters(index), 2.9)
    assert not Sampler(definition).is_random_start(drawn(definition, study, index=5), 5)


def test_tpe_learns_where_the_good_runs_are(definition: StudyDefinition, study: optuna.Study) -> None:
    for index in range(40):
        parameters = RandomRuns(definition).parameters(index)
        penalty = 0.0 if parameters["lr"] > 3e-4 and parameters["hidden_size"] == 1024 else 1.0
        add(study, definition, parameters, 2.5 + penalty)
    proposals = [drawn(definition, study, index=index) for index in range(40, 60)]
    assert sum(parameters["hidden_size"] == 1024 for parameters in proposals) >= 12
    assert sum(parameters["lr"] > 2e-4 for parameters in proposals) >= 14


def test_values_already_stored_by_a_killed_worker_are_kept(definition: StudyDefinition, study: optuna.Study) -> None:
    finish_presets(study, definition)
    for index in range(5):
        add(study, definition, RandomRuns(definition).parameters(index), 2.9)
    trial = study.ask()
    lr = trial.suggest_float("lr", 1e-5, 1e-3, log=True)
    stored = study._storage.get_trial(trial._trial_id)
    parameters = Sampler(definition).draw(study, stored, source="tpe", fixed={}, index=5)
    assert parameters["lr"] == lr
    assert definition.space.check(parameters) == []


def test_what_a_user_gives_stands_and_the_rest_is_drawn(definition: StudyDefinition, study: optuna.Study) -> None:
    fixed = {"lr": 1.2345e-4, "curriculum": True}
    early = drawn(definition, study, "user", 5, fixed)
    finish_presets(study, definition)
    for index in range(5):
        add(study, definition, RandomRuns(definition).parameters(index), 2.9)
    late = drawn(definition, study, "user", 6, fixed)
    for parameters in (early, late):
        assert fixed.items() <= parameters.items()
        assert definition.space.check(parameters) == []
    assert early != late


def test_nothing_is_written_to_the_trial_but_tpes_own_note(definition: StudyDefinition, study: optuna.Study) -> None:
    finish_presets(study, definition)
    trial = claimed(study)
    Sampler(definition).draw(study, trial, source="tpe", fixed={}, index=0)
    assert study._storage.get_trial(trial._trial_id).params == {}


def test_tpe_proposes_nothing_that_another_run_has(definition: StudyDefinition, study: optuna.Study) -> None:
    contents = tomllib.loads(UNIREF50.read_text())
    contents["study"]["trials"], contents["preset"] = 7, []
    fixed = definition.presets[0].parameters | {"preschool_fraction": 0.1}
    contents["space"] = fixed | {"lr": {"choices": [1e-5, 1e-4]}, "n_blocks": {"choices": [6, 8, 12, 16]}}
    contents["sampler"]["startup"] = 1
    small = parse_study(contents, "small", "small.toml")
    for index in range(7):
        add(study, small, drawn(small, study, index=index), 2.5 + 0.1 * index)
    finished = study.get_trials(states=(TrialState.COMPLETE,))
    assert len({definition.identity(trial.params) for trial in finished}) == 7


def test_tpe_proposes_the_same_whether_runs_are_repeated_or_not(definition: StudyDefinition) -> None:
    def proposals(*, repeated: bool) -> list[dict[str, Any]]:
        study = optuna.create_study()
        finish_presets(study, definition)
        for index in range(6):
            add(study, definition, RandomRuns(definition).parameters(index), 2.7 + 0.01 * index)
        if repeated:
            best = RandomRuns(definition).parameters(0)
            mark = {"optsweep:source": "repeat", "optsweep:repeat_of": "tpe-001"}
            for state in (TrialState.COMPLETE, TrialState.RUNNING, TrialState.PRUNED):
                add(study, definition, best, 2.6, state, mark)
        return [drawn(definition, study, index=index) for index in range(6, 10)]

    assert proposals(repeated=True) == proposals(repeated=False)


def test_repeats_do_not_count_towards_the_start_of_tpe(definition: StudyDefinition, study: optuna.Study) -> None:
    first = RandomRuns(definition).parameters(0)
    add(study, definition, first, 2.7)
    for _ in range(10):
        add(study, definition, first, 2.7, mark={"optsweep:source": "repeat"})
    assert drawn(definition, study, index=1) == RandomRuns(definition).parameters(1)


def test_a_failed_run_may_be_proposed_again(definition: StudyDefinition, study: optuna.Study) -> None:
    first = RandomRuns(definition).parameters(0)
    add(study, definition, first, 2.9, TrialState.FAIL)
    assert drawn(definition, study, index=0) == first


OLD = [
    {"beta2": 0.993, "lr": 0.00433},
    {"beta2": 0.999, "lr": 0.000514},
    {"beta2": 0.996, "lr": 0.000714},
    {"beta2": 0.993, "lr": 0.000253},
]
NARROW: dict[str, Any] = {
    "trainer": {"command": ["script", "{flags}"], "metrics": {"kind": "jsonl", "value": "loss"}},
    "study": {"type": "random", "trials": 6},
    "space": {"t": {"low": 1000.0, "high": 1004.0}, "b": {"choices": ["x", "y"]}},
}


def test_f1_a_narrow_range_has_enough_values_for_any_number_of_runs() -> None:
    narrow = parse_study(NARROW, "narrow", "narrow.toml")
    runs = RandomRuns(narrow)
    drawn = [runs.parameters(index) for index in range(2000)]
    assert all(narrow.space.check(parameters) == [] for parameters in drawn)
    assert len({(parameters["t"], parameters["b"]) for parameters in drawn}) == 2000
    assert [parameters["t"] for parameters in drawn[:6]] == [round(run["t"], 2) for run in drawn[:6]]


def test_f1_choices_that_lie_close_together_are_different_runs() -> None:
    space = {"beta2": {"choices": [0.9991, 0.9992, 0.9993, 0.9994, 0.9995, 0.9996]}}
    runs = RandomRuns(parse_study({**NARROW, "space": space}, "close", "close.toml"))
    assert len({runs.parameters(index)["beta2"] for index in range(6)}) == 6


def test_f1_a_study_of_an_earlier_version_draws_what_it_would_have_drawn() -> None:
    """Its definition says nothing of rounding. The values are those that the version before it drew."""
    space = {"beta2": {"low": 0.99, "high": 0.9999}, "lr": {"low": 1e-4, "high": 1e-2, "log": True}}
    today = parse_study({**NARROW, "space": space}, "narrow", "narrow.toml")
    stored = {key: value for key, value in today.model_dump(mode="json").items() if key != "rounding"}
    runs = RandomRuns(StudyDefinition.model_validate(stored))
    assert [runs.parameters(index) for index in range(4)] == OLD
    resumed = today.planned_like(StudyDefinition.model_validate(stored))
    assert RandomRuns(resumed).parameters(3) == runs.parameters(3)
    assert RandomRuns(today).parameters(3) != runs.parameters(3)
