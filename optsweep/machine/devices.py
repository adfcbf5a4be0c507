"""Which devices processes work on: GPUs as the driver lists them, or CPU workers. Ids are opaque strings."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from optsweep.errors import DeviceError
from optsweep.machine.driver import Gpu, list_gpus
from optsweep.machine.process import host_name
from optsweep.machine.slot_lock import host_locks

MAX_WORKERS = 256
Device = TypeVar("Device")

_WAIT_VARIABLES = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")
_SPINS = "10000"
"""How often a thread of OpenMP looks before it sleeps when it waits for another. libgomp's own 300,000 keep a core that
another program wants from the very thread that is waited for: training fell to a twentieth (docs/performance.md)."""


def waiting() -> dict[str, str]:
    """How the threads of a training wait for each other, unless the user has said how; for before torch is imported."""
    return {} if any(name in os.environ for name in _WAIT_VARIABLES) else {"GOMP_SPINCOUNT": _SPINS}


def allocating() -> dict[str, str]:
    """How torch takes a GPU's memory, unless the user has said how; for before torch is imported.

    In segments that grow: batches of other lengths leave no gaps that nothing fits into.
    """
    # The second name is the older one, which torch reads first.
    names = ("PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF")
    return {} if any(name in os.environ for name in names) else {names[0]: "expandable_segments:True"}


@dataclass(frozen=True)
class Slot:
    """A place for one worker: a GPU (several, or a share of one), or some shares of the CPU."""

    label: str
    """For people: "physical GPU 0", "CPU worker 1"."""
    lock_names: tuple[str, ...]
    """One for each device; two slots have one in common only if they share a place of a device."""
    threads: int
    """Of each process that works here; a run on several devices has one process for each."""
    gpus: tuple[Gpu, ...] = ()

    @property
    def kind(self) -> str:
        """Slots of one kind are equally fast."""
        names = sorted({gpu.name for gpu in self.gpus}) or ["CPU"]
        return (f"{len(self.gpus)} x " if len(self.gpus) > 1 else "") + " and ".join(names)

    @property
    def device(self) -> str:
        """For torch; "cuda" is the first GPU that is visible."""
        return "cuda" if self.gpus else "cpu"

    @property
    def environment(self) -> dict[str, str]:
        """What the worker's environment must hold before torch is imported."""
        threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(self.threads))
        return {**visible(self.gpus), **threads, **waiting()}

    def lock_paths(self, study_directory: Path) -> list[Path]:
        """Where the slot is locked: GPUs host-wide; CPU slots within the study, since cores are shared anyway.

        Other hosts may share the study's folder, and have their own CPUs.
        """
        directory = host_locks() if self.gpus else study_directory / "slots" / host_name()
        return [directory / f"{name}.lock" for name in self.lock_names]


def visible(gpus: Sequence[Gpu]) -> dict[str, str]:
    """The environment of a process that sees these GPUs alone, in this order."""
    seen = {"CUDA_VISIBLE_DEVICES": ",".join(gpu.uuid for gpu in gpus)}
    return {**seen, "CUDA_DEVICE_ORDER": "PCI_BUS_ID", **allocating()} if gpus else seen


def allowed_gpus() -> list[Gpu]:
    """The GPUs that an inherited CUDA_VISIBLE_DEVICES leaves us, in its order (SLURM sets it); else all."""
    there = list_gpus()
    inherited = os.environ.get("CUDA_VISIBLE_DEVICES")
    if inherited is None:
        return [gpu for gpu in there if gpu.index is not None]
    allowed = []
    for text in filter(None, (part.strip() for part in inherited.split(","))):
        gpu = _named(text, there)
        # CUDA itself ignores everything from the first invalid id on.
        if gpu is None:
            break
        allowed.append(gpu)
    return allowed


def _named(text: str, gpus: list[Gpu]) -> Gpu | None:
    """The GPU of that index or (beginning of its) UUID."""
    if _is_index(text):
        return next((gpu for gpu in gpus if gpu.index == int(text)), None)
    matches = [gpu for gpu in gpus if gpu.uuid.startswith(text)] if text.startswith(("GPU-", "MIG-")) else []
    return matches[0] if len(matches) == 1 else None


