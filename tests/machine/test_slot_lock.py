"""A place of a device belongs to one process of ours at a time, on the whole host."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from optsweep.machine.slot_lock import holder, lock_path, try_hold

HOLD = """
import sys, time
from pathlib import Path
from optsweep.machine.slot_lock import try_hold
held = try_hold(Path(sys.argv[1]))
print(held is not None, flush=True)
time.sleep(60)
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "locks" / "gpu-0.lock"


@pytest.fixture
def other(lock: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process, which holds the lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_slot_is_held_by_one_process_until_it_dies(lock: Path, other: subprocess.Popen[str]) -> None:
    assert try_hold(lock) is None
    assert holder(lock) == str(other.pid)
    other.kill()
    other.wait()
    held = try_hold(lock)
    assert held is not None
    assert holder(lock) == str(os.getpid())
    assert try_hold(lock) is None
    held.close()


def test_gpus_are_locked_for_the_whole_host_and_cpus_for_their_study() -> None:
    one, two = Path("studies/one"), Path("elsewhere/studies/two")
    assert lock_path("gpu-0.slot-1", "cuda", one) == lock_path("gpu-0.slot-1", "cuda", two)
    assert lock_path("gpu-0.slot-1", "cuda", one) != lock_path("gpu-0.slot-0", "cuda", one)
    assert lock_path("cpu-0", "cpu", one) != lock_path("cpu-0", "cpu", two)
