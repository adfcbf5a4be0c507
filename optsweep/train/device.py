"""Which device and which number format a run uses."""

from __future__ import annotations

import contextlib
import gc
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import torch

from optsweep.errors import DeviceError

Precision = Literal["auto", "fp32", "bf16"]
OUT_OF_MEMORY = (
    "CUDA out of memory",
    "CUDA error: out of memory",
    "CUDA driver error: out of memory",
    "Triton Error [CUDA]: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
    "CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED",
    "Cuda failure 'out of memory'",  # NCCL, in one spelling or the other
    "Cuda failure 2 'out of memory'",
    "Failed to CUDA calloc",
    "DefaultCPUAllocator: can't allocate memory",
    "std::bad_alloc",
)
"""What errors say that are plain RuntimeErrors, or torch.AcceleratorErrors: the caching allocator's own have a type."""

_logger = logging.getLogger("optsweep.train")


def resolve_device(name: str, precision: Precision = "auto") -> torch.device:
    """The device called ``name`` ("cpu", "cuda", "cuda:1"; "auto": the first GPU, else the CPU), for that precision.

    Raises `DeviceError` where this machine has none such, where it does not work, or has no bfloat16 if that is asked.
    """
    chosen = ("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name
    # Not torch's own reading of it, to which "cuda:256" is cuda:0, and "cuda:255" whichever is current.
    match = re.fullmatch(r"cpu|cuda(?::([0-9]{1,4}))?", chosen)
    if match is None:
        raise DeviceError(f"device {name!r} is not known; give auto, cpu, cuda or cuda:N")
    if chosen == "cpu":
        return torch.device("cpu")
    index, count = int(match[1] or 0), torch.cuda.device_count()
    if index >= count:
        seen = (
            f"torch sees {count} CUDA devices" if torch.version.cuda or torch.version.hip else "this torch has no CUDA"
        )
        raise DeviceError(f"device {name!r} is not there: {seen}")
    device = torch.device("cuda", index)
    _try_out(device, name)
    if precision == "bf16" and not _has_bfloat16(device):
        raise DeviceError(f'precision "bf16": {_card(device)} has no bfloat16; give "auto" or "fp32"')
    return device


def _try_out(device: torch.device, name: str) -> None:
    """Raise `DeviceError` for a GPU that is listed and does not work: torch says so in a traceback, and later.

    That may be a driver too old, a card too old for this torch, another program's exclusive use, or a second MIG slice,
    of which a process has only one.
    """
    try:
        torch.zeros(1, device=device).item()
    except (RuntimeError, torch.cuda.DeferredCudaCallError) as error:
        if is_out_of_memory(error):
            raise DeviceError(
                f"device {name!r} has no memory free: see nvidia-smi for who has it, or give cpu"
            ) from None
        reason = str(error).strip().partition("\n")[0][:200]
        raise DeviceError(f"device {name!r} does not work: {reason}; look at nvidia-smi, or give cpu") from None


def _card(device: torch.device) -> str:
    return f"{torch.cuda.get_device_name(device)} ({device})"


def _has_bfloat16(device: torch.device) -> bool:
    """Whether the GPU multiplies it itself: from Ampere on; torch emulates it on older ones."""
    return torch.cuda.get_device_capability(device) >= (8, 0)


def uses_bfloat16(precision: Precision, device: torch.device) -> bool:
    """Whether matrix products run in bfloat16: if it is asked for, or ("auto") if the processor multiplies it itself.

    On a GPU without it never, so that what was trained elsewhere can be scored there.
    """
    if device.type == "cuda":
        return precision != "fp32" and _has_bfloat16(device)
    if precision != "auto":
        return precision == "bf16"
    try:
        return re.search(r"\b(avx512_bf16|amx_bf16)\b", Path("/proc/cpuinfo").read_text()) is not None
    except OSError:
        return False


def warn_of_float32(precision: Precision, device: torch.device) -> None:
    """Log one line where "auto" means float32 because the GPU is too old."""
    if precision == "auto" and device.type == "cuda" and not _has_bfloat16(device):
        _logger.warning("%s has no bfloat16: training in float32, several times slower", _card(device))


def autocast(device: torch.device, bfloat16: bool) -> torch.autocast:
    """Context in which a forward pass runs; weights, gradients and the loss stay float32."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=bfloat16)


def synchronize(device: torch.device) -> None:
    """Wait until the device has done what it was given, so that a clock read now means something."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


@contextlib.contextmanager
def process_settings(device: torch.device, threads: int | None) -> Iterator[None]:
    """Keep the process's random state and settings from being changed by a run; inside, ``threads`` threads.

    Inside, a GPU's attention is not cuDNN's: its backward pass gives NaN with a mask at some lengths (pytorch issue
    196678), which would end a healthy run as diverged, and it plans for each new shape, which a run has by hundreds.
    """
    before, with_cudnn = torch.get_num_threads(), torch.backends.cuda.cudnn_sdp_enabled()  # type: ignore[no-untyped-call]
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        try:
            if threads is not None:
                torch.set_num_threads(threads)
            if device.type == "cuda":
                torch.backends.cuda.enable_cudnn_sdp(False)
            yield
        finally:
            torch.set_num_threads(before)
            torch.backends.cuda.enable_cudnn_sdp(with_cudnn)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether ``error`` says that memory, the device's or the host's, did not suffice."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(text in str(error) for text in OUT_OF_MEMORY)


def release_memory(device: torch.device) -> None:
    """Give back what dropped tensors held."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
