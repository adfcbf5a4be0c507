"""What a run does on a GPU and not on a CPU, as far as a pretended one shows it."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from typing import Any

import pytest
import torch

from optsweep.train import attempt, train_state
from optsweep.train.ahead import Ahead
from optsweep.train.execution import Execution, execution_for
from optsweep.train.loop import train
from optsweep.train.micro_batch import MicroBatch, first_micro_batch, split
from optsweep.train.train_state import TrainState
from tests.train.supply import PACKED, PADDED, InterruptAt, make_config, make_data
from tests.train.test_loss import draw

GPU = torch.device("cuda", 0)
SECONDS = 30


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The CPU passes for a GPU: the next step is made ahead, the largest is tried, the host seldom looks."""
    monkeypatch.setattr(Execution, "on_gpu", True)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (9, 0))
    monkeypatch.setattr(torch.backends.cuda, "is_flash_attention_available", lambda: True)


@pytest.mark.usefixtures("pretended")
def test_a_run_that_diverged_does_not_resume_as_healthy(tmp_path: Any) -> None:
    """Between two looks at the flag, which are up to 100 iterations apart, it is known to the device alone."""
    config = make_config(training__n_iters=1000, optim__lr=1e30, optim__warmup=0, evaluation__every_sequences=4000)
    report = train(config, make_data(), "cpu", lambda _: True, directory=tmp_path, interrupted=InterruptAt(7))
    assert report.outcome == "diverged"
    assert not list(tmp_path.glob("checkpoint*"))


@pytest.mark.usefixtures("pretended")
def test_a_run_is_the_same_however_its_steps_are_made() -> None:
    config = make_config(model__dropout=0.0)
    ahead = train(config, make_data(), "cpu", lambda _: True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Execution, "on_gpu", False)
        plain = train(config, make_data(), "cpu", lambda _: True)
    # The padding and its mask are other ones.
    assert [one.value for one in ahead.evaluations] == pytest.approx([one.value for one in plain.evaluations], rel=1e-5)


@pytest.mark.usefixtures("pretended")
def test_memory_fails_before_the_first_step_or_never(monkeypatch: pytest.MonkeyPatch) -> None:
    original, steps, tried = train_state.nelbo, [], []

    def nelbo(model: Any, batch: MicroBatch) -> torch.Tensor:
        tried.append(batch.tokens.numel())
        if batch.tokens.numel() > 2 * 40:
            raise torch.OutOfMemoryError("pretended")
        return original(model, batch)

    def iterate(state: TrainState) -> Any:
        steps.append(state.micro_batch)
        return iterate_itself(state)

    iterate_itself = TrainState.iterate
    monkeypatch.setattr(train_state, "nelbo", nelbo)
    monkeypatch.setattr(TrainState, "iterate", iterate)
    config = make_config(training__effective_batch=8, training__micro_batch=8)
    # The first step's sequences are short ones, which would have fitted.
    report = train(config, make_data(), "cpu", lambda _: True)
    assert (report.outcome, report.micro_batch) == ("complete", 2)
    assert steps == [2] * 12
    assert tried[0] == max(tried)


@pytest.mark.usefixtures("pretended")
def test_what_is_tried_first_does_not_slow_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be compiled then, for a minute."""
    monkeypatch.setattr(TrainState, "try_largest", lambda _: time.sleep(1))
    lines: list[dict[str, Any]] = []
    train(make_config(), make_data(), "cpu", lambda _: True, on_metrics=lines.append)
    assert lines[0]["residues_per_s"] > 4 * 38 / 0.8, "4 sequences of at most 38 residues take less than 0.8 s"


@pytest.mark.usefixtures("pretended")
def test_a_run_that_has_ended_keeps_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker's next run may want all of it; Python's own collection comes at any time, or never."""
    states: list[weakref.ref[TrainState]] = []

    class Noted(TrainState):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            states.append(weakref.ref(self))

    monkeypatch.setattr(attempt, "TrainState", Noted)
    gc.disable()
    try:
        train(make_config(), make_data(), "cpu", lambda _: True)
        assert [state() for state in states] == [None]
    finally:
        gc.enable()


@pytest.mark.parametrize("execution", [PADDED, PACKED])
@pytest.mark.usefixtures("varlen")
def test_the_largest_step_that_is_tried_is_the_largest(execution: Execution) -> None:
    config = make_config(training__effective_batch=16)
    state = TrainState(config, make_data(200), execution, 16)
    (largest,) = state._largest()
    for step in range(100):
        for batch in state._made(step).micro_batches:
            assert batch.tokens.numel() <= largest.tokens.numel()
    state.try_largest()
    assert all(parameter.grad is None for parameter in state.model.parameters())


@pytest.mark.usefixtures("card")
def test_sequences_are_packed_where_flash_attention_is(monkeypatch: pytest.MonkeyPatch) -> None:
    bfloat16 = make_config(training__precision="bf16", model__hidden_size=64)
    assert execution_for(bfloat16, GPU) == Execution(GPU, bfloat16=True, packed=True, short_residual=True)
    for other in (
        make_config(training__precision="fp32", model__hidden_size=64),
        make_config(training__precision="bf16", model__hidden_size=72),  # heads of 36
    ):
        assert not execution_for(other, GPU).packed
    assert not execution_for(bfloat16, torch.device("cpu")).packed
    monkeypatch.setattr(torch.backends.cuda, "is_flash_attention_available", lambda: False)
    assert not execution_for(bfloat16, GPU).packed


def test_a_packed_step_is_one_micro_batch_whatever_a_preset_says_of_padded_ones() -> None:
    config = make_config(training__effective_batch=128, training__micro_batch=32)
    packed, padded = Execution(GPU, True, True, True), Execution(GPU, True, False, False)
    assert [first_micro_batch(config, execution, 128) for execution in (packed, padded)] == [128, 32]
    assert first_micro_batch(config, packed, 2048) == 256


@pytest.mark.usefixtures("pretended")
def test_a_padded_mask_is_made_once_and_has_a_round_length() -> None:
    """A GPU's attention copies a mask of another length for each of its heads, and converts one of bool every time."""
    corruption, weights = draw(0, data__max_protein_len=50)
    masks = [batch.layout.visible for batch in split(corruption, weights, 9, 50, PADDED)]
    assert len(masks) > 1
    for mask in masks:
        assert mask is None or (mask.dtype == torch.float32 and mask.shape[-1] % 32 == 0)


def test_the_next_step_is_made_while_this_one_is_computed() -> None:
    made = {step: threading.Event() for step in range(4)}

    def make(step: int) -> int:
        made[step].set()
        return step * 10

    ahead = Ahead(make)
    assert ahead(0) == 0
    assert made[1].wait(SECONDS)
    assert not made[2].is_set()
    assert [ahead(1), ahead(2)] == [10, 20]


def test_a_step_that_cannot_be_made_fails_when_its_turn_comes() -> None:
    def make(step: int) -> int:
        if step == 1:
            raise OSError("pretended")
        return step

    ahead = Ahead(make)
    assert ahead(0) == 0
    with pytest.raises(OSError, match="pretended"):
        ahead(1)


def test_a_run_that_goes_on_elsewhere_gets_that_step() -> None:
    ahead = Ahead(lambda step: step)
    assert [ahead(0), ahead(5), ahead(6), ahead(2)] == [0, 5, 6, 2]
