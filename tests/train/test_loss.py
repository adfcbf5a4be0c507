"""The fast path against a plain reference; the split into micro-batches."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from optsweep.data.batches import ShuffledEpochs
from optsweep.train.corruption import Corruption, draw_step
from optsweep.train.loss import cross_entropies, nelbo
from optsweep.train.micro_batch import split
from optsweep.train.model import Transformer
from optsweep.train.schedules import FloatArray
from tests.train.reference import plain_loss
from tests.train.supply import PACKED, PADDED, make_config, make_sequences


def make_model(seed: int = 0) -> Transformer:
    """A network in which every parameter matters: none is at its initial zero."""
    torch.manual_seed(seed)
    model = Transformer(make_config().model, 40).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return model


def draw(step: int, **changes: object) -> tuple[Corruption, FloatArray]:
    config = make_config(training__effective_batch=9, **changes)
    train = make_sequences(30, seed=step)
    return draw_step(config, train, ShuffledEpochs(len(train), [0]), step)


def loss_and_gradients(
    model: Transformer, drawn: tuple[Corruption, FloatArray], micro_batch: int
) -> tuple[float, torch.Tensor]:
    model.zero_grad()
    shares = [nelbo(model, batch) for batch in split(*drawn, micro_batch, 40, PADDED)]
    loss = torch.stack(shares).sum()
    loss.backward()
    return loss.item(), torch.cat([parameter.grad.flatten() for parameter in model.parameters()])


def reference_loss_and_gradients(
    model: Transformer, drawn: tuple[Corruption, FloatArray]
) -> tuple[float, torch.Tensor]:
    corruption, weights = drawn
    rows = corruption.sequences
    bounds = rows.offsets
    # Undo the weight L m'(t) / (k sum L) of `loss_weights`: the reference starts from m'(t).
    slope = weights * corruption.num_residues.sum() * np.maximum(1, corruption.num_masked)
    slope /= np.maximum(1, corruption.num_residues)
    model.zero_grad()
    loss = plain_loss(
        model,
        [rows[i].tolist() for i in range(len(rows))],
        [corruption.masked[bounds[i] : bounds[i + 1]].tolist() for i in range(len(rows))],
        corruption.mask_ratio.tolist(),
        slope.tolist(),
    )
    loss.backward()
    return loss.item(), torch.cat([parameter.grad.flatten() for parameter in model.parameters()])


@pytest.mark.parametrize("schedule", ["loglinear", "cosine"])
@pytest.mark.parametrize("step", [0, 1, 2])
def test_loss_and_gradients_equal_the_plain_reference(step: int, schedule: str) -> None:
    model = make_model(step)
    drawn = draw(step, noise__schedule=schedule)
    expected_loss, expected = reference_loss_and_gradients(model, drawn)
    for micro_batch in (1, 4, 9):
        loss, gradients = loss_and_gradients(model, drawn, micro_batch)
        assert loss == pytest.approx(expected_loss, rel=1e-5)
        assert torch.linalg.vector_norm(gradients - expected) <= 1e-5 * torch.linalg.vector_norm(expected)


def test_the_split_is_into_several_micro_batches_of_bounded_size() -> None:
    corruption, weights = draw(0)
    batches = list(split(corruption, weights, 2, 40, PADDED))
    assert len(batches) > 3
    assert all(batch.tokens.numel() <= 2 * 40 for batch in batches)
    assert sum(len(batch.tokens) for batch in batches) == 9
    assert sum(len(batch.targets) for batch in batches) == corruption.masked.sum()


def test_a_sequence_without_residues_counts_nothing() -> None:
    config = make_config(training__effective_batch=3)
    train = make_sequences(3, seed=5)
    train.tokens[train.offsets[1] : train.offsets[2]] = 3
    corruption, weights = draw_step(config, train, ShuffledEpochs(3, [0]), 0)
    loss, gradients = loss_and_gradients(make_model(), (corruption, weights), 3)
    assert np.isfinite(loss)
    assert torch.isfinite(gradients).all()
    assert (corruption.num_masked == 0).sum() == 1


def test_the_loss_is_float32_where_products_are_not() -> None:
    """In bfloat16 it would be wrong by up to 0.4 %, and so would each sequence's weight in the gradient."""
    corruption, weights = draw(0)
    (batch,) = split(corruption, weights, 9, 40, dataclasses.replace(PADDED, bfloat16=True))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        losses = cross_entropies(make_model(), batch)
        loss = nelbo(make_model(), batch)
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(losses.dot(batch.weights).item(), rel=1e-6)


def test_the_loss_of_products_in_bfloat16_is_not_rounded_to_it() -> None:
    (batch,) = split(*draw(0), 9, 64, PACKED)
    with torch.autocast("cpu", torch.bfloat16):
        loss = nelbo(lambda *_: torch.zeros(len(batch.positions), 20), batch)
    assert loss.dtype == torch.float32
    assert float(loss) == pytest.approx(np.log(20) * float(batch.weights.sum()), rel=1e-6)
