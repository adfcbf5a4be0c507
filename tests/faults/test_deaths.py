"""Whose fault a death was: the kernel's word for it, and what becomes of a place where runs keep failing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from optsweep.errors import EXIT_DONE, EXIT_FAILED
from optsweep.machine import process
from optsweep.machine.process import Cause, OutOfMemoryCounter
from optsweep.workers.protocol import exit_of
from tests.faults.small_study import SWEEP
from tests.sweeps import Sweeps, wait_for

MEMORY_LIMIT = 1 << 30


@pytest.mark.parametrize("status", [0, 3, 4, 6, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGHUP])
def test_what_happens_to_a_run_is_not_its_fault(status: int) -> None:
    assert exit_of(status, out_of_memory_kill=False)[0].cause is Cause.INTERRUPTION


@pytest.mark.parametrize("status", [1, 5, -signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS])
def test_what_a_run_does_is_its_fault(status: int) -> None:
    assert exit_of(status, out_of_memory_kill=False)[0].cause is Cause.FAULT


def test_a_kill_for_memory_is_its_fault() -> None:
    ended, reason = exit_of(-signal.SIGKILL, out_of_memory_kill=True)
    assert ended.cause is Cause.FAULT
    assert "out-of-memory killer" in reason


@pytest.mark.parametrize(
    "text", ["low 0\nhigh 7\noom 1\noom_kill {}\noom_group_kill 0\n", "under_oom 0\noom_kill {}\n"]
)
def test_the_kernels_counter_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """memory.events of cgroup v2 and memory.oom_control of v1."""
    file = tmp_path / "counter"
    file.write_text(text.format(2))
    monkeypatch.setattr(process, "_counter_files", lambda: [file])
    counter = OutOfMemoryCounter()
    assert not counter.increased()
    file.write_text(text.format(3))
    assert counter.increased()
    assert not counter.increased()
    file.unlink()
    assert not counter.increased()


@pytest.fixture
def memory_limited() -> Iterator[list[str]]:
    """A command that puts a process and its children under a limit of memory; skips where no such group can be made."""
    name = f"optsweep-test-{os.getpid()}"
    first, second = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")
    group, limit = (first / name, "memory.limit_in_bytes") if first.is_dir() else (second / name, "memory.max")
    try:
        group.mkdir()
        (group / limit).write_text(str(MEMORY_LIMIT))
    except OSError as error:
        if group.is_dir():
            group.rmdir()
        pytest.skip(f"no memory-limited control group can be made here: {error}")
    yield ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh"]
    wait_for(lambda: not (group / "cgroup.procs").read_text())
    group.rmdir()


@pytest.mark.heavy
def test_a_real_kill_for_memory_ends_the_run_and_nobody_elses(sweeps: Sweeps, memory_limited: list[str]) -> None:
    sweeps.trouble = {"small_fast": "memory"}
    process = subprocess.Popen(
        [*memory_limited, sys.executable, "-m", sweeps.command, "sweep", "--name", sweeps.name, *SWEEP, "1"],
        cwd=sweeps.folder,
        env=sweeps.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    sweeps.started.append(process)
    output, _ = process.communicate(timeout=100)
    assert process.returncode == EXIT_FAILED, output
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    (failed,) = [run for run in snapshot.runs if run.state == "failed"]
    assert failed.run == "small_fast"
    assert failed.reason is not None
    assert "failed 3 times" in failed.reason
    assert "killed by the kernel's out-of-memory killer" in failed.reason
    assert snapshot.finished_runs == 3
    sweeps.trouble = {}
    code, output = sweeps.run(*SWEEP, "1", "--retry-failed")
    assert code == EXIT_DONE, output
    sweeps.check_exact(4)


@pytest.mark.heavy
def test_a_place_where_three_runs_in_a_row_fail_at_once_is_parked_and_the_runs_wait(sweeps: Sweeps) -> None:
    presets = ["large_quality", "medium_rigorous", "small_fast"]
    sweeps.trouble = dict.fromkeys(presets, "raise at once")
    code, output = sweeps.run(SWEEP[0], *SWEEP[1:3], "--cpu-workers", "1", *SWEEP[5:], "2")
    assert code == EXIT_FAILED, output
    parked, _ = [line for line in output.splitlines() if "is parked" in line]
    assert all(preset in parked for preset in presets)
    assert "failed here, each before a new evaluation" in parked
    # R16: what ended the sweep is said in its last lines, and in the first of the next.
    why = parked.partition("; its log")[0]
    assert f"\nEnded: {why}\n" in output
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    assert snapshot.counts["failed"] == snapshot.counts["running"] == snapshot.counts["complete"] == 0
    assert snapshot.counts["waiting"] == 5
    sweeps.trouble = {}
    code, output = sweeps.run(*SWEEP, "2")
    assert code == EXIT_DONE, output
    assert f"The sweep before this one ended: {why}\n" in output
    assert "Ended: all 5 runs have ended" in output
    sweeps.check_exact(5)


@pytest.mark.heavy
def test_a_place_where_runs_end_well_in_between_is_not_parked(sweeps: Sweeps) -> None:
    """Six failures, but never three different runs in a row: each fails three times and the next one ends well."""
    sweeps.trouble = {"medium_rigorous": "raise at once", "random-001": "raise at once", "random-003": "raise at once"}
    code, output = sweeps.run(SWEEP[0], *SWEEP[1:3], "--cpu-workers", "1", *SWEEP[5:], "4")
    assert code == EXIT_FAILED, output
    assert "is parked" not in output
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    assert (snapshot.counts["failed"], snapshot.finished_runs) == (3, 4)
