"""Limits and commands hold for all workers of a running sweep."""

from __future__ import annotations

import pytest

from optsweep.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED
from tests.faults.small_study import SWEEP, Command
from tests.sweeps import Sweeps, wait_for

NAME = ("--name", "study")


def check_nothing_repeated(sweeps: Sweeps) -> None:
    assert all(set(count.values()) == {1} for count in sweeps.computed().values())


def check_goes_on(sweeps: Sweeps, sampled: int, target: int) -> None:
    sweeps.iteration_seconds = 0.001
    code, output = sweeps.run(*SWEEP, str(sampled))
    assert code == EXIT_DONE, output
    sweeps.check_exact(target)
    check_nothing_repeated(sweeps)


@pytest.mark.heavy
def test_skip_enqueue_and_stop_with_drain_reach_a_running_sweep(sweeps: Sweeps, optsweep: Command) -> None:
    # Long enough for two commands on a slow machine before the run ends by itself.
    sweeps.iteration_seconds = 0.15
    process = sweeps.start(*SWEEP, "2")
    wait_for(lambda: len(sweeps.computed()) == 2)
    running = sorted(sweeps.computed())
    assert optsweep("skip", "random-002", *NAME) == (EXIT_DONE, "random-002 is skipped\n")
    assert "will end at its next iteration" in optsweep("skip", running[0], *NAME)[1]
    assert "Queued user-001" in optsweep("enqueue", "lr=0.001", "effective_batch=32", *NAME)[1]
    skipped = wait_for(lambda: [run for run in sweeps.snapshot().runs if run.run == running[0] and run.finished])[0]
    assert skipped.reason is not None
    assert skipped.reason.startswith("skipped by the user at")
    wait_for(lambda: len(sweeps.computed()) == 3)
    assert "is stopping" in optsweep("stop", "--drain", *NAME)[1]
    output, _ = process.communicate(timeout=60)
    assert process.returncode == EXIT_INTERRUPTED, output
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    assert snapshot.target == 6
    assert snapshot.counts["running"] == 0
    assert {run.run for run in snapshot.runs if run.attempts} == set(sweeps.computed())
    assert all(run.finished for run in snapshot.runs if run.attempts)
    # On a slow machine a worker comes to one more run before it hears of the stop.
    assert {run.run for run in snapshot.runs if not run.finished} <= {"random-001", "user-001"}
    check_goes_on(sweeps, 2, 6)
    user = next(run for run in sweeps.snapshot().runs if run.run == "user-001")
    assert (user.parameters["lr"], user.parameters["effective_batch"]) == (0.001, 32)


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("option", "reason", "lifted_by"),
    [
        (("stop",), "stopped by the user", ""),
        (("--deadline", "15s"), "the deadline is reached", " --deadline 24h"),
        (("--max-gpu-hours", "0.002"), "the limit of 0.002 GPU-hours is reached", " --max-gpu-hours 0.00"),
    ],
    ids=["stop", "deadline", "hours"],
)
def test_r16_a_stop_or_a_limit_ends_all_workers_with_a_checkpoint_and_is_said(
    sweeps: Sweeps, optsweep: Command, option: tuple[str, ...], reason: str, lifted_by: str
) -> None:
    sweeps.iteration_seconds = 0.2
    limits = option if option[0].startswith("--") else ()
    process = sweeps.start(*SWEEP, "0", *limits)
    wait_for(lambda: len(sweeps.computed()) == 2)
    if option == ("stop",):
        assert optsweep("stop", *NAME)[0] == EXIT_DONE
    output, _ = process.communicate(timeout=90)
    assert process.returncode == EXIT_INTERRUPTED, output
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    assert snapshot.counts["running"] == snapshot.counts["failed"] == 0
    assert {run.reason for run in snapshot.runs if run.attempts and not run.finished} == {reason}
    way_on = f"optsweep sweep --name {sweeps.name}{lifted_by}"
    for told in (output, optsweep("status", *NAME)[1]):
        assert f"\nEnded: {reason}\nNext: {way_on}" in told
    assert f"Stopped: {reason}; to go on: {way_on}" in optsweep("doctor", *NAME)[1]
    if limits:
        # The same limit still holds; a start without it lifts it.
        code, output = sweeps.run(*SWEEP, "0", *limits[:1], *("1s" if "s" in word else word for word in limits[1:]))
        assert code == EXIT_INTERRUPTED, output
        assert f"The sweep before this one ended: {reason}\n" in output
        if option[0] == "--max-gpu-hours":
            assert f"Nothing is started: {reason}; to go on: {way_on}" in output
    check_goes_on(sweeps, 0, 3)


@pytest.mark.heavy
def test_retry_brings_failed_runs_back_into_a_running_sweep(sweeps: Sweeps, optsweep: Command) -> None:
    sweeps.trouble = {"small_fast": "raise"}
    sweeps.iteration_seconds = 0.02
    code, output = sweeps.run(*SWEEP, "1")
    assert code == EXIT_FAILED, output
    assert sweeps.count("failed") == 1
    sweeps.trouble = {}
    process = sweeps.start(*SWEEP, "4")
    wait_for(lambda: sweeps.count("running"))
    assert optsweep("retry", *NAME) == (EXIT_DONE, "Queued again: small_fast\n")
    output, _ = process.communicate(timeout=90)
    assert process.returncode == EXIT_DONE, output
    sweeps.check_exact(7)
    assert optsweep("retry", *NAME) == (EXIT_DONE, "No run has failed\n")
