"""Weight decay searched by what it does to a run: decay is weight_decay times the sum of the learning rate."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import create_trial

from optsweep.config import TrainConfig
from optsweep.errors import ConfigError
from optsweep.search.sampling import RandomRuns, Sampler, distributions_for
from optsweep.study.builtin.study import BuiltinStudy
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import load_study, parse_study
from optsweep.study.ranges import Range
from optsweep.study.run_config import of_builtin
from optsweep.study.scalar import Parameters
from optsweep.train.learning_rate import learning_rate
from optsweep.trainers.builtin import BuiltinTrainer

STUDIES = Path(__file__).parents[2] / "studies"
RANGE = {"low": 0.005, "high": 0.2, "log": True}
DRAWN_BY_49957C9 = [
    {"lr": 0.000764, "weight_decay": 0.102, "dropout": 0.0311, "beta2": 0.99, "warmup_fraction": 0.0312},
    {"lr": 0.00694, "weight_decay": 0.0185, "dropout": 0.245, "beta2": 0.999, "warmup_fraction": 0.111},
    {"lr": 0.00249, "weight_decay": 0.0241, "dropout": 0.16, "beta2": 0.999, "warmup_fraction": 0.194},
]
"""Some of the parameters that the version of that commit drew for the demo of its time."""
EARLIER = {
    "lr": {"low": 3e-4, "high": 1e-2, "log": True},
    "dropout": {"low": 0.0, "high": 0.3},
    "effective_batch": {"choices": [8, 16, 32]},
}
"""That demo's ranges, where they are others by now."""


@pytest.fixture
def contents() -> dict[str, Any]:
    return tomllib.loads((STUDIES / "uniref50.toml").read_text())


def built(contents: dict[str, Any]) -> BuiltinStudy:
    definition = parse_study(contents, "mine", "mine.toml")
    assert isinstance(definition, BuiltinStudy)
    return definition


def resolved(definition: BuiltinStudy, parameters: Parameters, preset: str | None = None) -> TrainConfig:
    return of_builtin(BuiltinTrainer(definition).resolve(parameters, preset=preset, seed=1), "run")


def product(config: TrainConfig) -> float:
    """weight_decay times the learning rate of every step, step by step."""
    n_iters = config.training.n_iters
    return config.optim.weight_decay * math.fsum(learning_rate(config.optim, n_iters, step) for step in range(n_iters))


@pytest.mark.parametrize("name", ["uniref50", "demo"])
def test_a_preset_keeps_its_weight_decay_to_the_digit_and_the_sampler_sees_its_decay(name: str) -> None:
    contents = tomllib.loads((STUDIES / f"{name}.toml").read_text())
    definition = built(contents)
    for preset, written in zip(definition.presets, contents["preset"], strict=True):
        assert "weight_decay" not in preset.parameters
        config = resolved(definition, preset.parameters, preset.name)
        assert config.optim.weight_decay == written["weight_decay"]
        assert preset.parameters["decay"] == pytest.approx(product(config), rel=1e-8)
        distribution = distributions_for(definition, preset.parameters)["decay"]
        assert distribution == optuna.distributions.FloatDistribution(0.001, 0.5, log=True)


def test_a_sampled_run_trains_with_the_decay_that_was_drawn(contents: dict[str, Any]) -> None:
    definition = built(contents)
    for index in range(20):
        parameters = RandomRuns(definition).parameters(index)
        assert 0.001 <= float(parameters["decay"]) <= 0.5
        assert product(resolved(definition, parameters)) == pytest.approx(parameters["decay"], rel=1e-8)


def test_scale_changes_lengths_and_not_the_weight_decay(contents: dict[str, Any]) -> None:
    full = built(contents)
    contents["budget"]["scale"] = 0.01
    quick = built(contents)
    parameters = RandomRuns(full).parameters(3)
    assert RandomRuns(quick).parameters(3) == parameters
    assert resolved(quick, parameters).optim.weight_decay == resolved(full, parameters).optim.weight_decay
    assert [one.parameters for one in quick.presets] == [one.parameters for one in full.presets]


def test_promotion_leaves_the_weight_decay_as_found(contents: dict[str, Any]) -> None:
    definition = built(contents)
    parameters = RandomRuns(definition).parameters(2)
    full = BuiltinTrainer(definition).full(parameters, preset=None, seed=1)
    assert full.optim.weight_decay == resolved(definition, parameters).optim.weight_decay
    assert full.training.n_iters > resolved(definition, parameters).training.n_iters


def test_a_file_that_names_weight_decay_goes_on_to_search_it(contents: dict[str, Any]) -> None:
    del contents["space"]["decay"]
    contents["space"]["weight_decay"] = RANGE
    definition = built(contents)
    assert "decay" not in definition.space.names()
    assert definition.presets[0].parameters["weight_decay"] == 0.01
    assert 0.005 <= float(RandomRuns(definition).parameters(0)["weight_decay"]) <= 0.2


def test_a_file_whose_presets_alone_name_it_does_so_too_and_one_without_presets_searches_decay(
    contents: dict[str, Any],
) -> None:
    del contents["space"]["decay"]
    searched = built(contents).space.parameter("weight_decay")
    assert isinstance(searched, Range)
    assert searched.model_dump(exclude_none=True) == RANGE
    del contents["preset"]
    assert {"decay", "weight_decay"} & set(built(contents).space.names()) == {"decay"}


