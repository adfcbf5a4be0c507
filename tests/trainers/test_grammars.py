"""Parsers of many kinds get from the command line what the study says: each value, and its type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from optsweep.errors import ConfigError
from optsweep.study.file import parse_study
from optsweep.study.run_config import read_run_config
from optsweep.study.script.command_line import Places, script_call
from optsweep.study.script.config import ScriptConfig
from optsweep.trainers import trainer_of
from tests.fakes.grammars import GRAMMARS, of_hydra

NUMBERS = {"lr": -1e-05, "width": -2}
TITLES = [
    "plain",
    "two words",
    'it\'s "quoted"',
    "größe µ 日本",
    "",
    "-dash",
    "--title",
    "a=b",
    "true",
    "1e-3",
    "$HOME",
    "\\",
]
WORDS = {"form": "--{name} {value}", "lists": "a b"}

CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any], list[str]]] = {
    "argparse": (
        "argparse",
        {
            "dashes": True,
            "booleans": "--{name}/",
            "exceptions": {
                "compile": {"booleans": "--{name}/--no-{name}"},
                "betas": WORDS,
                "tags": WORDS,
                "layer": {"lists": "repeated"},
            },
        },
        {
            **NUMBERS,
            "weight_decay": 1e-300,
            "kind": "gru",
            "bias": True,
            "no_accel": False,
            "compile": False,
            "betas": [0.9, -0.5],
            "tags": ["a b", "größe", 'it\'s "q"', ""],
            "layer": [1, -2],
            "clip": "none",
        },
        TITLES,
    ),
    "argparse, the other way round": (
        "argparse",
        {"form": "--{name} {value}", "dashes": True, "booleans": "--{name}/", "lists": "a b"}
        | {"exceptions": {"compile": {"booleans": "--{name}/--no-{name}"}, "layer": {"lists": "repeated"}}},
        {"lr": 1.0, "width": 0, "bias": False, "no_accel": True, "compile": True, "layer": [3], "clip": 0.5},
        ["plain", "two words", "", "größe µ", "a=b"],
    ),
    "jsonargparse": (
        "jsonargparse",
        {"lists": "['a','b']", "none": "null"},
        {
            **{f"model.{name}": value for name, value in NUMBERS.items()},
            "model.bias": True,
            "model.betas": [0.9, 1e-05],
            "model.tags": ["a b", "x,y", "größe", "", "true"],
            "model.clip": "none",
            "trainer.max_epochs": 3,
        },
        TITLES,
    ),
    "absl": (
        "absl",
        {"booleans": "--{name}/--no{name}", "exceptions": {"betas": {"lists": "repeated"}, "amp": {"booleans": "1/0"}}},
        {
            **NUMBERS,
            "bias": False,
            "amp": True,
            "tags": ["a b", "größe"],
            "betas": [0.9, -1e-05],
            "kind": "lstm",
        },
        TITLES,
    ),
    "click": (
        "click",
        {
            "dashes": True,
            "booleans": "--{name}/--no-{name}",
            "exceptions": {"fast": {"booleans": "--{name}/"}, "betas": WORDS, "tag": {"lists": "repeated"}},
        },
        {**NUMBERS, "weight_decay": 1e-300, "bias": False, "fast": True, "betas": [0.9, -1e-05], "tag": ["a b", "--x"]},
        TITLES,
    ),
    "tyro": (
        "tyro",
        {
            "dashes": True,
            "booleans": "--{name}/--no-{name}",
            "none": "None",
            "exceptions": {"betas": WORDS, "tags": WORDS, "model.bias": {"booleans": "--model.bias/--model.no-bias"}},
        },
        {
            "lr": 1e-05,
            "weight_decay": 1.0,
            "betas": [0.9, 0.999],
            "tags": ["a b", "größe"],
            "clip": "none",
            "amp": True,
            "model.width": -2,
            "model.bias": False,
        },
        TITLES,
    ),
    "fire": (
        "fire",
        {"booleans": "True/False", "lists": "['a','b']", "none": "None"},
        {**NUMBERS, "weight_decay": 1.0, "bias": False, "betas": [0.9, -1e-05], "tags": ["a b", "x,y"], "clip": "none"},
        ["plain", "two words", "größe", "", "-dash", "true"],
    ),
    "hydra": (
        "hydra",
        {
            "form": "{name}={value}",
            "lists": "['a','b']",
            "none": "null",
            "exceptions": {
                "title": {"form": "{name}='{value}'"},
                "~callbacks.progress_bar": {"booleans": "{name}/"},
            },
        },
        {
            **NUMBERS,
            "bias": False,
            "betas": [0.9, -1e-05],
            "tags": ["a b", "größe", ""],
            "clip": "none",
            "optim.lr": 1.0,
            "+optim.beta": 0.9,
            "++callbacks.early_stopping.patience": 5,
            "~callbacks.progress_bar": True,
        },
        ["plain", "two words", "größe µ", "", "-dash", "a=b", "true", "1e-3", "$HOME"],
    ),
}


def words(flags: dict[str, Any], values: dict[str, Any], *, as_set: bool) -> list[str]:
    """The command line of a preset with these values, or of a study that sets them."""
    space = {name: {"choices": [value]} for name, value in values.items() if value != "none"}
    space |= {name: {"choices": [0.5], "none": True} for name, value in values.items() if value == "none"}
    contents: dict[str, Any] = {
        "study": {"type": "predefined"},
        "trainer": {
            "command": ["python", "train.py", "{flags}"],
            "flags": flags,
            "set": {name: value for name, value in values.items() if value != "none"} if as_set else {},
            "metrics": {"kind": "jsonl", "file": "log", "value": "loss"},
        },
        "space": {"some": {"choices": [1]}} if as_set else space,
        "preset": [{"name": "usual", **({"some": 1} if as_set else values)}],
    }
    if as_set:
        contents["trainer"]["env"] = {"SOME": "{some}"}
    definition = parse_study(contents, "mine", "mine.toml")
    config = trainer_of(definition).resolve(definition.presets[0].parameters, preset="usual", seed=1)
    stored = read_run_config(json.loads(config.model_dump_json()), "usual")
    assert isinstance(stored, ScriptConfig)
    here = Path.cwd()
    return script_call(stored, Places(here, here, here), port=1, gpus=1).words[2:]


@pytest.mark.parametrize("as_set", [False, True], ids=["parameters", "set"])
@pytest.mark.parametrize("case", list(CASES))
def test_every_value_arrives_as_it_is(case: str, as_set: bool, tmp_path: Path) -> None:
    parser, flags, values, titles = CASES[case]
    for title in titles:
        given = {**values, "title" if parser != "jsonargparse" else "model.title": title}
        line = words(flags, given, as_set=as_set)
        found = of_hydra(line, tmp_path) if parser == "hydra" else GRAMMARS[parser](line)
        for name, value in given.items():
            if name.startswith("~"):
                assert not [one for one in found if one.startswith(name[1:])], line
            elif value == "none":
                # TOML has no none: as a set value it is what the file leaves out.
                assert found[name] == (7.0 if as_set or "none" not in flags else None), line
            else:
                same(found[name.lstrip("+")], value, line)


def same(found: Any, value: Any, line: list[str]) -> None:
    if isinstance(value, list):
        assert list(found) == value, line
        assert [type(part) for part in found] == [type(part) for part in value], line
    else:
        assert found == value, line
        assert type(found) is type(value), line


def test_one_parameter_may_have_flags_of_other_names() -> None:
    flags = {"exceptions": {"accel": {"booleans": "/--no-gpu"}, "loud": {"booleans": "-v/-q"}}}
    assert words(flags, {"accel": True, "loud": True}, as_set=False) == ["-v"]
    assert words(flags, {"accel": False, "loud": False}, as_set=False) == ["--no-gpu", "-q"]
    with pytest.raises(ConfigError, match="the same flag for every name"):
        words({"booleans": "--amp/--no-amp"}, {"amp": True}, as_set=False)
