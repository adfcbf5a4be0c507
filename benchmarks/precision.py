"""Precision: what bfloat16 changes of a run's value, of products alone and of the residual stream too.

    python -m benchmarks.precision [--scale 0.5] [--seeds 6]

The demo's presets on its synthetic corpus; the same seeds in every format, so that differences are paired. A CPU
without bfloat16 computes it all the same, slowly: the rounding is that of hardware which has it.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
from pathlib import Path

import torch
from scipy.stats import t

from benchmarks._machine import print_machine
from optsweep.config import TrainConfig
from optsweep.data.demo import make_demo
from optsweep.data.subset import ensure_subset
from optsweep.data.training_data import TrainingData, load_training_data
from optsweep.study.builtin.study import BuiltinStudy
from optsweep.study.file import load_study
from optsweep.train.evaluation import due_points
from optsweep.train.execution import Execution
from optsweep.train.micro_batch import first_micro_batch
from optsweep.train.train_state import TrainState
from optsweep.trainers.builtin import BuiltinTrainer

CPU = torch.device("cpu")
FORMATS = [
    Execution(CPU, bfloat16=bfloat16, packed=False, short_residual=short)
    for bfloat16, short in ((False, False), (True, False), (True, True))
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.5, help="of the demo's lengths")
    parser.add_argument("--seeds", type=int, default=6)
    given = parser.parse_args()
    torch.set_num_threads(1)
    print_machine("torch")
    definition = load_study("demo")
    assert isinstance(definition, BuiltinStudy)
    budget = definition.budget.model_copy(update={"scale": given.scale})
    definition = definition.model_copy(update={"budget": budget})
    with tempfile.TemporaryDirectory(prefix="optsweep-bench-") as folder:
        corpus = Path(folder) / "demo.pt"
        make_demo(corpus)
        data = load_training_data(ensure_subset(corpus).path)
        print(f"\n{'':22}{'float32':>10}   change of the value by bfloat16 (95 % interval)")
        print(f"{'':22}{'':>10}{'products':>28}{'the residual, too':>28}{'seeds, deviation':>18}")
        changes: list[list[float]] = [[], []]
        for preset in definition.presets:
            config = BuiltinTrainer(definition).resolve(preset.parameters, preset=preset.name, seed=0)
            for all_of_one, of_one in zip(changes, compare(preset.name, config, data, given.seeds), strict=True):
                all_of_one += of_one
        print(f"{'all':22}{'':>10}{_change(changes[0]):>28}{_change(changes[1]):>28}")


def compare(name: str, config: TrainConfig, data: TrainingData, num_seeds: int) -> list[list[float]]:
    """Print what each step to shorter numbers changes, seed by seed, and return it."""
    exact, products, residual = ([_value(config, data, seed, how) for seed in range(num_seeds)] for how in FORMATS)
    changes = [
        [after - before for before, after in zip(*pair, strict=True)]
        for pair in ((exact, products), (products, residual))
    ]
    first, second = (_change(change) for change in changes)
    print(f"{name:22}{statistics.fmean(exact):10.4f}{first:>28}{second:>28}{statistics.stdev(exact):18.4f}", flush=True)
    return changes


def _change(differences: list[float]) -> str:
    half = t.ppf(0.975, len(differences) - 1) * statistics.stdev(differences) / math.sqrt(len(differences))
    mean = statistics.fmean(differences)
    return f"{mean:+.4f} ({mean - half:+.4f} to {mean + half:+.4f})"


def _value(config: TrainConfig, data: TrainingData, seed: int, execution: Execution) -> float:
    """The best evaluation, nats per residue."""
    config = config.model_copy(update={"training": config.training.model_copy(update={"seed": seed})})
    micro_batch = first_micro_batch(config, execution, config.training.effective_batch)
    state = TrainState(config, data, execution, micro_batch)
    values = []
    while state.step < config.training.n_iters:
        state.iterate()
        if due_points(config, state.step):
            values.append(state.evaluate().value)
    return min(values)


if __name__ == "__main__":
    main()
