"""Training on all cores, alone and beside programs that use them, by how OpenMP's threads wait for each other.

A thread that waits actively keeps its core from the one that it waits for, if both share it with another program.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from benchmarks._paired import interleaved
from benchmarks._sequences import random_training_data
from benchmarks._trainers import Ours, bench_config
from optsweep.config import ModelConfig
from optsweep.machine.devices import cpu_slots

MODEL, BATCH = ModelConfig(hidden_size=128, n_heads=4, n_blocks=3), 64
STEPS = 3
VARIABLES = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")
ACTIVE, OURS, PASSIVE = "torch's own", "optsweep's default", "passive"


def measure_waiting(rounds: int) -> None:
    """Print how many times longer each way takes than passive waiting."""
    (slot,) = cpu_slots(1)
    chosen = {key: value for key, value in slot.environment.items() if key in VARIABLES}
    ways = {ACTIVE: {}, OURS: chosen, PASSIVE: {"OMP_WAIT_POLICY": "PASSIVE"}}
    print(f"\nhidden {MODEL.hidden_size} x {MODEL.n_blocks} blocks, {slot.threads} threads, {rounds} rounds; {chosen}")
    print(f"{'':24}{'steps/s':>8}   times as long as with passive waiting (quartiles)")
    for busy in (0, 2):
        with _programs(busy), _trainers(ways, slot.threads) as trainers:
            calls = {name: _call(trainer) for name, trainer in trainers.items()}
            timings = interleaved(calls, rounds, warmup=1, clock=time.perf_counter)
        print(f"{'beside two busy programs' if busy else 'alone'}")
        for name in ways:
            steps = STEPS * rounds / sum(timings.seconds[name])
            print(f"  {name:22}{steps:8.1f}   {timings.ratio(name, PASSIVE):.2f}", flush=True)


@contextmanager
def _programs(number: int) -> Iterator[None]:
    programs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


@contextmanager
def _trainers(ways: dict[str, dict[str, str]], threads: int) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """A process for each way: it trains some steps whenever it gets a line, and answers with one."""
    plain = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    command, pipe = [sys.executable, "-m", "benchmarks._waiting", str(threads)], subprocess.PIPE
    started = {
        name: subprocess.Popen(command, env={**plain, **way}, stdin=pipe, stdout=pipe, text=True)
        for name, way in ways.items()
    }
    try:
        yield started
    finally:
        for process in started.values():
            process.kill()
            process.communicate()


def _call(trainer: subprocess.Popen[str]) -> Callable[[], None]:
    def steps() -> None:
        assert trainer.stdin is not None
        assert trainer.stdout is not None
        print(json.dumps(STEPS), file=trainer.stdin, flush=True)
        trainer.stdout.readline()

    return steps


def _serve(threads: int) -> None:
    torch.set_num_threads(threads)
    trainer = Ours(bench_config(MODEL, BATCH, compile=False), random_training_data(1000), torch.device("cpu"))
    for line in sys.stdin:
        for _ in range(int(line)):
            trainer.step()
        print("done", flush=True)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
