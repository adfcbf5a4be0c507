from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from optsweep.integrations import notify
from optsweep.integrations.notify import STALL_SECONDS, Event, Notifier, Watcher, run_command
from optsweep.results.records import ReachedLimit, StudySnapshot
from tests.snapshots import make_run, make_snapshot, stopped

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


def test_a_stop_is_told_once_nothing_runs_any_more() -> None:
    def stands(*states: str) -> StudySnapshot:
        return make_snapshot([make_run(name, state, value=2.8) for name, state in zip("ab", states, strict=True)])

    running, waiting, done = stands("complete", "running"), stands("complete", "waiting"), stands("complete", "pruned")
    limit = ReachedLimit("the limit of 2 GPU-hours is reached", "--max-gpu-hours 4")
    once = [("stopped", "1 of 2 runs finished (1 complete, 0 pruned), 0 running, 1 waiting, 0 failed")]
    by_hand = stopped(waiting, "stopped by the user")
    assert told(running, stopped(running, "stopped by the user"), by_hand, by_hand) == once
    assert told(running, replace(running, limit=limit), replace(waiting, limit=limit)) == once
    # What was running at the stop was the last of them.
    assert [event for event, _ in told(running, stopped(done, "stopped by the user"))] == ["finished"]


def test_what_a_resumed_sweep_finds_is_not_told_again() -> None:
    assert told(make_snapshot([make_run("a", "complete"), make_run("b", "failed")])) == []


def test_a_stall_is_told_once_until_something_moves() -> None:
    def at(minutes: float, progress: float) -> StudySnapshot:
        return make_snapshot([make_run("a", "running", progress=progress)], now=60.0 * minutes)

    long = STALL_SECONDS / 60
    still = [at(0, 0.1), at(long - 1, 0.1), at(long, 0.1), at(long + 9, 0.1)]
    once = [("stalled", "no run has made progress for 30 minutes")]
    assert told(*still) == once
    assert told(*still, at(long + 10, 0.2), at(2 * long + 10, 0.2)) == once * 2
    assert told(at(0, 0.1), at(long - 1, 0.2), at(long, 0.2)) == []


def test_the_command_gets_the_event_as_json_and_as_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run_command('cat > stdin.json; echo "$OPTSWEEP_EVENT $OPTSWEEP_RUN $OPTSWEEP_VALUE" > variables.txt', EVENT)
    line = Path("stdin.json").read_text()
    document = json.loads(line)
    assert line.endswith("}\n")
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
    with Notifier('echo "$OPTSWEEP_EVENT" >> told.txt', lambda _: []) as notifier:
        notifier.update(make_snapshot([make_run("a", "running")]))
        notifier.update(make_snapshot([make_run("a", "complete")]))
    assert Path("told.txt").read_text() == "new_best\nfinished\n"


def test_the_end_is_told_in_the_words_of_the_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked: list[StudySnapshot] = []

    def verdict_lines(snapshot: StudySnapshot) -> list[str]:
        asked.append(snapshot)
        return ["a wins", "Next: promote it"]

    end = make_snapshot([make_run("a", "complete")])
    with Notifier('echo "$OPTSWEEP_MESSAGE" >> told.txt; cat >> stdin.txt', verdict_lines) as notifier:
        notifier.update(make_snapshot([make_run("a", "running")]))
        notifier.update(end)
    assert Path("told.txt").read_text() == "new best: a, 2.8500\na wins\nNext: promote it\n"
    assert json.loads(Path("stdin.txt").read_text().splitlines()[1])["message"] == "a wins\nNext: promote it"
    # It costs a look at the database, so only the end has it.
    assert asked == [end]


def test_an_end_whose_verdict_cannot_be_read_is_told_in_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    with Notifier('echo "$OPTSWEEP_MESSAGE" >> told.txt', lambda _: [str(1 // 0)]) as notifier:
        notifier.update(make_snapshot([make_run("a", "running")]))
        notifier.update(make_snapshot([make_run("a", "failed")]))
    assert Path("told.txt").read_text().splitlines()[1] == (
        "0 of 1 runs finished (0 complete, 0 pruned), 0 running, 0 waiting, 1 failed"
    )
    assert "finished lacks the verdict: ZeroDivisionError" in caplog.text
