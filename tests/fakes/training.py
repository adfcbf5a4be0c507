"""A stand-in for `optsweep.train.loop.train`: the same contract (checkpoints, evaluations, interruption), no torch.

Each iteration sleeps for $FAKE_ITERATION_SECONDS and adds a line to computed.txt in the run's directory, so that a test
can see what was computed again, by whom and when. What $FAKE_TROUBLE (JSON: run -> trouble) says befalls the run at its
half, or "at once"; "too large" is a model that does not fit into memory.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optsweep.config import TrainConfig
from optsweep.data.training_data import TrainingData
from optsweep.files import write_text
from optsweep.train.report import Evaluation, TrainReport

CHECKPOINT = "checkpoint.pt"
COMPUTED = "computed.txt"
EMA = "ema"
"""Stands for the EMA weights that are left of a checkpoint."""
METRICS = "metrics.jsonl"


def _pause() -> float:
    """Seconds that an iteration takes: as the test wanted it, and next to none from the moment it is in a hurry."""
    if Path(os.environ.get("FAKE_HURRY", "/nowhere")).exists():
        return 0.002
    return float(os.environ.get("FAKE_ITERATION_SECONDS", "0.002"))


def resolve_device(device: str, precision: str) -> None:
    """Every pretended GPU will do."""


def value_at(config: TrainConfig, progress: float) -> float:
    """A made-up learning curve: lower with more progress, its floor set by the learning rate and the seed."""
    return 2.5 + 0.5 * (1 - progress) + abs(config.optim.lr - 3e-3) * 10 + config.training.seed % 1000 * 1e-6


def train(
    config: TrainConfig,
    data: TrainingData,
    device: str,
    on_eval: Callable[[Evaluation], bool],
    *,
    directory: Path,
    on_metrics: Callable[[dict[str, Any]], None],
    interrupted: Callable[[], bool],
) -> TrainReport:
    pause = _pause()
    trouble = json.loads(os.environ.get("FAKE_TROUBLE", "{}")).get(config.provenance["run"])
    iterations, batch = config.training.n_iters, config.training.effective_batch
    every = config.evaluation.every_sequences or config.total_sequences
    step, history = _load(directory)
    attempt = new_attempt()
    for evaluation in history:
        if not on_eval(evaluation):
            return _report("stopped", history, step, config, data)
    while step < iterations:
        if interrupted():
            _save(directory, step, history)
            return _report("interrupted", history, step, config, data)
        if trouble == "too large":
            return _report("out_of_memory", history, step, config, data)
        if trouble and step == (0 if trouble.endswith("at once") else iterations // 2):
            _befall(trouble)
        time.sleep(_pause())
        step += 1
        note_iteration(directory, step, attempt)
        seen = step * batch
        on_grid = seen // every > (seen - batch) // every
        if on_grid or step == iterations:
            evaluation = Evaluation(
                index=seen // every if on_grid else None,
                step=step,
                sequences=seen,
                value=value_at(config, step / iterations),
                progress=step / iterations,
                seconds=step * pause,
            )
            history.append(evaluation)
            note_metrics(directory, evaluation)
            _save(directory, step, history)
            if not on_eval(evaluation):
                return _report("stopped", history, step, config, data)
    return _report("complete", history, step, config, data)


def losses_at(config: TrainConfig, data: TrainingData, value: float) -> NDArray[np.float32]:
    """Losses of the scored sequences: hard and easy ones, the same for all runs, around ``value``."""
    parts = [data.validation, data.confirmation] if data.scores_confirmation else [data.validation]
    num = [min(len(part), config.evaluation.num_sequences or len(part)) for part in parts]
    hardness = 0.3 * np.sin(np.concatenate([np.arange(size) for size in num]))
    luck = 0.001 * np.random.default_rng(config.training.seed).standard_normal(sum(num))
    return (value + hardness + luck).astype(np.float32)


def new_attempt() -> str:
    """A name that no other attempt on this machine has; it begins with the process's id."""
    return f"{os.getpid()}.{time.monotonic_ns()}"


def note_metrics(directory: Path, evaluation: Evaluation) -> None:
    """Two lines of metrics.jsonl, as training writes them."""
    place = {"step": evaluation.step, "progress": evaluation.progress, "time": time.time()}
    training = {**place, "train_loss": evaluation.value + 0.1, "lr": 1e-3, "residues_per_s": 1000.0}
    with (directory / METRICS).open("a") as file:
        file.write(f"{json.dumps(training)}\n{json.dumps({**place, 'val_nelbo': evaluation.value})}\n")


def note_iteration(directory: Path, step: int, attempt: str) -> None:
    """Add a line to computed.txt: step, attempt, time."""
    with (directory / COMPUTED).open("a") as file:
        file.write(f"{step} {attempt} {time.time():.3f}\n")


def _befall(trouble: str) -> None:
    if trouble.startswith("raise"):
        raise RuntimeError("the fake training was told to fail")
    if trouble in ("SIGSEGV", "SIGKILL"):
        os.kill(os.getpid(), getattr(signal, trouble))
    if trouble == "memory":
        hog = [b"\1" * (1 << 24) for _ in range(128)]  # 2 GiB
        raise MemoryError(f"{len(hog)} blocks, and nobody was killed")


def _report(outcome: Any, history: list[Evaluation], step: int, config: TrainConfig, data: TrainingData) -> TrainReport:
    batch = config.training.effective_batch
    best = min((evaluation.value for evaluation in history), default=None)
    losses = None if best is None else losses_at(config, data, best)
    return TrainReport(
        outcome=outcome, evaluations=history, step=step, sequences=step * batch, seconds=step * _pause(), micro_batch=1,
        losses=losses,
    )  # fmt: skip


def _save(directory: Path, step: int, history: list[Evaluation]) -> None:
    points = [[e.index, e.step, e.sequences, e.value, e.progress, e.seconds] for e in history]
    write_text(directory / CHECKPOINT, json.dumps([step, points]))


def _load(directory: Path) -> tuple[int, list[Evaluation]]:
    path = directory / CHECKPOINT
    if not path.exists():
        return 0, []
    step, points = json.loads(path.read_text())
    return step, [Evaluation(*point, restored=True) for point in points]


def keep_ema_only(directory: Path) -> None:
    """As the real one: what predicts stays, the rest goes."""
    if (directory / CHECKPOINT).exists():
        (directory / CHECKPOINT).unlink()
        (directory / EMA).touch()


def has_checkpoint(directory: Path) -> bool:
    return any((directory / name).exists() for name in (CHECKPOINT, EMA))


def remove_checkpoints(directory: Path) -> None:
    for name in (CHECKPOINT, EMA):
        (directory / name).unlink(missing_ok=True)
