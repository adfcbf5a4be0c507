"""When torch.compile pays, and what of a run's time it took."""

from __future__ import annotations

import importlib.util
import os
import shutil
import statistics

import torch
from torch import nn

from optsweep.config import Auto
from optsweep.train.attention import keep_out_of_compiled_code

PROBE_ITERATIONS = 10
"""Iterations that are timed before "auto" decides; the first of them is warm-up."""
SAVED_SHARE = {"cpu": 0.1, "cuda": 0.3}
"""Share of an iteration's time that compiling is expected to save, at least."""
COST_SECONDS = {"cpu": 120.0, "cuda": 90.0}
"""What compiling forward, backward and evaluation for the shapes of a run takes, at most."""


class Compilation:
    """Compiles a run's networks at once (True), never (False), or ("auto") when timed iterations say that it pays."""

    def __init__(self, choice: bool | Auto, device: torch.device, models: list[nn.Module]) -> None:
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
            if is_worth_compiling(self._device, statistics.median(self._durations[1:]), iterations_left):
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
        for model in self._models:
            # In place: parameters and their names stay. One graph for all lengths and micro-batch sizes.
            model.compile(dynamic=True, options={"fallback_random": self._device.type == "cpu"})


def is_worth_compiling(device: torch.device, seconds_per_iteration: float, iterations_left: int) -> bool:
    """Whether the projected saving exceeds the cost, and a compiler is there."""
    saving = seconds_per_iteration * iterations_left * SAVED_SHARE[device.type]
    return saving > COST_SECONDS[device.type] and compiler_is_there(device)


def compiler_is_there(device: torch.device) -> bool:
    """Whether torch.compile has what it needs: a C++ compiler, and Triton for a GPU."""
    has_cpp = shutil.which(os.environ.get("CXX", "g++")) is not None
    return has_cpp and (device.type == "cpu" or importlib.util.find_spec("triton") is not None)
