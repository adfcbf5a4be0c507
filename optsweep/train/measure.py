"""How long an iteration, an evaluation and compiling take here, and in how much memory, for configs that are planned.

A process of its own (``python -m optsweep.train.measure ORDER``, order and answer in JSON), because its caller never
loads torch. Nothing is written but what torch.compile keeps. Without data it uses random proteins as long as
UniRef50's: speed does not depend on the letters.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from optsweep.config import TrainConfig
from optsweep.data.sequences import Sequences
from optsweep.data.training_data import TrainingData, load_training_data
from optsweep.data.vocabulary import FIRST_RESIDUE, VOCABULARY_SIZE
from optsweep.errors import UserError
from optsweep.train.device import is_out_of_memory, process_settings, release_memory, resolve_device, synchronize
from optsweep.train.execution import execution_for
from optsweep.train.micro_batch import first_micro_batch
from optsweep.train.speed import Compilation
from optsweep.train.train_state import TrainState

SECONDS = 3.0
"""How long each config is timed, about; at least `FEWEST` iterations."""
FEWEST = 3
MEDIAN_LENGTH, LENGTH_SPREAD = 230, 0.7
NUM_TRAIN, NUM_HELD_OUT = 2000, 500


def measure(config: TrainConfig, data: TrainingData, device: str) -> dict[str, float | None]:
    """Seconds of an iteration (the median), an evaluation and compiling, peak bytes, watts; None without the memory.

    What is timed is the program that a run of ``config`` would have: compiled, if the run would compile.
    """
    place = resolve_device(device, config.training.precision)
    execution = execution_for(config, place)
    micro_batch = first_micro_batch(config, execution, config.training.effective_batch)
    with process_settings(place, config.training.threads):
        while micro_batch:
            with contextlib.suppress(OSError):
                Path("/proc/self/clear_refs").write_text("5")  # begins a new peak of resident memory
            try:
                return _measured(TrainState(config, data, execution, micro_batch))
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
            release_memory(place)
            micro_batch //= 2
    return dict.fromkeys(("iteration", "evaluation", "compilation", "memory", "power"))


def _measured(state: TrainState) -> dict[str, float | None]:
    settings, device = state.config.training, state.execution.device
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    compilation = Compilation(settings.compile, device, [state.model, state.optimizer.ema])
    compiling = _seconds(state.try_largest, device) if state.execution.on_gpu else 0.0
    iteration, probed = 0.0, 0
    if not compilation.is_on:
        state.iterate()
        iteration = _iteration(state, device)
    while compilation.is_undecided:
        probed += 1
        compilation.consider(iteration, settings.n_iters - probed)
    if compilation.is_on:
        before = state.step
        warm_up = _seconds(lambda: _warm_up(state, compilation), device)
        num_warm_up = state.step - before
        iteration = _iteration(state, device)
        compiling += warm_up - num_warm_up * iteration + _seconds(state.evaluate, device)
    evaluation = _seconds(state.evaluate, device)
    compiling = max(0.0, compiling - evaluation) if compilation.is_on else 0.0
    peak = torch.cuda.max_memory_reserved(device) if device.type == "cuda" else _peak_resident()
    return {
        "iteration": iteration,
        "evaluation": evaluation,
        "compilation": compiling,
        "memory": peak,
        "power": _power(device),
    }


def _warm_up(state: TrainState, compilation: Compilation) -> None:
    """Iterate until `FEWEST` iterations in a row have compiled nothing; no longer than a run is."""
    last, quiet = state.step + state.config.training.n_iters, 0
    while quiet < FEWEST and state.step < last:
        state.iterate()
        quiet = 0 if compilation.has_compiled() else quiet + 1


def _iteration(state: TrainState, device: torch.device) -> float:
    """Median seconds of an iteration."""
    durations: list[float] = []
    while len(durations) < FEWEST or sum(durations) < SECONDS:
        durations.append(_seconds(state.iterate, device))
    return statistics.median(durations)


def _seconds(work: Callable[[], object], device: torch.device) -> float:
    synchronize(device)
    before = time.perf_counter()
    work()
    synchronize(device)
    return time.perf_counter() - before


def _power(device: torch.device) -> float | None:
    """Watts that the device drew just now; None if the driver, or its Python package, does not tell."""
    with contextlib.suppress(Exception):
        return torch.cuda.power_draw(device) / 1000
    return None


def _peak_resident() -> int:
    status = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def _random_data() -> TrainingData:
    def sequences(num: int, seed: int) -> Sequences:
        random = np.random.default_rng(seed)
        lengths = np.clip(MEDIAN_LENGTH * np.exp(random.normal(0, LENGTH_SPREAD, num)), 30, 5000).astype(np.int64)
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        return Sequences(random.integers(FIRST_RESIDUE, VOCABULARY_SIZE, offsets[-1], dtype=np.uint8), offsets)

    held_out = sequences(NUM_HELD_OUT, 1)
    return TrainingData(sequences(NUM_TRAIN, 0), held_out, held_out, {}, Path("random.pt"))


def main(order: dict[str, Any]) -> dict[str, Any]:
    data = load_training_data(Path(order["data"])) if order["data"] else _random_data()
    configs = {name: TrainConfig.model_validate(config) for name, config in order["configs"].items()}
    return {name: measure(config, data, order["device"]) for name, config in configs.items()}


if __name__ == "__main__":
    try:
        json.dump(main(json.loads(sys.argv[1])), sys.stdout)
    except UserError as error:
        sys.exit(str(error))
