"""On a GPU: packed, compiled and 16-bit steps give what plain float32 gives, to the rounding of bfloat16."""

from __future__ import annotations

import logging

import numpy as np
import pytest
import torch

from optsweep.config import ModelConfig
from optsweep.train.corruption import corrupt, loss_weights
from optsweep.train.device import autocast
from optsweep.train.execution import Execution, has_flash_attention
from optsweep.train.loss import nelbo
from optsweep.train.micro_batch import split
from optsweep.train.model import Transformer
from optsweep.train.speed import Compilation
from optsweep.train.train_state import TrainState
from tests.train.supply import make_config, make_data, make_sequences

# What torch warns of on a card, and while it compiles, is its own.
pytestmark = [pytest.mark.gpu, pytest.mark.filterwarnings("default")]
MAX_LEN = 512
OF_LOSS, OF_GRADIENTS = 0.005, 0.03
"""Differences that bfloat16 makes, relative; its numbers are 0.004 apart."""


def model_with(head_dim: int, card: torch.device) -> Transformer:
    """Weights are away from those that shut branches off."""
    config = ModelConfig(hidden_size=4 * head_dim, n_heads=4, n_blocks=3, dropout=0.0, cond_dim=64)
    torch.manual_seed(0)
    model = Transformer(config, MAX_LEN).to(card)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.02 * torch.randn_like(parameter)
    if not has_flash_attention(config, card):
        pytest.skip("the card or this torch has no flash attention within sequences")
    return model


def loss_and_gradients(
    model: Transformer, card: torch.device, micro_batch: int, *, bfloat16: bool, packed: bool
) -> tuple[float, torch.Tensor]:
    """Of 48 sequences of 1 to 510 residues."""
    execution = Execution(card, bfloat16, packed, short_residual=packed)
    sequences, random = make_sequences(48, seed=3, longest=MAX_LEN - 2), np.random.default_rng(4)
    corruption = corrupt(sequences, 1 - random.random(48), random.random(len(sequences.tokens)))
    model.short_residual = packed
    model.zero_grad()
    loss = 0.0
    for batch in split(corruption, loss_weights(corruption, np.ones(48)), micro_batch, MAX_LEN, execution):
        with autocast(card, bfloat16):
            share = nelbo(model, batch)
        share.backward()
        loss += float(share.detach())
    return loss, torch.cat([parameter.grad.flatten() for parameter in model.parameters()])


def assert_close(found: tuple[float, torch.Tensor], expected: tuple[float, torch.Tensor]) -> None:
    assert found[0] == pytest.approx(expected[0], rel=OF_LOSS)
    assert torch.linalg.vector_norm(found[1] - expected[1]) <= OF_GRADIENTS * torch.linalg.vector_norm(expected[1])


@pytest.mark.parametrize("head_dim", [8, 32, 64, 128])
@pytest.mark.parametrize("micro_batch", [48, 7])
def test_packed_sequences_give_what_padded_ones_give_in_float32(
    card: torch.device, head_dim: int, micro_batch: int
) -> None:
    model = model_with(head_dim, card)
    expected = loss_and_gradients(model, card, 48, bfloat16=False, packed=False)
    assert_close(loss_and_gradients(model, card, micro_batch, bfloat16=True, packed=True), expected)


def test_padded_sequences_in_bfloat16_do_too(card: torch.device) -> None:
    model = model_with(64, card)
    expected = loss_and_gradients(model, card, 48, bfloat16=False, packed=False)
    assert_close(loss_and_gradients(model, card, 7, bfloat16=True, packed=False), expected)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("packed", [True, False])
def test_compiled_blocks_compute_what_uncompiled_ones_do(card: torch.device, packed: bool) -> None:
    model = model_with(64, card)
    expected = loss_and_gradients(model, card, 48, bfloat16=True, packed=packed)
    assert Compilation(True, card, [model]).is_on
    assert_close(loss_and_gradients(model, card, 48, bfloat16=True, packed=packed), expected)


@pytest.mark.timeout(1800)
def test_a_worker_compiles_model_after_model(card: torch.device, caplog: pytest.LogCaptureFixture) -> None:
    """The third was the first that stayed uncompiled."""
    execution = Execution(card, bfloat16=True, packed=True, short_residual=True)
    for number in range(4):
        config = make_config(model__hidden_size=64 * (1 + number), model__dropout=number / 10, optim__lr=1e-4)
        state = TrainState(config, make_data(), execution, 4)
        assert Compilation(True, card, [state.model, state.optimizer.ema]).is_on
        before = num_graphs()
        with caplog.at_level(logging.WARNING, "optsweep.train"):
            state.try_largest()
            state.iterate()
            state.evaluate()
            needed = num_graphs()
            for _ in range(3):
                loss, _ = state.iterate()
            state.evaluate()
        assert torch.isfinite(loss)
        assert before < needed == num_graphs()
    assert not [record for record in caplog.records if "given up" in record.message]


def num_graphs() -> int:
    """Compiled so far in this process."""
    return int(torch._dynamo.utils.counters["stats"]["unique_graphs"])
