"""Which device and which number format a run uses."""

from __future__ import annotations

import contextlib
import gc
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import torch

from optsweep.errors import DeviceError


def resolve_device(name: str) -> torch.device:
    """The device called ``name`` ("cpu", "cuda", "cuda:1"; "auto": the first GPU, else the CPU).

    Raises `DeviceError` where this machine has none such.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError:
        raise DeviceError(f"device {name!r} is not known; give auto, cpu, cuda or cuda:N") from None
    if device.type == "cpu":
        return device
    if device.type != "cuda":
        raise DeviceError(f"device {name!r} is not supported; give auto, cpu, cuda or cuda:N")
    count = torch.cuda.device_count()
    if (device.index or 0) >= count:
        raise DeviceError(f"device {name!r} is not there: torch sees {count} CUDA devices")
    return torch.device("cuda", device.index or 0)


def uses_bfloat16(precision: Literal["auto", "fp32", "bf16"], device: torch.device) -> bool:
    """Whether matrix products run in bfloat16; "auto": if the hardware multiplies it natively."""
    if precision != "auto":
        return precision == "bf16"
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    try:
        return re.search(r"\b(avx512_bf16|amx_bf16)\b", Path("/proc/cpuinfo").read_text()) is not None
    except OSError:
        return False


def autocast(device: torch.device, bfloat16: bool) -> torch.autocast:
    """Context in which a forward pass runs; weights, gradients and the loss stay float32."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=bfloat16)


def synchronize(device: torch.device) -> None:
    """Wait until the device has done what it was given, so that a clock read now means something."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


@contextlib.contextmanager
def process_settings(device: torch.device, threads: int | None) -> Iterator[None]:
    """Keep the process's random state and thread count from being changed by a run; inside, ``threads`` threads."""
    before = torch.get_num_threads()
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        try:
            if threads is not None:
                torch.set_num_threads(threads)
            yield
        finally:
            torch.set_num_threads(before)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether ``error`` says that memory, the device's or the host's, did not suffice."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    # The CPU allocator raises a plain RuntimeError.
    return isinstance(error, RuntimeError) and "DefaultCPUAllocator: can't allocate memory" in str(error)


def release_memory(device: torch.device) -> None:
    """Give back what dropped tensors held."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
