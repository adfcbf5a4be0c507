"""Whole sweeps of scripts: kills, interruptions, memory that runs out; and the three examples as they stand."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.sweeps import REPOSITORY, Sweeps, no_process_left, wait_for
from tests.trainers.script_run import SCRIPT

STUDY = f"""
[study]
type = "tpe"
trials = 3

[budget]
num_evaluations = 10

[trainer]
command = ["python", '{SCRIPT}', "--config={{config}}", "--dir={{dir}}", "--trouble={{trouble}}", "--seconds=0.2"]
config = "json"
set = {{ steps = 20 }}

[trainer.metrics]
kind = "jsonl"
file = "log.jsonl"
value = "valid.loss"
total = "steps"

[space]
"optim.lr" = {{ low = 0.01, high = 1.0, log = true }}
width = {{ low = 1, high = 8 }}
trouble = {{ choices = ["none", "out of memory"] }}

[[preset]]
name = "usual"
"optim.lr" = 0.1
width = 4
trouble = "none"

[[preset]]
name = "greedy"
"optim.lr" = 0.1
width = 8
trouble = "out of memory"
"""


def script_processes(folder: Path) -> list[psutil.Process]:
    """The scripts that train in this folder now."""
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
        except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
            continue
        if len(words) > 1 and words[1] == str(SCRIPT) and any(str(folder) in word for word in words):
            found.append(process)
    return found


def calls(folder: Path, run: str) -> list[int]:
    """After how many steps the script was called, each time."""
    path = folder / "studies" / "study" / "runs" / run / "work" / "calls.txt"
    return [int(line.split()[0]) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_a_script_survives_kills_and_interruptions_of_its_sweep(workplace: Path) -> None:
    (workplace / "mine.toml").write_text(STUDY)
    sweeps = Sweeps(workplace, f"sqlite:///{workplace}/study.db")
    with no_process_left(sweeps):
        with (workplace / "output.txt").open("w") as output:
            launcher = sweeps.start("mine.toml", "--cpu-workers", "2", output=output)
        evaluated = workplace / "studies/study/runs/usual/metrics.jsonl"
        wait_for(lambda: evaluated.exists() and evaluated.read_text().count('"value"') >= 2)
        for worker in sweeps.workers():
            worker.kill()
        # Both are called again, by new workers, and never twice at the same time.
        wait_for(lambda: len(calls(workplace, "usual")) == 2)
        assert len(script_processes(workplace)) <= 2
        launcher.send_signal(signal.SIGINT)
        assert launcher.wait(120) == 3
        wait_for(lambda: not script_processes(workplace))
        assert sweeps.run("mine.toml", "--cpu-workers", "2")[0] == 0
        sweeps.check_exact(5)
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    runs = {run.run: run for run in snapshot.runs}
    begun = calls(workplace, "usual")
    assert len(begun) == runs["usual"].attempts >= 2
    assert begun == sorted(begun), "each call went on from the one before"
    assert begun[-1] > 0
    assert runs["usual"].value == pytest.approx(0.1 + 1 / 20)
    assert sorted(runs["usual"].curve) == list(range(1, 11))
    assert (runs["greedy"].state, runs["greedy"].reason) == ("pruned", "out of memory at 50 %")
    assert all(run.parameters["width"] in range(1, 9) for run in snapshot.runs)


def optsweep(folder: Path, *arguments: str, code: int = 0) -> str:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "optsweep", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


HOPELESS = {
    "plain": ["optim.lr=1e-4", "optim.weight_decay=0.1", "model.width=8", "model.dropout=0.2"],
    "huggingface": ["learning_rate=1e-4", "weight_decay=0.1", "hidden_size=16"],
    "lightning": ["model.lr=3e-4", "model.hidden=8", "model.dropout=0.3"],
}
NEEDED = {"plain": [], "huggingface": ["transformers", "accelerate", "tensorboard"], "lightning": ["lightning"]}


@pytest.mark.heavy
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("example", list(HOPELESS))
def test_an_example_sweeps_with_presets_tpe_pruning_and_resume(workplace: Path, example: str) -> None:
    if missing := [package for package in NEEDED[example] if find_spec(package) is None]:
        pytest.skip(f'{", ".join(missing)} is not installed: pip install "optsweep[examples]"')
    shutil.copytree(REPOSITORY / "examples", workplace / "examples")
    optsweep(workplace, "data", "demo")
    study = f"examples/{example}/study.toml"
    words = [sys.executable, "-m", "optsweep", "sweep", study, "--data", "data/demo.pt", "--cpu-workers", "2"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    launcher = subprocess.Popen(words, cwd=workplace, env=environment, stdout=subprocess.DEVNULL)
    runs = workplace / "studies/study-demo/runs"
    try:
        wait_for(lambda: any('"value"' in path.read_text() for path in runs.glob("*/metrics.jsonl")), 300)
    finally:
        launcher.send_signal(signal.SIGINT)
    assert launcher.wait(180) == 3
    optsweep(workplace, *words[3:])
    optsweep(workplace, "enqueue", *HOPELESS[example])
    optsweep(workplace, "sweep", "--name", "study-demo", "--cpu-workers", "2")
    document: dict[str, Any] = json.loads(optsweep(workplace, "status", "--json"))
    assert document["finished_runs"] == document["target"]
    states = {run["run"]: run for run in document["runs"]}
    assert [states[run]["state"] for run in ("small", "large")] == ["complete", "complete"]
    assert max(run["attempts"] for run in document["runs"]) >= 2
    assert states["user-001"]["state"] == "pruned"
    assert states["user-001"]["reason"].startswith("pruned at")
    assert {run["source"] for run in document["runs"]} == {"preset", "tpe", "user"}
    report = optsweep(workplace, "report")
    assert "report.html" in report
