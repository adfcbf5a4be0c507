"""How long a sweep will take, from presets that are timed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from optsweep import cli
from optsweep.database.connection import open_existing
from optsweep.database.open_study import open_study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.urls import storage_url
from optsweep.planning import timing
from optsweep.planning.timing import makespan

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("slots", "expected"),
    [(["CPU"], 10.0), (["CPU", "CPU"], 6.0), (["CPU", "fast"], 4.0)],
    ids=["one worker", "two alike", "two kinds"],
)
def test_each_worker_takes_the_next_run_as_it_is_free(slots: list[str], expected: float) -> None:
    assert makespan({"CPU": [4, 1, 2, 3], "fast": [2, 0.5, 1, 1.5]}, slots) == pytest.approx(expected)


def run_sweep(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "OPTSWEEP_STORAGE": "sqlite:///study.db"}
    command = [sys.executable, "-m", "optsweep", "sweep", "demo", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.heavy
def test_presets_are_timed_and_nothing_but_their_times_is_stored(tmp_path: Path) -> None:
    done = run_sweep(tmp_path, "--cpu-workers", "2", "--dry-run", "--measure", "--json")
    measured = json.loads(done.stdout)["measured"]
    assert {cost["preset"] for cost in measured["costs"]} >= {"small_fast", "large_quality"}
    assert all(0 < cost["iteration"] < cost["sweep"] < cost["full"] for cost in measured["costs"])
    assert measured["longest"] <= measured["makespan"]
    assert measured["pruned_makespan"] <= measured["makespan"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "studies/demo/measured.json"]
    # The forecast of the sweep begins with them.
    assert run_sweep(tmp_path, "--cpu-workers", "2", "--no-launch").returncode == 0
    storage = open_existing(storage_url(f"sqlite:///{tmp_path}/study.db"))
    assert storage is not None
    times = read_snapshot(open_study(storage, "demo")).attributes.measured
    assert sorted(seconds for _, _, seconds in times) == sorted(cost["sweep"] for cost in measured["costs"])


def pretend_times(monkeypatch: pytest.MonkeyPatch, **times: float | None) -> None:
    """Every worker measures ``times`` for every preset."""

    def answers_of(module: str, order: str, places: Iterable[Any]) -> list[tuple[int, str, str]]:
        answer = json.dumps(dict.fromkeys(json.loads(order)["configs"], times))
        return [(0, answer, "") for _ in places]

    monkeypatch.setattr(timing, "answers_of", answers_of)


@pytest.mark.usefixtures("workplace")
def test_compiling_counts_once_in_each_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["sweep", "demo", "--cpu-workers", "2", "--dry-run", "--measure"]
    found = []
    for compilation in (0.0, 600.0):
        times = {"iteration": 0.01, "evaluation": 0.1, "memory": 1e8, "power": None}
        pretend_times(monkeypatch, **times, compilation=compilation)
        assert cli.run([*command, "--json"]) == 0
        found.append(json.loads(capsys.readouterr().out)["measured"])
    for eager, compiled in zip(*(each["costs"] for each in found), strict=True):
        assert (eager["compilation"], compiled["compilation"]) == (0, 600)
        assert compiled["sweep"] - eager["sweep"] == pytest.approx(600)
        assert compiled["full"] - eager["full"] == pytest.approx(600)
    assert found[1]["longest"] - found[0]["longest"] == pytest.approx(600)
    assert cli.run(command) == 0
    assert "600 s" in capsys.readouterr().out


def test_measuring_goes_with_a_dry_run_only(tmp_path: Path) -> None:
    done = run_sweep(tmp_path, "--measure")
    assert (done.returncode, done.stderr) == (2, "error: --measure: goes with --dry-run\n")
    assert list(tmp_path.iterdir()) == []
