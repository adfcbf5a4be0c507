"""What this machine tells while a sweep runs: how busy its GPUs are, how much disk is left."""

from __future__ import annotations

import contextlib
import csv
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from optsweep.machine.driver import ask_nvidia_smi, nvml

PROGRAM_SECONDS = 10.0
"""How old an answer of nvidia-smi may be: an answer takes it up to a second, and NVML milliseconds."""


@dataclass(frozen=True)
class GpuLoad:
    """One GPU at one moment."""

    index: int
    busy: float
    """Share 0..1 of the last moment in which it computed anything."""
    used: float
    """Bytes of its memory."""
    total: float


@dataclass(frozen=True)
class Machine:
    """This machine at one moment."""

    gpus: list[GpuLoad] = field(default_factory=list)
    """Empty if there is no GPU, or no driver that tells."""
    disk_free: float | None = None
    """Bytes, in the folder of the studies."""


class Gauge:
    """Reads `Machine` again and again; never raises: a view does without what cannot be read."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path.cwd()
        self._read_gpus = _nvml() or _Program().read

    def read(self) -> Machine:
        """The machine now."""
        gpus, free = [], None
        with contextlib.suppress(Exception):
            gpus = self._read_gpus()
        with contextlib.suppress(OSError):
            free = float(shutil.disk_usage(self._folder).free)
        return Machine(gpus, free)


def _nvml() -> Callable[[], list[GpuLoad]] | None:
    """NVML's answers; None without it."""
    library = nvml()
    if library is None:
        return None
    try:
        handles = [library.nvmlDeviceGetHandleByIndex(index) for index in range(library.nvmlDeviceGetCount())]
    except library.NVMLError:
        return None

    def read(index: int, handle: Any) -> GpuLoad:
        memory = library.nvmlDeviceGetMemoryInfo(handle)
        return GpuLoad(index, library.nvmlDeviceGetUtilizationRates(handle).gpu / 100, memory.used, memory.total)

    return lambda: [read(index, handle) for index, handle in enumerate(handles)]


class _Program:
    """nvidia-smi's answers, asked for seldom."""

    def __init__(self) -> None:
        self._last: list[GpuLoad] = []
        self._asked = -PROGRAM_SECONDS

    def read(self) -> list[GpuLoad]:
        if time.monotonic() - self._asked >= PROGRAM_SECONDS:
            self._asked = time.monotonic()
            query = "--query-gpu=index,utilization.gpu,memory.used,memory.total"
            self._last = parse_loads(ask_nvidia_smi(query, "--format=csv,noheader,nounits", seconds=3))
        return self._last


def parse_loads(text: str) -> list[GpuLoad]:
    """The lines of ``nvidia-smi --query-gpu``; what a card does not tell ("[N/A]") counts as 0."""
    loads = []
    for row in csv.reader(text.splitlines(), skipinitialspace=True):
        busy, used, total = (float(cell) if cell.replace(".", "").isdigit() else 0.0 for cell in row[1:4])
        loads.append(GpuLoad(int(row[0]), busy / 100, used * 2**20, total * 2**20))
    return loads
