"""The objective: what it says of a known model, and what it must not depend on."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import torch

from optsweep.data.vocabulary import FIRST_RESIDUE
from optsweep.train.evaluation import Evaluator, due_points, fixed_corruption
from optsweep.train.model import Transformer
from tests.train.supply import PADDED, make_config, make_sequences

VALIDATION = make_sequences(300, seed=4, shortest=20)


class ConstantFrequencies:
    """A model that predicts the same residue frequencies everywhere."""

    def __init__(self, frequencies: np.ndarray) -> None:
        self._logits = torch.tensor(frequencies, dtype=torch.float64).log().float()

    def __call__(
        self, tokens: torch.Tensor, lengths: torch.Tensor | None, mask_ratio: torch.Tensor, positions: torch.Tensor
    ) -> torch.Tensor:
        return self._logits.expand(len(positions), 20)


def make_model() -> Transformer:
    torch.manual_seed(0)
    model = Transformer(make_config().model, 40).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return model


def test_constant_frequencies_are_scored_at_their_cross_entropy_with_the_masked_residues() -> None:
    frequencies = np.random.default_rng(0).dirichlet(np.full(20, 5.0))
    config = make_config()
    corruption = fixed_corruption(VALIDATION, config)
    tokens, offsets = corruption.sequences.tokens, corruption.sequences.offsets
    total = weight = 0.0
    for i in range(len(corruption.sequences)):
        row = slice(offsets[i], offsets[i + 1])
        masked = tokens[row][corruption.masked[row]]
        num_residues = int((tokens[row] >= FIRST_RESIDUE).sum())
        total += num_residues / len(masked) * -np.log(frequencies[masked - FIRST_RESIDUE]).sum()
        weight += num_residues
    score = Evaluator(VALIDATION, config, 8, PADDED).score(ConstantFrequencies(frequencies))
    assert score.value == pytest.approx(total / weight, abs=1e-6)


def test_the_validation_composition_is_scored_near_its_unigram_entropy() -> None:
    config = make_config(data__max_protein_len=128)
    counts = np.bincount(VALIDATION.tokens, minlength=25)[FIRST_RESIDUE:]
    composition = counts / counts.sum()
    score = Evaluator(VALIDATION, config, 8, PADDED).score(ConstantFrequencies(composition))
    assert score.value == pytest.approx(-(composition * np.log(composition)).sum(), abs=0.01)


def test_one_model_gets_the_same_value_whatever_the_training_is_like() -> None:
    model = make_model()
    base = Evaluator(VALIDATION, make_config(), 8, PADDED).score(model)
    for changes in (
        {"noise__schedule": "cosine"},
        {"training__effective_batch": 7, "training__seed": 3},
        {"curriculum__enabled": True, "curriculum__preschool_time": 5},
    ):
        other = Evaluator(VALIDATION, make_config(**changes), 8, PADDED).score(model)
        assert other.value == pytest.approx(base.value, abs=1e-5)
    for micro_batch in (1, 3, 300):
        other = Evaluator(VALIDATION, make_config(), micro_batch, PADDED).score(model)
        assert other.value == pytest.approx(base.value, abs=1e-5)
        np.testing.assert_allclose(other.losses, base.losses, atol=1e-5)


def test_the_noise_seed_and_nothing_else_changes_the_masks() -> None:
    first, again = (fixed_corruption(VALIDATION, make_config()) for _ in range(2))
    other = fixed_corruption(VALIDATION, make_config(evaluation__noise_seed=1))
    assert (first.masked == again.masked).all()
    assert (first.masked != other.masked).any()


def test_mask_ratios_cover_every_stratum_once() -> None:
    ratios = fixed_corruption(VALIDATION, make_config()).mask_ratio
    assert sorted(np.ceil(ratios * len(ratios))) == list(range(1, len(ratios) + 1))


def test_num_sequences_takes_the_first_so_many() -> None:
    config = make_config(evaluation__num_sequences=10)
    score = Evaluator(VALIDATION, config, 8, PADDED).score(make_model())
    assert score.losses.shape == (10,)
    assert fixed_corruption(VALIDATION, config).sequences[3].tolist() == VALIDATION[3][:38].tolist()


def test_one_draw_is_what_it_was_before_there_could_be_several() -> None:
    corruption = fixed_corruption(VALIDATION, make_config())
    content = corruption.masked.tobytes() + corruption.mask_ratio.tobytes()
    assert hashlib.sha256(content).hexdigest()[:16] == "c9a123c746acd1d2"
    several = fixed_corruption(VALIDATION, make_config(evaluation__draws=4))
    assert several.sequences.tokens[: len(corruption.masked)].tolist() == corruption.sequences.tokens.tolist()


def test_each_draw_has_a_stratum_of_its_own_and_those_of_a_sequence_are_far_apart() -> None:
    corruption = fixed_corruption(VALIDATION, make_config(evaluation__draws=4))
    ratios = corruption.mask_ratio.reshape(4, -1)
    assert sorted(np.ceil(ratios.ravel() * ratios.size)) == list(range(1, ratios.size + 1))
    assert (np.sort(np.ceil(ratios * 4), axis=0) == [[1], [2], [3], [4]]).all()


def test_a_value_is_quieter_with_more_draws_and_stays_the_same_measure() -> None:
    model = make_model()

    def values(draws: int) -> np.ndarray:
        configs = [make_config(evaluation__draws=draws, evaluation__noise_seed=seed) for seed in range(8)]
        return np.array([Evaluator(VALIDATION, config, 300, PADDED).score(model).value for config in configs])

    one, four = values(1), values(4)
    assert four.std(ddof=1) < 0.7 * one.std(ddof=1)
    assert four.mean() == pytest.approx(one.mean(), abs=3 * one.std(ddof=1) / np.sqrt(8))
    score = Evaluator(VALIDATION, make_config(evaluation__draws=4), 8, PADDED).score(model)
    assert score.losses.shape == (300,)
    lengths = fixed_corruption(VALIDATION, make_config()).num_residues
    assert score.value == pytest.approx(np.average(score.losses, weights=lengths), abs=1e-6)


def grid(**changes: object) -> dict[int, list[int | None]]:
    config = make_config(**changes)
    taken = {step: due_points(config, step) for step in range(1, config.training.n_iters + 1)}
    return {step: points for step, points in taken.items() if points}


def test_grid_points_are_taken_at_the_first_step_at_or_past_them() -> None:
    assert grid(evaluation__every_sequences=16) == {4: [1], 8: [2], 12: [3]}
    assert grid(evaluation__every_sequences=18) == {5: [1], 9: [2], 12: [None]}
    assert grid(evaluation__every_sequences=2, training__n_iters=2, optim__warmup=0) == {1: [1, 2], 2: [3, 4]}
    assert grid(evaluation__every_sequences=1000) == {12: [None]}


def test_num_evaluations_are_evenly_spaced_and_end_with_the_run() -> None:
    spaced = {"evaluation__every_sequences": None, "evaluation__num_evaluations": 5}
    assert grid(**spaced) == {3: [1], 5: [2], 8: [3], 10: [4], 12: [5]}
