"""A training script that is struck, and its study: ``python script.py --dir=DIR --lr=0.1``; standard library only.

It goes on from its state, and notes each iteration beside its folder, as the fake training does.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

STEPS, EVERY = 100, 5
STUDY = f"""
[budget]
num_evaluations = {STEPS // EVERY}

[trainer]
command = ["python", '{Path(__file__)}', "--dir={{dir}}", "--lr={{lr}}"]

[trainer.metrics]
kind = "jsonl"
file = "log.jsonl"
value = "loss"
total = {STEPS}

[space]
lr = {{ low = 0.001, high = 1.0, log = true }}
""" + "".join(
    f"""
[[preset]]
name = "preset_{number}"
lr = {number}e-2
"""
    for number in range(1, 6)
)


def value_at(lr: float, step: int) -> float:
    return round(lr + 1 / step, 6)


def main(directory: Path, lr: float) -> None:
    state, log = directory / "state.json", directory / "log.jsonl"
    step = int(state.read_text()) if state.exists() else 0
    attempt = f"{os.getpid()}.{time.monotonic_ns()}"
    while step < STEPS:
        time.sleep(float(os.environ["FAKE_ITERATION_SECONDS"]))
        step += 1
        with (directory.parent / "computed.txt").open("a") as file:
            file.write(f"{step} {attempt} {time.time():.3f}\n")
        if step % EVERY == 0:
            with log.open("a") as file:
                file.write(json.dumps({"step": step, "loss": value_at(lr, step)}) + "\n")
            state.with_suffix(".new").write_text(str(step))
            state.with_suffix(".new").replace(state)


if __name__ == "__main__":
    given = dict(word.removeprefix("--").split("=", 1) for word in sys.argv[1:])
    main(Path(given["dir"]), float(given["lr"]))
