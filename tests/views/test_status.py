from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import RenderableType

from optsweep.results.records import StudySnapshot
from optsweep.views.status import status_document, status_table
from optsweep.views.terminal import show
from tests.snapshots import make_data, make_run, make_snapshot, render, stopped, trust_of


def table(snapshot: StudySnapshot) -> RenderableType:
    return status_table(snapshot, trust_of(snapshot))


def test_document_has_exactly_the_keys_that_scripts_read(busy: StudySnapshot) -> None:
    document = status_document(busy, trust_of(busy).verdict)
    assert list(document) == ["study", "target", "counts", "finished_runs", "reference", "best", "verdict", "runs"]
    assert document["counts"] == {"complete": 2, "pruned": 1, "failed": 1, "running": 2, "waiting": 1}
    assert (document["study"], document["target"], document["finished_runs"]) == ("uniref50", 7, 3)
    assert document["reference"] == {"unigram_entropy": 2.889, "composition_entropy": 2.86}
    assert document["best"] == {"run": "small_fast", "trial": 0, "preset": "small_fast", "value": 2.8412}
    assert document["verdict"] == {
        "winner": "small_fast",
        "value": 2.8412,
        "interval": None,
        "seeds": 1,
        "runner_up": "medium_rigorous",
        "lead": pytest.approx(0.0099),
        "lead_interval": None,
        "ties": [],
        "cheapest_tie": None,
        "probability_within_noise": None,
        "seed_noise": None,
        "lead_from_length": None,
        "full_run": None,
        "ended_by": None,
        "next": "optsweep status --name uniref50 --watch",
        "lines": list(trust_of(busy).verdict.lines),
    }
    assert document["runs"][3] == {
        "run": "tpe-001",
        "preset": None,
        "source": "tpe",
        "state": "pruned",
        "reason": "pruned at 40 %: 2.91 > median 2.84 of 5 runs",
        "value": 2.91,
        "progress": 0.4,
        "worker": "physical GPU 0",
        "attempts": 1,
        "sequences": 1280000,
        "seconds": 240.0,
        "dir": "runs/tpe-001",
        "repeat_of": None,
        "seeds": 0,
    }


def test_document_without_a_finished_run_has_no_best() -> None:
    snapshot = make_snapshot([make_run("a", "pruned", value=float("inf"))], data=make_data(reference={}))
    document = status_document(snapshot, trust_of(snapshot).verdict)
    assert document["best"] is None
    assert document["verdict"]["winner"] is None
    assert document["verdict"]["ties"] == []
    assert document["runs"][0]["value"] is None
    assert document["reference"] == {"unigram_entropy": None, "composition_entropy": None}


def test_the_verdict_stands_above_the_table_and_running_runs_have_their_worker(busy: StudySnapshot) -> None:
    text = render(table(busy))
    head, _, rows = text.partition("─" * 20)
    assert "Study uniref50: 3 of 7 runs finished (2 complete, 1 pruned), 2 running, 1 waiting, 1 failed" in head
    assert "Leader so far: small_fast, 2.8412 nats per residue" in head
    assert "Next: optsweep status --name uniref50 --watch" in head
    assert "GPU-seconds" in head
    lines = {line.split()[1]: line.split() for line in rows.splitlines() if line.startswith("   ")}
    assert lines["small_fast"] == ["1", "small_fast", "2.8412", "600", "3.2", "M", "complete"]
    assert lines["curriculum_focus"][-6:] == ["running", "50", "%", "physical", "GPU", "0"]
    assert lines["user-001"] == ["-", "user-001", "-", "0", "0", "waiting"]


def test_cpu_workers_have_seconds_not_gpu_seconds() -> None:
    text = render(table(make_snapshot([make_run("a", "complete", worker="CPU worker 1")])))
    assert "GPU" not in text
    assert "seconds" in text


def test_a_stopped_study_says_so(busy: StudySnapshot) -> None:
    assert "; deadline reached, so no other run begins\n" in render(table(stopped(busy, "deadline reached")), width=200)
    handed_back = replace(busy, runs=[run for run in busy.runs if run.state != "running"])
    assert "Ended: deadline reached\n" in render(table(stopped(handed_back, "deadline reached")))


def test_eighty_columns_keep_run_state_and_value_whole(busy: StudySnapshot) -> None:
    text = render(table(busy), width=80)
    assert "curriculum_focus       -            0  running 50 %  physical GPU 0\n" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_pipe_gets_reasons_on_one_line(busy: StudySnapshot, capsys: pytest.CaptureFixture[str]) -> None:
    reason = "word " * 60
    show(table(replace(busy, runs=[make_run("a", "failed", reason=reason)])))
    assert f"a: failed: {reason.strip()}\n" in capsys.readouterr().out
