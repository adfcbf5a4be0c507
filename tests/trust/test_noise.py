"""The seeds' deviation by hand; ties between runs that only luck tells apart."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optsweep.results.records import StudySnapshot
from optsweep.results.seeds import SeedNoise
from optsweep.trust.noise import pooled_noise
from optsweep.trust.ties import ties
from tests.snapshots import make_data, make_run, make_snapshot
from tests.trust.planted import WEIGHTS, Losses, make_losses, seeded, value_of


def study(shifts: dict[str, float]) -> tuple[StudySnapshot, Losses]:
    """Complete runs that are so much worse than the first."""
    losses = {run: make_losses(shift, seed) for seed, (run, shift) in enumerate(shifts.items())}
    runs = [make_run(run, "complete", value=value_of(own)) for run, own in losses.items()]
    return make_snapshot(runs, data=make_data(weights={"validation": WEIGHTS, "confirmation": []})), losses


def test_runs_that_are_equal_but_for_noise_tie_and_a_worse_one_does_not() -> None:
    snapshot, losses = study({"best": 0.0, "equal": 0.0005, "worse": 0.02})
    found = ties(snapshot, losses, None)
    assert found is not None
    assert (found.tied("equal"), found.tied("worse"), found.tied("best")) == (True, False, False)
    worse = found.differences["worse"]
    assert worse.low < worse.value < worse.high
    assert worse.value == pytest.approx(0.02, abs=1e-5)


def test_the_seeds_noise_makes_more_ties_and_few_repeats_more_than_many() -> None:
    snapshot, losses = study({"best": 0.0, "worse": 0.02})
    many, few = SeedNoise(0.006, 10, 30), SeedNoise(0.006, 1, 2)
    assert [ties(snapshot, losses, noise).tied("worse") for noise in (None, many, few)] == [False, False, True]  # type: ignore[union-attr]
    large = ties(snapshot, losses, SeedNoise(0.02, 10, 30))
    assert large is not None
    assert large.tied("worse")


def test_losses_of_further_sequences_do_not_count() -> None:
    snapshot, losses = study({"best": 0.0, "worse": 0.02})
    longer = {run: np.concatenate([own, 9 * own]).astype(np.float32) for run, own in losses.items()}
    assert ties(snapshot, longer, None) == ties(snapshot, losses, None)


def test_without_the_losses_of_the_best_run_there_is_nothing_to_judge_by() -> None:
    snapshot, losses = study({"best": 0.0, "equal": 0.0005, "worse": 0.02})
    without_equal = ties(snapshot, {run: losses[run] for run in ("best", "worse")}, None)
    assert without_equal is not None
    assert set(without_equal.differences) == {"worse"}
    assert not without_equal.tied("equal")
    assert ties(snapshot, {run: losses[run] for run in ("equal", "worse")}, None) is None
    assert ties(snapshot, {}, None) is None
    assert ties(make_snapshot([]), {}, None) is None
    assert ties(make_snapshot(snapshot.runs), losses, None) is None, "a study of an older version has no weights"


def test_the_pooled_deviation_by_hand() -> None:
    runs = [
        seeded("a", 1, 2.80),
        seeded("a-seed-2", 2, 2.82, of="a"),
        seeded("b", 1, 2.90),
        seeded("b-seed-2", 2, 2.90, of="b"),
        seeded("b-seed-3", 3, 2.96, of="b"),
        seeded("c", 1, 3.00),
    ]
    found = pooled_noise(runs)
    # Squares: 2 * 0.01^2 of a; 0.02^2 + 0.02^2 + 0.04^2 of b; 1 + 2 degrees of freedom.
    assert found is not None
    assert found.deviation == pytest.approx(math.sqrt((0.0002 + 0.0024) / 3))
    assert (found.configurations, found.repeats, found.freedom) == (2, 5, 3)


def test_unfinished_runs_and_the_same_seed_again_are_no_repeats() -> None:
    cut = make_run("a-seed-2", "pruned", of="a", value=9.0)
    assert pooled_noise([seeded("a", 1, 2.8), cut, seeded("a-completed", 1, 2.7, of="a")]) is None
    assert pooled_noise([]) is None
