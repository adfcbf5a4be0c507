"""Where a training in the foreground runs: its GPUs are found and locked before torch is loaded, as a worker's are."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from optsweep.errors import DeviceError, UserError
from optsweep.machine.devices import Slot, allowed_gpus, gpu_slots, visible, waiting
from optsweep.machine.driver import Gpu
from optsweep.machine.membership import membership
from optsweep.machine.process import descends_from
from optsweep.machine.slot_lock import SlotHeld, hold

_held: dict[Gpu, list[IO[str]]] = {}
"""The locks of this process's GPUs, until it ends."""


@dataclass(frozen=True)
class Place:
    """What a training runs on."""

    device: str
    """For torch."""
    size: int = 1
    """How many processes train together."""
    is_first: bool = True
    """Whether this process is the one of them that writes and tells."""
    together: Slot | None = None
    """The GPUs for which this process is to start one each."""

    @property
    def locks(self) -> list[IO[str]]:
        return [lock for locks in _held.values() for lock in locks]


def take_place(device: str | None, gpus: str | None) -> Place:
    """Take the GPUs that the user means until this process ends; its environment is then ready for torch.

    ``device`` is "auto" (None: the first GPU that is free, else the CPU), "cpu", "cuda" or "cuda:N", ``gpus`` as for a
    sweep. In a process of torchrun's it is the GPU of its rank. Raises `DeviceError` if a GPU is not there, or is held.
    """
    member = membership()
    if gpus is not None and (device is not None or member is not None):
        other = f"--device {device}" if device is not None else "torchrun's environment (RANK, WORLD_SIZE)"
        raise UserError(f"--gpus {gpus} and {other}: give one of the two")
    os.environ.update(waiting())
    if gpus is not None:
        return _take_together(gpus)
    name = "auto" if device is None else device
    match = re.fullmatch(r"auto|cuda(?::(0|[1-9]\d{0,8}))?", name)
    allowed = allowed_gpus() if match else []
    size, is_first = (member.size, member.rank == 0) if member is not None else (1, True)
    if match is None or not allowed:
        # torch says what it thinks of the name.
        return Place(name, size, is_first)
    if name == "auto" and member is None:
        os.environ.update(visible([_take_first_free(allowed)]))
        return Place(name)
    number = int(match[1]) if match[1] else 0 if member is None else member.local_rank
    if number >= len(allowed):
        there = ", ".join(f"cuda:{place} ({gpu.label}, {gpu.name})" for place, gpu in enumerate(allowed))
        raise DeviceError(f"device 'cuda:{number}' is not there; there: {there}")
    _take([allowed[number]])
    if member is None:
        os.environ.update(visible([allowed[number]]))
        return Place("cuda")
    # NCCL wants to see the GPUs of the others, too.
    os.environ.update(visible(allowed))
    return Place(f"cuda:{number}", size, is_first)


def _take_together(asked: str) -> Place:
    slots = gpu_slots(asked)
    gpus = tuple(gpu for slot in slots for gpu in slot.gpus)
    _take(gpus)
    os.environ.update(visible(gpus))
    if len(gpus) == 1:
        return Place("cuda")
    lock_names = tuple(name for slot in slots for name in slot.lock_names)
    label = ", ".join(gpu.label for gpu in gpus)
    return Place("cuda", len(gpus), together=Slot(label, lock_names, slots[0].threads, gpus))


def _take_first_free(gpus: Sequence[Gpu]) -> Gpu:
    held = []
    for gpu in gpus:
        try:
            _take([gpu])
        except _Busy as error:
            held.append(error)
        else:
            return gpu
    raise held[0] if len(held) == 1 else _Busy("; ".join(error.what for error in held))


def _take(gpus: Sequence[Gpu]) -> None:
    """Lock the slot 0 of each; one of which this process, or one that has started it, holds any slot is ours."""
    # In one order for all: of two who want the same ones, one gets them.
    for gpu in sorted(gpus, key=lambda gpu: gpu.uuid):
        (path,) = Slot(gpu.label, (f"{gpu.uuid}-0",), 1, (gpu,)).lock_paths(Path())
        # Where a GPU has several workers, a script's worker may hold another slot of it.
        if gpu in _held or any(map(_is_held_for_us, path.parent.glob(f"{gpu.uuid}-[1-9]*.lock"))):
            continue
        try:
            _held[gpu] = hold([path])
        except SlotHeld as held:
            if not _is_for_us(held):
                raise _Busy(f"{gpu.label} ({gpu.name}) is {held}") from None


def _is_held_for_us(path: Path) -> bool:
    try:
        for lock in hold([path]):
            lock.close()
    except SlotHeld as held:
        return _is_for_us(held)
    return False


def _is_for_us(held: SlotHeld) -> bool:
    return held.holder.isdigit() and descends_from(int(held.holder))


class _Busy(DeviceError):
    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}: a sweep's worker, or another training\n"
            "wait for its end, stop it (a sweep: optsweep stop), or choose another GPU (--gpus, CUDA_VISIBLE_DEVICES)"
        )
        self.what = what
