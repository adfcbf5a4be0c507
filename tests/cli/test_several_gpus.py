"""Every command that takes devices knows how many of them each run of the study takes, and GPU-hours count them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from optsweep import cli
from optsweep.database.connection import open_existing
from optsweep.database.open_study import Study, open_study
from optsweep.database.urls import storage_url
from optsweep.machine import devices
from optsweep.machine.driver import Gpu
from optsweep.results.attributes import StudyAttributes
from optsweep.results.costs import device_seconds
from tests.cli.test_check import STUDY
from tests.snapshots import make_run, make_snapshot

PAIRS = STUDY.replace("[trainer]", "[trainer]\ngpus_per_run = 2")


@pytest.fixture
def planned(workplace: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Path:
    """A study whose runs take two GPUs each, on a host that has three."""
    Path("mine.toml").write_text(PAIRS)
    assert cli.run(["sweep", "mine.toml", "--no-launch", "--cpu-workers", "2"]) == 0
    monkeypatch.setattr(devices, "list_gpus", lambda: [Gpu(f"GPU-{number}", "some GPU", number) for number in range(3)])
    capfd.readouterr()
    return workplace


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("sweep mine.toml --gpus 0,1,2", "--gpus 0,1,2: 3 is no multiple of 2, and each run takes 2"),
        ("sweep mine.toml --cpu-workers 1", "--cpu-workers 1: 1 is too few"),
        ("sweep mine.toml", "GPUs of this host: 3 is no multiple of 2"),
        ("worker --gpu 0", "--gpu 0: 1 is too few, each run takes 2"),
        ("submit --dry-run --gpus-per-node 3", "--gpus-per-node 3: 3 is no multiple of 2"),
    ],
)
def test_a_number_that_leaves_some_over_is_one_line(
    planned: Path, capfd: pytest.CaptureFixture[str], command: str, told: str
) -> None:
    assert cli.run(command.split()) == 2
    said = capfd.readouterr().err
    assert said.startswith(f"error: {told}")
    assert said.count("\n") == 1


def test_a_dry_run_and_a_job_have_slots_of_two(planned: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["sweep", "mine.toml", "--dry-run", "--gpus", "2,0"]) == 0
    assert "Workers: physical GPU 2, physical GPU 0 (" in capfd.readouterr().out
    assert cli.run(["submit", "--dry-run"]) == 0
    script = capfd.readouterr().out
    assert "--gpus-per-node=2\n" in script
    assert "--job-gpus=2" in script


def test_gpu_hours_count_every_gpu(planned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = open_existing(storage_url(None))
    assert storage is not None
    study = open_study(storage, "mine")
    study.store(StudyAttributes(max_gpu_hours=1.0))
    for seconds, reached in ((1790.0, False), (1810.0, True)):
        monkeypatch.setattr(Study, "_seconds_used", lambda self, used=seconds: used)
        assert (study.claim_refusal() is not None) == reached
    run = make_run("random-001", "complete", config={}, seconds=100.0)
    assert device_seconds(make_snapshot([run], definition=study.definition)) == 200.0
    storage.close()
