"""A training in the foreground takes its GPU as a sweep's worker does, before torch is there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from optsweep.errors import DeviceError
from optsweep.machine import foreground, slot_lock
from optsweep.machine.driver import Gpu
from optsweep.machine.foreground import take_place
from optsweep.machine.slot_lock import SlotHeld, hold
from tests.fakes.driver import pynvml

GPUS = "GPU 0: NVIDIA H200 (UUID: GPU-one)\nGPU 1: NVIDIA H200 (UUID: GPU-two)\nGPU 2: NVIDIA H200 (UUID: GPU-three)\n"
HOLD = """
import sys
from pathlib import Path
from optsweep.machine.slot_lock import hold
held = hold([Path(sys.argv[1])])
print("held", flush=True)
sys.stdin.readline()
"""
CHILD = """
import sys
from pathlib import Path
from optsweep.machine import slot_lock
from optsweep.machine.foreground import take_place
slot_lock.HOST_LOCKS = Path(sys.argv[1])
print(take_place("cuda:0", None).device)
"""

Occupy = Callable[[str], int]


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Three GPUs of a machine, none of which is at work; the environment is as before afterwards."""
    folder = tmp_path / "locks"
    monkeypatch.setattr(slot_lock, "HOST_LOCKS", folder)
    held: dict[Gpu, list[IO[str]]] = {}
    monkeypatch.setattr(foreground, "_held", held)
    monkeypatch.setitem(sys.modules, "pynvml", pynvml)
    without = ("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF", "RANK")
    environment = {name: value for name, value in os.environ.items() if name not in (*without, "WORLD_SIZE")}
    monkeypatch.setattr(os, "environ", {**environment, "FAKE_GPUS": GPUS})
    yield folder
    for handle in (one for handles in held.values() for one in handles):
        handle.close()


@pytest.fixture
def occupy(locks: Path) -> Iterator[Occupy]:
    """Let another process hold a GPU; returns its pid."""
    processes = []

    def start(uuid: str) -> int:
        command = [sys.executable, "-c", HOLD, str(locks / f"{uuid}-0.lock")]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process.pid

    yield start
    for process in processes:
        process.communicate("\n")


def is_held(locks: Path, uuid: str) -> bool:
    try:
        for handle in hold([locks / f"{uuid}-0.lock"]):
            handle.close()
    except SlotHeld:
        return True
    return False


def child_takes(locks: Path) -> str:
    """What a process that this one starts says of its place."""
    path = f"{Path(pynvml.__file__).parent}:{Path(__file__).parents[2]}"
    command, environment = [sys.executable, "-c", CHILD, str(locks)], {**os.environ, "PYTHONPATH": path}
    child = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return child.stdout


@pytest.mark.parametrize(("device", "uuid"), [(None, "GPU-one"), ("cuda", "GPU-one"), ("cuda:1", "GPU-two")])
def test_the_gpu_is_held_and_is_the_only_one_that_torch_sees(locks: Path, device: str | None, uuid: str) -> None:
    assert take_place(device, None).device == ("auto" if device is None else "cuda")
    assert os.environ["CUDA_VISIBLE_DEVICES"] == uuid
    assert os.environ["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
    assert os.environ["PYTORCH_ALLOC_CONF"] == "expandable_segments:True"
    assert {one for one in ("GPU-one", "GPU-two", "GPU-three") if is_held(locks, one)} == {uuid}


def test_auto_takes_the_first_that_is_free(locks: Path, occupy: Occupy) -> None:
    occupy("GPU-one")
    take_place("auto", None)
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "GPU-two"


def test_an_index_counts_among_the_gpus_that_we_are_allowed(locks: Path) -> None:
    os.environ["CUDA_VISIBLE_DEVICES"] = "2,1"
    take_place("cuda:1", None)
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "GPU-two"


def test_a_gpu_that_is_held_is_named_with_who_holds_it(locks: Path, occupy: Occupy) -> None:
    pid = occupy("GPU-two")
    before = dict(os.environ)
    with pytest.raises(DeviceError, match=rf"physical GPU 1 \(NVIDIA H200\) is held by process {pid}: .*\nwait"):
        take_place("cuda:1", None)
    assert os.environ.keys() - before.keys() <= {"GOMP_SPINCOUNT"}
    pids = [occupy("GPU-one"), pid, occupy("GPU-three")]
    with pytest.raises(DeviceError) as error:
        take_place("auto", None)
    for index, holder in enumerate(pids):
        assert f"physical GPU {index} (NVIDIA H200) is held by process {holder}" in str(error.value)


def test_a_gpu_that_is_held_for_this_process_is_its_own(locks: Path) -> None:
    take_place("cuda:0", None)
    assert take_place(None, None).device == "auto", "asked again"
    assert child_takes(locks) == "cuda\n"


def test_a_script_of_a_second_worker_on_a_gpu_need_not_wait_for_the_first(locks: Path, occupy: Occupy) -> None:
    occupy("GPU-one")
    worker = hold([locks / "GPU-one-1.lock"])
    assert child_takes(locks) == "cuda\n"
    for lock in worker:
        lock.close()
    assert "is held by process" in child_takes(locks), "another one's script"


@pytest.mark.parametrize("device", ["cpu", "tpu", "cuda:-1", ""])
def test_nothing_is_held_for_what_is_no_gpu(locks: Path, device: str) -> None:
    assert take_place(device, None).device == device
    assert not locks.exists()


def test_without_a_driver_torch_decides(locks: Path) -> None:
    del os.environ["FAKE_GPUS"]
    os.environ["PATH"] = ""
    for device in ("auto", "cuda", "cuda:3"):
        assert take_place(device, None).device == device
    assert not locks.exists()


def test_several_gpus_are_held_for_one_process_each(locks: Path) -> None:
    place = take_place(None, "2,GPU-one")
    assert place.together is not None
    assert [gpu.label for gpu in place.together.gpus] == ["physical GPU 2", "physical GPU 0"]
    assert place.together.environment["CUDA_VISIBLE_DEVICES"] == "GPU-three,GPU-one"
    assert (place.size, len(place.locks)) == (2, 2)


def test_of_several_gpus_one_that_is_held_is_named(locks: Path, occupy: Occupy) -> None:
    pid = occupy("GPU-two")
    with pytest.raises(DeviceError, match=rf"physical GPU 1 .* is held by process {pid}"):
        take_place(None, "0,1")


def test_one_gpu_of_a_list_needs_no_further_process(locks: Path) -> None:
    place = take_place(None, "1")
    assert (place.device, place.together) == ("cuda", None)
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "GPU-two"


def test_under_torchrun_each_takes_the_gpu_of_its_local_rank_and_sees_all(locks: Path) -> None:
    os.environ.update(RANK="5", WORLD_SIZE="6", LOCAL_RANK="1", MASTER_ADDR="127.0.0.1", MASTER_PORT="1")
    place = take_place(None, None)
    assert (place.device, place.size, place.is_first) == ("cuda:1", 6, False)
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "GPU-one,GPU-two,GPU-three"
    assert is_held(locks, "GPU-two")
    assert not is_held(locks, "GPU-one")
    os.environ["LOCAL_RANK"] = "3"
    with pytest.raises(DeviceError, match="'cuda:3' is not there; there: cuda:0"):
        take_place(None, None)
