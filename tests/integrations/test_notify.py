from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from optsweep.integrations import notify
from optsweep.integrations.notify import STALL_SECONDS, Event, Notifier, Watcher, run_command
from optsweep.results.records import StudySnapshot
from tests.snapshots import make_run, make_snapshot

EVENT = Event("new_best", "study", "new best: a, 2.8000", "a", 2.8, "runs/a")


def told(*snapshots: StudySnapshot) -> list[tuple[str, str]]:
    watcher = Watcher()
    return [(event.event, event.message) for snapshot in snapshots for event in watcher.events(snapshot)]


def test_a_study_is_followed_to_its_end() -> None:
    running = make_snapshot([make_run("a", "running"), make_run("b", "running")])
    first = replace(running, runs=[make_run("a", "complete", value=2.85), make_run("b", "running")])
    better = replace(running, runs=[make_run("a", "complete", value=2.85), make_run("b", "complete", value=2.8)])
    assert told(running, first, first, better) == [
        ("new_best", "new best: a, 2.8500"),
        ("new_best", "new best: b, 2.8000"),
        ("finished", "2 of 2 runs finished (2 complete, 0 pruned), 0 running, 0 waiting, 0 failed"),
    ]


def test_a_worse_run_is_no_news_and_a_failed_one_is() -> None:
    best, running = make_run("a", "complete", value=2.8), make_run("c", "running")
    before = make_snapshot([best, make_run("b", "running"), running])
    worse = replace(before, runs=[best, make_run("b", "complete", value=2.9), running])
    failed = replace(before, runs=[best, make_run("b", "failed"), running])
    assert told(before, worse) == []
    assert told(before, failed) == [("failed", "b failed: ValueError: no such thing")]


def test_what_a_resumed_sweep_finds_is_not_told_again() -> None:
    assert told(make_snapshot([make_run("a", "complete"), make_run("b", "failed")])) == []


def test_a_stall_is_told_once_until_something_moves() -> None:
    def at(minutes: float, progress: float) -> StudySnapshot:
        return make_snapshot([make_run("a", "running", progress=progress)], now=60.0 * minutes)

    long = STALL_SECONDS / 60
    still = [at(0, 0.1), at(long - 1, 0.1), at(long, 0.1), at(long + 9, 0.1)]
    once = [("stalled", "no run has got on for 30 minutes")]
    assert told(*still) == once
    assert told(*still, at(long + 10, 0.2), at(2 * long + 10, 0.2)) == once * 2
    assert told(at(0, 0.1), at(long - 1, 0.2), at(long, 0.2)) == []


def test_the_command_gets_the_event_as_json_and_as_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run_command('cat > stdin.json; echo "$OPTSWEEP_EVENT $OPTSWEEP_RUN $OPTSWEEP_VALUE" > variables.txt', EVENT)
    document = json.loads(Path("stdin.json").read_text())
    assert document["event"] == "new_best"
    assert document["value"] == 2.8
    assert Path("variables.txt").read_text() == "new_best a 2.8\n"


def test_a_command_that_fails_or_hangs_is_logged_and_left(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(notify, "COMMAND_SECONDS", 0.2)
    start = time.monotonic()
    run_command("exit 7", EVENT)
    # What it started in its turn goes too.
    run_command("sleep 60 & sleep 60", EVENT)
    assert time.monotonic() - start < 10
    assert "ended with 7" in caplog.text
    assert "ended with -9" in caplog.text


def test_the_sweep_does_not_wait_for_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Notifier('echo "$OPTSWEEP_EVENT" >> told.txt') as notifier:
        notifier.update(make_snapshot([make_run("a", "running")]))
        notifier.update(make_snapshot([make_run("a", "complete")]))
    assert Path("told.txt").read_text() == "new_best\nfinished\n"
