from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from optuna.artifacts.exceptions import ArtifactNotFound
from optuna.trial import TrialState
from optuna_dashboard import get_note, save_note

from optsweep import cli
from optsweep.database.dashboard import ArtifactFolder, frozen_copy, kept_files
from optsweep.database.lease import Lease
from optsweep.database.open_study import Study, open_study
from optsweep.database.snapshot import read_snapshot
from optsweep.integrations.notes import draw_curve, run_note, study_note, verdict_note
from optsweep.outside_text import clean
from optsweep.results.folders import RunDirectory
from optsweep.workers import describe, describing
from optsweep.workers.describe import describe_runs, describe_study
from optsweep.workers.prepared_run import Preparer
from tests.planned import claim
from tests.recorded.restore import restore, take_to_its_end
from tests.snapshots import DEFINITION, make_data, make_run, make_snapshot


def content(files: ArtifactFolder, address: str) -> bytes:
    with files.open_reader(address.split("/")[-1]) as file:
        return file.read()


def end(study: Study, lease: Lease, **how: str) -> None:
    """What a worker does at the end of a run."""
    directory = RunDirectory.of(study.name, lease.run).path
    directory.mkdir(parents=True)
    (directory / "config.toml").write_text("[model]\n")
    (directory / "log_stdout.txt").write_text("first\nlast\n")
    lines = [{"step": 1, "val_nelbo": 2.9}, {"step": 1, "train_loss": float("nan")}, {"step": 2, "val_nelbo": 2.8}]
    (directory / "metrics.jsonl").write_text("\n".join(json.dumps(line) for line in lines) + '\n{"st')
    study.queue.finish(lease, TrialState.PRUNED, None, outcome="pruned", reason="pruned at 40 %: 2.91 > 2.84 | <b>")
    describe_runs(study, [lease.run])


def note_of(study: Study, lease: Lease) -> str:
    attributes = study.storage.backend.get_study_system_attrs(study.study_id)
    return str(attributes[f"dashboard:{lease.trial_id}:note_str:0"])


def test_an_ended_run_has_its_files_and_a_note_that_says_why_it_ended(study: Study) -> None:
    lease = claim(study)
    end(study, lease)
    files = kept_files(study, lease.trial_id)
    assert set(files) == {"curve.svg", "config.toml", "log_tail.txt"}
    assert content(ArtifactFolder("study"), files["log_tail.txt"]) == b"first\nlast"
    note = note_of(study, lease)
    assert note.startswith(f"## Run {lease.run} (preset)")
    assert "pruned at 40 %: 2.91 &gt; 2.84 \\| &lt;b&gt;" in note
    assert f"![learning curve of {lease.run}]({files['curve.svg']})" in note


def test_what_a_person_made_of_a_note_stays(study: Study) -> None:
    lease = claim(study)
    end(study, lease)
    mine = "## Run mine now"
    study.storage.backend.set_study_system_attr(study.study_id, f"dashboard:{lease.trial_id}:note_str:0", mine)
    describe_runs(study)
    assert note_of(study, lease) == mine


