"""How quickly a run goes: its throughput, and when torch.compile pays."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import statistics
import time
from collections.abc import Iterator
from typing import Any

import torch

from optsweep.config import Auto
from optsweep.train.attention import keep_out_of_compiled_code
from optsweep.train.device import synchronize
from optsweep.train.model import Transformer

PROBE_ITERATIONS = 10
"""Iterations that are timed before "auto" decides; the first of them is warm-up."""
SAVED_SHARE = {"cpu": 0.1, "cuda": 0.3}
"""Share of an iteration's time that compiling is expected to save, at least."""
COST_SECONDS = {"cpu": 120.0, "cuda": 90.0}
"""What compiling forward, backward and evaluation for the shapes of a run takes, at most."""
PROGRAMS_PER_MODEL = 32
"""Torch gives up at the ninth. Padded micro-batches need up to ten, for training and for evaluation: with padding and
without, of one row or more."""


class Compilation:
    """Compiles a run's networks at once (True), never (False), or ("auto") when timed iterations say that it pays."""

    def __init__(self, choice: bool | Auto, device: torch.device, models: list[Transformer]) -> None:
        self._device = device
        self._models = models
        self._durations: list[float] = []
        self._num_graphs = 0
        self.is_undecided = choice == "auto"
        self.is_on = False
        if choice is True:
            self._compile()

    def consider(self, seconds: float, iterations_left: int) -> None:
        """While undecided: learn what one iteration took; decide after `PROBE_ITERATIONS` of them."""
        self._durations.append(seconds)
        if len(self._durations) == PROBE_ITERATIONS:
            self.is_undecided = False
            kind = self._device.type
            saving = statistics.median(self._durations[1:]) * iterations_left * SAVED_SHARE[kind]
            if saving > COST_SECONDS[kind] and _compiler_is_there(kind):
                self._compile()

    def has_compiled(self) -> bool:
        """Whether anything was compiled since the last call."""
        if not self.is_on:
            return False
        before, self._num_graphs = self._num_graphs, int(torch._dynamo.utils.counters["stats"]["unique_graphs"])
        return self._num_graphs != before

    def _compile(self) -> None:
        self.is_on = True
        if self._device.type == "cpu":
            keep_out_of_compiled_code()
        torch._dynamo.config.recompile_limit = PROGRAMS_PER_MODEL
        options = compiler(self._device.type)
        # Torch counts the programs of all models that this process ever had as those of one.
        torch._dynamo.reset()
        for model in self._models:
            model.compile_blocks(**options)


def compiler(device_type: str) -> dict[str, Any]:
    """The options of torch.compile."""
    return {"options": {"fallback_random": device_type == "cpu"}}


def _compiler_is_there(device_type: str) -> bool:
    """Whether torch.compile has what it needs: a C++ compiler, and Triton for a GPU."""
    has_cpp = shutil.which(os.environ.get("CXX", "g++")) is not None
    return has_cpp and (device_type == "cpu" or importlib.util.find_spec("triton") is not None)


class Throughput:
    """Mean loss and real residues per second since the line before, evaluation, checkpoint and compilation left out."""

    def __init__(self, device: torch.device, compilation: Compilation) -> None:
        self._device = device
        self._compilation = compilation
        self._loss = torch.zeros((), device=device)
        self._reset()

    def add(self, loss: torch.Tensor, num_residues: int, started: float, iterations_left: int) -> None:
        """Count the iteration that began when `time.perf_counter` said ``started``.

        ``loss`` stays on the device until a line is due. Time and residues of an iteration that compiled are left out.
        """
        if self._compilation.is_undecided:
            synchronize(self._device)
            self._compilation.consider(time.perf_counter() - started, iterations_left)
        self._loss = self._loss + loss
        self._num_iterations += 1
        if self._compilation.has_compiled():
            synchronize(self._device)
            self._excluded += time.perf_counter() - started
        else:
            self._num_residues += num_residues

    @contextlib.contextmanager
    def excluded(self) -> Iterator[None]:
        """Leave the time of what is done inside out of the rate."""
        synchronize(self._device)
        before = time.perf_counter()
        yield
        synchronize(self._device)
        self._excluded += time.perf_counter() - before

    def take(self) -> tuple[float, float]:
        """Mean loss and residues per second; counting begins anew."""
        loss = float(self._loss) / self._num_iterations
        rate = self._num_residues / (time.perf_counter() - self._start - self._excluded)
        self._reset()
        return loss, rate

    def _reset(self) -> None:
        self._loss = torch.zeros_like(self._loss)
        self._num_iterations = self._num_residues = 0
        self._excluded = 0.0
        self._start = time.perf_counter()
