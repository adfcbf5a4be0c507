"""Templates of a script's own config: values are put into the text, and all else stays byte by byte."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from optsweep.errors import ConfigError
from optsweep.study.config_text.config_file import check_template, new_names, render
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import parse_study
from optsweep.study.script.command_line import Places, config_text
from optsweep.study.script.config import script_config
from optsweep.study.script.study import ScriptStudy
from optsweep.trainers import trainer_of

YAML = """\
# my settings
lr: 1e-4        # the usual
country: NO
start: 12:30:00
day: 2024-01-02
version: 1_0
empty:
text: "a 'b'"
block: |
  one
  two
layers:
  - width: 64
  - width: 32
base: &base
  decay: &decay 0.1
  betas: [0.9,  0.95]
again: *decay
model:
    <<: *base
    deep: {a: 1,   b: [x, y]}   # odd
made: !include other.yaml
thing: !!python/object:a.B {}
defaults:
  - model: gpt
  - _self_
twice: 1
twice: 2
"""
JSON = '{\n    "lr": 1e-3, "n": 12345678901234567890123,\n    "in": {"a": [1,2], "e": {}},\n    "none": null\n}\n'
TOML = """\
# mine
lr = 1_000.0   # odd
"a.b" = 0x10
day = 1979-05-27
[optim]   # inside
betas = [0.9,   0.95]
in = {a = 1, b = 'x'}
[[parts]]
n = 1
"""


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


@pytest.mark.parametrize(
    ("kind", "template", "values", "lines"),
    [
        ("yaml", YAML, {"lr": 3e-5}, ["-lr: 1e-4        # the usual", "+lr: 3.0e-05        # the usual"]),
        ("yaml", YAML, {"country": "NO: #\n"}, ["-country: NO", '+country: "NO: #\\n"']),
        ("yaml", YAML, {"empty": None}, ["-empty:", "+empty: null"]),
        ("yaml", YAML, {"empty.a.b": [1, "ü"]}, ["-empty:", '+empty: {a: {b: [1, "ü"]}}']),
        ("yaml", YAML, {"block": True}, ["-block: |", "-  one", "-  two", "+block: true"]),
        ("yaml", YAML, {"layers": [1, 2]}, ["-  - width: 64", "-  - width: 32", "+  [1, 2]"]),
        ("yaml", YAML, {"base.betas": [0.5]}, ["-  betas: [0.9,  0.95]", "+  betas: [0.5]"]),
        ("yaml", YAML, {"base.new": 1}, ["+  new: 1"]),
        ("yaml", YAML, {"again": 0.2}, ["-again: *decay", "+again: 0.2"]),
        # What others stand for keeps its value, and goes to the first of them.
        ("yaml", YAML, {"base.decay": 5},
         ["-  decay: &decay 0.1", "+  decay: 5", "-again: *decay", "+again: &decay 0.1"]),
        ("yaml", YAML, {"model.decay": 5}, ["+    decay: 5"]),
        ("yaml", YAML, {"model.deep.a": 2},
         ["-    deep: {a: 1,   b: [x, y]}   # odd", "+    deep: {a: 2,   b: [x, y]}   # odd"]),
        ("yaml", YAML, {"twice": 3}, ["-twice: 2", "+twice: 3"]),
        ("yaml", YAML, {"x.y": 1, "x.z": "yes"}, ["+x:", '+  "y": 1', '+  z: "yes"']),
        ("yaml", "a: 1\r\nb:\r\n  c: 2", {"b.d": 3}, ["+  d: 3"]),
        ("yaml", "a: 1\n---\nb: {c: 2}\n", {"b.c": 3, "d": 4}, ["+d: 4", "-b: {c: 2}", "+b: {c: 3}"]),
        ("yaml", "# nothing yet\n", {"a.b": 1}, ["+a:", "+  b: 1"]),
        ("yaml", "a: 1", {"b": 1e22}, ["+b: 1.0e+22"]),
        # Tables that end at the same place, each with a new name.
        ("yaml", "a: 1\nb:\n  c:\n    d: 2\n", {"x": 5, "b.e": 3, "b.c.f": 4}, ["+    f: 4", "+  e: 3", "+x: 5"]),
        ("json", JSON, {"in.a": [3]}, ['-    "in": {"a": [1,2], "e": {}},', '+    "in": {"a": [3], "e": {}},']),
        ("json", JSON, {"in.e.x": "ü\u2028"},
         ['-    "in": {"a": [1,2], "e": {}},', '+    "in": {"a": [1,2], "e": {"x": "ü\\u2028"}},']),
        ("json", JSON, {"new.x": 1e-5}, ['-    "none": null', '+    "none": null,', '+    "new": {"x": 1e-05}']),
        ("json", JSON, {"none": False}, ['-    "none": null', '+    "none": false']),
        ("toml", TOML, {"lr": 1e-5}, ["-lr = 1_000.0   # odd", "+lr = 1e-05   # odd"]),
        ("toml", TOML, {"a.b": 1, "optim.in.a": 2},
         ['-"a.b" = 0x10', '+"a.b" = 1', "-in = {a = 1, b = 'x'}", "+in = {a = 2, b = 'x'}"]),
        ("toml", TOML, {"optim.betas": None}, ["-betas = [0.9,   0.95]"]),
    ],
)  # fmt: skip
def test_only_what_is_set_changes(kind: Any, template: str, values: dict[str, Any], lines: list[str]) -> None:
    assert changed_lines(template, render(kind, template, values)) == lines


@pytest.mark.parametrize(
    ("kind", "parse"),
    [("yaml", yaml.safe_load), ("json", json.loads), ("toml", tomllib.loads)],
)
@pytest.mark.parametrize(
    "value",
    [0, -3, 2**53, 0.1, 1e-5, -1e22, 5e-324, True, "", "NO", "1e-4", "12:30", "~", "null", "- a", "a: b", " x ", "#",
     "'\"\\", "two\nlines\t", "\u2028\x85ü😀\ufeff", "{a}", "*a", "&a", "!x", "@", "%", [], [1.5, 2],
     ["a, b", "", "]"]],
)  # fmt: skip
def test_every_value_is_read_back_from_every_place(kind: Any, parse: Any, value: Any) -> None:
    template = {"yaml": "a: x\nb: {c: 1}\n", "json": '{"a": "x", "b": {"c": 1}}', "toml": "a = 'x'\n[b]\nc = 1\n"}[kind]
    read = parse(render(kind, template, {"a": value, "b.c": value, "b.new": value, "d.e": value}))
    assert repr(read) == repr({"a": value, "b": {"c": value, "new": value}, "d": {"e": value}})
    assert parse(render(kind, "", {"d.e": value})) == {"d": {"e": value}}


@pytest.mark.parametrize(
    ("kind", "template", "values", "words"),
    [
        ("yaml", YAML, {"layers.0.width": 1}, "layers is a list in the template, and would become a table"),
        ("yaml", YAML, {"country.x": 1}, "country is a value in the template, and would become a table"),
        ("yaml", YAML, {"model.deep": 1}, "model.deep is a table in the template, and would become 1"),
        ("yaml", YAML, {"model.betas.x": 1}, "merged from another table"),
        ("yaml", "a: &a {b: 1}\nc: *a\n", {"a.b": 2, "c.b": 3}, "set one of the two"),
        ("json", JSON, {"in.a.x": 1}, "in.a is a list in the template"),
        ("json", JSON, {"in": 1}, "in is a table in the template"),
        ("toml", TOML, {"parts.n": 1}, "parts is a list in the template"),
        ("toml", TOML, {"lr.x": 1}, "lr is a value in the template"),
        ("toml", TOML, {"optim": 1}, "optim is a table in the template"),
        ("json", "", {"a": 1, "a.b": 2}, "a is a value, and would become a table"),
    ],
)  # fmt: skip
def test_a_table_never_takes_the_place_of_something_else(
    kind: Any, template: str, values: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        render(kind, template, values)


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("yaml", "a: [1", "not valid YAML"),
        ("yaml", "a: *b", "undefined alias"),
        ("yaml", "- 1", "holds a list"),
        ("json", "{'a': 1}", "not valid JSON"),
        ("json", "3", "holds a single value"),
        ("toml", "a = = 1", "not valid TOML"),
    ],
)
def test_a_template_that_its_language_cannot_read_is_refused(kind: Any, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_template(kind, text)


def test_new_names_are_told_with_what_may_be_meant() -> None:
    names = ["lr", "model.betas", "model.deep.a", "modle.deep.a", "contry"]
    assert new_names("yaml", YAML, names) == [
        "modle.deep.a; did you mean model.deep.a?",
        "contry; did you mean country?",
    ]
    assert new_names("json", JSON, ["in.a", "in.x"]) == ["in.x; did you mean in.e?"]
    assert new_names("toml", TOML, ["optim.in.a", "a.b", "day.x"]) == ["day.x; did you mean day?"]
    assert new_names("py", "x = 1", ["y"]) == []


def study(template: str, names: list[str], kind: str = "yaml") -> ScriptStudy:
    contents: dict[str, Any] = {
        "study": {"type": "random", "trials": 1},
        "trainer": {
            "command": ["x", "{config}"],
            "config": kind,
            "template_text": template,
            "metrics": {"kind": "jsonl", "value": "loss"},
        },
        "space": {name: {"low": 0.0, "high": 0.3} for name in names},
    }
    definition = parse_study(contents, "mine", "mine.toml")
    assert isinstance(definition, ScriptStudy)
    return definition


def test_planning_tells_of_new_names_and_refuses_what_cannot_be_put_in() -> None:
    definition = study(YAML, ["dropuot", "lr"])
    assert trainer_of(definition).notes == ["New in the template: dropuot"]
    assert not definition.refused_anew()
    refused = study(YAML, ["layers.0.width", "lr"]).refused_anew()
    assert refused == ["trainer.template: layers.0.width: layers is a list in the template, and would become a table"]
    refused = study("lr = 1\n", ["weight-decay"], "py").refused_anew()
    assert refused[0].startswith("trainer.template: the config is not valid Python: cannot assign to expression")
    with pytest.raises(ConfigError, match="not valid YAML"):
        study("a: [", ["lr"])


def test_a_study_from_before_templates_were_kept_gets_the_values_that_it_got() -> None:
    template = "lr: 1e-4\ncountry: NO\nlayers:\n  - width: 64\n"
    stored = study(template, ["layers.0.width", "lr"]).model_dump(mode="json")
    del stored["trainer"]["flags"]
    begun = StudyDefinition.model_validate(stored)
    assert isinstance(begun, ScriptStudy)
    parameters = {"layers.0.width": 0.1, "lr": 0.2}
    config = script_config(begun.trainer, begun.space, parameters, seed=1, num_evaluations=1)
    text = config_text(config, Places(Path("/c"), None, Path("/w")))
    assert yaml.safe_load(text) == {"lr": 0.2, "country": False, "layers": {"0": {"width": 0.1}}}
