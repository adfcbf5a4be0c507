"""A place of a device belongs to one process of ours at a time, on the whole host."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from optsweep.errors import DeviceError
from optsweep.machine import devices
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


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    path = tmp_path / "thesis.txt"
    path.write_text("years of work")
    return path


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_s1_a_lock_that_is_a_link_empties_nobodys_file(
    lock: Path, victim: Path, link: Callable[[Path, Path], None]
) -> None:
    lock.parent.mkdir()
    link(victim, lock)
    with pytest.raises(DeviceError, match=r"gpu-0\.lock: cannot be a slot's lock: .*; remove it"):
        try_hold(lock)
    assert victim.read_text() == "years of work"
    assert holder(lock) == "unknown"


def test_s1_a_pipe_in_the_locks_place_keeps_nobody_waiting(lock: Path) -> None:
    lock.parent.mkdir()
    os.mkfifo(lock)
    with pytest.raises(DeviceError):
        try_hold(lock)
    assert holder(lock) == "unknown"


def gpu_lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(devices, "HOST_LOCKS", folder)
    return Slot("", "gpu-0", 1, Gpu("GPU-1", "some GPU", 0)).lock_path(Path("studies/one"))


def test_s1_gpus_are_locked_in_a_folder_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "optsweep-1000"
    path = gpu_lock(folder, monkeypatch)
    assert (path.parent, folder.stat().st_mode & 0o777) == (folder, 0o700)
    # As an earlier version left it.
    folder.chmod(0o775)
    assert gpu_lock(folder, monkeypatch) == path
    assert folder.stat().st_mode & 0o777 == 0o700


def test_s1_a_folder_that_somebody_else_made_beforehand_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, link = tmp_path / "theirs", tmp_path / "link"
    theirs.mkdir()
    link.symlink_to(theirs)
    with pytest.raises(DeviceError, match=r"link: is no folder; .* have it removed"):
        gpu_lock(link, monkeypatch)
    monkeypatch.setattr(os, "getuid", lambda: theirs.stat().st_uid + 1)
    with pytest.raises(DeviceError, match=r"theirs: is a folder of user \d+; .* have it removed"):
        gpu_lock(theirs, monkeypatch)
    assert list(theirs.iterdir()) == []
