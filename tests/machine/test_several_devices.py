"""A run may take several devices: slots of several, shared out, each device with its own lock."""

from __future__ import annotations

from pathlib import Path

import pytest

from optsweep.errors import DeviceError
from optsweep.machine import devices
from optsweep.machine.devices import cpu_slots, gpu_slots
from optsweep.machine.driver import Gpu
from optsweep.planning.defaults import choose_slots

FOUR = [Gpu(f"GPU-{number}", "some GPU", number) for number in range(4)]


@pytest.fixture
def four_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(devices, "list_gpus", lambda: FOUR)
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(16)))


@pytest.mark.usefixtures("four_gpus")
def test_four_gpus_make_two_slots_of_two() -> None:
    first, second = gpu_slots("0,1,2,3", gpus_per_run=2)
    assert [slot.environment["CUDA_VISIBLE_DEVICES"] for slot in (first, second)] == ["GPU-0,GPU-1", "GPU-2,GPU-3"]
    # One process a device: each has a fourth of the cores.
    assert (first.threads, second.threads) == (4, 4)
    assert first.label == "physical GPU 0, physical GPU 1"
    assert first.kind == "2 x some GPU"
    # A training on GPU 1 alone keeps the first slot from starting, and the other way round.
    (alone,) = gpu_slots("1")
    assert set(alone.lock_paths(Path("one"))) < set(first.lock_paths(Path("two")))
    assert not set(alone.lock_paths(Path("one"))) & set(second.lock_paths(Path("two")))


@pytest.mark.usefixtures("four_gpus")
def test_several_workers_share_the_gpus_of_a_slot() -> None:
    slots = gpu_slots("0,1,2,3", 2, gpus_per_run=2)
    seen = [slot.environment["CUDA_VISIBLE_DEVICES"] for slot in slots]
    assert seen == ["GPU-0,GPU-1", "GPU-2,GPU-3"] * 2
    locks = [path for slot in slots for path in slot.lock_paths(Path())]
    assert len(set(locks)) == 8
    assert slots[2].label == "physical GPU 0, physical GPU 1, slot 1"
    assert {slot.threads for slot in slots} == {2}


@pytest.mark.usefixtures("four_gpus")
@pytest.mark.parametrize(
    ("gpus", "cpu_workers", "per_run", "told"),
    [
        ("0,1,2", None, 2, r"--gpus 0,1,2: 3 is no multiple of 2, and each run takes 2 \(\[trainer\] gpus_per_run\)"),
        ("0", None, 2, r"--gpus 0: 1 is too few, each run takes 2 \(\[trainer\] gpus_per_run\)"),
        (None, 3, 2, r"--cpu-workers 3: 3 is no multiple"),
        (None, 1, 2, r"--cpu-workers 1: 1 is too few"),
        (None, None, 3, r"GPUs of this host: 4 is no multiple .*; name those .*--gpus"),
        (None, None, 8, r"GPUs of this host: 4 are too few, each run takes 8 .*--cpu-workers"),
    ],
)
def test_devices_that_runs_cannot_share_out_are_refused(
    gpus: str | None, cpu_workers: int | None, per_run: int, told: str
) -> None:
    with pytest.raises(DeviceError, match=told):
        choose_slots(gpus, cpu_workers, 1, demo=False, gpus_per_run=per_run)


@pytest.mark.usefixtures("four_gpus")
def test_without_a_choice_every_gpu_is_used() -> None:
    assert len(choose_slots(None, None, 1, demo=False, gpus_per_run=2)) == 2
    assert len(choose_slots(None, None, 1, demo=True, gpus_per_run=2)) == 1


def test_four_places_on_the_cpu_make_two_slots_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(8)))
    slots = cpu_slots(4, 2)
    assert [slot.label for slot in slots] == ["CPU workers 0, 1", "CPU workers 2, 3"]
    assert [slot.lock_names for slot in slots] == [("cpu-0", "cpu-1"), ("cpu-2", "cpu-3")]
    assert [slot.environment["OMP_NUM_THREADS"] for slot in slots] == ["2", "2"]
    # By default as many as there are cores for, and never less than one run needs.
    assert [len(cpu_slots(None, size)) for size in (1, 2, 3, 16)] == [8, 4, 2, 1]
