"""The command of a script in its own grammar: how each value is written, what is filled in, what is refused."""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from optsweep.errors import ConfigError
from optsweep.study.commands import command_lines, commands_digest
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import parse_study
from optsweep.study.run_config import course_text
from optsweep.study.scalar import Given
from optsweep.study.script.command_line import Call, Places, check_program, config_text, script_call
from optsweep.study.script.config import ScriptConfig, script_config
from optsweep.study.script.flags import FlagsSection
from optsweep.study.script.study import ScriptStudy

PLACES = Places(Path("/runs/a/c.yaml"), Path("/data.pt"), Path("/runs/a/work"))
METRICS = {"kind": "jsonl", "value": "loss"}
TRUE_FALSE = {"booleans": "True/False"}
HYDRA = {"form": "{name}={value}", "lists": "[a,b]", "none": "null"}
WORDS = {"form": "--{name} {value}"}


@pytest.mark.parametrize(
    ("flags", "name", "value", "words"),
    [
        # As they are written where nothing is said.
        ({}, "lr", 1e-5, ["--lr=1e-05"]),
        ({}, "lr", 1e22, ["--lr=1e+22"]),
        ({}, "lr", -0.0003, ["--lr=-0.0003"]),
        ({}, "n", 2**53, ["--n=9007199254740992"]),
        ({}, "amp", True, ["--amp=true"]),
        ({}, "text", "it's \"a\" b", ["--text=it's \"a\" b"]),
        ({}, "text", "", ["--text="]),
        ({}, "text", "{value} ü\n", ["--text={value} ü\n"]),
        ({}, "betas", [0.9, 0.95], ["--betas=0.9,0.95"]),
        ({}, "clip", None, []),
        ({}, "optim.lr_max", 1, ["--optim.lr_max=1"]),
        # argparse: words of their own, switches, nargs.
        (WORDS, "text", "two words", ["--text", "two words"]),
        (WORDS, "text", "", ["--text", ""]),
        (WORDS, "n", -3, ["--n", "-3"]),
        ({"booleans": "--{name}/"}, "amp", True, ["--amp"]),
        ({"booleans": "--{name}/"}, "amp", False, []),
        ({"booleans": "/--no_{name}"}, "amp", True, []),
        ({"booleans": "--{name}/--no-{name}", "dashes": True}, "use_ema", False, ["--no-use-ema"]),
        ({**WORDS, "lists": "a b"}, "betas", [0.9, 0.95], ["--betas", "0.9", "0.95"]),
        ({**WORDS, "lists": "a b"}, "betas", [], ["--betas"]),
        ({"lists": "repeated"}, "tag", ["a b", "c"], ["--tag=a b", "--tag=c"]),
        ({**WORDS, "lists": "repeated"}, "tag", [1, 2], ["--tag", "1", "--tag", "2"]),
        # Names with dashes; texts keep their underscores.
        ({"dashes": True}, "a_b.c_d", "e_f", ["--a-b.c-d=e_f"]),
        # Fire, absl and tyro: Python's words.
        (TRUE_FALSE, "amp", False, ["--amp=False"]),
        ({"booleans": "1/0", "form": "-C{name}={value}"}, "amp", True, ["-Camp=1"]),
        ({"lists": "['a','b']"}, "names", ["x", "y z"], ["--names=['x','y z']"]),
        ({"lists": "['a', 'b']"}, "betas", [0.9, 1], ["--betas=[0.9, 1]"]),
        ({"lists": "(a;b)"}, "flags", [True, False], ["--flags=(true;false)"]),
        ({"lists": "[a,b]", **TRUE_FALSE}, "flags", [True, False], ["--flags=[True,False]"]),
        ({"none": "None"}, "clip", None, ["--clip=None"]),
        ({"none": "--no-{name}"}, "clip", None, ["--no-clip"]),
        # Hydra.
        (HYDRA, "+trainer.limit", 3, ["+trainer.limit=3"]),
        (HYDRA, "model@net", "gpt", ["model@net=gpt"]),
        (HYDRA, "betas", [0.9, 0.95], ["betas=[0.9,0.95]"]),
        (HYDRA, "clip", None, ["clip=null"]),
        ({**HYDRA, "none": "~{name}"}, "clip", None, ["~clip"]),
        # Braces of the script's own, and exceptions.
        ({"form": '--set {{"{name}":{value}}}'}, "lr", 1, ["--set", '{"lr":1}']),
        ({**HYDRA, "exceptions": {"epochs": {"form": "+{name}={value}"}}}, "epochs", 3, ["+epochs=3"]),
        ({**HYDRA, "exceptions": {"ema": {"booleans": "--{name}/"}}}, "ema", True, ["--ema"]),
        ({"exceptions": {"m.bias": {"booleans": "--m.bias/--m.no-bias"}}}, "m.bias", False, ["--m.no-bias"]),
        ({"exceptions": {"m.bias": {"booleans": "/--m.no-bias"}}}, "m.bias", True, []),
        ({"dashes": True, "exceptions": {"a_b": {"dashes": False}}}, "a_b", 1, ["--a_b=1"]),
    ],
)  # fmt: skip
def test_a_value_is_written_as_the_scripts_parser_reads_it(
    flags: dict[str, Any], name: str, value: Given, words: list[str]
) -> None:
    assert FlagsSection.model_validate(flags).words(name, value) == words


