"""Estimates: what `sweep --dry-run --measure` says of the demo beforehand, beside what the sweep then takes.

    python -m benchmarks.estimates [--workers 2]

Wall time, so it means something on a machine that does nothing else. Also the makespan of the same claim order with the
same lengths of runs and nothing between them: what is above it is ours.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._command import optsweep
from benchmarks._machine import print_machine
from optsweep.planning.timing import makespan

REPOSITORY = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2)
    workers = parser.parse_args().workers
    print_machine("torch", "optuna")
    with tempfile.TemporaryDirectory(prefix="optsweep-bench-") as folder:
        demo = ["sweep", "demo", "--cpu-workers", str(workers)]
        # The corpus is made first, so that the times are of the same sequences.
        optsweep(Path(folder), "data", "demo")
        optsweep(Path(folder), "data", "subset", "data/demo.pt")
        measured = json.loads(optsweep(Path(folder), *demo, "--dry-run", "--measure", "--json"))["measured"]
        began = time.monotonic()
        optsweep(Path(folder), *demo)
        wall = time.monotonic() - began
        runs = json.loads(optsweep(Path(folder), "export", "--format", "json"))["runs"]
    compare(measured, runs, wall, workers)


def compare(measured: dict[str, Any], runs: list[dict[str, Any]], wall: float, workers: int) -> None:
    print(f"\n{'preset':22}{'expected':>10}{'took':>10}{'error':>9}{'evaluating':>12}")
    by_name = {run["run"]: run for run in runs}
    for cost in measured["costs"]:
        run, expected = by_name[cost["preset"]], cost["sweep"]
        evaluating = 1 - run["config"]["training"]["n_iters"] * cost["iteration"] / expected
        error = expected / run["seconds"] - 1
        print(f"{cost['preset']:22}{expected:9.1f}s{run['seconds']:9.1f}s{error:+9.0%}{evaluating:12.0%}")
    span = max(run["ended"] for run in runs) - min(run["started"] for run in runs)
    between = f"{measured['pruned_makespan']:.0f} s with the expected pruning, {measured['makespan']:.0f} s without"
    print(f"whole sweep: {span:.0f} s from the first claim to the last end; expected: {between}")
    in_order = sorted(runs, key=lambda run: run["started"])
    ideal = makespan({"CPU": [run["seconds"] for run in in_order]}, ["CPU"] * workers)
    print(f"the same runs in the same order with nothing between them: {ideal:.0f} s; above it: {span / ideal - 1:.1%}")
    gaps = []
    for worker in {run["worker"] for run in runs}:
        own = sorted((run["started"], run["ended"]) for run in runs if run["worker"] == worker)
        gaps += [after[0] - before[1] for before, after in itertools.pairwise(own)]
    print(f"between two runs of a worker: {1000 * sum(gaps) / len(gaps):.0f} ms in the mean; command: {wall:.0f} s")


if __name__ == "__main__":
    main()
