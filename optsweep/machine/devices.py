"""Which devices a sweep runs on: GPUs as the driver lists them, or CPU workers; ids are opaque strings."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass

from optsweep.errors import DeviceError

MAX_WORKERS = 256


@dataclass(frozen=True)
class Gpu:
    """A GPU or a MIG slice, as ``nvidia-smi -L`` names it."""

    uuid: str
    name: str
    index: int | None
    """The driver's index; None for a MIG slice."""

    @property
    def label(self) -> str:
        return f"physical GPU {self.index}" if self.index is not None else f"MIG slice {self.uuid}"


@dataclass(frozen=True)
class Slot:
    """A place for one worker: a GPU (or a share of one), or a share of the CPU."""

    label: str
    """For people: "physical GPU 0", "CPU worker 1"."""
    lock_name: str
    """Equal for two slots only if they are the same place of the same device."""
    device: str
    """For torch: "cuda" (the one visible GPU) or "cpu"."""
    environment: dict[str, str]
    """What the worker's environment must hold before torch is imported."""
    threads: int
    gpu: Gpu | None = None

    @property
    def kind(self) -> str:
        """Slots of one kind are equally fast."""
        return self.gpu.name if self.gpu else "CPU"


def ask_driver(*question: str, seconds: float) -> str:
    """What nvidia-smi answers within ``seconds``; nothing if there is none, or if it fails."""
    try:
        asked = subprocess.run(["nvidia-smi", *question], capture_output=True, text=True, timeout=seconds, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout


def list_gpus() -> list[Gpu]:
    """The GPUs and MIG slices that the driver lists, whatever CUDA_VISIBLE_DEVICES says; empty without a driver."""
    gpus = []
    for line in ask_driver("-L", seconds=30).splitlines():
        if match := re.match(r"GPU (\d+): (.*) \(UUID: (\S+)\)", line):
            gpus.append(Gpu(match[3], match[2], int(match[1])))
        elif match := re.match(r"\s+(MIG .*?)\s+Device\s+\d+: \(UUID: (\S+)\)", line):
            gpus.append(Gpu(match[2], match[1], None))
    return gpus


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


def gpu_slots(asked: str, workers_per_gpu: int = 1, *, option: str = "--gpus") -> list[Slot]:
    """The slots of ``--gpus 0,1`` (indices into the allowed GPUs, GPU-UUIDs or MIG-UUIDs); raises `DeviceError`.

    ``option`` is what the user typed them behind.
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
    threads = _share_of_cores(len(chosen) * workers_per_gpu)
    # Slot by slot, so that the first runs spread over all GPUs.
    return [_gpu_slot(gpu, number, workers_per_gpu, threads) for number in range(workers_per_gpu) for gpu in chosen]


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
        return f"no NVIDIA GPU is visible here (nvidia-smi -L); leave {option} out to work on the CPU"
    return "there: " + ", ".join(f"{number} ({gpu.name}, {gpu.uuid})" for number, gpu in enumerate(allowed))


def _gpu_slot(gpu: Gpu, number: int, workers_per_gpu: int, threads: int) -> Slot:
    label = gpu.label if workers_per_gpu == 1 else f"{gpu.label}, slot {number}"
    environment = {"CUDA_VISIBLE_DEVICES": gpu.uuid, "CUDA_DEVICE_ORDER": "PCI_BUS_ID", **_thread_limits(threads)}
    return Slot(label, f"{gpu.uuid}-{number}", "cuda", environment, threads, gpu)


def cpu_slots(workers: int) -> list[Slot]:
    """``workers`` slots that share this machine's cores; raises `DeviceError`."""
    if not 1 <= workers <= MAX_WORKERS:
        raise DeviceError(f"--cpu-workers {workers}: must be 1 to {MAX_WORKERS}")
    threads = _share_of_cores(workers)
    environment = {"CUDA_VISIBLE_DEVICES": "", **_thread_limits(threads)}
    return [Slot(f"CPU worker {number}", f"cpu-{number}", "cpu", environment, threads) for number in range(workers)]


def default_cpu_workers() -> int:
    """One worker a core, at most eight: small models do not use more than a core well."""
    return min(8, len(os.sched_getaffinity(0)))


def _share_of_cores(workers: int) -> int:
    return max(1, len(os.sched_getaffinity(0)) // workers)


def _thread_limits(threads: int) -> dict[str, str]:
    return {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