def test_a_study_from_before_whose_file_names_neither_goes_on_to_search_weight_decay() -> None:
    contents = {"budget": {"sequences": 1000, "full_sequences": 2000}}
    today = built(contents)
    begun = built({**contents, "space": {"weight_decay": RANGE}})
    assert today.planned_like(begun).model_dump() == begun.model_dump()
    changed = built({**contents, "space": {"decay": {"low": 0.001, "high": 0.5, "log": True}}})
    assert changed.planned_like(begun).space != begun.space, "what the user has written is not taken for a default"


def test_one_of_the_two_is_searched(contents: dict[str, Any]) -> None:
    contents["space"]["weight_decay"] = RANGE
    with pytest.raises(ConfigError) as caught:
        built(contents)
    assert len(caught.value.mistakes) == 1
    assert "weight_decay and decay are one thing" in caught.value.mistakes[0]


@pytest.mark.parametrize(
    ("searched", "nearest"),
    [({"low": 0.01, "high": 0.5}, 0.01), (0.02, 0.02), ({"choices": [0.001, 0.004, 0.1]}, 0.004)],
)
def test_a_preset_of_less_decay_than_is_searched_keeps_its_own_and_counts_as_the_nearest(
    contents: dict[str, Any], searched: Any, nearest: float
) -> None:
    contents["space"]["decay"] = searched
    definition = built(contents)
    preset = definition.preset("large_quality")
    assert preset.parameters["decay"] == nearest
    assert BuiltinTrainer(definition).resolve(preset.parameters, preset=preset.name, seed=0).optim.weight_decay == 0.01


def test_a_seed_draws_what_it_has_always_drawn() -> None:
    contents = tomllib.loads((STUDIES / "demo.toml").read_text())
    today = built({**contents, "space": contents["space"] | EARLIER})
    del contents["space"]["decay"]
    earlier = built({**contents, "space": contents["space"] | EARLIER | {"weight_decay": RANGE}})
    stored = {**earlier.model_dump(mode="json"), "presets": []}
    del stored["space"]["decay"]
    old = StudyDefinition.model_validate(stored)
    for index, drawn in enumerate(DRAWN_BY_49957C9):
        parameters = RandomRuns(old).parameters(index)
        assert drawn.items() <= parameters.items()
        new = RandomRuns(today).parameters(index)
        del new["decay"], parameters["weight_decay"]
        assert new == parameters, "it changes what others are drawn"


def finished(definition: StudyDefinition) -> optuna.Study:
    study = optuna.create_study()
    for index in range(12):
        parameters = RandomRuns(definition).parameters(index)
        distributions = distributions_for(definition, parameters)
        study.add_trial(create_trial(value=2.5 + index / 100, params=parameters, distributions=distributions))
    return study


def drawn(definition: StudyDefinition, study: optuna.Study, given: dict[str, Any], index: int = 30) -> dict[str, Any]:
    assert definition.given_mistakes(given) == []
    trial = study._storage.get_trial(study.ask()._trial_id)
    return Sampler(definition).draw(study, trial, source="user", fixed=given, index=index)


@pytest.mark.parametrize("kind", ["random", "tpe"])
@pytest.mark.parametrize(
    "given", [{"weight_decay": 0.0213}, {"weight_decay": 0.0213, "lr": 3e-4, "effective_batch": 64}]
)
def test_a_user_gives_a_weight_decay_and_the_run_has_it_to_the_digit(
    contents: dict[str, Any], kind: str, given: dict[str, Any]
) -> None:
    contents["study"]["type"] = kind
    definition = built(contents)
    study = finished(definition)
    for index in range(4):
        parameters = drawn(definition, study, given, index)
        assert definition.space.check(parameters) == []
        config = resolved(definition, {**given, **parameters})
        assert config.optim.weight_decay == 0.0213
        assert parameters["decay"] == pytest.approx(product(config), rel=1e-8)


def test_a_user_gives_all_parameters_of_a_run(contents: dict[str, Any]) -> None:
    definition = built(contents)
    given = {**definition.preset("small_fast").parameters, "weight_decay": 0.01}
    del given["decay"]
    parameters = drawn(definition, optuna.create_study(), given)
    sampled = resolved(definition, {**given, **parameters})
    assert sampled.optim.weight_decay == 0.01
    assert parameters["decay"] == pytest.approx(product(sampled), rel=1e-8)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"weight_decay": 0.02, "decay": 0.1}, "give one of weight_decay and decay"),
        ({"weight_decay": 50.0, "lr": 1e-4}, "weight_decay = 50: decay would be 19..1.5e+02, outside 0.001..0.5"),
        ({"weight_decay": 0.0}, "weight_decay = 0: decay would be 0, outside 0.001..0.5"),
        ({"decay": 3.0}, "decay = 3.0 is outside 0.001..0.5"),
    ],
)
def test_what_no_run_can_have_is_said_before_it_waits(
    contents: dict[str, Any], given: dict[str, Any], said: str
) -> None:
    assert built(contents).given_mistakes(given) == [said]


def test_what_the_rest_of_a_run_must_be_for_a_given_weight_decay_is_drawn_so(contents: dict[str, Any]) -> None:
    definition = built(contents)
    for index in range(8):
        parameters = drawn(definition, optuna.create_study(), {"weight_decay": 0.9}, index)
        assert definition.space.check(parameters) == []
        assert float(parameters["lr"]) < 1e-4


def test_the_shipped_files_search_decay() -> None:
    for name in ("demo", "uniref50"):
        assert load_study(STUDIES / f"{name}.toml").space.logarithmic > {"lr", "decay"}
