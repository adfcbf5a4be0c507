"""Generated proteins: lengths, residues, seeds; what the model predicts; each residue drawn once, in its turn."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import nn

from optsweep.config import Schedule
from optsweep.data.vocabulary import BOS, EOS, FIRST_RESIDUE, MASK, PAD, VOCABULARY_SIZE
from optsweep.train import trained_model as module
from optsweep.train.layout import Padded
from optsweep.train.model import Transformer
from optsweep.train.trained_model import generate

from .supply import make_config

NUM_RESIDUES = VOCABULARY_SIZE - FIRST_RESIDUE


class Fixed(nn.Module):
    """Predicts the same distribution everywhere, and notes what it is asked."""

    def __init__(self, probabilities: np.ndarray) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.from_numpy(np.log(probabilities)))
        self.asked: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]] = []

    def forward(
        self, tokens: torch.Tensor, layout: Padded, ratio: torch.Tensor, positions: torch.Tensor
    ) -> torch.Tensor:
        assert layout.visible is not None
        self.asked.append((tokens.clone(), layout.visible.sum(-1).flatten(), ratio, positions))
        return self.logits.expand(len(positions), -1)


def made(model: Any, lengths: list[int], steps: int = 16, seed: int = 0, schedule: Schedule = "loglinear") -> Any:
    return generate(cast(Transformer, model), np.array(lengths), schedule=schedule, steps=steps, seed=seed)


@pytest.fixture
def uniform() -> Fixed:
    return Fixed(np.full(NUM_RESIDUES, 1 / NUM_RESIDUES))


@pytest.mark.parametrize("schedule", ["loglinear", "cosine"])
@pytest.mark.parametrize("steps", [1, 7, 200])
def test_every_residue_is_drawn_exactly_once_over_the_schedule(
    uniform: Fixed, schedule: Schedule, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(module.BATCH_TOKENS, "cpu", 10_000)
    lengths = [1, 50, 20, 33]
    proteins = made(uniform, lengths, steps, schedule=schedule)
    assert [len(protein) for protein in proteins] == lengths
    assert all(((protein >= FIRST_RESIDUE) & (protein < VOCABULARY_SIZE)).all() for protein in proteins)
    assert sum(len(positions) for *_, positions in uniform.asked) == sum(lengths)
    by_length = np.array(sorted(lengths, reverse=True))
    masked_before = by_length
    for tokens, given, ratio, positions in uniform.asked:
        assert (tokens.flatten()[positions] == MASK).all()
        assert given.tolist() == (by_length + 2).tolist()
        # The model is told the ratio of masked residues that it sees.
        np.testing.assert_array_equal((tokens == MASK).sum(1), masked_before)
        np.testing.assert_array_equal(masked_before, np.ceil(by_length * ratio[0].double().item() * (1 - 1e-6)))
        drawn = np.bincount(positions.numpy() // tokens.shape[1], minlength=len(lengths))
        masked_before = masked_before - drawn
    assert masked_before.sum() == 0


def test_the_frame_of_a_protein_is_never_masked_or_drawn(uniform: Fixed) -> None:
    made(uniform, [5, 3], steps=4)
    for tokens, *_ in uniform.asked:
        rows = tokens.tolist()
        assert [row[0] for row in rows] == [BOS, BOS]
        assert (rows[0][6], rows[1][4], rows[1][5:]) == (EOS, EOS, [PAD, PAD])


def test_proteins_come_in_the_order_asked_for_whatever_the_batches(
    uniform: Fixed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(module.BATCH_TOKENS, "cpu", 60)
    lengths = [40, 5, 100, 17, 5, 58]
    assert [len(protein) for protein in made(uniform, lengths, steps=3)] == lengths
    sizes = {len(tokens) * tokens.shape[1] for tokens, *_ in uniform.asked}
    assert max(sizes) == 102, "one that is longer than a batch stands alone"


def test_what_a_model_always_predicts_is_what_is_drawn() -> None:
    wanted = np.random.default_rng(0).dirichlet(np.ones(NUM_RESIDUES))
    proteins = made(Fixed(wanted), [200] * 100, steps=8)
    found = np.bincount(np.concatenate(proteins) - FIRST_RESIDUE, minlength=NUM_RESIDUES) / 20_000
    deviation = np.sqrt(wanted * (1 - wanted) / 20_000)
    assert (np.abs(found - wanted) < 6 * deviation + 1e-9).all()


def test_the_same_seed_gives_the_same_proteins_and_another_one_others() -> None:
    torch.manual_seed(0)
    model = Transformer(make_config().model, 40).eval().requires_grad_(False)
    first, again, other = (made(model, [20, 38, 9], steps=6, seed=seed) for seed in (5, 5, 6))
    state = torch.random.get_rng_state()
    made(model, [4], steps=2)
    assert torch.equal(torch.random.get_rng_state(), state), "the process's own random state is left alone"
    assert all((one == two).all() for one, two in zip(first, again, strict=True))
    assert any((one != two).any() for one, two in zip(first, other, strict=True))
    assert all((protein >= FIRST_RESIDUE).all() for protein in first)
