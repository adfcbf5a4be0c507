from __future__ import annotations

from dataclasses import replace

import pytest

from optsweep.results.records import StudySnapshot
from optsweep.views.status import status_document, status_table
from optsweep.views.terminal import show
from tests.snapshots import make_data, make_run, make_snapshot, render, stopped


def test_document_has_exactly_the_keys_that_scripts_read(busy: StudySnapshot) -> None:
    document = status_document(busy)
    assert list(document) == ["study", "target", "counts", "finished_runs", "reference", "best", "verdict", "runs"]
    assert document["counts"] == {"complete": 2, "pruned": 1, "failed": 1, "running": 2, "waiting": 1}
    assert (document["study"], document["target"], document["finished_runs"]) == ("uniref50", 7, 3)
    assert document["reference"] == {"unigram_entropy": 2.889, "composition_entropy": 2.86}
    assert document["best"] == {"run": "small_fast", "trial": 0, "preset": "small_fast", "value": 2.8412}
    verdict = document["verdict"]
    assert (verdict["run"], verdict["seeds"], verdict["after_choice"]) == ("small_fast", 1, None)
    assert 0 <= verdict["best_of_all"] <= verdict["within_one_deviation"] <= 1
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
    document = status_document(
        make_snapshot([make_run("a", "pruned", value=float("inf"))], data=make_data(reference={}))
    )
    assert document["best"] is None
    assert document["verdict"] is None
    assert document["runs"][0]["value"] is None
    assert document["reference"] == {"unigram_entropy": None, "composition_entropy": None}


def test_table_shows_every_run_with_its_source(busy: StudySnapshot) -> None:
    text = render(status_table(busy))
    assert "Study uniref50: 3 of 7 runs finished (2 complete, 1 pruned), 2 running, 1 waiting, 1 failed" in text
    assert "best 2.8412 (small_fast)" in text
    rows = {line.split()[0]: line for line in text.splitlines() if line.strip()}
    assert "random start" in rows["tpe-001"]
    assert "TPE" in rows["tpe-003"]
    assert "user" in rows["user-001"]
    assert "GPU-seconds" in text


def test_cpu_workers_have_seconds_not_gpu_seconds() -> None:
    text = render(status_table(make_snapshot([make_run("a", "complete", worker="CPU worker 1")])))
    assert "GPU" not in text
    assert "seconds" in text


def test_a_stopped_study_says_so(busy: StudySnapshot) -> None:
    assert "No more runs are started: deadline reached" in render(status_table(stopped(busy, "deadline reached")))


def test_eighty_columns_keep_run_state_and_value_whole(busy: StudySnapshot) -> None:
    text = render(status_table(busy), width=80)
    for words in ("curriculum_focus  preset        running 50 %", "complete      2.8412", "GPU-seconds\n"):
        assert words in text


def test_a_pipe_gets_reasons_on_one_line(busy: StudySnapshot, capsys: pytest.CaptureFixture[str]) -> None:
    reason = "word " * 60
    show(status_table(replace(busy, runs=[make_run("a", "failed", reason=reason)])))
    assert f"a: failed: {reason.strip()}\n" in capsys.readouterr().out
