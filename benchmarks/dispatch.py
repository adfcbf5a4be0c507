"""Dispatch: from run to run in real sweeps, from launch to the first step, and a worker that joins a large study.

    python -m benchmarks.dispatch [--runs 40] [--workers 4] [--trials 5000] [--rounds 3]

Gaps are wall time as metrics.jsonl tells it: from a run's last evaluation to the end of the first optimiser step of the
worker's next run. They mean something on a machine that does nothing else. Joining is CPU time of a fresh process, from
opening the database to the parameters, beside plain Optuna's `ask` and `suggest` in the same database.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._command import optsweep
from benchmarks._machine import print_machine
from benchmarks._paired import spread
from benchmarks._studies import study_with

REPOSITORY = Path(__file__).parents[1]

JOIN = """
import json, sys, time
import optuna
from optsweep.workers.prepared_run import Preparer
from optsweep.machine.process import identify
from optsweep.results.attributes import RunIdentity
from optsweep.database.connection import open_storage
from optsweep.database.urls import storage_url
from optsweep.database.open_study import open_study
started = time.process_time()
study = open_study(open_storage(storage_url(sys.argv[1])), "bench")
lease = study.queue.claim("worker", identify())
trial = study.trial(lease.trial_id)
Preparer(study, study.optuna(), "worker", 1)._draw(lease, trial, RunIdentity.read(trial.user_attrs))
print(time.process_time() - started)
"""
PLAIN = """
import sys, time
import optuna
started = time.process_time()
sampler = optuna.samplers.TPESampler(n_startup_trials=0)
study = optuna.load_study(study_name="bench", storage=sys.argv[1], sampler=sampler)
space = next(trial for trial in study.get_trials(deepcopy=False) if len(trial.params) > 13).distributions
study.ask(space)
print(time.process_time() - started)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--trials", type=int, default=5000, help="0: no join")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print_machine("optuna", "sqlalchemy", "torch")
    if given.trials:
        joining(given.trials, given.rounds)
    with tempfile.TemporaryDirectory(prefix="optsweep-bench-") as folder:
        dispatching(Path(folder), given.runs, given.workers)


def joining(num_trials: int, rounds: int) -> None:
    took: dict[str, list[float]] = {PLAIN: [], JOIN: []}
    for _ in range(rounds):
        for body, seconds in took.items():
            with tempfile.TemporaryDirectory(prefix="optsweep-bench-") as folder:
                study_with(Path(folder), num_trials).storage.close()
                seconds.append(float(_python(body, f"sqlite:///{folder}/study.db")))
    ratio = spread([plain / ours for plain, ours in zip(took[PLAIN], took[JOIN], strict=True)])
    print(f"\njoining a study of {num_trials:,} finished runs: {spread(took[JOIN]):.2f} s of CPU time to the first")
    print(f"parameters by TPE; plain Optuna {spread(took[PLAIN]):.2f} s, {ratio:.1f} times as long", flush=True)


def _python(body: str, *arguments: str) -> str:
    command = [sys.executable, "-c", body, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=REPOSITORY).stdout


def dispatching(folder: Path, num_runs: int, workers: int) -> None:
    """A random study of runs of ten iterations, all of another architecture."""
    text = (REPOSITORY / "studies" / "demo.toml").read_text()
    (folder / "short.toml").write_text(text.replace("[budget]", "[budget]\nscale = 0.02"))
    optsweep(folder, "data", "demo", "-o", "demo.pt", "-n", "2000")
    options = [
        "--name",
        "short",
        "--data",
        "demo.pt",
        "--cpu-workers",
        str(workers),
        "--type",
        "random",
        "--trials",
        str(num_runs),
        "--pruner",
        "none",
    ]
    launched = time.time()
    optsweep(folder, "sweep", "short.toml", *options)
    runs = json.loads(optsweep(folder, "status", "--name", "short", "--json"))["runs"]
    spans: dict[str, list[tuple[float, float]]] = {}
    for run in runs:
        spans.setdefault(run["worker"], []).append(_span(folder / run["dir"] / "metrics.jsonl"))
    gaps = []
    for own in spans.values():
        own.sort()
        gaps += [after[0] - before[1] for before, after in itertools.pairwise(own)]
    first = min(span[0] for own in spans.values() for span in own) - launched
    print(f"\n{len(runs)} runs of 10 iterations, {workers} workers, SQLite, load {os.getloadavg()[0]:.1f}:")
    print(f"last evaluation to the next run's first step done: {1000 * spread(gaps).median:.0f} ms in the median")
    print(
        f"({1000 * spread(gaps).low:.0f} to {1000 * spread(gaps).high:.0f}); launch to the first step: {first:.1f} s",
        flush=True,
    )


def _span(metrics: Path) -> tuple[float, float]:
    """When a run's first step was done, and when its last evaluation was."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in metrics.read_text().splitlines()]
    steps = [line["time"] for line in lines if "train_loss" in line]
    return min(steps), max(line["time"] for line in lines if "val_nelbo" in line)


if __name__ == "__main__":
    main()
