"""A place of a device belongs to one process of ours at a time, on the whole host."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from optsweep.machine.devices import Gpu, Slot, holder, try_hold

HOLD = """
import sys, time
from pathlib import Path
from optsweep.machine.devices import try_hold
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
    gpu = Gpu("GPU-1", "some GPU", 0)
    first, second, cpu = Slot("", "gpu-0", 1, gpu), Slot("", "gpu-1", 1, gpu), Slot("", "cpu-0", 1)
    assert first.lock_path(one) == first.lock_path(two)
    assert first.lock_path(one) != second.lock_path(one)
    assert cpu.lock_path(one) != cpu.lock_path(two)
