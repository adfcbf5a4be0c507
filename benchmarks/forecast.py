"""The forecast of a ladder against the truth: real proteins, lengths of 2,000 and 4,000 sequences, forecast for 32,000.

    python -m benchmarks.forecast DATA.pt          # a subset with all proteins: optsweep data subset -n 18193

Tiny models that differ in lr and batch alone. The forecast, the ladder's winner as it is, and the best three of a sweep
at the long length itself are trained there with fresh seeds. One thread a run, two runs at once.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from scipy.stats import qmc, t

from benchmarks._machine import print_machine
from optsweep.config import TrainConfig
from optsweep.data.training_data import load_training_data
from optsweep.results.run_table import RunTable
from optsweep.study.lengths import whole_batch
from optsweep.train.evaluation import due_points
from optsweep.train.execution import execution_for
from optsweep.train.train_state import TrainState
from optsweep.trust.transfer import transfer

SHORT, LONG = (2000, 4000), 32_000
LADDER, DIRECT, SEEDS, BEST = 64, 16, 4, 3
LR, BATCH = (7.5e-4, 2.4e-2), (4, 64)
"""What is tried, from end to end."""
EVALUATIONS, DRAWS, MAX_LENGTH = 4, 4, 64


@dataclass(frozen=True)
class Job:
    sequences: int
    lr: float
    batch: int
    seed: int

    @property
    def words(self) -> str:
        return f"lr {self.lr:.3g}, batch {self.batch}"


def train(path: Path, job: Job) -> float:
    """The value of a run: the best of its evaluations, in nats per residue."""
    torch.set_num_threads(1)
    iterations = round(job.sequences / job.batch)
    config = TrainConfig.model_validate(
        {
            "model": {"hidden_size": 64, "n_heads": 4, "n_blocks": 2, "dropout": 0.0, "cond_dim": 32},
            "training": {"n_iters": iterations, "effective_batch": job.batch, "precision": "fp32", "seed": job.seed},
            "optim": {"lr": job.lr, "warmup": max(1, iterations // 20), "beta2": 0.99},
            "data": {"max_protein_len": MAX_LENGTH},
            "evaluation": {"num_evaluations": EVALUATIONS, "draws": DRAWS},
        }
    )
    state = TrainState(config, load_training_data(path), execution_for(config, torch.device("cpu")), min(job.batch, 16))
    best = math.inf
    while state.step < iterations:
        state.iterate()
        if due_points(config, state.step):
            best = min(best, state.evaluate().value)
    return best


def spread(sequences: int, count: int, seed: int) -> list[Job]:
    """So many runs of one length, evenly over lr and batch."""
    points = qmc.Sobol(2, rng=np.random.default_rng(seed)).random(2 ** math.ceil(math.log2(count)))[:count]
    low, high = (np.log([LR[end], BATCH[end]]) for end in (0, 1))
    return [
        Job(sequences, float(f"{lr:.3g}"), whole_batch(batch), seed + place)
        for place, (lr, batch) in enumerate(np.exp(low + points * (high - low)))
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print_machine("torch")
    available = len(load_training_data(given.data).train)
    print(f"{available:,} training sequences: a run of {LONG:,} sees each {LONG / available:.1f} times\n", flush=True)
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        values = partial(_values, pool, given.data)
        jobs = [job for length in SHORT for job in spread(length, LADDER // len(SHORT), given.seed + length)]
        forecast, winner = ladder(values(jobs), jobs)
        direct = spread(LONG, DIRECT, given.seed + LONG)
        found = values(direct)
        best = [direct[place] for place in np.argsort(found)[:BEST]]
        names = ["forecast", "winner as it is", *(f"direct, no. {place}" for place in range(1, BEST + 1))]
        again = [
            Job(LONG, job.lr, job.batch, given.seed + 10**6 + place * SEEDS + number)
            for place, job in enumerate([forecast, winner, *best])
            for number in range(SEEDS)
        ]
        show(names, again, np.array(values(again)).reshape(-1, SEEDS))


def _values(pool: ProcessPoolExecutor, data: Path, jobs: Sequence[Job]) -> list[float]:
    longest_first = sorted(range(len(jobs)), key=lambda place: -jobs[place].sequences)
    futures = {place: pool.submit(train, data, jobs[place]) for place in longest_first}
    return [futures[place].result() for place in range(len(jobs))]


def ladder(values: list[float], jobs: list[Job]) -> tuple[Job, Job]:
    """The forecast for the long length, and the best of the ladder's longest runs as it is."""
    table = RunTable(
        length=np.array([job.sequences for job in jobs], float),
        lr=np.array([job.lr for job in jobs]),
        batch=np.array([job.batch for job in jobs], float),
        value=np.array(values),
    )
    found = transfer(table, LONG)
    _, winner = min((value, job) for value, job in zip(values, jobs, strict=True) if job.sequences == max(SHORT))
    if found.refused is not None:
        print(f"both lengths: refused, {found.refused}; by the rule from {max(SHORT):,} alone:")
        found = transfer(table.only(table.length == max(SHORT)), LONG)
    if found.refused is not None or found.lr is None or found.batch is None:
        raise SystemExit(f"refused: {found.refused}; the winner as it is: {winner.words}")
    for name, one in (("lr", found.lr), ("batch", found.batch)):
        print(f"{name}: {one.value:.3g} ({one.low:.3g} to {one.high:.3g})", flush=True)
    return Job(LONG, float(f"{found.lr.value:.3g}"), whole_batch(found.batch.value), 0), winner


def show(names: list[str], jobs: list[Job], values: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    print(f"\n| | lr | batch | value at {LONG:,}, {SEEDS} seeds | standard error |\n|---|---|---|---|---|")
    for place, name in enumerate(names):
        job, own = jobs[place * SEEDS], values[place]
        print(f"| {name} | {job.lr:.3g} | {job.batch} | {own.mean():.4f} | {own.std(ddof=1) / SEEDS**0.5:.4f} |")
    means = values.mean(axis=1)
    # One deviation for all: four seeds alone know theirs badly.
    error = math.sqrt(2 * values.var(axis=1, ddof=1).mean() / SEEDS)
    best = 1 + int(means[1:].argmin())
    print(f"\nforecast - best of the others ({names[best]}): {means[0] - means[best]:+.4f}, standard error {error:.4f}")
    half = float(t.ppf(0.975, len(names) * (SEEDS - 1))) * error
    difference = means[0] - means[1]
    print(f"forecast - winner as it is: {difference:+.4f} (95 %: {difference - half:+.4f} to {difference + half:+.4f})")


if __name__ == "__main__":
    main()