def file(**trainer: Any) -> dict[str, Any]:
    return {
        "study": {"type": "random", "trials": 2},
        "trainer": {"command": ["python", "train.py", "{flags}"], "metrics": METRICS, **trainer},
        "space": {"lr": {"low": 1e-4, "high": 1e-1}, "n_head": {"choices": [2, 4]}, "amp": {"choices": [True, False]}},
    }


def study(contents: dict[str, Any]) -> ScriptStudy:
    definition = parse_study(copy.deepcopy(contents), "mine", "mine.toml")
    assert isinstance(definition, ScriptStudy)
    return definition


def config(definition: ScriptStudy, **parameters: Any) -> ScriptConfig:
    own = script_config(definition.trainer, definition.space, parameters, seed=7, num_evaluations=1)
    return own.model_copy(update={"provenance": {"run": "random-001"}})


def call(contents: dict[str, Any], checkpoint: Path | None = None, **parameters: Any) -> Call:
    own = config(study(contents), **{"lr": 0.01, "n_head": 4, "amp": True, **parameters})
    return script_call(own, PLACES, port=1234, gpus=2, checkpoint=checkpoint)


def test_flags_hold_what_has_no_place_of_its_own() -> None:
    command = ["python", "train.py", "--lr={lr}", "{flags}", "{n_embd}"]
    derive = {"n_embd": "n_head * 64", "min_lr": "lr / 10", "half": "n_embd / 2"}
    words = call(file(command=command, derive=derive, set={"seed": "{seed}", "tag": "{run} {amp}"})).words
    own = ["--seed=7", "--tag=random-001 true", "--min_lr=0.001", "--half=128.0", "--n_head=4", "--amp=true"]
    assert words == [sys.executable, "train.py", "--lr=0.01", *own, "256"]


def test_what_only_feeds_a_derived_value_is_kept_from_the_script() -> None:
    contents = file(derive={"n_embd": "n_head * 64"}, internal=["n_head"])
    assert call(contents).words[2:] == ["--n_embd=256", "--lr=0.01", "--amp=true"]


def test_braces_folder_environment_and_port_are_filled_in() -> None:
    contents = file(
        command=["bash", "-c", "exec x ${{HOME}} {{{lr}}}", "{flags}"],
        set={"ckpt": "{{epoch}}-{{loss:.2f}}"},
        cwd="~/{run}",
        env={"HF_HOME": "{dir}/hf", "THREADS": 4, "PORT": "{port}", "AMP": "{amp}"},
    )
    made = call(contents)
    assert made.words == ["bash", "-c", "exec x ${HOME} {0.01}", "--ckpt={epoch}-{loss:.2f}", "--n_head=4"]
    assert made.cwd == Path.home() / "random-001"
    assert made.environment == {"HF_HOME": "/runs/a/work/hf", "THREADS": "4", "PORT": "1234", "AMP": "true"}


def test_resume_words_are_there_only_with_a_checkpoint() -> None:
    resume = {"args": ["--ckpt", "{checkpoint}"], "if_exists": "checkpoint-*"}
    assert call(file(resume=resume)).words[-1] == "--amp=true"
    assert call(file(resume=resume), Path("/w/checkpoint-5")).words[-2:] == ["--ckpt", "/w/checkpoint-5"]
    placed = file(resume=resume, command=["python", "train.py", "{resume}", "{flags}"])
    assert call(placed).words[2] == "--lr=0.01"
    assert call(placed, Path("/w/c")).words[2:5] == ["--ckpt", "/w/c", "--lr=0.01"]


