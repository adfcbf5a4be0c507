"""How many of a study's sampled runs are repeats."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from optsweep.errors import ConfigError
from optsweep.planning.differences import differences
from optsweep.planning.plan import missing_runs
from optsweep.results.attributes import StudyAttributes
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import load_study, parse_study
from tests.snapshots import SCRIPT_STUDY
from tests.sweeps import REPOSITORY

DEMO = tomllib.loads((REPOSITORY / "studies" / "demo.toml").read_text())


def demo(**study: Any) -> StudyDefinition:
    return parse_study({**DEMO, "study": study}, "demo", "demo.toml")


def script(command: list[str], **study: Any) -> StudyDefinition:
    metrics = {"kind": "jsonl", "file": "log", "value": "loss", "total": 9}
    contents: dict[str, Any] = {"trainer": {"command": command, "metrics": metrics}, "study": study}
    return parse_study({**contents, "space": {"lr": {"low": 1e-4, "high": 1e-1}}}, "script", "script.toml")


@pytest.mark.parametrize(("trials", "repeats"), [(0, 0), (7, 0), (19, 0), (20, 4), (23, 5), (40, 8), (1000, 200)])
def test_a_file_that_says_nothing_repeats_a_fifth_of_the_sampled_runs_from_twenty_on(trials: int, repeats: int) -> None:
    definition = demo(trials=trials)
    assert definition.num_repeats == repeats
    plan = missing_runs(definition, [], [])
    assert plan.target == len(definition.presets) + trials
    assert [run.run for run in plan.queued][-1 - repeats :][1:] == [f"repeat-{n + 1:03d}" for n in range(repeats)]


def test_presets_alone_are_not_repeated() -> None:
    assert demo(trials=40, type="predefined").num_repeats == 0


def test_a_number_may_be_given_up_to_one_less_than_the_sampled_runs() -> None:
    assert demo(trials=5, repeats=4).num_repeats == 4
    assert demo(trials=40, repeats=0).num_repeats == 0
    with pytest.raises(ConfigError, match="repeats = 5: at most 4, one less than"):
        demo(trials=5, repeats=5)
    with pytest.raises(ConfigError, match=r"study\.repeats = -1: input should be greater"):
        demo(trials=5, repeats=-1)
    with pytest.raises(ConfigError, match="repeats = 4: at most 2, one less than"):
        demo(trials=5, repeats=4).with_overrides(trials=3)


def test_a_script_that_takes_no_seed_would_do_the_same_again() -> None:
    assert script(["train", "{lr}"], trials=20).num_repeats == 0
    assert script(["train", "{lr}", "{seed}"], trials=20).num_repeats == 4
    assert script(["train", "{lr}"], trials=20, repeats=3).num_repeats == 3, "it may draw a seed by itself"
    assert SCRIPT_STUDY.num_sampled == 20


def test_a_study_of_an_earlier_version_goes_on_without_repeats() -> None:
    stored = load_study("uniref50").model_dump(mode="json")
    del stored["study"]["repeats"]
    begun = StudyDefinition.model_validate(stored)
    assert begun.num_repeats == 0
    resumed = load_study("uniref50").planned_like(begun)
    assert resumed.num_repeats == 0
    assert differences("study", StudyAttributes(definition=stored), resumed) == []
