"""Packed sequences give what padded ones give: any lengths, in any order, in however many micro-batches."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from optsweep.data.batches import NUM_SPECIAL, PACKED_MULTIPLE, pack
from optsweep.data.sequences import Sequences, from_arrays
from optsweep.data.vocabulary import BOS, EOS, FIRST_RESIDUE, PAD, UNK, VOCABULARY_SIZE
from optsweep.train.corruption import Corruption, corrupt, loss_weights
from optsweep.train.evaluation import Evaluator
from optsweep.train.execution import Execution
from optsweep.train.loss import nelbo
from optsweep.train.micro_batch import split
from optsweep.train.model import Transformer
from tests.train.supply import PACKED, PADDED, make_config, make_sequences

pytestmark = pytest.mark.usefixtures("varlen")
MAX_LEN = 40
LENGTHS = st.lists(st.integers(1, MAX_LEN - NUM_SPECIAL), min_size=1, max_size=70)


def proteins(lengths: list[int], seed: int) -> Sequences:
    random = np.random.default_rng(seed)
    rows = [random.integers(FIRST_RESIDUE, VOCABULARY_SIZE, length).astype(np.uint8) for length in lengths]
    for row in rows:
        row[random.random(len(row)) < 0.05] = UNK
    return from_arrays(rows)


def corrupted(lengths: list[int], seed: int, most_masked: float) -> Corruption:
    sequences, random = proteins(lengths, seed), np.random.default_rng([seed, 1])
    ratio = most_masked * (1 - random.random(len(lengths)))
    return corrupt(sequences, ratio, random.random(len(sequences.tokens)))


def make_model() -> Transformer:
    torch.manual_seed(0)
    model = Transformer(make_config().model, MAX_LEN).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return model


MODEL = make_model()


def loss_and_gradients(
    corruption: Corruption, micro_batch: int, execution: Execution, rows: np.ndarray | None = None
) -> tuple[float, torch.Tensor]:
    MODEL.zero_grad()
    weights = loss_weights(corruption, np.ones(len(corruption.sequences)))
    loss = torch.zeros(())
    for batch in split(corruption, weights, micro_batch, MAX_LEN, execution, rows):
        share = nelbo(MODEL, batch)
        share.backward()
        loss += share.detach()
    return loss.item(), torch.cat([parameter.grad.flatten() for parameter in MODEL.parameters()])


@settings(deadline=None)
@given(lengths=LENGTHS, seed=st.integers(0, 1000), micro_batch=st.integers(1, 70), most=st.sampled_from([0.3, 1.0]))
def test_loss_and_gradients_are_those_of_padded_sequences(
    lengths: list[int], seed: int, micro_batch: int, most: float
) -> None:
    corruption = corrupted(lengths, seed, most)
    expected_loss, expected = loss_and_gradients(corruption, len(lengths), PADDED)
    order = np.random.default_rng([seed, 2]).permutation(len(lengths))
    loss, gradients = loss_and_gradients(corruption, micro_batch, PACKED, order)
    assert loss == pytest.approx(expected_loss, rel=1e-5, abs=1e-7)
    assert torch.linalg.vector_norm(gradients - expected) <= 1e-5 * torch.linalg.vector_norm(expected) + 1e-7


@settings(deadline=None)
@given(lengths=LENGTHS, seed=st.integers(0, 1000))
def test_what_is_packed_is_whole_and_round(lengths: list[int], seed: int) -> None:
    sequences = proteins(lengths, seed)
    rows = np.random.default_rng(seed).permutation(len(lengths))
    packed = pack(sequences, rows, MAX_LEN)
    assert len(packed.tokens) % PACKED_MULTIPLE == 0
    assert packed.starts[-1] == len(packed.tokens)
    assert (np.diff(packed.starts) >= 0).all()
    assert (np.diff(packed.starts) <= MAX_LEN).all()
    for row, start, end in zip(rows, packed.starts, packed.starts[1:], strict=False):
        assert packed.tokens[start:end].tolist() == [BOS, *sequences[row], EOS]
    assert (packed.tokens[packed.starts[len(rows)] :] == PAD).all()
    np.testing.assert_array_equal(packed.tokens[packed.target], sequences.tokens[packed.source])


def test_steps_have_few_shapes() -> None:
    """The number of rows is always that of the step; what is scored follows from the number of tokens."""
    shapes = set()
    for seed in range(200):
        lengths = np.random.default_rng(seed).integers(1, MAX_LEN - 1, 100).tolist()
        corruption = corrupted(lengths, seed, 0.9)
        (batch,) = split(corruption, np.ones(100), 100, MAX_LEN, PACKED)
        shapes.add((batch.tokens.shape, batch.mask_ratio.shape, batch.positions.shape))
        assert len(batch.positions.unique()) == len(batch.positions)
    assert len(shapes) <= 3


@pytest.mark.parametrize("micro_batch", [1, 4, 100])
def test_evaluations_are_equal(micro_batch: int) -> None:
    config, validation = make_config(evaluation__draws=2), make_sequences(9, seed=2, shortest=20)
    packed, padded = (
        Evaluator(validation, config, micro_batch, execution).score(MODEL) for execution in (PACKED, PADDED)
    )
    assert packed.value == pytest.approx(padded.value, rel=1e-6)
    np.testing.assert_allclose(packed.losses, padded.losses, rtol=1e-5)
