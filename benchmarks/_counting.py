"""What a GPU would be given, counted without one: kernels and bytes on fake tensors, graphs by a counting compiler.

The network takes its packed path, whose attention is a stand-in of the same signature.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from unittest import mock

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from benchmarks._presets import changed
from benchmarks._varlen import varlen_reference
from optsweep.config import TrainConfig
from optsweep.data.training_data import TrainingData
from optsweep.train import layout, speed
from optsweep.train.execution import Execution
from optsweep.train.sizes import FLOAT_BYTES, NUM_COPIES, parameter_count
from optsweep.train.speed import Compilation
from optsweep.train.train_state import TrainState

PACKED = Execution(torch.device("cpu"), bfloat16=True, packed=True, short_residual=True)
"""As on a GPU that has flash attention."""
WITHOUT_KERNEL = {"aten::detach", "aten::empty_like", "aten::new_empty", "aten::empty"}
SMALL_WIDTHS = (16, 24, 32, 40, 48, 56, 64, 72)
"""Of the models that stand for eight runs of a worker: graphs are the same whatever the sizes are."""
STEPS = 3


@contextlib.contextmanager
def packed_on_cpu() -> Iterator[None]:
    """Let the packed path run where there is no flash attention."""
    with mock.patch.object(layout, "varlen_attention", varlen_reference):
        yield


class Counted(NamedTuple):
    kernels: int
    """Of one step: forward, backward and optimiser."""
    memory: int
    """Bytes at the end of the largest step's forward pass: what it keeps for the backward pass, and the weights."""


def count_step(config: TrainConfig, data: TrainingData, micro_batch: int) -> Counted:
    """Count on fake tensors, uncompiled."""
    kernels, kept = _Kernels(), _Kept()
    with packed_on_cpu(), FakeTensorMode(allow_non_fake_inputs=True):
        # Fake parameters are made where they belong; moving them is what torch cannot.
        with mock.patch.object(torch.nn.Module, "to", lambda module, *_: module), warnings.catch_warnings():
            # To copy them looks for their memory.
            warnings.filterwarnings("ignore", "Accessing the data pointer of FakeTensor")
            state = TrainState(config, data, PACKED, micro_batch)
        with torch.autograd.graph.saved_tensors_hooks(kept.add, lambda tensor: tensor):
            state.try_largest()
        # Else the norm of the gradients is taken one by one, as only a CPU does it.
        with mock.patch("torch.nn.utils.clip_grad._has_foreach_support", return_value=True), kernels:
            state.iterate()
    weights = {parameter.untyped_storage()._cdata for parameter in state.model.parameters()}
    copies = FLOAT_BYTES * (NUM_COPIES + 1) * parameter_count(config.model)
    return Counted(kernels.number, kept.bytes_without(weights) + copies)


class _Kernels(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the operators that start a kernel; a few of them start more than one."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.number = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name = func.name().partition(".")[0]
        self.number += not (func.is_view or name.startswith("prim::") or name in WITHOUT_KERNEL)
        return func(*args, **(kwargs or {}))


class _Kept:
    """The memory of tensors that are saved for the backward pass, each counted once."""

    def __init__(self) -> None:
        self._bytes: dict[int, int] = {}
        self._alive: list[torch.Tensor] = []

    def add(self, tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        self._bytes[storage._cdata] = storage.nbytes()
        # One that has gone could leave its address to another.
        self._alive.append(tensor)
        return tensor

    def bytes_without(self, others: set[int]) -> int:
        return sum(size for storage, size in self._bytes.items() if storage not in others)


class Graphs(NamedTuple):
    needed: dict[str, int]
    """Of each model: what its first steps and its first evaluation compile."""
    recompiled: int
    """What is compiled later, over all models."""


def count_graphs(configs: Mapping[str, TrainConfig], data: TrainingData) -> Graphs:
    """Train and evaluate a small model for each of ``configs``, one after the other, as a worker does.

    Shapes of steps are the real ones. Raises where torch.compile gives up.
    """
    compiler = _Counting()
    needed, recompiled = {}, 0
    with (
        packed_on_cpu(),
        # New options each time: torch.compile is given more of them.
        mock.patch.object(speed, "compiler", side_effect=lambda _: {"backend": compiler}),
        torch._dynamo.config.patch(fail_on_recompile_limit_hit=True),
    ):
        for width, (name, config) in zip(SMALL_WIDTHS, configs.items(), strict=False):
            before = compiler.number
            small = changed(config, "model", hidden_size=width, n_heads=2, n_blocks=3, cond_dim=width // 2)
            state = TrainState(small, data, PACKED, config.training.effective_batch)
            Compilation(True, PACKED.device, [state.model, state.optimizer.ema])
            state.try_largest()
            state.iterate()
            state.evaluate()
            needed[name], warm = compiler.number - before, compiler.number
            for _ in range(STEPS):
                state.iterate()
            state.evaluate()
            recompiled += compiler.number - warm
    return Graphs(needed, recompiled)


class _Counting:
    """A compiler for torch.compile that leaves what it is given as it is."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, graph: torch.fx.GraphModule, inputs: list[torch.Tensor]) -> Callable[..., Any]:
        self.number += 1
        return graph.forward