def test_a_run_whose_describing_was_cut_short_before_its_note_gets_one_later(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = claim(study)
    with monkeypatch.context() as patch:
        patch.setattr(describe, "note_run", lambda *_: 1 / 0)
        end(study, lease)
    files = kept_files(study, lease.trial_id)
    assert "curve.svg" in files
    describe_runs(study)
    assert files["curve.svg"] in note_of(study, lease)


def test_the_study_says_what_it_is_measured_in_and_how_to_go_on(study: Study) -> None:
    describe_study(study)
    opened = study.optuna()
    assert opened.metric_names == ["NELBO (nats per residue)"]
    note = get_note(opened)
    for preset in ("small_fast", "medium_rigorous", "large_quality", "high_lr_experiment", "curriculum_focus"):
        assert f"[{preset}]" in note
    assert "* Next: `optsweep sweep --name study --storage " in note
    assert "optsweep report --name study" in note


def test_the_verdict_is_at_the_top_and_follows_the_study(study: Study) -> None:
    describe_study(study)
    assert get_note(study.optuna()).startswith("* No winner yet: no run is complete\n")
    lease = claim(study)
    study.queue.finish(lease, TrialState.COMPLETE, 2.8, outcome="complete", reason=None)
    describe_study(study)
    note = get_note(study.optuna())
    assert note.startswith(f"* Leader so far: {lease.run.replace('_', chr(92) + '_')}, 2.8000")
    assert "No winner yet" not in note
    assert note.endswith(study_note(read_snapshot(study), study.study_id))


@pytest.mark.parametrize("mine", ["below", "instead"])
def test_what_a_person_wrote_into_the_studys_note_stays_below_the_verdict(study: Study, mine: str) -> None:
    if mine == "below":
        describe_study(study)
        save_note(study.optuna(), get_note(study.optuna()) + "\nAsk *Ada* about the learning rate.")
    else:  # as in a study of an earlier version, which wrote its note once
        save_note(study.optuna(), "Ask *Ada* about the learning rate.")
    study.queue.finish(claim(study), TrialState.COMPLETE, 2.8, outcome="complete", reason=None)
    for _ in range(2):
        describe_study(study)
        note = get_note(study.optuna())
        assert note.startswith("* Leader so far: ")
        assert note.endswith("\nAsk *Ada* about the learning rate.")
        assert note.count("Ask *Ada*") == note.count("Leader so far") == note.count("[//]: #") == 1


@pytest.mark.heavy
def test_a_study_whose_runs_were_trained_again_has_what_that_says_of_them(workplace: Path) -> None:
    url = "sqlite:///studies/optsweep.db"
    study = restore("tie", url)
    describe_study(study)
    assert "optsweep confirm" in get_note(study.optuna())
    assert cli.run(["confirm", "--name", "tie", "--seeds", "1", "--no-launch"]) == 0
    again = open_study(study.storage, "tie-confirm")
    preparer = Preparer(again, again.optuna(), "CPU worker 0", 1)
    for number in range(read_snapshot(again).target):
        curve, losses = [2.8 - 0.01 * number] * 20, [2.8 - 0.01 * number] * 60
        end = {"outcome": "complete", "reason": None, "seconds": 9, "curve": curve, "losses": losses}
        take_to_its_end(again, preparer, claim(again), end)
    # What the launcher of the confirmation starts.
    command = [sys.executable, "-m", describing.DESCRIBE, json.dumps([again.name])]
    subprocess.run(command, env={**os.environ, "OPTSWEEP_STORAGE": url}, check=True)
    note = get_note(study.optuna())
    assert "1 fresh seed" in note.splitlines()[0]
    assert "optsweep promote" in note
    assert "optsweep confirm" not in note


def test_words_from_outside_are_never_markup_in_the_verdict() -> None:
    lines = [
        "Winner: <script>alert(1)</script> **a** _b_ ~~c~~ `d` [e](f) ![g](h) $i$ &lt; a|b # \x1b[31m@k \\",
        "1 run failed: x: see http://evil.example and www.evil.example and me@evil.example",
        "Next: optsweep show `` --name s   # <b>why</b>",
    ]
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(verdict_note(lines))
    assert set(re.findall(r"<(/?\w+)", page)) == {"ul", "/ul", "li", "/li", "code", "/code"}
    shown = html.unescape(re.sub("<[^>]*>", "", page)).strip().splitlines()
    assert shown == [clean(line) for line in lines]


def test_a_long_note_is_whole_in_the_dashboard(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "α β γ\n" * 1000
    monkeypatch.setattr(describe, "study_note", lambda *_: long)
    describe_study(study)
    assert get_note(study.optuna()).endswith(f"\n{long}")


def test_a_run_does_not_suffer_from_a_store_that_cannot_be_written(
    study: Study, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    Path("studies").mkdir()
    Path("studies/study").touch()
    lease = claim(study)
    study.queue.finish(lease, TrialState.COMPLETE, 2.8, outcome="complete", reason=None)
    describe_runs(study, [lease.run])
    assert "the dashboard will lack files" in caplog.text
    study.storage.close()
    for part in ("optuna", "attributes"):
        monkeypatch.setattr(Study, part, lambda self: 1 / 0)
    describe_study(study)
    describe_runs(study)
    assert "the dashboard will lack notes: ZeroDivisionError" in caplog.text


def test_a_snapshot_is_whole_and_apart(study: Study, tmp_path: Path) -> None:
    lease = claim(study)
    end(study, lease)
    copy = Study(frozen_copy(study.storage, tmp_path), study.name, study.study_id)
    copied = copy.trial(lease.trial_id)
    assert copied.state is TrialState.PRUNED
    assert copied.system_attrs == study.trial(lease.trial_id).system_attrs
    assert note_of(copy, lease) == note_of(study, lease)
    copy.storage.backend.delete_study(copy.study_id)
    copy.storage.close()
    assert study.trial(lease.trial_id).state is TrialState.PRUNED


def test_files_can_be_read_but_not_changed_from_a_snapshot(study: Study) -> None:
    lease = claim(study)
    end(study, lease)
    identifier = kept_files(study, lease.trial_id)["config.toml"].split("/")[-1]
    frozen = ArtifactFolder("study", read_only=True)
    assert content(frozen, identifier) == b"[model]\n"
    with pytest.raises(PermissionError):
        frozen.remove(identifier)
    ArtifactFolder("study").remove(identifier)
    for wrong in (identifier, "../../optsweep.db"):
        with pytest.raises(ArtifactNotFound):
            frozen.open_reader(wrong)


def test_a_curve_is_a_picture_whatever_the_metrics_hold(tmp_path: Path) -> None:
    metrics = tmp_path / "metrics.jsonl"
    assert draw_curve("a", metrics, DEFINITION) is None
    metrics.write_text('{"step": 0, "val_nelbo": 3.0}\n{"step": 5, "train_loss": Infinity}\nnot json\n')
    picture = draw_curve("a & <b>", metrics, DEFINITION)
    assert picture is not None
    root = xml.etree.ElementTree.fromstring(picture)
    assert len(root.findall("{http://www.w3.org/2000/svg}circle")) == 1


def test_notes_of_runs_without_anything_are_words_too() -> None:
    trainer = make_snapshot([]).trainer
    for state in ("waiting", "running", "failed", "complete"):
        assert run_note(make_run("a", state, config={}, value=None), {}, trainer, "best").startswith(
            "## Run a (preset)"
        )
    assert "Synthetic data" in study_note(make_snapshot([], data=make_data(synthetic=True, reference={})), 1)
