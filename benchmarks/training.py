"""Training: real residues/s of ours, the usual recipe and Hugging Face's ESM, at three sizes, in interleaved rounds.

    python -m benchmarks.training [--rounds 5] [--sizes small,medium,large] [--no-compile | --busy]

One thread each, as a sweep's worker has on a CPU, and CPU time: other programs on the machine change little. Padding is
not counted. Every candidate does its optimiser steps on the same sequences. Compiling takes minutes a size.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping

import torch

from benchmarks._machine import print_machine
from benchmarks._paired import Timings, interleaved
from benchmarks._sequences import random_training_data
from benchmarks._trainers import Ours, Recipe, Trainer, bench_config, residues_of_step
from benchmarks._waiting import measure_waiting
from optsweep.config import ModelConfig
from optsweep.data.training_data import TrainingData

SIZES = {
    "small": (ModelConfig(hidden_size=128, n_heads=4, n_blocks=3), 64),
    "medium": (ModelConfig(hidden_size=256, n_heads=4, n_blocks=4), 32),
    "large": (ModelConfig(hidden_size=512, n_heads=8, n_blocks=6), 16),
}
"""Each with its effective batch."""
WARMUP = 4
Make = Callable[[ModelConfig, int, TrainingData], Trainer]
CPU = torch.device("cpu")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", default=",".join(SIZES))
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--busy", action="store_true", help="how threads wait, instead")
    given = parser.parse_args()
    torch.set_num_threads(1)
    print_machine("torch", "transformers")
    if given.busy:
        measure_waiting(given.rounds)
        return
    data = random_training_data(4000)
    for size in given.sizes.split(","):
        measure(size, data, given.rounds, CANDIDATES if given.no_compile else CANDIDATES | COMPILED)


def measure(size: str, data: TrainingData, rounds: int, candidates: Mapping[str, Make]) -> None:
    model, batch = SIZES[size]
    trainers = {name: make(model, batch, data) for name, make in candidates.items()}
    steps = {name: trainer.step for name, trainer in trainers.items()}
    timings = interleaved(steps, rounds, warmup=WARMUP, clock=time.process_time)
    config = bench_config(model, batch)
    residues = [residues_of_step(config, data, step) for step in range(WARMUP, WARMUP + rounds)]
    print(f"\n{size}: hidden {model.hidden_size} x {model.n_blocks} blocks, effective batch {batch}, {rounds} rounds")
    best = OURS_COMPILED if OURS_COMPILED in candidates else OURS
    print(f"{'':34}{'residues/s':>10}   {best!r} is faster by (quartiles; least)")
    for name in candidates:
        ratio = "" if name == best else _ratio(timings, name, best)
        print(f"{name:34}{sum(residues) / sum(timings.seconds[name]):10.0f}   {ratio}", flush=True)


def _ratio(timings: Timings, name: str, best: str) -> str:
    ratios = [slow / fast for slow, fast in zip(timings.seconds[name], timings.seconds[best], strict=True)]
    return f"{timings.ratio(name, best):.2f}; {min(ratios):.2f}"


def _ours(**training: object) -> Make:
    return lambda model, batch, data: Ours(bench_config(model, batch, **training), data, CPU)


def _hugging_face(compiled: bool) -> Make:
    def make(model: ModelConfig, batch: int, data: TrainingData) -> Trainer:
        from benchmarks._hugging_face import HuggingFace

        return HuggingFace(bench_config(model, batch), data, CPU, compiled=compiled)

    return make


OURS, OURS_COMPILED = "ours", "ours, compiled"
CANDIDATES: dict[str, Make] = {
    "recipe (padded to 512, float32)": lambda model, batch, data: Recipe(bench_config(model, batch), data, CPU),
    "ours in float32": _ours(precision="fp32", compile=False),
    OURS: _ours(compile=False),
    "Hugging Face ESM": _hugging_face(compiled=False),
}
COMPILED: dict[str, Make] = {
    OURS_COMPILED: _ours(compile=True),
    "Hugging Face ESM, compiled": _hugging_face(compiled=True),
}

if __name__ == "__main__":
    main()
