"""The next command that a study's verdict names, typed as it stands, again and again: right in every state."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from optsweep.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED
from tests.faults.small_study import STUDY, Command, write_study
from tests.sweeps import Sweeps, wait_for
from tests.trainers.test_confirming_scripts import SCRIPT
from tests.trainers.test_confirming_scripts import STUDY as SCRIPT_STUDY

SWEEP = (STUDY, "--data", "data/corpus.pt", "--cpu-workers", "2", "--type", "predefined")
pytestmark = [pytest.mark.heavy, pytest.mark.timeout(400)]


@dataclass
class Newcomer:
    """Somebody who types what the verdict names, in a shell where ``optsweep`` is the command of ``sweeps``."""

    sweeps: Sweeps
    optsweep: Command
    programs: Path

    def verdict(self) -> dict[str, Any]:
        code, output = self.optsweep("status", "--name", self.sweeps.name, "--json")
        assert code == EXIT_DONE, output
        return dict(json.loads(output)["verdict"])

    def begin(self) -> subprocess.Popen[str]:
        """Type the next command as it stands, the remark behind it too."""
        verdict = self.verdict()
        line = verdict["lines"][-1].removeprefix("Next: ")
        assert line.startswith(f"{verdict['next']}   # ")
        wrapper = self.programs / "optsweep"
        wrapper.write_text(f'#!/bin/sh\nexec {sys.executable} -m {self.sweeps.command} "$@"\n')
        wrapper.chmod(0o755)
        environment = self.sweeps.environment() | {"PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}"}
        process = subprocess.Popen(
            f"exec {line}", shell=True, cwd=self.sweeps.folder, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.sweeps.started.append(process)
        return process

    def types(self, command: str, *, code: int = EXIT_DONE) -> str:
        """Type the next command, which is to be this one, and how it is to end; returns what it said."""
        following = self.verdict()["next"]
        assert following.startswith(f"optsweep {command}"), following
        process = self.begin()
        said, _ = process.communicate(timeout=300)
        assert process.returncode == code, said
        return said


@pytest.fixture
def newcomer(sweeps: Sweeps, optsweep: Command, tmp_path: Path) -> Newcomer:
    programs = tmp_path / "programs"
    programs.mkdir()
    return Newcomer(sweeps, optsweep, programs)


def swept(newcomer: Newcomer, *arguments: str, code: int = EXIT_DONE) -> None:
    ended, said = newcomer.sweeps.run(*(arguments or SWEEP))
    assert ended == code, said


def test_from_a_real_sweep_to_trained_weights_and_their_proteins(newcomer: Newcomer) -> None:
    newcomer.sweeps.command, newcomer.sweeps.worker = "optsweep", "optsweep.workers.worker"
    path = newcomer.sweeps.folder / STUDY
    write_study(path, lengths=(120,), budget__num_evaluations=10)
    contents = tomllib.loads(path.read_text())
    (fast,) = contents["preset"]
    fast["full"]["iterations"] = 150
    contents["preset"] = [fast, fast | {"name": "slow", "lr": fast["lr"] / 2}]
    path.write_text(tomli_w.dumps(contents))
    swept(newcomer)
    newcomer.types("confirm")
    newcomer.types("promote")
    (config,) = (newcomer.sweeps.folder / "studies/study/promoted").glob("*.toml")
    newcomer.types(f"promote --name study --run {config.stem} --start")
    assert "sequences" in newcomer.types("sample")


def test_a_sweep_that_was_interrupted_in_the_middle_goes_on(newcomer: Newcomer) -> None:
    sweeps = newcomer.sweeps
    sweeps.iteration_seconds = 0.02
    process = sweeps.start(*SWEEP, output=subprocess.DEVNULL)
    wait_for(lambda: newcomer.sweeps.count("running") == 2)
    assert newcomer.verdict()["next"].startswith("optsweep status --name study --watch")
    process.send_signal(signal.SIGINT)
    assert process.wait(100) == EXIT_INTERRUPTED
    assert "SIGINT" in newcomer.verdict()["ended_by"]
    sweeps.hurry()
    newcomer.types("sweep")
    sweeps.check_exact(3)
    newcomer.types("confirm")
    newcomer.types("promote")


def test_a_limit_that_is_reached_is_lifted(newcomer: Newcomer) -> None:
    swept(newcomer, *SWEEP, "--max-gpu-hours", "0.00002", code=EXIT_INTERRUPTED)
    assert newcomer.verdict()["ended_by"] == "the limit of 2e-05 GPU-hours is reached"
    for _ in range(8):
        # The next limit may be reached in its turn.
        if (following := newcomer.verdict()["next"]).startswith("optsweep confirm"):
            break
        assert "--max-gpu-hours" in following
        before = newcomer.sweeps.num_computed()
        newcomer.begin().communicate(timeout=200)
        assert newcomer.sweeps.num_computed() > before
    newcomer.sweeps.check_exact(3)


def test_a_sweep_of_which_everything_was_killed_at_once_goes_on(newcomer: Newcomer) -> None:
    sweeps = newcomer.sweeps
    sweeps.iteration_seconds = 0.02
    process = sweeps.start(*SWEEP, output=subprocess.DEVNULL)
    wait_for(lambda: sweeps.count("running") == 2)
    everything = [process, *sweeps.workers()]
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for one in everything:
            one.send_signal(number)
    process.wait(20)
    wait_for(lambda: not sweeps.workers())
    # As after a power cut: nobody has handed their runs back.
    assert sweeps.count("running") == 2
    sweeps.hurry()
    newcomer.types("sweep")
    sweeps.check_exact(3)


def test_a_stopped_sweep_goes_on(newcomer: Newcomer) -> None:
    newcomer.sweeps.iteration_seconds = 0.02
    process = newcomer.sweeps.start(*SWEEP, output=subprocess.DEVNULL)
    wait_for(lambda: newcomer.sweeps.count("running") == 2)
    assert newcomer.optsweep("stop", "--name", "study")[0] == EXIT_DONE
    assert process.wait(100) == EXIT_INTERRUPTED
    newcomer.sweeps.hurry()
    newcomer.types("sweep")
    newcomer.sweeps.check_exact(3)


def test_a_run_that_failed_keeps_nobody_from_the_winner(newcomer: Newcomer) -> None:
    newcomer.sweeps.trouble = {"large_quality": "raise"}
    swept(newcomer, code=EXIT_FAILED)
    assert any("1 run failed: large_quality" in line for line in newcomer.verdict()["lines"])
    newcomer.types("confirm")
    newcomer.types("promote")


def test_where_every_run_failed_the_first_ones_end_is_shown(newcomer: Newcomer) -> None:
    write_study(newcomer.sweeps.folder / STUDY, lengths=(40,))
    newcomer.sweeps.trouble = {"small_fast": "raise"}
    swept(newcomer, code=EXIT_FAILED)
    assert "the fake training was told to fail" in newcomer.types("show small_fast")


def test_a_confirmation_that_was_interrupted_is_taken_up_again(newcomer: Newcomer) -> None:
    swept(newcomer)
    newcomer.sweeps.iteration_seconds = 0.02
    process = newcomer.begin()
    runs = newcomer.sweeps.folder / "studies/study-confirm/runs"
    wait_for(lambda: any(runs.glob("*/metrics.jsonl")))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=100)
    assert process.returncode == EXIT_INTERRUPTED
    newcomer.sweeps.hurry()
    newcomer.types("confirm")
    newcomer.types("promote")


def test_a_leader_whose_fresh_seeds_all_failed_is_tried_again(newcomer: Newcomer) -> None:
    swept(newcomer)
    newcomer.sweeps.trouble = {f"medium_rigorous-seed-{number}": "raise" for number in (1, 2, 3)}
    newcomer.types("confirm", code=EXIT_FAILED)
    newcomer.sweeps.trouble = None
    newcomer.types("retry --name study-confirm")
    newcomer.types("confirm")
    newcomer.types("promote")


def test_a_leader_that_is_younger_than_the_confirmation_is_confirmed_too(newcomer: Newcomer) -> None:
    swept(newcomer)
    newcomer.types("confirm")
    assert newcomer.verdict()["next"].startswith("optsweep promote")
    # The fake training is best at this learning rate.
    assert newcomer.optsweep("enqueue", "lr=0.003", "--name", "study")[0] == EXIT_DONE
    newcomer.types("sweep")
    assert newcomer.verdict()["winner"] == "user-001"
    newcomer.types("confirm")
    verdict = newcomer.verdict()
    assert verdict["winner"] == "user-001"
    assert "3 fresh seeds" in verdict["lines"][0]
    assert "user-001" in newcomer.types("promote")


def test_a_script_of_the_users_own_ends_with_its_call(newcomer: Newcomer) -> None:
    folder = newcomer.sweeps.folder
    (folder / "train.py").write_text(SCRIPT)
    (folder / "mine.toml").write_text(SCRIPT_STUDY)
    newcomer.sweeps.command, newcomer.sweeps.worker = "optsweep", "optsweep.workers.worker"
    swept(newcomer, "mine.toml", "--cpu-workers", "2")
    newcomer.types("confirm")
    assert "train.py" in newcomer.types("best")