def test_torchrun_takes_the_place_of_python() -> None:
    words = call(file(torchrun=True, gpus_per_run=2, command=["python", "-m", "mine", "{gpus}", "{flags}"])).words
    launcher = ["-m", "torch.distributed.run", "--nnodes=1", "--nproc-per-node=2", "--master-addr=127.0.0.1"]
    assert words[:10] == [sys.executable, *launcher, "--master-port=1234", "-m", "mine", "2"]


def test_lists_none_and_absent_values_reach_flags_config_and_environment() -> None:
    space = {
        "kind": {"choices": ["a", "b"]},
        "betas": {"choices": [[0.9, 0.95], [0.9, 0.999]]},
        "clip": {"choices": [0.5], "none": True},
        "layers": {"low": 1, "high": 3, "when": "kind == 'b'"},
    }
    derive = {"double": "layers * 2", "limit": "clip * 2"}
    definition = study({**file(derive=derive, set={"depth": "{layers}"}), "space": space})
    parameters = {"kind": "a", "betas": "[0.9, 0.999]", "clip": "none"}
    made = script_call(config(definition, **parameters), PLACES, port=1, gpus=1)
    assert made.words[2:] == ["--kind=a", "--betas=0.9,0.999"]
    made = script_call(
        config(definition, **{**parameters, "kind": "b", "layers": 2, "clip": 0.5}), PLACES, port=1, gpus=1
    )
    values = ["--depth=2", "--double=4", "--limit=1.0", "--kind=b", "--betas=0.9,0.999", "--clip=0.5", "--layers=2"]
    assert made.words[2:] == values
    whole = file(config="json", command=["x", "{config}"], derive=derive)
    parameters = {"kind": "a", "betas": "[0.9, 0.999]", "clip": "none"}
    written = config_text(config(study({**whole, "space": space}), **parameters), PLACES)
    assert json.loads(written) == {"kind": "a", "betas": [0.9, 0.999], "clip": None}


