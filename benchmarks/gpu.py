"""GPU: residues/s of every preset, its share of the measured matrix peak, projected times, and the recipe in float16.

    python -m benchmarks.gpu [--device cuda] [--rounds 5] [--presets NAME,...] [--tiny]

Needs torch, numpy and pydantic. The peak is that of the largest bfloat16 matrix products this device does in the same
run; the share counts the arithmetic of real residues only. ``--tiny`` checks the script itself, on any device.
"""

from __future__ import annotations

import argparse
import time
import tomllib
from pathlib import Path
from typing import Any

import torch

from benchmarks._machine import print_machine
from benchmarks._paired import Timings, interleaved, spread
from benchmarks._sequences import random_training_data
from benchmarks._trainers import MAX_LEN, Ours, Recipe, Trainer, bench_config, residues_of_step
from optsweep.config import ModelConfig
from optsweep.data.batches import NUM_SPECIAL
from optsweep.data.training_data import TrainingData
from optsweep.train.device import resolve_device, synchronize
from optsweep.train.sizes import MLP_RATIO

STUDY = Path(__file__).parents[1] / "studies" / "uniref50.toml"
FORWARD_AND_BACKWARD = 3
WARMUP = 8
OURS, FLOAT16, FLOAT32 = "ours", "recipe, float16", "recipe, float32"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--presets", default="")
    parser.add_argument("--tiny", action="store_true", help="small models and batches")
    given = parser.parse_args()
    device = resolve_device(given.device)
    print_machine("torch", "numpy", "pydantic")
    if device.type == "cuda":
        print(torch.cuda.get_device_name(device))
    peak = matrix_peak(device, 512 if given.tiny else 8192)
    print(f"bfloat16 matrix peak: {peak / 1e12:.1f} TFLOP/s\n", flush=True)
    data = random_training_data(200 if given.tiny else 20_000, 20)
    presets = tomllib.loads(STUDY.read_text())["preset"]
    for preset in presets:
        if not given.presets or preset["name"] in given.presets.split(","):
            measure(_tiny(preset) if given.tiny else preset, data, device, peak, given.rounds)


def matrix_peak(device: torch.device, size: int) -> float:
    """FLOP/s of square bfloat16 products, the best of several."""
    left, right = (torch.randn(size, size, device=device, dtype=torch.bfloat16) for _ in range(2))
    best = float("inf")
    for _ in range(10):
        synchronize(device)
        before = time.perf_counter()
        for _ in range(5):
            left @ right
        synchronize(device)
        best = min(best, (time.perf_counter() - before) / 5)
    return 2 * size**3 / best


def measure(preset: dict[str, Any], data: TrainingData, device: torch.device, peak: float, rounds: int) -> None:
    model = ModelConfig(
        **{name: preset[name] for name in ("hidden_size", "n_heads", "n_blocks", "dropout", "cond_dim")}
    )
    batch = preset["effective_batch"]
    config = bench_config(model, batch)
    trainers: dict[str, Trainer] = {
        # The largest micro-batch that the memory holds is the script's own choice; a preset's is for small GPUs.
        OURS: Ours(bench_config(model, batch, compile=device.type == "cuda"), data, device),
        FLOAT16: Recipe(config, data, device, torch.float16),
        FLOAT32: Recipe(config, data, device),
    }
    timings = interleaved({name: trainer.step for name, trainer in trainers.items()}, rounds, warmup=WARMUP)
    steps = range(WARMUP, WARMUP + rounds)
    residues = [residues_of_step(config, data, step) for step in steps]
    share = _flops(model, data) * sum(residues) / sum(timings.seconds[OURS]) / peak
    print(f"{preset['name']}: {model.hidden_size} x {model.n_blocks}, {share:.0%} of the peak")
    for name in trainers:
        print(f"  {name:18}{sum(residues) / sum(timings.seconds[name]):12,.0f} residues/s   {_faster(timings, name)}")
    second = spread(timings.seconds[OURS]).median
    hours = {name: preset[name]["iterations"] * second / 3600 for name in ("sweep", "full")}
    print(f"  projected: {hours['sweep']:.1f} h in the sweep, {hours['full']:.1f} h at full length", flush=True)


def _faster(timings: Timings, name: str) -> str:
    return "" if name == OURS else f"ours is {timings.ratio(name, OURS):.2f} times as fast"


def _flops(model: ModelConfig, data: TrainingData) -> float:
    """Of one real residue, forward and backward, in the mean over the corpus."""
    lengths = data.train.lengths.clip(max=MAX_LEN - NUM_SPECIAL)
    some = [int(length) for length in lengths[:2000]]
    return FORWARD_AND_BACKWARD * sum(forward_flops_per_residue(model, length) * length for length in some) / sum(some)


def _tiny(preset: dict[str, Any]) -> dict[str, Any]:
    return {**preset, "hidden_size": 64, "n_heads": 2, "n_blocks": 2, "cond_dim": 16, "effective_batch": 4}


def forward_flops_per_residue(model: ModelConfig, length: int) -> float:
    """Floating-point operations of one forward pass per token of a sequence of ``length`` tokens.

    Two for each multiply-add of the matrix products; a training iteration takes three times as many. Half of the tokens
    are scored, as on average over all mask ratios; what the last block leaves out of the others is not counted.
    """
    hidden = model.hidden_size
    before, after = 2 * 3 * hidden * hidden, 2 * (1 + 2 * MLP_RATIO) * hidden * hidden
    attention = 4 * length * hidden
    conditioning = 2 * model.cond_dim * 6 * hidden / length
    return model.n_blocks * (before + attention + conditioning + after) - after / 2


if __name__ == "__main__":
    main()
