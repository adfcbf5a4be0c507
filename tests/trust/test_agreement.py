"""The verdict on rankings whose truth is known: perfect, shuffled at the top, unrelated."""

from __future__ import annotations

import json

import numpy as np
import pytest

from optsweep.results.seeds import SeedNoise
from optsweep.trust.agreement import Fidelity, fidelity
from optsweep.views.fidelity import document, fidelity_lines, fidelity_table
from tests.trust.planted import WEIGHTS, Losses, make_losses, value_of

RUNS = 18
NOISE = SeedNoise(0.001, 5, 15)


def compare(large: list[float], noise: SeedNoise | None = NOISE, step: float = 0.02) -> Fidelity:
    """Runs at even distances in the sweep, and at these ranks at the larger setting."""
    cheap_losses: Losses = {f"run{rank:02d}": make_losses(rank * step, rank) for rank in range(len(large))}
    large_losses: Losses = {
        f"run{rank:02d}": make_losses(there * step - 0.3, 100 + rank) for rank, there in enumerate(large)
    }
    cheap, there = ({run: value_of(own) for run, own in losses.items()} for losses in (cheap_losses, large_losses))
    return fidelity("the full length", cheap, there, losses=(cheap_losses, large_losses), weights=WEIGHTS, noise=noise)


def test_a_perfect_ranking_is_good_for_everything() -> None:
    found = compare(list(range(RUNS)))
    assert found.verdict == "good for throwing out the worst half, and it ranks the good ones too"
    assert found.overall is not None
    assert found.top_third is not None
    assert (found.overall.spearman.value, found.top_third.kendall.value) == pytest.approx((1, 1))
    assert (found.overall.runs, found.top_third.runs) == (RUNS, 6)
    assert found.winner_in_top == pytest.approx(1.0)
    assert found.regret is not None
    assert (found.regret.value, found.regret.high) == pytest.approx((0, 0), abs=1e-6)
    assert found.kept_by_better_half == 1
    assert found.ceiling is not None
    assert found.ceiling > 0.9


def test_a_shuffled_top_cannot_tell_the_sweeps_winner_from_the_true_one() -> None:
    found = compare([5, 3, 0, 4, 1, 2, *range(6, RUNS)])
    assert found.verdict == (
        "good for throwing out the worst half; cannot tell run00 from run02 apart: settle it with `optsweep confirm`"
    )
    assert found.overall is not None
    assert found.overall.spearman.low > 0.5
    assert found.winner_in_top == pytest.approx(0.0)
    assert found.regret is not None
    assert found.regret.value == pytest.approx(0.1, abs=1e-4)
    assert found.regret.low > 0.08


def test_an_unrelated_ranking_cannot_be_trusted() -> None:
    found = compare(np.random.default_rng(3).permutation(RUNS).tolist())
    assert found.verdict.startswith("cannot be trusted")
    reverse = compare(list(range(RUNS))[::-1])
    assert reverse.verdict.startswith("cannot be trusted")
    assert reverse.kept_by_better_half == 0


def test_good_runs_that_the_worse_half_would_lose_are_counted() -> None:
    order = list(range(RUNS))
    order[5], order[10] = 10, 5
    found = compare(order)
    assert found.kept_by_better_half == pytest.approx(5 / 6)
    assert "fair for throwing out the worst half (83 % of the best third survive it)" in found.verdict


def test_with_much_noise_the_winner_is_uncertain_and_so_is_the_ceiling() -> None:
    quiet, loud = compare(list(range(RUNS))), compare(list(range(RUNS)), noise=SeedNoise(0.05, 10, 30))
    assert quiet.winner_in_top is not None
    assert loud.winner_in_top is not None
    assert loud.winner_in_top < 0.9 < quiet.winner_in_top
    assert quiet.ceiling is not None
    assert loud.ceiling is not None
    assert loud.ceiling < 0.6 < quiet.ceiling


@pytest.mark.parametrize("ranks", [[0, 1, 2], [0.0] * 6], ids=["three runs", "all equal there"])
def test_too_little_to_say_anything(ranks: list[float]) -> None:
    found = compare(ranks)
    if len(ranks) == 6:
        cheap = {run.run: run.cheap for run in found.runs}
        found = fidelity(
            "x", cheap, dict.fromkeys(cheap, 2.5), losses=({}, {}), weights=WEIGHTS, noise=None
        )  # fmt: skip
    assert found.verdict == "too few different runs at both settings to say anything"
    assert json.loads(json.dumps(document(found), allow_nan=False))["overall"] is None
    assert fidelity_lines(found)


def test_without_losses_the_ranks_are_compared_all_the_same() -> None:
    values = {f"run{rank}": 2.8 + rank / 100 for rank in range(12)}
    found = fidelity("x", values, values, losses=({}, {}), weights=WEIGHTS, noise=None)
    assert (found.regret, found.winner_in_top, found.ceiling) == (None, None, None)
    assert found.verdict.endswith("ranks the good ones too")


def test_only_runs_of_both_settings_count_and_the_table_has_both_ranks() -> None:
    cheap, large = {"a": 2.8, "b": 2.9, "c": 3.0}, {"b": 2.5, "a": 2.6, "d": 2.0}
    found = fidelity("x", cheap, large, losses=({}, {}), weights=[], noise=None)
    assert fidelity_table(found) == [("a", "1", "2.8000", "2", "2.6000"), ("b", "2", "2.9000", "1", "2.5000")]


def test_what_is_printed_for_programs_is_json() -> None:
    found = json.loads(json.dumps(document(compare(list(range(RUNS)))), allow_nan=False))
    assert found["verdict"].startswith("good")
    assert len(found["runs"]) == RUNS
    assert set(found["regret"]) == {"value", "low", "high"}
