"""What NVIDIA's driver tells of this host: by its library NVML, else by its program nvidia-smi."""

from __future__ import annotations

import contextlib
import re
import subprocess
from dataclasses import dataclass
from typing import Any


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


def list_gpus() -> list[Gpu]:
    """The GPUs and MIG slices that the driver lists, whatever CUDA_VISIBLE_DEVICES says; empty without a driver."""
    # A container often has the library without the program.
    library = nvml()
    if library is not None:
        with contextlib.suppress(library.NVMLError):
            return [gpu for index in range(library.nvmlDeviceGetCount()) for gpu in _listed(library, index)]
    gpus = []
    for line in ask_nvidia_smi("-L", seconds=30).splitlines():
        if match := re.match(r"GPU (\d+): (.*) \(UUID: (\S+)\)", line):
            gpus.append(Gpu(match[3], match[2], int(match[1])))
        elif match := re.match(r"\s+(MIG .*?)\s+Device\s+\d+: \(UUID: (\S+)\)", line):
            gpus.append(Gpu(match[2], match[1], None))
    return gpus


def nvml() -> Any:
    """The module of nvidia-ml-py, ready to be asked; None if there is no driver that it finds."""
    try:
        import pynvml

        # Counted by the library: but for the first time it does nothing.
        pynvml.nvmlInit()
    except Exception:
        return None
    return pynvml


def _listed(library: Any, index: int) -> list[Gpu]:
    """The GPU of that index and its slices; none of one that is broken, which hides no other."""
    try:
        device = library.nvmlDeviceGetHandleByIndex(index)
        gpus = [Gpu(library.nvmlDeviceGetUUID(device), library.nvmlDeviceGetName(device), index)]
    except library.NVMLError:
        return []
    places = 0
    with contextlib.suppress(library.NVMLError):
        places = library.nvmlDeviceGetMaxMigDeviceCount(device)
    for place in range(places):
        with contextlib.suppress(library.NVMLError):  # an empty place
            part = library.nvmlDeviceGetMigDeviceHandleByIndex(device, place)
            # NVML puts the GPU's name before the slice's.
            name = re.sub(r"^.* (?=MIG )", "", library.nvmlDeviceGetName(part))
            gpus.append(Gpu(library.nvmlDeviceGetUUID(part), name, None))
    return gpus


def ask_nvidia_smi(*question: str, seconds: float) -> str:
    """What the program answers within ``seconds``; nothing if there is none, or if it fails."""
    try:
        asked = subprocess.run(["nvidia-smi", *question], capture_output=True, text=True, timeout=seconds, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout
