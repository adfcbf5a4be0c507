"""Devices as a GPU machine would have them: which there are, in what format they train, what their errors mean."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch

from optsweep.config import write_config
from optsweep.data.corpus import write_corpus
from optsweep.data.subset import ensure_subset
from optsweep.errors import DeviceError
from optsweep.study.builtin.study import BuiltinStudy
from optsweep.study.file import load_study
from optsweep.train import loop
from optsweep.train.device import (
    is_out_of_memory,
    process_settings,
    resolve_device,
    uses_bfloat16,
    warn_of_float32,
)
from optsweep.train.loop import train, train_from_file
from optsweep.trainers.builtin import BuiltinTrainer
from tests.train.supply import Listener, make_config, make_data, make_sequences

CARD = torch.device("cuda", 0)
ASYNCHRONOUS = "\nCUDA kernel errors might be asynchronously reported at some other API call\n"


@dataclass
class PretendedGpus:
    """What torch says of the GPUs of this machine, which has none; ``broken``: what it raises on the first use."""

    names: list[str] = field(default_factory=lambda: ["NVIDIA H100", "NVIDIA H100"])
    capability: tuple[int, int] = (9, 0)
    broken: Exception | None = None

    def zeros(self, *size: int, device: torch.device) -> torch.Tensor:
        if self.broken is not None:
            raise self.broken
        return torch.empty(size).zero_()


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch) -> PretendedGpus:
    pretended = PretendedGpus()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: bool(pretended.names))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: len(pretended.names))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: pretended.names[device.index])
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: pretended.capability)
    monkeypatch.setattr(torch, "zeros", pretended.zeros)
    return pretended


@pytest.fixture
def old_card(gpus: PretendedGpus) -> PretendedGpus:
    gpus.names, gpus.capability = ["Tesla V100-SXM2-16GB"], (7, 0)
    return gpus


@pytest.mark.usefixtures("gpus")
@pytest.mark.parametrize(
    ("name", "expected"),
    [("auto", CARD), ("cuda", CARD), ("cuda:1", torch.device("cuda", 1)), ("cpu", torch.device("cpu"))],
)
def test_a_device_is_found_by_its_name(name: str, expected: torch.device) -> None:
    assert resolve_device(name) == expected


@pytest.mark.usefixtures("gpus")
@pytest.mark.parametrize("name", ["cuda:2", "cuda:127", "cuda:255", "cuda:256", "cuda:512", "cuda:99999", "cuda:-1"])
def test_an_index_without_a_gpu_is_refused_however_torch_reads_it(name: str) -> None:
    with pytest.raises(DeviceError, match=name):
        resolve_device(name)


def test_a_torch_without_cuda_is_named_as_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "cuda", None)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    with pytest.raises(DeviceError, match="'cuda' is not there: this torch has no CUDA"):
        resolve_device("cuda")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (torch.AcceleratorError("CUDA error: no kernel image is available for execution on the device"), "no kernel"),
        (torch.AcceleratorError("CUDA error: invalid device ordinal"), "invalid device ordinal"),
        (torch.AcceleratorError("CUDA error: CUDA-capable device(s) is/are busy or unavailable"), "busy"),
        (RuntimeError("The NVIDIA driver on your system is too old (found version 12040)."), "driver .* too old"),
        (
            torch.cuda.DeferredCudaCallError("CUDA call failed lazily at initialization with error: x\n\nat: y"),
            "lazily",
        ),
        (torch.AcceleratorError("CUDA error: out of memory"), "no memory free"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 MiB."), "no memory free"),
    ],
)
@pytest.mark.parametrize("name", ["auto", "cuda:1"])
def test_a_gpu_that_does_not_work_is_refused_in_one_line(
    gpus: PretendedGpus, name: str, error: Exception, expected: str
) -> None:
    gpus.broken = type(error)(str(error) + ASYNCHRONOUS)
    with pytest.raises(DeviceError, match=f"device '{name}' .*{expected}") as raised:
        resolve_device(name)
    assert len(raised.value.lines) == 1


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        torch.AcceleratorError(
            "CUDA error: out of memory\nSearch for `cudaErrorMemoryAllocation' in the documentation" + ASYNCHRONOUS
        ),
        RuntimeError("CUDA error: out of memory" + ASYNCHRONOUS),
        RuntimeError("CUDA driver error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"),
        RuntimeError("Triton Error [CUDA]: out of memory"),
        RuntimeError("backend='inductor' raised:\nOutOfMemoryError: CUDA out of memory. Tried to allocate 1.00 GiB."),
        torch.distributed.DistBackendError(
            "NCCL error: unhandled cuda error\nLast error:\nCuda failure 2 'out of memory'"
        ),
        torch.distributed.DistBackendError("NCCL error\nLast error:\nFailed to CUDA calloc async 6291456 bytes"),
        RuntimeError("std::bad_alloc"),
        MemoryError(),
    ],
    ids=lambda error: str(error)[:60],
)
def test_memory_that_did_not_suffice_is_recognised_by_whoever_said_it(error: Exception) -> None:
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "error",
    [
        torch.AcceleratorError("CUDA error: device-side assert triggered" + ASYNCHRONOUS),
        torch.AcceleratorError("CUDA error: an illegal memory access was encountered" + ASYNCHRONOUS),
        RuntimeError("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasGemmEx`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR"),
        RuntimeError("out of resource: shared memory, Required: 135200, Hardware limit: 101376"),
        RuntimeError("index out of memory bounds"),
        OSError("CUDA error: out of memory"),
    ],
    ids=lambda error: str(error)[:60],
)
def test_another_fault_of_a_gpu_is_not_taken_for_memory(error: Exception) -> None:
    assert not is_out_of_memory(error)


@pytest.mark.parametrize(("capability", "has"), [((7, 0), False), ((7, 5), False), ((8, 0), True), ((9, 0), True)])
def test_bfloat16_is_used_by_the_cards_that_have_it(
    gpus: PretendedGpus, capability: tuple[int, int], has: bool
) -> None:
    gpus.capability = capability
    assert uses_bfloat16("auto", CARD) is uses_bfloat16("bf16", CARD) is has
    assert not uses_bfloat16("fp32", CARD)


@pytest.mark.usefixtures("old_card")
@pytest.mark.heavy
def test_bfloat16_on_a_card_without_it_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    write_corpus(tmp_path / "random.pt", make_sequences(200, shortest=30, longest=60), {})
    config = tmp_path / "config.toml"
    write_config(config, make_config(training__precision="bf16"))
    out, subset = tmp_path / "out", ensure_subset(tmp_path / "random.pt").path
    with pytest.raises(DeviceError) as raised:
        train_from_file(config, subset, "cuda", out)
    [line] = raised.value.lines
    assert line == 'error: precision "bf16": Tesla V100-SXM2-16GB (cuda:0) has no bfloat16; give "auto" or "fp32"'
    assert not out.exists()
    with pytest.raises(DeviceError, match="bfloat16"):
        train(make_config(training__precision="bf16"), make_data(), "auto", Listener(), directory=out)
    assert not out.exists()


@pytest.mark.usefixtures("old_card")
def test_a_worker_on_such_a_card_takes_no_run_of_a_study_that_wants_bfloat16() -> None:
    definition = load_study("uniref50")
    assert isinstance(definition, BuiltinStudy)
    BuiltinTrainer(definition).check_device("cuda")
    settings = definition.settings.model_copy(update={"precision": "bf16"})
    with pytest.raises(DeviceError, match="has no bfloat16"):
        BuiltinTrainer(definition.model_copy(update={"settings": settings})).check_device("cuda")


@pytest.mark.usefixtures("old_card")
@pytest.mark.parametrize(("precision", "warnings"), [("auto", 1), ("fp32", 0)])
def test_a_run_that_falls_back_to_float32_says_so_once(
    precision: str, warnings: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It runs out of memory once on the way, and begins again: no reason to say it again."""
    attempts: list[int] = []

    class Attempt:
        def __init__(self, config: Any, data: Any, device: Any, micro_batch: int, *rest: Any) -> None:
            self.micro_batch = micro_batch

        def run(self, *told: Any) -> str:
            attempts.append(self.micro_batch)
            if len(attempts) == 1:
                raise torch.AcceleratorError("CUDA error: out of memory")
            return "done"

    monkeypatch.setattr(loop, "Attempt", Attempt)
    monkeypatch.setattr(loop, "process_settings", lambda *settings: contextlib.nullcontext())
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    with caplog.at_level(logging.WARNING, logger="optsweep.train"):
        assert train(make_config(training__precision=precision), make_data(), "cuda", Listener()) == "done"
    assert attempts == [2, 1]
    said = [record.message for record in caplog.records if "bfloat16" in record.message]
    assert len(said) == warnings
    assert all("Tesla V100-SXM2-16GB (cuda:0)" in line and "float32" in line for line in said)


def test_nothing_is_said_of_a_card_with_bfloat16_or_of_a_cpu(
    gpus: PretendedGpus, caplog: pytest.LogCaptureFixture
) -> None:
    warn_of_float32("auto", CARD)
    gpus.capability = (7, 5)
    warn_of_float32("auto", torch.device("cpu"))
    assert not caplog.records


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_attention_on_a_gpu_is_not_cudnns_during_a_run(
    enabled: bool, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.random, "fork_rng", lambda devices: contextlib.nullcontext())
    before = torch.backends.cuda.cudnn_sdp_enabled()
    torch.backends.cuda.enable_cudnn_sdp(enabled)
    try:
        with contextlib.suppress(ZeroDivisionError), process_settings(CARD, 1):
            assert not torch.backends.cuda.cudnn_sdp_enabled()
            if fails:
                raise ZeroDivisionError
        assert torch.backends.cuda.cudnn_sdp_enabled() is enabled
        with process_settings(torch.device("cpu"), 1):
            assert torch.backends.cuda.cudnn_sdp_enabled() is enabled
    finally:
        torch.backends.cuda.enable_cudnn_sdp(before)
