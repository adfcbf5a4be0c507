"""On a GPU: runs that are interrupted, that memory does not hold, that diverge."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from optsweep.data.training_data import TrainingData
from optsweep.train.device import release_memory
from optsweep.train.loop import train
from optsweep.train.measure import measure
from tests.train.supply import InterruptAt, Listener, make_config, make_data, make_sequences

pytestmark = [pytest.mark.gpu, pytest.mark.filterwarnings("default")]
DIVERGING = {"optim__lr": 1e30, "optim__warmup": 0, "optim__grad_clip": 1e30, "training__n_iters": 1000}
LARGE = {
    "model__hidden_size": 256,
    "model__n_heads": 4,
    "model__n_blocks": 4,
    "data__max_protein_len": 512,
    "training__effective_batch": 64,
    "training__micro_batch": 64,
    "evaluation__every_sequences": 256,
    "optim__lr": 1e-4,
}
"""With `long_data` nearly all of its memory is what a step's tokens take."""


def long_data() -> TrainingData:
    return dataclasses.replace(make_data(), train=make_sequences(200, seed=1, longest=510))


@pytest.mark.parametrize(("precision", "rounding"), [("auto", 0.01), ("fp32", 0.001)])
def test_an_interrupted_run_goes_on_as_if_it_had_not_been(tmp_path: Path, precision: str, rounding: float) -> None:
    """Within rounding: a GPU adds up in whatever order it comes to."""
    config = make_config(training__precision=precision, model__hidden_size=64, optim__lr=1e-3)
    whole, parts = Listener(), Listener()
    assert train(config, make_data(), "cuda", whole).outcome == "complete"
    first = train(config, make_data(), "cuda", parts, directory=tmp_path, interrupted=InterruptAt(6))
    assert (first.outcome, first.step) == ("interrupted", 6)
    again = Listener()
    assert train(config, make_data(), "cuda", again, directory=tmp_path).outcome == "complete"
    assert again.values[: len(parts.values)] == parts.values
    assert again.values == pytest.approx(whole.values, rel=rounding)


@pytest.fixture
def all_of_it(card: torch.device) -> Iterator[None]:
    """A limit that a test sets ends with it."""
    yield
    torch.cuda.set_per_process_memory_fraction(1.0, card)


@pytest.mark.usefixtures("all_of_it")
@pytest.mark.parametrize("precision", ["auto", "fp32"])
def test_memory_that_runs_out_halves_the_micro_batch_and_the_run_completes(card: torch.device, precision: str) -> None:
    config, data = make_config(training__precision=precision, **LARGE), long_data()
    release_memory(card)
    before = torch.cuda.memory_allocated(card)
    torch.cuda.reset_peak_memory_stats(card)
    plenty = train(config, data, "cuda", Listener())
    assert (plenty.outcome, plenty.micro_batch) == ("complete", 64)
    needed = torch.cuda.max_memory_allocated(card) - before
    release_memory(card)
    total = torch.cuda.get_device_properties(card).total_memory
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved(card) + 0.75 * needed) / total, card)
    tight = train(config, data, "cuda", Listener())
    assert tight.outcome == "complete"
    assert tight.micro_batch < 64
    assert tight.best is not None
    assert plenty.best is not None
    assert tight.best.value == pytest.approx(plenty.best.value, rel=0.02)


@pytest.mark.usefixtures("all_of_it")
def test_memory_that_does_not_hold_one_sequence_is_said(card: torch.device) -> None:
    release_memory(card)
    total = torch.cuda.get_device_properties(card).total_memory
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved(card) + 2**24) / total, card)
    report = train(make_config(**LARGE), long_data(), "cuda", Listener())
    assert (report.outcome, report.micro_batch) == ("out_of_memory", 1)


@pytest.mark.parametrize("precision", ["auto", "fp32"])
def test_a_run_that_diverges_ends_as_diverged(precision: str) -> None:
    report = train(make_config(training__precision=precision, **DIVERGING), make_data(), "cuda", Listener())
    assert report.outcome == "diverged"


def test_a_run_that_diverged_and_is_interrupted_before_anybody_looked_does_not_resume_as_healthy(
    tmp_path: Path,
) -> None:
    config = make_config(evaluation__every_sequences=4000, **DIVERGING)
    report = train(config, make_data(), "cuda", Listener(), directory=tmp_path, interrupted=InterruptAt(7))
    assert report.outcome == "diverged"
    assert not list(tmp_path.glob("checkpoint*"))
    again = train(config, make_data(), "cuda", Listener(), directory=tmp_path)
    assert again.outcome == "diverged"


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("compiled", [False, True])
def test_a_run_is_timed_as_it_will_be(compiled: bool) -> None:
    found = measure(make_config(training__compile=compiled, **LARGE), long_data(), "cuda")
    assert found["iteration"] is not None
    assert 0 < found["iteration"] < 5
    assert found["memory"] is not None
    assert found["memory"] > 2**26
    assert found["compilation"] is not None
    assert (found["compilation"] > 0.5) == compiled
