"""A study whose runs have no value yet takes a corrected study file; one with a value, or a live run, does not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from optsweep.database.open_study import Study
from optsweep.errors import ConfigError, StudyGone
from optsweep.planning.plan import plan_study
from optsweep.planning.steering import enqueue
from tests.planned import DATA, claim, make_study
from tests.sweeps import Sweeps, no_process_left
from tests.trainers.script_run import SCRIPT

STUDY = f"""
[study]
type = "random"
trials = 2
[budget]
num_evaluations = 10
[trainer]
command = ["python", '{SCRIPT}', "--config={{config}}", "--dir={{dir}}"]
config = "json"
set = {{ steps = 4 }}
metrics = {{ kind = "jsonl", file = "log.jsonl", value = "valid.lost", total = "steps" }}
[space]
"optim.lr" = {{ low = 0.01, high = 1.0, log = true }}
width = {{ low = 1, high = 8 }}
[[preset]]
name = "usual"
"optim.lr" = 0.5
width = 4
[[preset]]
name = "unusual"
"optim.lr" = 0.4
width = 2
"""


@pytest.fixture
def sweeps(workplace: Path) -> Iterator[Sweeps]:
    made = Sweeps(workplace, "sqlite:///study.db", command="optsweep", worker="optsweep.workers.worker")
    Path("mine.toml").write_text(STUDY)
    with no_process_left(made):
        yield made


def runs(sweeps: Sweeps) -> dict[str, dict[str, Any]]:
    words = [sys.executable, "-m", "optsweep", "status", "--json", "--name", sweeps.name]
    said = subprocess.run(words, env=sweeps.environment(), capture_output=True, text=True, check=True).stdout
    return {run["run"]: run for run in json.loads(said)["runs"]}


@pytest.mark.heavy
@pytest.mark.timeout(200)
def test_f9_a_typo_is_corrected_while_no_run_has_a_value(sweeps: Sweeps) -> None:
    code, output = sweeps.run("mine.toml", "--cpu-workers", "1")
    assert code == 1, output
    # Three of them have failed at once, so that their place is parked: none has a value.
    assert {run["value"] for run in runs(sweeps).values()} == {None}

    corrected = STUDY.replace("valid.lost", "valid.loss").replace('"optim.lr" = 0.5', '"optim.lr" = 0.25')
    Path("mine.toml").write_text(corrected[: corrected.rindex("[[preset]]")])
    code, output = sweeps.run("mine.toml", "--cpu-workers", "1")
    assert code == 0, output
    (said,) = [line for line in output.splitlines() if "begins anew" in line]
    assert "trainer.metrics.value was 'valid.lost', is 'valid.loss'" in said
    after = runs(sweeps)
    assert {name: run["state"] for name, run in after.items()} == dict.fromkeys(
        ["usual", "random-001", "random-002"], "complete"
    )
    # The script keeps its state in its folder: with other settings it begins in an empty one.
    place = Path("studies/study/runs")
    assert json.loads((place / "usual/script_config.json").read_text())["optim"]["lr"] == 0.25
    assert after["usual"]["value"] == 0.5
    assert len((place / "usual/work/calls.txt").read_text().splitlines()) == 1
    assert len(list(place.glob("usual.of-trial-*"))) == 1

    Path("mine.toml").write_text(corrected.replace("high = 1.0", "high = 2.0"))
    code, output = sweeps.run("mine.toml", "--cpu-workers", "1")
    assert code == 2
    assert "it began with other settings" in output


def planned_again(study: Study, **changes: Any) -> Study:
    definition = study.definition.with_overrides(**changes)
    return plan_study(study.storage, study.name, definition, DATA, command=["optsweep"])[0]


def test_f9_a_study_begins_anew_with_the_users_runs(database_url: str) -> None:
    study = make_study(database_url)
    other = Study(study.storage, study.name, study.study_id)
    other.attributes()
    enqueue(study, ["lr=1e-3"])
    assert planned_again(study, seed=8).definition.study.seed == 8
    fresh = Study(study.storage, study.name, study.study_id)
    assert fresh.queue.unfinished() == 13
    assert fresh.attributes().target == 13
    with pytest.raises(StudyGone):
        other.claim_refusal()
    names = [claim(fresh).run for _ in range(13)]
    assert names[5] == "user-001"
    assert len(set(names)) == 13
    study.storage.close()


def test_f9_a_run_that_runs_keeps_the_settings(database_url: str) -> None:
    study = make_study(database_url)
    claim(study)
    with pytest.raises(ConfigError, match="it began with other settings"):
        planned_again(study, seed=8)
    assert study.queue.unfinished() == 12
    study.storage.close()
