"""What a scheduler sends before it kills, and what happens to the workers of a launcher that is gone."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from optsweep.errors import EXIT_DONE, EXIT_INTERRUPTED
from tests.faults.small_study import SWEEP, Command
from tests.sweeps import Sweeps, wait_for

pytestmark = pytest.mark.heavy
SIGNALS = [signal.SIGUSR1, signal.SIGTERM]


def check_goes_on(sweeps: Sweeps, runs: int) -> None:
    """The same command ends the sweep without computing an iteration again."""
    sweeps.iteration_seconds = 0.001
    code, output = sweeps.run(*SWEEP, str(runs - 3))
    assert code == EXIT_DONE, output
    sweeps.check_exact(runs)
    assert all(set(count.values()) == {1} for count in sweeps.computed().values())


@pytest.mark.parametrize("number", SIGNALS)
def test_a_launcher_that_is_asked_to_leave_hands_all_runs_back_within_30_seconds(
    sweeps: Sweeps, number: signal.Signals
) -> None:
    sweeps.iteration_seconds = 0.05
    process = sweeps.start(*SWEEP, "0")
    wait_for(lambda: len(sweeps.computed()) == 2)
    asked = time.monotonic()
    process.send_signal(number)
    output, _ = process.communicate(timeout=40)
    assert time.monotonic() - asked < 30
    assert process.returncode == EXIT_INTERRUPTED, output
    assert not sweeps.workers()
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    assert snapshot.counts["running"] == 0
    assert {run.reason for run in snapshot.runs if run.attempts and not run.finished} == {"asked to leave by SIGTERM"}
    check_goes_on(sweeps, 3)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_worker_that_is_asked_to_leave_hands_its_run_to_the_others(sweeps: Sweeps, number: signal.Signals) -> None:
    sweeps.iteration_seconds = 0.02
    process = sweeps.start(*SWEEP, "1")
    wait_for(lambda: len(sweeps.computed()) == 2)
    leaver = sweeps.workers()[0]
    leaver.send_signal(number)
    wait_for(lambda: leaver not in sweeps.workers(), 30)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == EXIT_DONE, output
    sweeps.check_exact(4)
    assert all(set(count.values()) == {1} for count in sweeps.computed().values())


def start_worker(sweeps: Sweeps) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.command", "worker", "--name", sweeps.name],
        cwd=sweeps.folder,
        env=sweeps.environment(),
        stdout=subprocess.DEVNULL,
    )


def test_workers_end_with_their_own_supervisor_and_with_no_other(sweeps: Sweeps, optsweep: Command) -> None:
    """The worker of the second supervisor waits for a slot, and gets it when the first supervisor is killed."""
    sweeps.iteration_seconds = 0.05
    code, output = optsweep("sweep", "--name", sweeps.name, *SWEEP, "3", "--no-launch")
    assert code == EXIT_DONE, output
    launcher = sweeps.start(*SWEEP, "3")
    wait_for(lambda: len(sweeps.workers()) == 2 and len(sweeps.computed()) == 2)
    launchers = {worker.pid for worker in sweeps.workers()}
    # The one slot of a lone CPU worker is taken by the launcher; its worker waits for it to be free.
    joined = start_worker(sweeps)
    (mine,) = wait_for(lambda: [worker for worker in sweeps.workers() if worker.pid not in launchers])
    launcher.kill()
    launcher.communicate()
    wait_for(lambda: launchers.isdisjoint(worker.pid for worker in sweeps.workers()), 30)
    before = sweeps.num_computed()
    wait_for(lambda: sweeps.num_computed() > before + 5)
    assert mine.is_running()
    joined.kill()
    joined.wait()
    wait_for(lambda: not sweeps.workers(), 30)
    check_goes_on(sweeps, 6)
