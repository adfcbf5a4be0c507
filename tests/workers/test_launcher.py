"""Whole sweeps with real launchers, workers, signals and databases; only the training is a fake."""

from __future__ import annotations

import functools
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from optsweep.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED
from tests.sweeps import Sweeps, no_process_left, wait_for

SWEEP = ("demo", "--cpu-workers", "2", "--type", "random", "--seed", "7", "--trials")


@pytest.fixture
def sweeps(workplace: Path, database_url: str, demo_corpus: Path) -> Iterator[Sweeps]:
    (workplace / "data").symlink_to(demo_corpus)
    made = Sweeps(workplace, database_url)
    with no_process_left(made):
        yield made


@pytest.mark.heavy
def test_a_sweep_ends_exactly_the_same_command_starts_nothing_and_more_trials_extend_it(sweeps: Sweeps) -> None:
    code, output = sweeps.run(*SWEEP, "3")
    assert code == EXIT_DONE, output
    sweeps.check_exact(8)
    assert "Starting job: small_fast on CPU worker" in output
    assert "Limiting dataset from 12000 to 10000 samples" in output
    computed = sweeps.computed()
    code, output = sweeps.run(*SWEEP, "3")
    assert code == EXIT_DONE
    assert "Nothing to do: all 8 runs have ended" in output
    assert sweeps.computed() == computed
    code, output = sweeps.run(*SWEEP, "5")
    assert code == EXIT_DONE, output
    sweeps.check_exact(10)
    assert all(set(count.values()) == {1} for count in sweeps.computed().values())


@pytest.mark.heavy
def test_ctrl_c_leaves_checkpoints_and_the_same_command_goes_on_without_repeating_an_iteration(
    sweeps: Sweeps,
) -> None:
    sweeps.iteration_seconds = 0.02
    process = sweeps.start(*SWEEP, "1")
    wait_for(lambda: sweeps.num_computed() > 100)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == EXIT_INTERRUPTED, output
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    assert snapshot.counts["running"] == 0
    started = [run.run for run in snapshot.runs if run.attempts]
    sweeps.iteration_seconds = 0.002
    code, output = sweeps.run(*SWEEP, "1")
    assert code == EXIT_DONE, output
    sweeps.check_exact(6)
    assert all(set(count.values()) == {1} for count in sweeps.computed().values())
    log = (sweeps.folder / "studies/study/runs" / started[0] / "log_stdout.txt").read_text()
    assert "attempt 2, goes on from its checkpoint" in log


@pytest.mark.heavy
def test_two_ctrl_c_leave_at_once_and_nothing_is_lost(sweeps: Sweeps) -> None:
    sweeps.iteration_seconds = 0.02
    process = sweeps.start(*SWEEP, "0")
    wait_for(lambda: sweeps.computed())
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == EXIT_INTERRUPTED
    sweeps.iteration_seconds = 0.001
    assert sweeps.run(*SWEEP, "0")[0] == EXIT_DONE
    sweeps.check_exact(5)


@pytest.mark.heavy
def test_after_kill_9_of_the_launcher_its_workers_leave_and_the_same_command_at_once_holds_no_slot_twice(
    sweeps: Sweeps,
) -> None:
    sweeps.iteration_seconds = 0.01
    process = sweeps.start(*SWEEP, "1")
    wait_for(lambda: len(sweeps.computed()) >= 2)
    process.kill()
    process.communicate()
    code, output = sweeps.run(*SWEEP, "1")
    assert code == EXIT_DONE, output
    sweeps.check_exact(6)
    assert all(set(count.values()) == {1} for count in sweeps.computed().values())


@pytest.mark.heavy
def test_a_killed_worker_is_replaced_and_its_run_goes_on_from_its_last_evaluation(sweeps: Sweeps) -> None:
    sweeps.iteration_seconds = 0.01
    process = sweeps.start(*SWEEP, "1")
    wait_for(lambda: sweeps.num_computed() > 60)
    sweeps.workers()[0].send_signal(signal.SIGKILL)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == EXIT_DONE, output
    sweeps.check_exact(6)
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    again = [run for run in snapshot.runs if run.attempts > 1]
    assert len(again) <= 1
    repeated = sum(times - 1 for count in sweeps.computed().values() for times in count.values())
    assert repeated <= 23  # one evaluation interval: 180 sequences, 8 at a time, to the next grid point


@pytest.mark.heavy
def test_signals_at_any_moment_do_not_hang_the_launcher(sweeps: Sweeps) -> None:
    process = sweeps.start(*SWEEP, "0")

    def ended_under_signals() -> bool:
        for _ in range(200):
            process.send_signal(signal.SIGCHLD)
        return process.poll() is not None

    wait_for(lambda: sweeps.computed())
    wait_for(ended_under_signals, 60)
    output, _ = process.communicate()
    assert process.returncode == EXIT_DONE, output
    sweeps.check_exact(5)


