"""A script's search space: steps, conditions, lists and none among choices, free names, constraints."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import optuna
import pytest

from optsweep.errors import ConfigError
from optsweep.results.attributes import Source
from optsweep.search.sampling import RandomRuns, Sampler, distributions_for
from optsweep.study.assignments import parse_assignments
from optsweep.study.commands import as_agreed
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import parse_study
from optsweep.study.script.config import ScriptConfig
from optsweep.study.script.study import ScriptStudy
from optsweep.trainers import trainer_of

STUDY = """
[trainer]
command = ["true", "{flags}"]
constraints = [CONSTRAINTS]
[trainer.metrics]
kind = "jsonl"
value = "loss"
[study]
type = "random"
trials = 30
[space]
"""
SPACE = """
lr = { low = 1e-5, high = 1e-2, log = true }
width = { low = 64, high = 512, step = 64 }
momentum = { low = 0.0, high = 0.9, step = 0.1 }
model = { choices = ["lstm", "tf"] }
dropout = { low = 0.0, high = 0.5, step = 0.1, when = "model == 'lstm'" }
zoneout = { low = 0.0, high = 0.5, when = "dropout > 0.2" }
heads = { choices = [3, 4, 8], when = "model == 'tf'" }
betas = { choices = [[0.9, 0.95], [0.9, 0.999]] }
words = { choices = [["a", "b"], ["c,d"]] }
clip = { choices = [0.5, 1.0], none = true }
"""
PRESET = """
[[preset]]
name = "usual"
lr = 1e-3
width = 128
momentum = 0.3
model = "lstm"
dropout = 0.1
betas = [0.9, 0.95]
words = ["a", "b"]
clip = "none"
"""


def study(space: str = SPACE, constraints: str = "", preset: str = "") -> ScriptStudy:
    text = STUDY.replace("CONSTRAINTS", constraints) + space + preset
    definition = parse_study(tomllib.loads(text), "mine", "mine.toml")
    assert isinstance(definition, ScriptStudy)
    return definition


def mistakes(space: str = SPACE, constraints: str = "", preset: str = "") -> list[str]:
    with pytest.raises(ConfigError) as caught:
        study(space, constraints, preset)
    return caught.value.mistakes


def drawn(definition: StudyDefinition, number: int = 30) -> list[dict[str, Any]]:
    runs = RandomRuns(definition)
    return [runs.parameters(index) for index in range(number)]


def test_values_on_steps_are_as_a_person_writes_them() -> None:
    definition = study("x = { low = 0.1, high = 0.7, step = 0.1 }\ny = { low = 64, high = 512, step = 64 }\nz = 1.5")
    runs = drawn(definition)
    assert {run["x"] for run in runs} == {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7}
    assert {run["y"] for run in runs} <= set(range(64, 513, 64))
    assert definition.space.size == 7 * 8
    kinds = distributions_for(definition, runs[0])
    assert (kinds["x"], kinds["y"]) == (
        optuna.distributions.FloatDistribution(0.1, 0.7, step=0.1),
        optuna.distributions.IntDistribution(64, 512, step=64),
    )


def test_a_study_survives_the_database() -> None:
    definition = study(constraints='"width % heads == 0"', preset=PRESET)
    stored = json.dumps(definition.model_dump(mode="json"))
    assert StudyDefinition.model_validate(json.loads(stored)) == definition


def test_a_run_has_what_its_conditions_give_it() -> None:
    definition = study()
    runs = drawn(definition)
    for run in runs:
        lstm = run["model"] == "lstm"
        assert (("dropout" in run), ("heads" in run)) == (lstm, not lstm)
        assert ("zoneout" in run) == (lstm and run["dropout"] > 0.2)
        assert definition.space.check(run) == []
    assert {len(run) for run in runs} == {8, 9}


def test_the_same_seed_draws_the_same_whoever_asks_first() -> None:
    definition = study(constraints='"width % heads == 0", "lr < momentum"')
    late = RandomRuns(definition).parameters(20)
    assert drawn(definition, 21)[20] == late
    assert all(run["lr"] < run["momentum"] for run in drawn(definition))


def test_labels_stand_for_lists_and_none() -> None:
    definition = study(preset=PRESET)
    parameters = definition.presets[0].parameters
    assert (parameters["betas"], parameters["words"], parameters["clip"]) == ("[0.9, 0.95]", '["a", "b"]', "none")
    config = trainer_of(definition).resolve(parameters, preset="usual", seed=1)
    assert isinstance(config, ScriptConfig)
    assert config.given == {"betas": [0.9, 0.95], "words": ["a", "b"]}
    assert config.none == ["clip"]
    assert {run["clip"] for run in drawn(definition)} == {0.5, 1.0, "none"}


def test_formulas_can_ask_whether_a_value_is_none() -> None:
    space = """
