"""Patience: which runs it ends, what time that saves, and what of their best values it costs.

    python -m benchmarks.patience DATA.pt [--sizes 150,9000]

DATA is a subset of real proteins. Tiny models on few of its training sequences, which they learn by heart, and on many,
for as many iterations. Every run is trained to its end without patience; what patience would have done is replayed over
what each evaluation found. One thread a run, two runs at once.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks._machine import print_machine
from optsweep.config import TrainConfig
from optsweep.data.training_data import load_training_data
from optsweep.results.repetition import MOST_EPOCHS
from optsweep.train.evaluation import due_points
from optsweep.train.execution import execution_for
from optsweep.train.patience import ERRORS, POINTS, Patience, PatienceState
from optsweep.train.sizes import parameter_count
from optsweep.train.train_state import TrainState

RUNS = {"no dropout": (1e-3, 0.0), "dropout 0.1": (1e-3, 0.1)}
"""lr and dropout."""
ITERATIONS, BATCH, EVALUATIONS, DRAWS, MAX_LENGTH = 3600, 16, 20, 4, 64
RULES = [(errors, points) for errors in (1.0, 2.0, 3.0) for points in (2, 3, 4)]


@dataclass(frozen=True, eq=False)
class Curve:
    """A run trained to its end, as its evaluations saw it."""

    config: TrainConfig
    num_training: int
    residues: int
    """Of the training sequences, as they are cropped."""
    weights: NDArray[np.int64]
    steps: NDArray[np.int64]
    seconds: NDArray[np.float64]
    """Processor time up to each evaluation, without the scoring of the training sequences."""
    values: NDArray[np.float64]
    losses: NDArray[np.float32]
    """[evaluations, validation sequences]"""
    training: NDArray[np.float64]
    """The training sequences' loss at each."""

    def end(self, errors: float = ERRORS, points: int = POINTS) -> int:
        """The evaluation at which patience ends the run; the last one if it does not."""
        patience = Patience(self.config, self.num_training, self.weights, errors=errors, points=points)
        state, best = PatienceState(), -1
        for place, value in enumerate(self.values):
            is_best = best < 0 or value < self.values[best]
            known = None if is_best else self.losses[best]
            loss = partial(float, self.training[place])
            state = patience.after(state, int(self.steps[place]), self.losses[place], known, loss)
            best = place if is_best else best
            if state.overfits:
                return place
        return len(self.values) - 1

    def saved(self, end: int) -> float:
        """The share of its time."""
        return float(1 - self.seconds[end] / self.seconds[-1])

    def lost(self, end: int) -> float:
        """Nats of its best value."""
        return float(self.values[: end + 1].min() - self.values.min())


def record(path: Path, size: int, lr: float, dropout: float) -> Curve:
    """Train one run to its end."""
    torch.set_num_threads(1)
    config = TrainConfig.model_validate(
        {
            "model": {"hidden_size": 128, "n_heads": 4, "n_blocks": 3, "dropout": dropout, "cond_dim": 32},
            "training": {"n_iters": ITERATIONS, "effective_batch": BATCH, "precision": "fp32", "patience": True},
            "optim": {"lr": lr, "warmup": ITERATIONS // 20, "beta2": 0.99},
            "data": {"max_protein_len": MAX_LENGTH, "num_sequences": size},
            "evaluation": {"num_evaluations": EVALUATIONS, "draws": DRAWS},
        }
    )
    data = load_training_data(path)
    state = TrainState(config, data, execution_for(config, torch.device("cpu")), BATCH)
    found, aside, began = [], 0.0, time.process_time()
    while state.step < ITERATIONS:
        state.iterate()
        if due_points(config, state.step):
            score, before = state.evaluate(), time.process_time()
            training = state.training_loss()
            aside += time.process_time() - before
            found.append((state.step, time.process_time() - began - aside, score.value, score.losses, training))
    steps, seconds, values, losses, trained = map(np.array, zip(*found, strict=True))
    lengths = np.minimum(data.sample(size).lengths, MAX_LENGTH - 2)
    weights = state.patience.weights
    return Curve(config, len(lengths), int(lengths.sum()), weights, steps, seconds, values, losses, trained)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sizes", default="150,9000")
    given = parser.parse_args()
    print_machine("torch")
    sizes = [int(size) for size in given.sizes.split(",")]
    plan = list(itertools.product(sizes, RUNS))
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        futures = [pool.submit(record, given.data, size, *RUNS[name]) for size, name in plan]
        curves = [future.result() for future in futures]
    show(plan, curves)


def show(plan: list[tuple[int, str]], curves: list[Curve]) -> None:
    heads = f"{'epochs':>8}{'warned':>8}{'par./res.':>10}{'best':>9}{'at':>6}{'last':>9}{'ends at':>9}"
    print(f"\n{'sequences':>9} {'run':12}{heads}{'saved':>7}{'lost':>9}")
    for (_, name), curve in zip(plan, curves, strict=True):
        config, end, values = curve.config, curve.end(), curve.values
        share = curve.steps / ITERATIONS
        epochs, density = config.total_sequences / curve.num_training, parameter_count(config.model) / curve.residues
        print(
            f"{curve.num_training:9} {name:12}{epochs:8.1f}{'yes' if epochs > MOST_EPOCHS else 'no':>8}{density:10.2f}"
            f"{values.min():9.4f}{share[values.argmin()]:6.0%}{values[-1]:9.4f}{share[end]:9.0%}"
            f"{curve.saved(end):7.0%}{curve.lost(end):9.4f}"
        )
    fewest = min(curve.num_training for curve in curves)
    few = [curve for curve in curves if curve.num_training == fewest]
    print("\nstandard errors, evaluations in a row: time saved on the fewest sequences, on more, most that a run loses")
    for errors, points in RULES:
        ends = {id(curve): curve.end(errors, points) for curve in curves}
        saved = [
            fmean(curve.saved(ends[id(curve)]) for curve in part)
            for part in (few, [curve for curve in curves if curve not in few])
            if part
        ]
        lost = max(curve.lost(ends[id(curve)]) for curve in curves)
        print(f"{errors:g}, {points}: {', '.join(f'{part:.0%}' for part in saved)}, {lost:.4f}")


if __name__ == "__main__":
    main()