@pytest.mark.heavy
def test_under_nohup_the_end_of_the_terminal_does_not_end_a_sweep(sweeps: Sweeps) -> None:
    inherited = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = sweeps.start(*SWEEP, "0")
    finally:
        signal.signal(signal.SIGHUP, inherited)
    wait_for(lambda: sweeps.computed())
    process.send_signal(signal.SIGHUP)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == EXIT_DONE, output
    assert "stopping" not in output


@pytest.mark.heavy
def test_a_worker_that_is_asked_to_leave_on_its_own_is_replaced(sweeps: Sweeps) -> None:
    sweeps.iteration_seconds = 0.01
    process = sweeps.start("demo", "--cpu-workers", "1", *SWEEP[3:], "0")
    wait_for(lambda: sweeps.num_computed() > 20)
    sweeps.workers()[0].send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == EXIT_DONE, output
    sweeps.check_exact(5)
    assert all(set(count.values()) == {1} for count in sweeps.computed().values())


@pytest.mark.heavy
def test_drill_of_five_kills(sweeps: Sweeps) -> None:
    """Workers and launchers die at any moment; the target is met exactly and nothing counts as the runs' fault."""
    sweeps.iteration_seconds = 0.006
    process = sweeps.start(*SWEEP, "3")
    for number in range(5):
        wanted = sweeps.num_computed() + 80
        wait_for(
            functools.partial(lambda process, wanted: process.poll() or sweeps.num_computed() > wanted, process, wanted)
        )
        if number % 2:
            process.kill()
            process.communicate()
            process = sweeps.start(*SWEEP, "3")
        elif workers := sweeps.workers():
            workers[number % len(workers)].send_signal(signal.SIGKILL)
    output, _ = process.communicate(timeout=90)
    assert process.returncode == EXIT_DONE, output
    sweeps.check_exact(8)


def parameters(sweeps: Sweeps) -> dict[str, dict[str, object]]:
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    return {run.run: run.parameters for run in snapshot.runs}


@pytest.mark.heavy
def test_random_mode_gives_the_same_configurations_with_one_worker_with_four_and_killed(
    sweeps: Sweeps, tmp_path: Path
) -> None:
    assert sweeps.run("demo", "--cpu-workers", "1", *SWEEP[3:], "7")[0] == EXIT_DONE
    others = []
    for name, workers in [("four", "4"), ("killed", "2")]:
        other = replace(sweeps, name=name)
        if name == "killed":
            process = other.start("demo", "--cpu-workers", workers, *SWEEP[3:], "7")
            wait_for(lambda other=other: len(other.computed()) > 4)
            for worker in other.workers():
                worker.send_signal(signal.SIGKILL)
            process.kill()
            process.communicate()
        assert other.run("demo", "--cpu-workers", workers, *SWEEP[3:], "7")[0] == EXIT_DONE
        others.append(parameters(other))
    assert parameters(sweeps) == others[0] == others[1]
    assert len({str(values) for values in others[0].values()}) == 12


@pytest.mark.heavy
def test_a_run_that_fails_by_its_own_fault_keeps_its_place_and_is_tried_again_on_request(sweeps: Sweeps) -> None:
    sweeps.trouble = {"small_fast": "raise", "random-001": "SIGSEGV"}
    code, output = sweeps.run(*SWEEP, "2")
    assert code == EXIT_FAILED, output
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    failed = {run.run: run.reason or "" for run in snapshot.runs if run.state == "failed"}
    assert "RuntimeError: the fake training was told to fail" in failed["small_fast"]
    assert "SIGSEGV" in failed["random-001"]
    # At its first attempt, and not at each.
    assert output.count("small_fast failed: RuntimeError: the fake training was told to fail\n  | ") == 1
    assert "  its log: studies/study/runs/small_fast/log_stdout.txt" in output
    assert snapshot.finished_runs + len(failed) == snapshot.target == 7
    assert "parked" not in output  # both had passed their first evaluation
    sweeps.trouble = {}
    code, output = sweeps.run(*SWEEP, "2", "--retry-failed")
    assert code == EXIT_DONE, output
    sweeps.check_exact(7)


@pytest.mark.heavy
def test_two_launchers_share_one_study(sweeps: Sweeps) -> None:
    first = sweeps.start(*SWEEP, "3")
    wait_for(lambda: sweeps.computed())
    code, second_output = sweeps.run("demo", "--cpu-workers", "4", *SWEEP[3:], "3")
    first_output, _ = first.communicate(timeout=60)
    assert (first.returncode, code) == (EXIT_DONE, EXIT_DONE), first_output + second_output
    assert "is held by process" in second_output
    sweeps.check_exact(8)
    assert all(set(count.values()) == {1} for count in sweeps.computed().values())