clip = { choices = [0.5, 1.0], none = true }
x = { low = 0.0, high = 1.0 }
y = { low = 0.0, high = 1.0, when = "clip > 0.6" }
z = { low = 0.0, high = 1.0, when = "clip == 'none'" }
"""
    definition = study(space, '"clip != \'none\' or x < 0.5", "clip < 0.7 or x > 0.2"')
    runs = drawn(definition)
    assert {(run["clip"], "y" in run, "z" in run) for run in runs} == {
        (0.5, False, False),
        (1.0, True, False),
        ("none", False, True),
    }
    assert {run["x"] < 0.5 for run in runs if run["clip"] == "none"} == {True}
    assert {run["x"] > 0.2 for run in runs if run["clip"] == 1.0} == {True}
    assert definition.refusals({"clip": "none", "x": 0.1, "z": 0.1}) == []


def test_a_row_of_the_database_gives_the_script_no_list_of_its_own() -> None:
    definition = study(preset=PRESET)
    config = trainer_of(definition).resolve(definition.presets[0].parameters, preset="usual", seed=1)
    assert isinstance(config, ScriptConfig)
    forged = config.model_copy(update={"given": {"betas": ["; rm"]}, "absent": ["lr"]})
    agreed = as_agreed(definition, forged, "usual")
    assert isinstance(agreed, ScriptConfig)
    assert (agreed.given, agreed.none) == (config.given, config.none)


@pytest.mark.parametrize(
    ("typed", "parameters"),
    [
        ("betas=[0.9,0.999]", {"betas": "[0.9, 0.999]"}),
        ("words=[a,b]", {"words": '["a", "b"]'}),
        ('words=["c,d"]', {"words": '["c,d"]'}),
        ("clip=none", {"clip": "none"}),
        ("clip=1", {"clip": 1.0}),
        ("momentum=0.3", {"momentum": 0.3}),
    ],
)
def test_enqueued_values_are_read_as_in_the_file(typed: str, parameters: dict[str, Any]) -> None:
    definition = study()
    assert parse_assignments([typed], definition.space.givable) == parameters
    assert definition.given_mistakes(parameters) == []


@pytest.mark.parametrize(
    ("given", "mistake"),
    [
        ({"dropout": 0.1}, "dropout needs model == 'lstm'"),
        ({"dropout": 0.15, "model": "lstm"}, "dropout = 0.15 is not on a step of 0.1 from 0; 0.2 is"),
        ({"width": 100}, "width = 100 is not on a step of 64 from 64; 128 is"),
        ({"momentum": 0.1 + 0.2}, "momentum = 0.30000000000000004 is not on a step of 0.1 from 0; 0.3 is"),
        ({"betas": "[0.9, 1]"}, "betas = '[0.9, 1]' is not among [0.9, 0.95], [0.9, 0.999]"),
        ({"clip": "nothing"}, "clip = 'nothing' is not a real number or none"),
        ({"heads": 3, "width": 64, "model": "tf"}, "width % heads == 0 is false (heads = 3, width = 64)"),
        ({"lr": 1e-5, "momentum": 0.0}, "lr < momentum is false"),
        ({"momentum": 0.0}, "lr < momentum is false: no random run of 1000 may be trained"),
    ],
)
def test_what_a_user_gives_is_checked(given: dict[str, Any], mistake: str) -> None:
    found = study(constraints='"width % heads == 0", "lr < momentum"').given_mistakes(given)
    assert len(found) == 1, found
    assert mistake in found[0]


def test_a_fixed_value_meets_a_condition() -> None:
    definition = study("model = 'lstm'\ndropout = { low = 0.0, high = 1.0, when = \"model == 'lstm'\" }")
    assert definition.given_mistakes({"dropout": 0.5}) == []
    assert all("dropout" in run for run in drawn(definition, 3))


def test_the_size_of_a_space_counts_runs_as_they_are() -> None:
    space = """
