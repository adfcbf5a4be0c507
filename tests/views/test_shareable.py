"""What leaves this place holds no command, in which tokens stand: reports, exports, notes, the dashboard's files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optsweep.database.connection import open_storage
from optsweep.database.dashboard import frozen_copy
from optsweep.database.urls import storage_url
from optsweep.integrations.mirror import read_flat_config
from optsweep.integrations.notes import run_note, study_note
from optsweep.planning.plan import plan_study
from optsweep.results.folders import RunDirectory
from optsweep.results.records import StudySnapshot
from optsweep.study.file import parse_study
from optsweep.study.shareable import shareable
from optsweep.views.export import export
from optsweep.views.html import report_html
from optsweep.views.summary import best_document
from optsweep.workers import describe
from tests.planned import DATA, claim
from tests.snapshots import DEFINITION, make_run, make_snapshot, trust_of

TRAINER = {
    "command": ["env", "KEY=hush-1", "python", "train.py", "--api-key=hush-2", "{config}", "{lr}"],
    "config": "json",
    "template_text": '{"account": {"token": "hush-3"}}',
    "set": {"password": "hush-4"},
    "metrics": {"kind": "jsonl", "file": "log", "value": "loss", "total": 9},
}
STUDY = parse_study(
    {
        "trainer": TRAINER,
        "space": {"lr": {"low": 1e-4, "high": 1e-1}},
        "notify": {"command": "curl -H 'Authorization: Bearer hush-5' https://chat.example"},
    },
    "script",
    "script.toml",
)
CONFIG = {"parameters": {"lr": 1e-3}, "seed": 1, "num_evaluations": 3, "trainer": TRAINER, "provenance": {}}


@pytest.fixture
def snapshot() -> StudySnapshot:
    run = make_run("random-001", "complete", parameters={"lr": 1e-3}, config=CONFIG)
    return make_snapshot([run], definition=STUDY)


def test_s4_no_document_holds_a_command(snapshot: StudySnapshot) -> None:
    run, files = snapshot.runs[0], {"config.toml": "/artifacts/1/1/x"}
    documents = {
        "report": report_html(snapshot, trust_of(snapshot)),
        "csv": export(snapshot, "csv").decode(),
        "json": export(snapshot, "json").decode(),
        "study's note": study_note(snapshot, 1),
        "run's note": run_note(run, files, snapshot.trainer, snapshot.definition.summary),
        "best --json": json.dumps(best_document(snapshot, 1)),
    }
    for name, text in documents.items():
        assert "hush" not in text, name
    assert "0.001" in documents["json"]
    assert "jsonl" in documents["report"], "how its numbers are found is no secret"


def test_s4_neither_the_dashboards_files_nor_trackers_get_a_command(workplace: Path) -> None:
    directory = RunDirectory.of("study", "random-001")
    directory.path.mkdir(parents=True)
    directory.config.write_text('seed = 7\n[parameters]\nlr = 0.001\n[trainer]\ncommand = ["x", "--key=hush"]\n')
    directory.log.write_text("said")
    copies = workplace / "copies"
    copies.mkdir()
    made = {path.name: path.read_text() for path in describe._made(copies, directory, "title", DEFINITION)}
    assert set(made) == {"config.toml", "log_tail.txt"}
    assert "lr = 0.001" in made["config.toml"]
    assert "hush" not in made["config.toml"]
    assert "hush" in directory.config.read_text(), "the run itself goes on from its own config"
    assert read_flat_config(directory.config) == {"parameters.lr": 0.001}


def test_s4_a_dashboard_that_is_for_looking_at_only_shows_no_command(workplace: Path) -> None:
    storage = open_storage(storage_url(f"sqlite:///{workplace}/study.db"), create=True)
    study, _ = plan_study(storage, "study", STUDY, DATA, command=["optsweep"])
    lease = claim(study)
    study.queue.set_attribute(lease, "config", CONFIG)
    copy = frozen_copy(storage, workplace)
    shown = [copy.optuna.get_study_user_attrs(study.study_id), copy.optuna.get_trial(lease.trial_id).user_attrs]
    assert "hush" not in str(shown)
    assert "0.001" in str(shown)
    assert study.definition.notify.command.startswith("curl"), "the sweep goes on from its own"
    for opened in (storage, copy):
        opened.close()


def test_a_key_that_nobody_has_called_harmless_is_masked() -> None:
    table = {"metrics": {"kind": "csv"}, "environment": {"TOKEN": "hush"}, "command": ["a"], "set": {}}
    shown = shareable({"trainer": table, "model": {"dropout": 0.1}})
    assert shown == {
        "trainer": {"metrics": {"kind": "csv"}, "environment": "***", "command": "***", "set": {}},
        "model": {"dropout": 0.1},
    }
