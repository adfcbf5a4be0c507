"""Rank correlations by scipy and by hand, intervals, the paired bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr

from optsweep.trust.agreement import agreement
from optsweep.trust.noise import interval, resampled_values
from tests.trust.planted import WEIGHTS, make_losses, value_of


def test_the_coefficients_are_those_of_scipy_with_ties_too() -> None:
    first, second = np.random.default_rng(0).integers(0, 6, (2, 12)).astype(float)
    found = agreement(first.tolist(), second.tolist())
    assert found is not None
    assert found.spearman.value == pytest.approx(spearmanr(first, second).statistic)
    assert found.kendall.value == pytest.approx(kendalltau(first, second).statistic)


def test_resamples_that_hold_only_equals_do_not_count() -> None:
    found = agreement([1.0, 1.0, 1.0, 1.0, 2.0], [1.0, 1.0, 1.0, 2.0, 3.0])
    assert found is not None
    assert 0 < found.spearman.low < found.spearman.high <= 1
    assert 0 < found.kendall.low < found.kendall.high <= 1


def test_the_same_order_agrees_fully_and_the_reverse_not_at_all() -> None:
    values = list(range(8))
    same, reverse = agreement(values, [10 * value for value in values]), agreement(values, values[::-1])
    assert same is not None
    assert reverse is not None
    assert same.runs == 8
    assert (same.spearman.value, same.kendall.value) == pytest.approx((1, 1))
    assert (same.spearman.low, same.spearman.high) == pytest.approx((1, 1))
    assert (reverse.spearman.value, reverse.kendall.high) == pytest.approx((-1, -1))


def test_unrelated_rankings_have_an_interval_around_chance() -> None:
    first, second = np.random.default_rng(1).permuted(np.tile(np.arange(30.0), (2, 1)), axis=1)
    found = agreement(first.tolist(), second.tolist())
    assert found is not None
    assert found.spearman.low < 0 < found.spearman.high
    assert found.kendall.low < found.kendall.value < found.kendall.high


@pytest.mark.parametrize("values", [[1.0, 2.0, 3.0], [2.0] * 6], ids=["three runs", "six equals"])
def test_there_is_no_agreement_of_few_runs_or_of_equals(values: list[float]) -> None:
    assert agreement(values, list(range(len(values)))) is None
    assert agreement(list(range(len(values))), values) is None


def test_an_interval_holds_the_middle_95_per_cent() -> None:
    found = interval(0.5, np.arange(1001) / 1000)
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.025, 0.975))


def test_resampled_values_are_weighted_and_the_same_sequences_for_all_runs() -> None:
    first = make_losses(0.0, seed=1)
    values = resampled_values([first, first + 0.01], WEIGHTS)
    assert values.mean(axis=0) == pytest.approx([value_of(first), value_of(first) + 0.01], abs=0.005)
    assert values[:, 0].std() > 0.01
    assert np.diff(values, axis=1).std() < 1e-6
