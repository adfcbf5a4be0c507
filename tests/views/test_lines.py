from __future__ import annotations

from dataclasses import replace

from optsweep.results.records import RunRecord
from optsweep.results.words import start_lines
from optsweep.views.live import PlainProgress
from tests.snapshots import CONFIG, make_data, make_run, make_snapshot, stopped

DATA = make_data()
TRAINER = make_snapshot([]).trainer


def watch(*states: list[RunRecord]) -> list[str]:
    """The lines written for snapshots of these runs, after the first one."""
    lines: list[str] = []
    progress = PlainProgress(lines.append)
    progress.update(make_snapshot(states[0]))
    lines.clear()
    for runs in states[1:]:
        progress.update(make_snapshot(runs))
    return lines


def test_start_lines_are_the_ones_that_scripts_grep_for() -> None:
    assert start_lines(make_run("small_fast", "running"), DATA, TRAINER) == [
        "Starting job: small_fast on physical GPU 0",
        "Training iterations: 25000 (reduced for sweep)",
        "Warmup steps: 2500 (proportionally scaled)",
        "Limiting dataset from 50000 to 10000 samples",
        "Dataset limited to 10000 samples",
        "Dataset size: 10000 samples",
    ]


def test_a_corpus_used_whole_is_not_limited() -> None:
    lines = start_lines(make_run("a", "running"), make_data(num_sequences=900, source_sequences=900), TRAINER)
    assert lines[-1] == "Dataset size: 900 samples"
    assert not any("imit" in line for line in lines)


def test_a_curriculum_has_its_preschool_line() -> None:
    config = {**CONFIG, "curriculum": {"enabled": True, "preschool_time": 6000}}
    lines = start_lines(make_run("a", "running", config=config), DATA, TRAINER)
    assert "Preschool steps: 6000 (proportionally scaled)" in lines


def test_a_run_that_is_trained_again_at_another_length_is_not_said_to_be_reduced() -> None:
    config = {**CONFIG, "curriculum": {"enabled": True, "preschool_time": 6000}}
    data = make_data(setting="the full length on the whole corpus")
    assert start_lines(make_run("a-large", "running", config=config), data, TRAINER)[1:] == [
        "Training iterations: 25000 (3,200,000 sequences)",
        "Warmup steps: 2500",
        "Preschool steps: 6000",
        "Trained again at the full length on the whole corpus",
    ]


def test_a_later_attempt_is_told_on_its_own_line() -> None:
    first = start_lines(make_run("a", "running"), DATA, TRAINER)
    again = make_run("a", "running", attempts=2, progress=0.3)
    assert start_lines(again, DATA, TRAINER) == [*first, "(attempt 2, goes on from its checkpoint)"]
    assert start_lines(replace(again, progress=0.0), DATA, TRAINER) == [*first, "(attempt 2)"]


def test_a_run_from_start_to_end_is_told_once() -> None:
    running = make_run("a", "running")
    lines = watch([make_run("a")], [running], [replace(running, progress=0.5)], [make_run("a", "complete")])
    assert lines == [
        *start_lines(running, DATA, TRAINER),
        "a complete: 2.8500 nats per residue",
        "1 of 1 runs finished, best 2.8500 (a)",
    ]
    assert watch([make_run("a", "complete")], [make_run("a", "complete")]) == []


def test_a_run_that_starts_and_ends_between_two_looks_is_told_whole() -> None:
    lines = watch([make_run("a")], [make_run("a", "pruned", value=2.91)])
    assert lines[0] == "Starting job: a on physical GPU 0"
    assert "a pruned at 40 %: 2.91 > median 2.84 of 5 runs, best value 2.9100" in lines
    assert lines[-1] == "1 of 1 runs finished, no complete run yet"


def test_the_start_waits_until_the_parameters_are_drawn() -> None:
    claimed = make_run("tpe-001", "running", config={})
    assert watch([make_run("tpe-001")], [claimed]) == []
    drawn = watch([make_run("tpe-001")], [claimed], [make_run("tpe-001", "running")])
    assert drawn.count("Starting job: tpe-001 on physical GPU 0") == 1
    assert "Training iterations: 25000 (reduced for sweep)" in drawn


def test_a_handed_back_run_and_its_next_attempt() -> None:
    lines = watch(
        [make_run("a", "running")],
        [make_run("a", attempts=1, reason="physical GPU 0 died")],
        [make_run("a", "running", attempts=2, progress=0.2)],
    )
    assert lines[0] == "a is back in the queue: physical GPU 0 died"
    assert lines[-1] == "(attempt 2, goes on from its checkpoint)"
    assert lines.count("Starting job: a on physical GPU 0") == 1


def test_a_quick_second_attempt_is_not_missed() -> None:
    lines = watch([make_run("a", "running")], [make_run("a", "running", attempts=2, progress=0.2)])
    assert lines[0] == "Starting job: a on physical GPU 0"


def test_a_failed_run_says_where_its_log_is() -> None:
    lines = watch([make_run("a", "running")], [make_run("a", "failed", value=None)])
    assert lines == [
        "a failed: ValueError: no such thing; log: runs/a/log_stdout.txt",
        "0 of 1 runs finished, 1 failed, no complete run yet",
    ]


def test_a_resumed_sweep_does_not_repeat_the_past() -> None:
    lines: list[str] = []
    PlainProgress(lines.append).update(make_snapshot([make_run("a", "complete"), make_run("b")]))
    assert lines == ["1 of 2 runs finished, best 2.8500 (a)"]


def test_changes_of_the_study_are_told() -> None:
    lines: list[str] = []
    progress = PlainProgress(lines.append)
    progress.update(make_snapshot([make_run("a")]))
    lines.clear()
    ended = stopped(make_snapshot([make_run("a"), make_run("user-001")]), "stopped by the user")
    progress.update(ended)
    progress.update(ended)
    assert lines == ["The study's target is now 2 runs", "No more runs are started: stopped by the user"]
