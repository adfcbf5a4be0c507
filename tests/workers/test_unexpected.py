"""Errors of our own that nobody expected: they cost a launcher one slot, or one part of its work, and no run."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from optsweep.errors import EXIT_DONE
from tests.sweeps import Sweeps, no_process_left, wait_for

SWEEP = ("demo", "--cpu-workers", "2", "--type", "random", "--seed", "7", "--trials", "0")
ERROR = "ValueError: nobody expected this"


@pytest.fixture
def broken(workplace: Path, tmp_path: Path, demo_corpus: Path) -> Iterator[Sweeps]:
    (workplace / "data").symlink_to(demo_corpus)
    made = Sweeps(workplace, f"sqlite:///{tmp_path / 'study.db'}", command="tests.fakes.broken_command")
    with no_process_left(made):
        yield made


@pytest.mark.heavy
def test_r5_an_error_in_one_slot_parks_it_and_the_others_finish_the_study(
    broken: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_BROKEN", "account")
    broken.iteration_seconds = 0.01
    process = broken.start(*SWEEP)
    wait_for(lambda: len(broken.computed()) >= 2)
    broken.workers()[0].send_signal(signal.SIGKILL)
    wait_for(lambda: len(broken.workers()) == 1)
    broken.hurry()
    output, _ = process.communicate(timeout=100)
    assert process.returncode == EXIT_DONE, output
    broken.check_exact(5)
    (parked,) = [line for line in output.splitlines() if "is parked" in line]
    assert f"is parked: an error that nobody expected, {ERROR}; its log: studies/study/workers/" in parked
    logs = (broken.folder / "studies/study/workers").glob("*.log")
    assert any("Traceback" in log.read_text() and "nor this" in log.read_text() for log in logs)


@pytest.mark.heavy
def test_r5_an_error_in_what_is_shown_or_described_is_said_once_and_ends_nothing(
    broken: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_BROKEN", "describe")
    code, output = broken.run(*SWEEP)
    assert code == EXIT_DONE, output
    broken.check_exact(5)
    (said,) = [line for line in output.splitlines() if ERROR in line]
    assert said == f"describing runs failed, the sweep goes on: {ERROR}; more in studies/study/workers/launcher.log"
    assert "Ended: all 5 runs have ended" in output
    assert "Traceback" in (broken.folder / "studies/study/workers/launcher.log").read_text()
