"""The sampler finds the mean and the covariance of densities that are known."""

from __future__ import annotations

import numpy as np
import pytest

from optsweep.trust.ensemble import Points, sample

COVARIANCE = np.array([[1.0, 0.9], [0.9, 1.0]]) * np.array([[1.0, 100.0], [100.0, 10_000.0]])


def correlated(points: Points) -> Points:
    """Normal around (3, -50), long and narrow."""
    away = points - np.array([3.0, -50.0])
    density: Points = -0.5 * np.einsum("wi,ij,wj->w", away, np.linalg.inv(COVARIANCE), away)
    return density


def test_a_long_and_narrow_normal_is_found_from_a_start_beside_it() -> None:
    rng = np.random.default_rng(1)
    start = rng.standard_normal((24, 2))
    found = sample(correlated, start, burn_in=300, steps=4000, rng=rng)
    assert found.mean(axis=0) == pytest.approx([3.0, -50.0], abs=10)
    assert found[:, 0].mean() == pytest.approx(3, abs=0.1)
    assert np.cov(found.T) == pytest.approx(COVARIANCE, rel=0.1)


def test_two_modes_are_both_visited() -> None:
    def two_modes(points: Points) -> Points:
        density: Points = np.logaddexp(-0.5 * ((points[:, 0] - 4) / 0.5) ** 2, -0.5 * ((points[:, 0] + 4) / 0.5) ** 2)
        return density

    rng = np.random.default_rng(2)
    found = sample(two_modes, 4 * rng.standard_normal((24, 1)), burn_in=300, steps=4000, rng=rng)
    assert (found > 0).mean() == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("walkers", [2, 7])
def test_walkers_that_cannot_be_halved_are_refused(walkers: int) -> None:
    with pytest.raises(ValueError, match=f"{walkers} walkers"):
        sample(correlated, np.zeros((walkers, 2)), burn_in=1, steps=1, rng=np.random.default_rng(0))
