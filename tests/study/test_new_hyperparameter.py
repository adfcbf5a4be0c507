"""A hyperparameter is one entry: added to a copy of the program, it is found in everything that follows from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from optsweep.search.sampling import RandomRuns
from optsweep.study.file import load_study
from tests.newer import run, with_beta1

FOUND = """
import json
from dataclasses import replace
from optsweep.errors import ConfigError
from optsweep.search.sampling import RandomRuns
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import load_study, parse_study
from optsweep.toml_files import read_toml
from optsweep.trainers import trainer_of
from optsweep.views.slices import slices
from tests.snapshots import make_run, make_snapshot
from pathlib import Path

definition = load_study("uniref50")
contents = read_toml(Path("STUDIES/uniref50.toml"))
contents["preset"][0]["beta1"] = 0.5
try:
    parse_study(contents, "mine", "mine.toml")
except ConfigError as error:
    refused = error.mistakes
random_runs = RandomRuns(definition)
drawn = [random_runs.parameters(index) for index in range(12)]
configs = [trainer_of(definition).resolve(one, preset=None, seed=0) for one in drawn]
runs = [make_run(f"random-{n:03d}", "complete", parameters=one, value=2.5 + n / 100) for n, one in enumerate(drawn)]
layout = slices(make_snapshot(runs, definition=definition))["layout"]
axes = {layout[key]["title"]["text"]: layout[key]["type"] for key in layout if key.startswith("xaxis")}
before = json.loads(OLD)
old = StudyDefinition.model_validate(before)
print(json.dumps({
    "names": definition.space.names(),
    "refused": refused,
    "preset": definition.presets[0].parameters["beta1"],
    "drawn": drawn,
    "in the configs": [config.optim.beta1 for config in configs],
    "axis": axes["beta1"],
    "old names": old.space.names(),
    "old drawn": [RandomRuns(old).parameters(3)],
    "old config": trainer_of(old).resolve(old.presets[0].parameters, preset="small_fast", seed=0).optim.beta1,
    "same": definition.planned_like(old) == old,
}))
"""


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_beta1(tmp_path_factory.mktemp("newer"))


@pytest.fixture(scope="module")
def found(newer: Path) -> dict[str, Any]:
    old = json.dumps(load_study("uniref50").model_dump(mode="json"))
    code = FOUND.replace("STUDIES", str(newer / "studies")).replace("OLD", repr(old))
    result: dict[str, Any] = json.loads(run(newer, newer, "-c", code))
    return result


def test_space_and_presets_have_it(found: dict[str, Any]) -> None:
    assert "beta1" in found["names"]
    assert found["preset"] == 0.9
    assert found["refused"] == ["preset small_fast: beta1 = 0.5 is outside 0.8..0.95"]


def test_runs_draw_it_and_their_configs_hold_it(found: dict[str, Any]) -> None:
    values = [parameters.pop("beta1") for parameters in found["drawn"]]
    assert len(set(values)) > 6
    assert found["in the configs"] == values
    random_runs = RandomRuns(load_study("uniref50"))
    assert found["drawn"] == [random_runs.parameters(index) for index in range(12)], "it changes what others are drawn"


def test_the_report_has_its_axis(found: dict[str, Any]) -> None:
    assert found["axis"] == "log"


def test_the_dry_run_shows_it(newer: Path, tmp_path: Path) -> None:
    shown = run(newer, tmp_path, "-m", "optsweep", "sweep", "demo", "--type", "random", "--trials", "2", "--dry-run")
    assert shown.count(", beta1 0.") == 5 + 2


def test_a_study_from_before_is_as_it_was(found: dict[str, Any]) -> None:
    before = load_study("uniref50")
    assert found["old names"] == before.space.names()
    assert found["old drawn"] == [RandomRuns(before).parameters(3)]
    assert found["old config"] == 0.9
    assert found["same"], "the same study file is refused"
