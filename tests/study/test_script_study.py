"""What a study file may say of a script: free names, its presets, and every mistake in words."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import optuna
import pytest

from optsweep.errors import ConfigError
from optsweep.planning.plan import planned_runs
from optsweep.search.sampling import RandomRuns, Sampler, distributions_for
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import load_study, parse_study
from optsweep.study.script.command_line import check_program
from optsweep.study.script.study import ScriptStudy
from optsweep.trainers import trainer_of

FILE: dict[str, Any] = {
    "study": {"type": "tpe", "trials": 9},
    "trainer": {
        "command": ["python", "train.py", "--config", "{config}", "--data", "{data}", "--out={dir}"],
        "config": "toml",
        "set": {"seed": "{seed}", "note": "{run} at {optim.lr}"},
        "metrics": {"kind": "jsonl", "file": "log.jsonl", "value": "loss", "total": 100},
    },
    "space": {
        "optim.lr": {"low": 1e-4, "high": 1e-1, "log": True},
        "width": {"low": 8, "high": 512, "log": True},
        "layers": {"low": 1, "high": 3},
        "momentum": {"choices": [0, 0.9]},
        "nesterov": {"choices": [True, False]},
        "optimizer": "adam",
    },
    "preset": [
        {"name": "usual", "optim.lr": 1e-3, "width": 64, "layers": 2, "momentum": 0, "nesterov": False,
         "optimizer": "adam"},
    ],
}  # fmt: skip


def contents() -> dict[str, Any]:
    return copy.deepcopy(FILE)


def mistakes(changed: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_study(changed, "mine", "mine.toml")
    return "; ".join(caught.value.mistakes)


def test_a_study_of_a_script_is_stored_and_read_back() -> None:
    definition = parse_study(contents(), "mine", "mine.toml")
    assert isinstance(definition, ScriptStudy)
    assert definition.presets[0].parameters["momentum"] == 0.0
    assert type(definition.presets[0].parameters["momentum"]) is float
    stored = json.dumps(definition.model_dump(mode="json"))
    assert StudyDefinition.model_validate(json.loads(stored)) == definition
    assert [run.run for run in planned_runs(definition, range(1))] == ["usual", "tpe-001"]
    assert trainer_of(definition).unit == "loss"


def test_random_runs_are_legal_and_differ() -> None:
    definition = parse_study(contents(), "mine", "mine.toml")
    draws = [RandomRuns(definition).parameters(index) for index in range(20)]
    assert len({definition.identity(parameters) for parameters in draws}) == 20
    assert not [mistake for parameters in draws for mistake in definition.space.check(parameters)]
    assert {type(parameters["width"]) for parameters in draws} == {int}
    low = [definition.space.parameter("layers").draw(random.Random(seed)) for seed in range(50)]
    assert set(low) == {1, 2, 3}


def test_tpe_learns_from_a_scripts_runs() -> None:
    definition = parse_study(contents(), "mine", "mine.toml").with_overrides(trials=40)
    study = optuna.create_study()
    for index in range(30):
        trial = study.ask()
        source: Any = "random" if index < 10 else "tpe"
        parameters = Sampler(definition).draw(
            study, study._storage.get_trial(trial._trial_id), source=source, fixed={}, index=index
        )
        assert not definition.space.check(parameters)
        for name, distribution in distributions_for(definition, parameters).items():
            internal = distribution.to_internal_repr(parameters[name])
            study._storage.set_trial_param(trial._trial_id, name, internal, distribution)
        study.tell(trial, abs(parameters["width"] - 100) / 100)
    assert study.best_value < 0.3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"space": {"lr": {"low": 1, "high": 0.5}}}, "low 1 is not below high 0.5"),
        ({"space": {"lr": {"low": 5, "high": 2}}}, "low 5 is not below high 2; write a fixed value"),
        ({"space": {"lr": {"choices": [1, "a"]}}}, "different types"),
        ({"space": {"optim": {"lr": 0.1}}}, "a name with dots stands in quotes"),
        ({"space": {"seed": 1}}, "[trainer.set] can give it a value"),
        ({"space": {"a b": 1}}, "a name has no braces, blanks"),
        ({"preset": [{"name": "usual", "optim.lr": 1e-3}]}, "preset usual: width is missing"),
        ({"preset": [{**FILE["preset"][0], "widht": 1}]}, "widht is not a known name; did you mean width?"),
        ({"preset": [{**FILE["preset"][0], "width": 1000}]}, "width = 1000 is outside 8..512"),
        ({"preset": [{**FILE["preset"][0], "layers": 2.0}]}, "layers = 2.0 is not an integer"),
        ({"settings": {"max_protein_len": 64}}, "settings are the built-in trainer's"),
        ({"budget": {"sequences": 100}}, "budget.sequences is not a known name"),
        ({"trainer.command": ["python", "train.py"]}, "{config} in the command need each other"),
        ({"trainer.command": ["a", "{config}", "{dri}"]}, "{dri} stands for nothing; did you mean dir?"),
        ({"trainer.config": None, "trainer.command": ["a", "{width}"]}, "hands over seed, note, optim.lr, layers"),
        ({"trainer.set": {"width": 1}}, "width is a parameter of the space too"),
        ({"trainer.template": "missing.toml"}, "missing.toml: no such file"),
        ({"trainer.template_text": "a = = 1"}, "the template is not valid TOML: Invalid value"),
        ({"trainer.config": "py", "trainer.template_text": "a = ="}, "not valid Python: invalid syntax"),
        ({"trainer.metrics": {"kind": "csv", "value": "x"}}, "needs file"),
        ({"trainer.metrics": {"kind": "regex", "value": "x"}}, "needs at least one"),
        ({"trainer.metrics": {"kind": "regex", "value": "x", "patterns": ["("]}}, "not a regular expression"),
        ({"trainer.metrics": {"kind": "regex", "value": "x", "patterns": ["(?P<y>.)"]}}, "no pattern has a group"),
        ({"trainer.metrics": {"kind": "jsonl", "value": "x", "file": "/tmp/x"}}, "pattern below {dir}"),
        ({"trainer.grace_second": 3}, "trainer.grace_second is not a known name; did you mean grace_seconds?"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_mistakes_are_said(workplace: Path, change: dict[str, Any], words: str) -> None:
    changed = contents()
    for place, value in change.items():
        section, _, key = place.partition(".")
        if key:
            changed[section] = {k: v for k, v in {**changed[section], key: value}.items() if v is not None}
        else:
            changed[section] = value
    assert words in mistakes(changed)


def test_a_template_is_read_when_the_study_is(workplace: Path) -> None:
    Path("base.toml").write_text("[optim]\nlr = 1.0\n")
    changed = contents()
    changed["trainer"]["template"] = "base.toml"
    definition = parse_study(changed, "mine", "mine.toml")
    assert isinstance(definition, ScriptStudy)
    assert definition.trainer.template_text == "[optim]\nlr = 1.0\n"


def test_a_script_that_is_not_there_is_said_before_anything_starts(workplace: Path) -> None:
    Path("there.py").touch()
    definition = parse_study(contents(), "mine", "mine.toml")
    assert isinstance(definition, ScriptStudy)
    check_program(definition.trainer.model_copy(update={"command": ["python", "there.py", "{config}"]}))
    with pytest.raises(ConfigError, match=r"there is no file 'train.py'"):
        check_program(definition.trainer)
    with pytest.raises(ConfigError, match=r"there is no program 'no-such-program'"):
        check_program(definition.trainer.model_copy(update={"command": ["no-such-program", "{config}"]}))
    with pytest.raises(ConfigError, match=r"'./there.py' is not executable"):
        check_program(definition.trainer.model_copy(update={"command": ["./there.py", "{config}"]}))


@pytest.mark.parametrize("name", ["plain", "huggingface", "lightning"])
def test_the_examples_study_files_are_right(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    definition = load_study(Path("examples") / name / "study.toml")
    assert isinstance(definition, ScriptStudy)
    assert trainer_of(definition).takes_data
    assert Path(definition.trainer.command[1]).is_file()
