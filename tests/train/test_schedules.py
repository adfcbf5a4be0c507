"""Schedules, curriculum, learning rate and EMA, at their ends and over many draws."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optsweep.config import CurriculumConfig, OptimConfig, Schedule
from optsweep.train.corruption import corrupt, loss_weights
from optsweep.train.learning_rate import learning_rate, summed_learning_rate
from optsweep.train.schedules import (
    curriculum_exponent,
    ema_decay,
    mask_ratio,
    mask_ratio_slope,
    stratified_uniform,
)
from tests.train.supply import make_sequences

SCHEDULES: tuple[Schedule, ...] = ("loglinear", "cosine")


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_slope_is_the_derivative_of_the_mask_ratio(schedule: Schedule) -> None:
    time = np.linspace(0.001, 0.999, 200)
    numeric = (mask_ratio(schedule, time + 1e-6) - mask_ratio(schedule, time - 1e-6)) / 2e-6
    np.testing.assert_allclose(mask_ratio_slope(schedule, time), numeric, rtol=1e-6)


def test_schedules_reach_nearly_full_masking() -> None:
    end = np.array([1.0])
    assert mask_ratio("loglinear", end) == pytest.approx(0.999)
    assert mask_ratio("cosine", end) == pytest.approx(1.0)


def test_cosine_does_not_cancel_at_small_times() -> None:
    assert mask_ratio("cosine", np.array([1e-12])) == pytest.approx((math.pi / 2 * 1e-12) ** 2 / 2, rel=1e-12)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("enabled", [False, True])
def test_loss_weights_stay_finite_and_bounded_in_many_draws(schedule: Schedule, enabled: bool) -> None:
    random = np.random.default_rng(0)
    sequences = make_sequences(1000, shortest=1, longest=12)
    curriculum = CurriculumConfig(enabled=enabled, preschool_time=100)
    for step in range(100):
        time = stratified_uniform(len(sequences), random) ** curriculum_exponent(curriculum, step)
        ratio, slope = mask_ratio(schedule, time), mask_ratio_slope(schedule, time)
        corruption = corrupt(sequences, ratio, random.random(len(sequences.tokens)))
        weights = loss_weights(corruption, slope)
        assert np.isfinite(weights).all()
        # Each sequence's share of the step is at most pi/2 times its share of the residues.
        share = weights * corruption.num_masked
        assert (share <= np.pi / 2 * corruption.num_residues / corruption.num_residues.sum() + 1e-12).all()
        assert ((corruption.num_masked >= 1) | (corruption.num_residues == 0)).all()
        assert (corruption.num_masked <= corruption.num_residues).all()


def test_curriculum_begins_light_and_ends_uniform() -> None:
    curriculum = CurriculumConfig(enabled=True, preschool_time=50)
    exponents = [curriculum_exponent(curriculum, step) for step in range(60)]
    assert exponents[0] == 3.0
    assert exponents[25] == pytest.approx(1 + 2 * math.exp(-1))
    assert exponents[50:] == [1.0] * 10
    assert curriculum_exponent(CurriculumConfig(), 0) == 1.0


def test_stratified_times_cover_each_interval_once() -> None:
    random = np.random.default_rng(0)
    for _ in range(100):
        times = stratified_uniform(8, random)
        assert sorted(np.ceil(times * 8)) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_learning_rate_warms_up_and_falls_to_one_per_cent() -> None:
    optim = OptimConfig(lr=1e-3, warmup=10)
    rates = [learning_rate(optim, 100, step) for step in range(101)]
    assert rates[0] == pytest.approx(1e-4)
    assert rates[9] == rates[10] == pytest.approx(1e-3)
    assert rates[55] == pytest.approx(1e-3 * (0.01 + 0.99 / 2))
    assert rates[100] == pytest.approx(1e-5)
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert learning_rate(OptimConfig(lr=1e-3, warmup=0), 1, 0) == pytest.approx(1e-3)


@pytest.mark.parametrize(
    ("n_iters", "warmup"), [(1, 0), (1, 1), (2, 1), (10, 0), (10, 9), (10, 10), (450, 38), (7001, 631)]
)
def test_the_sum_of_the_learning_rate_is_that_of_its_steps(n_iters: int, warmup: int) -> None:
    optim = OptimConfig(lr=3e-3, warmup=warmup)
    summed = math.fsum(learning_rate(optim, n_iters, step) for step in range(n_iters))
    assert summed_learning_rate(3e-3, n_iters, warmup) == pytest.approx(summed, rel=1e-12)


def test_ema_forgets_the_initial_weights() -> None:
    left = math.prod(ema_decay(0.03, 250, step) for step in range(250))
    assert left < 1e-9
    assert ema_decay(0.03, 10_000, 9_999) == pytest.approx(1 - 1 / 300)
    assert ema_decay(0.01, 10, 5) == 0.0
