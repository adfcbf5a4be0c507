"""One sweep, whose runs' last rows have no step: Optuna, status, export and metrics.jsonl agree on each value."""

from __future__ import annotations

import json
from pathlib import Path

import optuna
import pytest

from optsweep.views.export import export
from tests.sweeps import Sweeps, no_process_left

SCRIPT = """
from optsweep import report
for step, value in enumerate([0.125, 0.875, 0.5]):
    report(step=step, acc=value)
report(acc=0.75)
"""
STUDY = """
[study]
type = "predefined"
[trainer]
command = ["python", "script.py", "{x}"]
[trainer.metrics]
kind = "report"
value = "acc"
direction = "maximize"
summary = { "mean of last" = 2 }
step_offset = 1
total = 3
[space]
x = { choices = ["good", "bad"] }
[[preset]]
name = "one"
x = "good"
"""


@pytest.mark.heavy
@pytest.mark.timeout(200)
def test_w1_w7_one_value_everywhere(workplace: Path) -> None:
    Path("script.py").write_text(SCRIPT)
    Path("mine.toml").write_text(STUDY)
    url = f"sqlite:///{workplace}/study.db"
    sweeps = Sweeps(workplace, url, command="optsweep", worker="optsweep.workers.worker")
    with no_process_left(sweeps):
        code, output = sweeps.run("mine.toml", "--cpu-workers", "1")
    assert code == 0, output
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    (run,) = snapshot.runs
    (trial,) = optuna.load_study(study_name="study", storage=url).trials
    assert trial.value == run.value == 0.625
    assert (run.last_value, run.best_step) == (0.75, 3)
    lines = (workplace / "studies/study/runs/one/metrics.jsonl").read_text().split("\n")[:-1]
    told = [(line["step"], line["value"]) for line in map(json.loads, lines)]
    assert list(dict.fromkeys(told)) == [(1, 0.125), (2, 0.875), (3, 0.5), (3, 0.75)]
    assert b",0.625,0.75,3," in export(snapshot, "csv")
    assert "0.6250" in output
