"""Runs of two processes each, started by torchrun on the CPU (gloo): two at a time, and one of which a rank dies."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.sweeps import REPOSITORY, Sweeps, no_process_left, wait_for

STUDY = """
[study]
type = "predefined"

[trainer]
command = ["python", "ranks.py", "--dir={dir}", "--go=GO", "{flags}", "{resume}"]
cwd = "FAKES"
gpus_per_run = 2
torchrun = true

[trainer.resume]
args = ["--resume={checkpoint}"]
if_exists = "step-*.ckpt"

[trainer.metrics]
kind = "jsonl"
file = "log.jsonl"
value = "loss"
total = 10

[space]
lr = { low = 0.1, high = 1.0 }
trouble = { choices = ["none", "raise"] }

[[preset]]
name = "one"
lr = 0.2
trouble = "none"

[[preset]]
name = "two"
lr = 0.3
trouble = "none"
"""
RAISES = """
[[preset]]
name = "sick"
lr = 0.3
trouble = "raise"
"""


def study_file(folder: Path, text: str) -> str:
    text = text.replace("GO", str(folder / "go")).replace("FAKES", str(REPOSITORY / "tests" / "fakes"))
    (folder / "mine.toml").write_text(text)
    return "mine.toml"


def calls(folder: Path, run: str) -> list[dict[str, Any]]:
    """Where the run was called, and which processes it had, each time."""
    found = sorted((folder / "studies/study/runs" / run / "work").glob("call-*.json"))
    return [json.loads(path.read_text()) for path in found]


def steps(folder: Path, run: str) -> int:
    log = folder / "studies/study/runs" / run / "work" / "log.jsonl"
    return log.read_text().count("\n") if log.exists() else 0


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_a_rank_that_is_killed_hands_its_run_back_whole_and_leaves_the_other_alone(workplace: Path) -> None:
    sweeps = Sweeps(workplace, f"sqlite:///{workplace}/study.db")
    with no_process_left(sweeps):
        with (workplace / "output.txt").open("w") as output:
            launcher = sweeps.start(study_file(workplace, STUDY), "--cpu-workers", "4", output=output)
        # Both at a time, on ports of their own.
        wait_for(lambda: steps(workplace, "one") >= 3 and steps(workplace, "two") >= 3)
        (one,), (two,) = calls(workplace, "one"), calls(workplace, "two")
        assert one["port"] != two["port"]
        os.kill(one["pids"][1], signal.SIGKILL)
        wait_for(lambda: len(calls(workplace, "one")) == 2)
        # All of its ranks had ended before it was called again; the sibling has gone on.
        assert not any(map(psutil.pid_exists, one["pids"]))
        assert all(map(psutil.pid_exists, two["pids"]))
        (workplace / "go").touch()
        assert launcher.wait(120) == 0
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    runs = {run.run: run for run in snapshot.runs}
    ends = {run: (one.state, one.attempts) for run, one in runs.items()}
    assert ends == {"one": ("complete", 2), "two": ("complete", 1)}
    assert runs["one"].value == pytest.approx(2 * 0.2 + 1 / 10)
    assert [call["begun"] for call in calls(workplace, "one")] == [0, 3]
    workers = {run.worker for run in snapshot.runs}
    assert workers <= {"CPU workers 0, 1", "CPU workers 2, 3"}


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_a_rank_that_raises_is_a_failure_shown_by_its_own_traceback(workplace: Path) -> None:
    (workplace / "go").touch()
    sweeps = Sweeps(workplace, f"sqlite:///{workplace}/study.db")
    file = study_file(workplace, STUDY.partition("[[preset]]")[0] + RAISES)
    said = workplace / "output.txt"
    with no_process_left(sweeps), said.open("w") as output:
        launcher = sweeps.start(file, "--cpu-workers", "2", output=output)
        wait_for(lambda: "its log: " in said.read_text())
        launcher.send_signal(signal.SIGINT)
        assert launcher.wait(60) == 3
    assert "sick failed: " in said.read_text()
    assert "  | ValueError: the second rank does not like this\n" in said.read_text()
    assert "ChildFailedError" not in said.read_text()
