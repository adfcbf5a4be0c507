"""A run that was interrupted and resumed ends at the bits of the uninterrupted one: its value and its weights."""

from __future__ import annotations

import functools
import random
import signal
from pathlib import Path

import pytest
import torch

from optsweep.errors import EXIT_DONE
from optsweep.train.checkpoint import load_ema
from optsweep.train.loop import train, train_from_file
from tests.faults.small_study import STUDY
from tests.sweeps import Sweeps, wait_for
from tests.train.supply import InterruptAt, Listener, make_config, make_data

ITERATIONS = 24


def weights(checkpoint: Path) -> dict[str, torch.Tensor]:
    """EMA weights, and those in training with the optimiser's state where they are kept."""
    values = torch.load(checkpoint, weights_only=True)
    parts = [values["ema"], values["weights"] or {}]
    return {f"{number}.{name}": tensor for number, part in enumerate(parts) for name, tensor in part.items()}


def check_equal(one: Path, other: Path) -> None:
    first, second = weights(one), weights(other)
    assert first.keys() == second.keys()
    assert all(torch.equal(tensor, second[name]) for name, tensor in first.items())


@pytest.mark.parametrize("seed", range(3))
def test_three_interruptions_leave_no_trace(tmp_path: Path, seed: int) -> None:
    """With dropout, curriculum, EMA, a cosine schedule and micro-batches; at random iterations."""
    config = make_config(
        training__n_iters=ITERATIONS,
        training__micro_batch=1 + seed,
        curriculum__enabled=True,
        curriculum__preschool_time=9,
        noise__schedule="cosine",
    )
    data = make_data()
    whole = train(config, data, "cpu", Listener(), directory=tmp_path / "whole")
    done = 0
    for point in sorted(random.Random(seed).sample(range(1, ITERATIONS), 3)):
        interrupted = InterruptAt(point - done)
        report = train(config, data, "cpu", Listener(), directory=tmp_path / "parts", interrupted=interrupted)
        assert (report.outcome, report.step) == ("interrupted", point)
        done = point
    parts = train(config, data, "cpu", Listener(), directory=tmp_path / "parts")
    assert [evaluation.value for evaluation in parts.evaluations] == [e.value for e in whole.evaluations]
    check_equal(tmp_path / "whole/checkpoint.pt", tmp_path / "parts/checkpoint.pt")


def num_lines(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.exists() else 0


@pytest.mark.heavy
@pytest.mark.timeout(400)
def test_a_real_sweep_that_was_killed_three_times_ends_as_optsweep_train_does(
    real_sweeps: Sweeps, tmp_path: Path
) -> None:
    """Ctrl-C, kill -9 of the worker and of the launcher; then its config is trained in one go."""
    sweeps = real_sweeps
    arguments = (STUDY, "--data", "data/corpus.pt", "--cpu-workers", "2", "--type", "predefined")
    directory = sweeps.folder / "studies/study/runs/small_fast"
    metrics = directory / "metrics.jsonl"
    steps = random.Random(7).sample(range(2, 12), 3)
    for more, target in zip(steps, ("Ctrl-C", "worker", "launcher"), strict=True):
        wanted = num_lines(metrics) + more
        process = sweeps.start(*arguments)
        wait_for(functools.partial(lambda wanted: num_lines(metrics) >= wanted, wanted))
        if target == "worker":
            for worker in sweeps.workers():
                worker.kill()
        process.send_signal(signal.SIGKILL if target == "launcher" else signal.SIGINT)
        process.communicate(timeout=60)
    code, output = sweeps.run(*arguments)
    assert code == EXIT_DONE, output
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    run = snapshot.runs[0]
    assert run.attempts > 1
    out = tmp_path / "whole"
    report = train_from_file(directory / "config.toml", sweeps.folder / "data/corpus_sweep.pt", "cpu", out)
    assert report.best is not None
    assert run.value == report.best.value
    assert list(run.curve.values()) == [evaluation.value for evaluation in report.evaluations]
    _, swept = load_ema(directory / "checkpoint.pt")
    _, trained = load_ema(out / "checkpoint.pt")
    assert all(torch.equal(*pair) for pair in zip(swept.parameters(), trained.parameters(), strict=True))
