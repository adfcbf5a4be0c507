"""The child that describes ended runs for the dashboard, and the launcher's side of it."""

from __future__ import annotations

import time

import pytest
from optuna.trial import TrialState

from optsweep.database.dashboard import kept_files
from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_snapshot
from optsweep.results.folders import study_directory
from optsweep.workers import describing
from optsweep.workers.describing import Describing
from tests.planned import claim


def describing_of(study: Study, worker: str = "CPU worker 0") -> Describing:
    return Describing(study.name, study.storage.url.render_as_string(hide_password=False), {worker})


def test_what_ended_on_these_workers_is_described_by_the_end_of_the_sweep(study: Study) -> None:
    ours, theirs = describing_of(study), describing_of(study, "another worker")
    for one in (ours, theirs):
        one.update(read_snapshot(study))
    lease = claim(study)
    study.queue.finish(lease, TrialState.COMPLETE, 2.8, outcome="complete", reason=None)
    theirs.finish(read_snapshot(study), more=True, hurried=lambda: False)
    assert not kept_files(study, lease.trial_id)
    ours.finish(read_snapshot(study), more=True, hurried=lambda: False)
    assert "log_tail.txt" in kept_files(study, lease.trial_id)
    assert (study_directory(study.name) / "workers" / "describe.log").read_text() == ""


def test_a_sweep_that_is_left_in_a_hurry_waits_for_nothing(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(describing, "EVERY_SECONDS", 0.0)
    one = describing_of(study)
    one.update(read_snapshot(study))
    began = time.monotonic()
    one.finish(read_snapshot(study), more=True, hurried=lambda: True)
    assert time.monotonic() - began < 2


def test_a_child_that_hangs_is_killed(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(describing, "LEAVE_SECONDS", 0.1)
    one = describing_of(study)
    one.finish(read_snapshot(study), more=True, hurried=lambda: False)
    assert one._process is not None
    assert one._process.poll() is not None


def test_a_folder_that_cannot_be_written_costs_only_the_notes(study: Study, caplog: pytest.LogCaptureFixture) -> None:
    study_directory(study.name).parent.mkdir(exist_ok=True)
    study_directory(study.name).touch()
    describing_of(study).finish(read_snapshot(study), more=True, hurried=lambda: False)
    assert "the dashboard will lack notes" in caplog.text
