"""Precision: what bfloat16 changes of a run's value, beside what another training seed changes.

    python -m benchmarks.precision [--scale 0.5] [--seeds 3]

The demo's presets on its synthetic corpus. A CPU without bfloat16 computes it all the same, slowly: the rounding is
that of hardware which has it.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

import torch

from benchmarks._machine import print_machine
from optsweep.config import TrainConfig
from optsweep.data.demo import make_demo
from optsweep.data.subset import ensure_subset
from optsweep.data.training_data import TrainingData, load_training_data
from optsweep.study.definition import BuiltinStudy
from optsweep.study.file import load_study
from optsweep.train.loop import train
from optsweep.trainers.builtin import BuiltinTrainer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.5, help="of the demo's lengths")
    parser.add_argument("--seeds", type=int, default=3)
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
        print(f"\n{'preset':22}{'float32':>10}{'bfloat16':>10}{'change':>10}{'seeds, deviation':>18}")
        for preset in definition.presets:
            config = BuiltinTrainer(definition).resolve(preset.parameters, preset=preset.name, seed=0)
            compare(preset.name, config, data, given.seeds)


def compare(name: str, config: TrainConfig, data: TrainingData, num_seeds: int) -> None:
    values = [_value(config, data, seed=seed, precision="fp32") for seed in range(num_seeds)]
    short = [_value(config, data, seed=seed, precision="bf16") for seed in range(num_seeds)]
    change = statistics.fmean(b - a for a, b in zip(values, short, strict=True))
    deviation = statistics.stdev(values)
    means = f"{statistics.fmean(values):10.4f}{statistics.fmean(short):10.4f}"
    print(f"{name:22}{means}{change:+10.4f}{deviation:18.4f}", flush=True)


def _value(config: TrainConfig, data: TrainingData, **training: object) -> float:
    """The best evaluation, nats per residue."""
    changed = config.model_copy(update={"training": config.training.model_copy(update=training)})
    best = train(changed, data, "cpu", lambda _: True).best
    assert best is not None
    return best.value


if __name__ == "__main__":
    main()
