"""A place of a device belongs to one process of ours at a time, on the whole host; several are taken together."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from optsweep.errors import DeviceError
from optsweep.machine import slot_lock
from optsweep.machine.devices import Slot
from optsweep.machine.driver import Gpu
from optsweep.machine.slot_lock import SlotHeld, hold

HOLD = """
import sys, time
from pathlib import Path
from optsweep.machine.slot_lock import hold
held = hold([Path(sys.argv[1])])
print("held", flush=True)
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
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_slot_is_held_by_one_process_until_it_dies(lock: Path, other: subprocess.Popen[str]) -> None:
    with pytest.raises(SlotHeld, match=f"held by process {other.pid}"):
        hold([lock])
    other.kill()
    other.wait()
    (held,) = hold([lock])
    with pytest.raises(SlotHeld, match=f"held by process {os.getpid()}"):
        hold([lock])
    held.close()


def test_a_slot_of_several_devices_is_held_as_a_whole_or_not_at_all(lock: Path, other: subprocess.Popen[str]) -> None:
    before, behind = lock.with_name("gpu--1.lock"), lock.with_name("gpu-1.lock")
    with pytest.raises(SlotHeld, match=f"held by process {other.pid}"):
        hold([behind, lock, before])
    # All take them in one order: of two who want the same ones, one gets them.
    assert not behind.exists()
    for handle in hold([before, behind]):
        handle.close()


def test_gpus_are_locked_for_the_whole_host_and_cpus_for_their_study() -> None:
    one, two = Path("studies/one"), Path("elsewhere/studies/two")
    gpu = Gpu("GPU-1", "some GPU", 0)
    first, second = Slot("", ("gpu-0",), 1, (gpu,)), Slot("", ("gpu-1",), 1, (gpu,))
    cpu = Slot("", ("cpu-0",), 1)
    assert first.lock_paths(one) == first.lock_paths(two)
    assert first.lock_paths(one) != second.lock_paths(one)
    assert cpu.lock_paths(one) != cpu.lock_paths(two)
    both = Slot("", ("gpu-0", "gpu-1"), 1, (gpu, Gpu("GPU-2", "some GPU", 1)))
    assert both.lock_paths(one) == first.lock_paths(one) + second.lock_paths(one)
    assert both.environment["CUDA_VISIBLE_DEVICES"] == "GPU-1,GPU-2"


@pytest.mark.parametrize("name", ["PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF"])
def test_memory_of_gpus_grows_in_segments_unless_the_user_says_otherwise(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for known in ("PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF"):
        monkeypatch.delenv(known, raising=False)
    gpu = Slot("", ("gpu-0",), 1, (Gpu("GPU-1", "some GPU", 0),))
    assert gpu.environment["PYTORCH_ALLOC_CONF"] == "expandable_segments:True"
    assert "PYTORCH_ALLOC_CONF" not in Slot("", ("cpu-0",), 1).environment
    monkeypatch.setenv(name, "backend:cudaMallocAsync")
    assert not {"PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF"} & set(gpu.environment)


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
        hold([lock])
    assert victim.read_text() == "years of work"


def test_s1_a_pipe_in_the_locks_place_keeps_nobody_waiting(lock: Path) -> None:
    lock.parent.mkdir()
    os.mkfifo(lock)
    with pytest.raises(DeviceError):
        hold([lock])


def gpu_lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(slot_lock, "HOST_LOCKS", folder)
    (path,) = Slot("", ("gpu-0",), 1, (Gpu("GPU-1", "some GPU", 0),)).lock_paths(Path("studies/one"))
    return path


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