a = { choices = ["x", "y"] }
b = { low = 1, high = 10, when = "a == 'x'" }
c = { choices = [true, false], when = "b > 8" }
"""
    assert study(space.replace("10", "60").replace("8", "40")).space.size == 1 + 40 + 20 * 2
    assert mistakes(space) == ["study.trials = 30: the space has only 13 different runs"]
    assert mistakes(space.replace("10", "60"), '"b > 50"') == [
        "study.trials = 30: the space has only 21 different runs"
    ]


def test_no_new_configuration_is_put_down_to_the_constraint_that_refuses() -> None:
    definition = study("a = { low = 1, high = 3000 }", '"a > 2980"')
    with pytest.raises(ConfigError, match=r"in 1000 draws; trainer.constraints: a > 2980 is false for \d+ of them"):
        drawn(definition, 30)


@pytest.mark.parametrize("source", ["random", "tpe"])
def test_both_ways_of_sampling_keep_to_conditions_steps_and_constraints(source: Source) -> None:
    definition = study(constraints='"width % heads == 0"', preset=PRESET)
    optuna_study, sampler = optuna.create_study(), Sampler(definition)
    for index in range(25):
        trial = optuna_study.ask()
        frozen = optuna_study._storage.get_trial(trial._trial_id)
        parameters = sampler.draw(optuna_study, frozen, source=source, fixed={}, index=index)
        assert definition.space.check(parameters) == []
        assert definition.refusals(parameters) == []
        for name, kind in distributions_for(definition, parameters).items():
            internal = kind.to_internal_repr(parameters[name])
            optuna_study._storage.set_trial_param(trial._trial_id, name, internal, kind)
        optuna_study.tell(trial, float(parameters["width"]) - 100 * (parameters["model"] == "tf"))
        assert optuna_study.trials[-1].params == parameters


@pytest.mark.parametrize("name", ["+trainer.x", "model@net", "~x", "a/b:c", "-C", "\N{GREEK SMALL LETTER LAMDA}", "#1"])
def test_names_are_as_the_script_has_them(name: str) -> None:
    definition = study(
        f'"{name}" = {{ low = 1, high = 60 }}\ny = {{ low = 0.0, high = 1.0, when = "{{{name}}} > 30" }}'
    )
    assert {"y" in run for run in drawn(definition)} == {True, False}
    assert parse_assignments([f"{name}=3"], definition.space.givable) == {name: 3}


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ("x = { low = 1, high = 2, when = 'y > 1' }", ["space.x.when: y is no parameter"]),
        ("x = { low = 1, high = 2, when = 'x > 1' }", ["space.x.when: a parameter's condition cannot speak of itself"]),
        (
            "x = { low = 1, high = 2, when = 'y > 1' }\ny = { low = 1, high = 2, when = 'x > 1' }",
            ["space: conditions go round in a circle: x -> y -> x"],
        ),
        (
            "m = { choices = ['a', 'b'] }\nx = { low = 1, high = 2, when = 'm == \"c\"' }",
            ["space.x.when: m is never 'c', which is not among a, b"],
        ),
        (
            "m = { choices = ['a', 'b'] }\nx = { low = 1, high = 2, when = 'm > 1' }",
            ["space.x.when: m > 1: 'a' is not a number: no random run of 1000 may be trained"],
        ),
        (
            "x = { low = 1, high = 2, when = 'x >' }",
            ["space.x.when: 'x >' is no formula, such as n_head * head_dim or model == 'lstm'"],
        ),
        ("x = { low = 1, high = 10, step = 2 }", ["space.x: high 10 is not reached by steps of 2; 9 and 11 are"]),
        ("x = { low = 0.1, high = 0.2, step = 0.1, log = true }", ["space.x: step and log = true do not go together; "
                                                                   "leave out one of them"]),
        ("x = { low = 0, high = 5, step = 0 }", ["space.x: step 0 is not above 0"]),
        (
            "x = { low = 0.0, high = 1.0, step = 1e-9 }",
            ["space.x: step 1e-09 is too small beside low and high; leave it out"],
        ),
        ("x = { choices = [[1, 2], [1.0, 2]] }", ["space.x: a value is given twice: [1, 2] and [1.0, 2]"]),
        ("x = { choices = ['none', 'a'], none = true }", ["space.x: a value is given twice: none, a, none"]),
    ],
)  # fmt: skip
def test_mistakes_of_a_space(parameters: str, found: list[str]) -> None:
    assert mistakes(f"lr = {{ low = 0.0, high = 1.0 }}\n{parameters}") == found


@pytest.mark.parametrize(
    ("constraint", "found"),
    [
        ("hiden > 1", "trainer.constraints: hiden > 1: hiden is no parameter"),
        ("width > 1000", "trainer.constraints: width > 1000 is false: no random run of 1000 may be trained"),
        ("width / 0 > 1", "trainer.constraints: width / 0 > 1: division by zero: no random run of 1000 may be trained"),
        ("1 > 2", "trainer.constraints: 1 > 2: names no parameter"),
        ("width >", "trainer.constraints[0]: 'width >' is no formula, such as n_head * head_dim or model == 'lstm'"),
        ("width > 128", "preset usual: trainer.constraints: width > 128 is false (width = 128)"),
    ],
)
def test_mistakes_of_constraints(constraint: str, found: str) -> None:
    assert mistakes(constraints=f'"{constraint}"', preset=PRESET) == [found]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("dropout = 0.1\n", "", ["dropout is missing"]),
        ('"lstm"', '"tf"', ["dropout needs model == 'lstm'", "heads is missing"]),
        ('model = "lstm"\n', "", ["model is missing"]),
        ("0.3", "0.35", ["momentum = 0.35 is not on a step of 0.1 from 0; 0.4 is"]),
        (
            "[0.9, 0.95]",
            "[0.9, [1]]",
            ["betas = [0.9, [1]]: a list has numbers, texts, true and false; no lists or tables"],
        ),
        (
            "[0.9, 0.95]",
            "{ a = 1 }",
            ["betas = {'a': 1}: input should be a number, a text, true, false or a list of them"],
        ),
        ("1e-3", "2026-01-01", ["lr = 2026-01-01: put a date or a time in quotes: it is a text here"]),
        ("[0.9, 0.95]", "[1]", ["betas = '[1]' is not among [0.9, 0.95], [0.9, 0.999]"]),
        ("1e-3", "[1]", ["lr = '[1]' is not a real number"]),
    ],
)  # fmt: skip
def test_mistakes_of_presets(old: str, new: str, found: list[str]) -> None:
    assert mistakes(preset=PRESET.replace(old, new, 1)) == [f"preset usual: {mistake}" for mistake in found]


def test_f6_one_mistake_a_wrong_value() -> None:
    assert mistakes(
        """
layers = { choices = [[64, 64], [128]] }
depth = { choices = ["none", 3, 5] }
opt = { choices = [{ name = "adam" }, 3] }
optim.lr = { low = 1e-5, high = 1e-2, log = true }
drop = { low = 0.0, high = 0.5, step = 0.1 }
zero = { low = 0.0, high = 1.0, log = true }
"a b" = 1
wide = { low = "1", hihg = 2 }
"""
    ) == [
        "space.depth.choices: choices are of different types: texts (none) and integers (5); "
        "none = true makes none a choice",
        "space.opt.choices[0] = {'name': 'adam'}: input should be a number, a text, true, false or a list of them",
        'space.optim: has none of low, high and choices; a name with dots stands in quotes: "optim.lr" = ...',
        "space.zero: log = true needs low > 0, not 0",
        "space.wide.low = '1': input should be a valid number",
        "space.wide.hihg is not a known name; did you mean high?",
        "space: 'a b': a name has no braces, blanks, quotes, = or control characters",
    ]  # fmt: skip
