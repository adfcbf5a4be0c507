"""``make chaos MODEL=10000``: many histories of the state machine, in ranges of seeds, on all cores."""

from __future__ import annotations

import multiprocessing
import os
import time
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.model.run import KINDS, machine, run_histories

PER_SEED = 50
"""Histories drawn from one seed."""
SEEDS_AT_ONCE = 5
"""Seeds in a range, which one process runs on one database of its own."""


def run_range(kind: str, seeds: range) -> tuple[int, list[str], float]:
    """Run the histories of some seeds; how many seeds held, what broke, and the seconds."""
    began, broken = time.monotonic(), []
    with machine(kind) as made:
        for number in seeds:
            try:
                run_histories(made, number, PER_SEED)
            except Exception as error:
                broken.append(f"{kind}, seed {number}: {''.join(traceback.format_exception(error, limit=-3))}")
    return len(seeds) - len(broken), broken, time.monotonic() - began


def many_histories(histories: int, first_seed: int) -> int:
    """Run so many histories, half of them on each database, and print what became of them; the exit code."""
    seeds = range(first_seed, first_seed + -(-histories // (PER_SEED * len(KINDS))))
    ranges = [seeds[start : start + SEEDS_AT_ONCE] for start in range(0, len(seeds), SEEDS_AT_ONCE)]
    print(f"seeds {seeds[0]} to {seeds[-1]} on {' and '.join(KINDS)}, {PER_SEED} histories each", flush=True)
    broken: list[str] = []
    began = time.monotonic()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("spawn")) as pool:
        work = {pool.submit(run_range, kind, part): (kind, part) for part in ranges for kind in KINDS}
        for done in as_completed(work):
            kind, part = work[done]
            held, found, seconds = done.result()
            words = f"{held * PER_SEED} histories hold, {len(found)} seeds do not, {seconds:.0f} s"
            print(f"{kind:10}  seeds {part[0]} to {part[-1]}: {words}", *found, sep="\n", flush=True)
            broken += found
    print(
        f"{len(seeds) * len(KINDS) * PER_SEED} histories in {time.monotonic() - began:.0f} s, {len(broken)} violations"
    )
    return 1 if broken else 0