def gpu_slots(asked: str, workers_per_gpu: int = 1, *, gpus_per_run: int = 1, option: str = "--gpus") -> list[Slot]:
    """The slots of ``--gpus 0,1`` (indices into the allowed GPUs, GPU-UUIDs or MIG-UUIDs); raises `DeviceError`.

    Each has ``gpus_per_run`` of them, neighbours in the order asked for. ``option`` is what the user typed them behind.
    """
    allowed = allowed_gpus()
    chosen: list[Gpu] = []
    for text in (part.strip() for part in asked.split(",")):
        gpu = _chosen(text, allowed)
        if gpu is None:
            raise DeviceError(f"{option} {asked}: there is no GPU {text!r}; {_there(allowed, option)}")
        if gpu in chosen:
            raise DeviceError(
                f"{option} {asked}: GPU {text!r} is named twice; for several workers on one: --workers-per-gpu"
            )
        chosen.append(gpu)
    if why := misfit(len(chosen), gpus_per_run):
        raise DeviceError(f"{option} {asked}: {why}")
    threads = _share_of_cores(len(chosen) * workers_per_gpu)
    # Slot by slot, so that the first runs spread over all GPUs.
    return [
        _on_gpus(gpus, number if workers_per_gpu > 1 else None, threads)
        for number in range(workers_per_gpu)
        for gpus in _in_groups(chosen, gpus_per_run)
    ]


def misfit(devices: int, gpus_per_run: int) -> str:
    """Why runs that take ``gpus_per_run`` devices each cannot share out so many; empty if they can."""
    if devices % gpus_per_run == 0:
        return ""
    each = f"each run takes {gpus_per_run} ([trainer] gpus_per_run)"
    few = f"{devices} {'is' if devices == 1 else 'are'} too few, {each}"
    return few if devices < gpus_per_run else f"{devices} is no multiple of {gpus_per_run}, and {each}"


def _in_groups(devices: Sequence[Device], size: int) -> list[tuple[Device, ...]]:
    return [tuple(devices[first : first + size]) for first in range(0, len(devices), size)]


def _on_gpus(gpus: tuple[Gpu, ...], number: int | None, threads: int) -> Slot:
    """The slot on these GPUs; ``number`` is its own if each GPU has several."""
    label = ", ".join(gpu.label for gpu in gpus) + ("" if number is None else f", slot {number}")
    return Slot(label, tuple(f"{gpu.uuid}-{number or 0}" for gpu in gpus), threads, gpus)


def _is_index(text: str) -> bool:
    # str.isdigit alone lets "²" pass, which int() refuses; and int() refuses thousands of digits.
    return text.isascii() and text.isdigit() and len(text) < 10


def _chosen(text: str, allowed: list[Gpu]) -> Gpu | None:
    if _is_index(text):
        # An index counts within what we are allowed, as it does for CUDA: under SLURM, 0 is the first GPU given to us.
        return allowed[int(text)] if int(text) < len(allowed) else None
    return _named(text, allowed) or (_named(text, list_gpus()) if "CUDA_VISIBLE_DEVICES" not in os.environ else None)


def _there(allowed: list[Gpu], option: str) -> str:
    if not allowed:
        return f"no NVIDIA GPU is visible here (NVML, nvidia-smi -L); leave {option} out to work on the CPU"
    return "there: " + ", ".join(f"{number} ({gpu.name}, {gpu.uuid})" for number, gpu in enumerate(allowed))


def cpu_slots(workers: int | None = None, gpus_per_run: int = 1) -> list[Slot]:
    """Slots of ``gpus_per_run`` places each, of ``workers`` places that share this machine's cores.

    By default one a core, at most eight: small models do not use more than a core well. Raises `DeviceError`.
    """
    if workers is None:
        workers = max(1, min(8, _share_of_cores(1)) // gpus_per_run) * gpus_per_run
    if not 1 <= workers <= MAX_WORKERS:
        raise DeviceError(f"--cpu-workers {workers}: must be 1 to {MAX_WORKERS}")
    if why := misfit(workers, gpus_per_run):
        raise DeviceError(f"--cpu-workers {workers}: {why}")
    threads = _share_of_cores(workers)
    return [_on_cpu(places, threads) for places in _in_groups(range(workers), gpus_per_run)]


def _on_cpu(places: tuple[int, ...], threads: int) -> Slot:
    label = f"CPU worker{'s' if len(places) > 1 else ''} {', '.join(map(str, places))}"
    return Slot(label, tuple(f"cpu-{place}" for place in places), threads)


def _share_of_cores(workers: int) -> int:
    return max(1, len(os.sched_getaffinity(0)) // workers)