@pytest.mark.parametrize(
    ("trainer", "words"),
    [
        ({"flags": {"form": "--{name}"}}, "needs {name} and then {value}"),
        ({"flags": {"form": "--{name}={vaule}"}}, "write {{ and }}"),
        ({"flags": {"booleans": "True"}}, 'needs one "/" between'),
        ({"flags": {"booleans": "--{name}/off"}}, "both sides are values"),
        ({"flags": {"lists": "x,y"}}, "no example of a list"),
        ({"flags": {"list": "a b"}}, "trainer.flags.list is not a known name; did you mean lists?"),
        ({"flags": {"exceptions": {"ampp": {}}}}, "ampp is no parameter, set or derived value; did you mean amp?"),
        ({"flags": {"form": "{name}={value}"}, "flag": "-{name} {value}"}, "flag is the older name of flags.form"),
        ({"flags": {}, "flag": "{name} {value}", "grace": 1}, "trainer.grace is not a known name"),
        ({"command": ["x", "a{flags}"]}, "{flags} stands for words of its own"),
        ({"command": ["x", "{flags}", "{epoch}"]}, "write {{epoch}} if the script is to see braces"),
        ({"command": ["x", "{flags}", "{checkpoint}"]}, "{checkpoint} stands for nothing"),
        ({"command": ["x", "{flags}", "{resume}"]}, "{resume} stands for nothing"),
        ({"command": ["x", "{flags}", "{n_haed}"]}, "{n_haed} stands for nothing; did you mean n_head?"),
        ({"env": {"A": "{lrr}"}}, "trainer.env.A: {lrr} stands for nothing; did you mean lr?"),
        ({"env": {"A-B": "x"}}, "no name of an environment variable"),
        ({"env": {"CUDA_VISIBLE_DEVICES": "0"}}, "choose the devices by --gpus"),
        ({"env": {"A": True}}, "trainer.env.A"),
        ({"resume": {"args": ["x"], "if_exists": "../x"}}, "pattern below {dir}"),
        ({"resume": {"args": ["x"]}}, "trainer.resume.if_exists is missing"),
        ({"derive": {"lr": "n_head"}}, "lr is a parameter of the space too"),
        ({"derive": {"x": "n_haed * 2"}}, "did you mean n_head?"),
        ({"derive": {"x": "open('f')"}}, "is not understood here"),
        ({"constraints": ["lr >"]}, "no formula"),
        ({"internal": ["lr"]}, "nothing is derived from lr"),
        ({"internal": ["lrr"]}, "lrr is no parameter or derived value; did you mean lr?"),
        ({"torchrun": True, "command": ["bash", "{flags}"]}, "torchrun takes the place of python"),
        ({"gpus_per_run": 0}, "trainer.gpus_per_run = 0"),
        ({"command": ["x", "{lr}"]}, "nothing hands over n_head, amp"),
        ({"command": ["x", "{y}", "{n_head}", "{amp}"], "derive": {"y": "lr * 2"}, "set": {"z": 1}}, "hands over z;"),
    ],
)  # fmt: skip
def test_mistakes_of_the_command_are_said(trainer: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_study(file(**trainer), "mine", "mine.toml")
    assert words in "; ".join(caught.value.mistakes)


@pytest.mark.parametrize(
    ("trainer", "words"),
    [
        ({"command": ["x", "{flags}", '{"a": 1}']}, "a brace stands alone"),
        ({"set": {"x": ["a,b", "c"]}}, "'a,b' cannot be told from its list"),
        ({"set": {"x": [1, 2]}, "flags": {"lists": "a b"}}, "x: 'a b' needs {value} as a word of its own"),
        ({"set": {"x": ["a'b"]}, "flags": {"lists": "['a','b']"}}, "cannot be told from its list"),
    ],
)
def test_what_older_studies_go_on_with_is_refused_in_new_ones(trainer: dict[str, Any], words: str) -> None:
    assert words in "; ".join(study(file(**trainer)).refused_anew())


@pytest.mark.parametrize("value", ["s3cret\n", ["s3cret"], {"a": "s3cret"}, "s3cret}", "s3cret{flags}", "s3cret{lrr}"])
def test_mistakes_in_the_environment_name_no_values(value: object) -> None:
    definition = file(env={"TOKEN": value})
    with pytest.raises(ConfigError) as caught:
        raise ConfigError("mine.toml", parse_study(definition, "mine", "mine.toml").refused_anew())
    assert "trainer.env.TOKEN: " in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_only_lists_need_the_form_of_lists() -> None:
    exceptions = {"lr": {"form": "--{name}={value}"}}
    flags = {"form": "--{name} {value}", "lists": "a b", "exceptions": exceptions}
    definition = study(file(set={"x": [1, 2]}, flags=flags))
    assert definition.refused_anew() == []
    words = script_call(config(definition, lr=1e-5, n_head=2, amp=True), PLACES, port=1, gpus=1).words
    assert "--lr=1e-05" in words
    assert words[words.index("--x") + 1 :][:2] == ["1", "2"]


def test_a_placeholder_that_is_not_in_every_run_is_refused() -> None:
    space = {"kind": {"choices": ["a", "b"]}, "n": {"low": 1, "high": 3, "when": "kind == 'b'"}}
    contents = {**file(command=["x", "{kind}", "{n}"]), "space": space}
    with pytest.raises(ConfigError, match=r"\{n\} is not there in every run"):
        study(contents)
    contents["space"] = {"kind": "a", "n": {"choices": [1], "none": True}}
    with pytest.raises(ConfigError, match=r"\{n\} may be none; say by trainer.flags.none"):
        study(contents)
    contents["trainer"]["flags"] = {"none": "off"}
    assert script_call(config(study(contents), kind="a", n="none"), PLACES, port=1, gpus=1).words == ["x", "a", "off"]


OLD: dict[str, Any] = {
    "name": "mine",
    "presets": [],
    "study": {"type": "random", "trials": 2},
    "trainer": {
        "command": ["x", "{flags}", "--again={lr}", '{"a": 1}', "{{lr}}"],
        "set": {"on": True},
        "flag": "-{name} {value}",
        "metrics": METRICS,
    },
    "space": {"lr": {"low": 1e-4, "high": 1e-1}},
}


def test_a_study_from_before_there_was_flags_goes_on_as_it_was() -> None:
    begun = StudyDefinition.model_validate(OLD)
    assert isinstance(begun, ScriptStudy)
    assert begun.model_dump(mode="json")["trainer"].keys() == {
        "command", "config", "template_text", "set", "flag", "grace_seconds", "metrics",
    }  # fmt: skip
    assert commands_digest(begun) == "7ec02cb8a07bea99966a320dfdabcef8"
    old = config(begun, lr=0.01)
    words = script_call(old, PLACES, port=1, gpus=1).words
    assert words == ["x", "-on true", "-lr 0.01", "--again=0.01", '{"a": 1}', "{0.01}"]
    digest = hashlib.sha256(course_text(old).encode()).hexdigest()
    assert digest == "ad743d37fb41d1618f4584eb4336ba8d135153c30cfa4ba2e0404e8cea053740"
    # The same file is read anew, and means the same again.
    given = study({key: value for key, value in OLD.items() if key not in ("name", "presets")})
    assert given.refused_anew()
    resumed = given.planned_like(begun)
    assert resumed.trainer.flags is None
    assert resumed.trainer == begun.trainer
    assert not resumed.refused_anew()
    other = study(
        {**{key: OLD[key] for key in ("study", "space")}, "trainer": {**OLD["trainer"], "flag": "{name}={value}"}}
    )
    assert other.planned_like(begun).trainer.flags is not None


def test_who_is_asked_sees_all_that_is_executed_but_secrets() -> None:
    trainer = {
        "cwd": "~/x",
        "env": {"API_KEY": "s3cret", "URL": "http://me:pw@host", "LD_PRELOAD": "x.so"},
        "derive": {"y": "lr * 2"},
        "resume": {"args": ["--from", "{checkpoint}"], "if_exists": "*"},
        "flags": {"form": "{name}={value}", "exceptions": {"amp": {"booleans": "--{name}/"}}},
    }
    shown = "\n".join(command_lines(study(file(**trainer))))
    assert "s3cret" not in shown
    assert "pw" not in shown
    for part in ("~/x", "API_KEY", "x.so", "lr * 2", "--from", "{name}={value}", "--{name}/"):
        assert part in shown
    digests = {commands_digest(study(file(**trainer)))}
    for name in trainer:
        digests.add(commands_digest(study(file(**{key: value for key, value in trainer.items() if key != name}))))
    digests.add(commands_digest(study(file(**{**trainer, "env": {**trainer["env"], "API_KEY": "other"}}))))  # type: ignore[dict-item]
    assert len(digests) == len(trainer) + 2


def test_program_and_script_are_looked_for_where_they_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "code"
    with pytest.raises(ConfigError, match=r"cwd: there is no folder"):
        check_program(study(file(cwd="code")).trainer)
    folder.mkdir()
    (folder / "run.sh").touch(mode=0o755)
    check_program(study(file(cwd="code", command=["./run.sh", "{flags}"])).trainer)
    with pytest.raises(ConfigError, match=r"no file 'train.py' in .*/code"):
        check_program(study(file(cwd="code")).trainer)
    with pytest.raises(ConfigError, match=r"no program './no.sh'"):
        check_program(study(file(cwd="code", command=["./no.sh", "{flags}"])).trainer)
    (folder / "train.py").touch()
    check_program(study(file(cwd="code")).trainer)


def test_a_real_parser_gets_every_value_back() -> None:
    """Argparse, with each kind of option that the grammar is meant for."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--lr", type=float)
    parser.add_argument("--text")
    parser.add_argument("--amp", action="store_true")
    parser.add_argument("--use-ema", action=argparse.BooleanOptionalAction)
    parser.add_argument("--betas", type=float, nargs="+")
    parser.add_argument("--tag", action="append")
    flags = FlagsSection.model_validate(
        {
            "dashes": True,
            "booleans": "--{name}/--no-{name}",
            "lists": "repeated",
            "exceptions": {"amp": {"booleans": "--{name}/"}, "betas": {"form": "--{name} {value}", "lists": "a b"}},
        }
    )
    given: dict[str, Given] = {
        "lr": -1e-5, "text": "-x 'ü' \"=\n", "amp": False, "use_ema": False, "betas": [0.9, 0.95], "tag": ["a", "b c"],
    }  # fmt: skip
    words = [word for name, value in given.items() for word in flags.words(name, value)]
    assert vars(parser.parse_args(words)) == given
