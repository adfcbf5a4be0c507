"""Transfer over training length on planted surfaces, whose optimum is known at every length."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from optsweep.results.run_table import RunTable
from optsweep.trust.surface import Exponents
from optsweep.trust.transfer import Transfer, transfer
from tests.trust.planted_runs import BATCH, LR, joined, planted

SHORT, MIDDLE, LONG = 1e9, 4e9, 16e9
ONE = planted(4e9, 24, seed=2)
TWO = joined(planted(SHORT, 24, seed=1), planted(MIDDLE, 17, seed=2))


def octaves_off(found: Transfer) -> tuple[float, float]:
    """How far lr and batch are from the planted optimum of the length."""
    assert found.refused is None, found.refused
    assert found.lr
    assert found.batch
    return math.log2(found.lr.value / LR(found.length)), math.log2(found.batch.value / BATCH(found.length))


def table(length: list[float], lr: list[float], batch: list[float], value: list[float]) -> RunTable:
    return RunTable(np.array(length), np.array(lr), np.array(batch), np.array(value))


def test_the_rule_by_hand() -> None:
    lr = [1e-3, 2e-3, 4e-3, 1e-3, 2e-3, 4e-3, 8e-3, 8e-3]
    batch = [64.0, 64, 128, 32, 32, 32, 32, 256]
    runs = table([1e9] * 8, lr, batch, [2.0, 2.1, 2.2, 3, 3, 3, 3, 3])
    found = transfer(runs, 4e9)
    assert (found.method, found.runs, found.lengths, found.refused) == ("rule", 8, (1e9,), None)
    assert found.lr
    assert found.batch
    assert found.lr.value == pytest.approx(2e-3 * 4**0.19)
    assert found.batch.value == pytest.approx((64 * 64 * 128) ** (1 / 3) * 4**0.383)
    half = 1.645 * math.hypot(np.log2(lr).std() / 3, 0.2 * 2)
    assert found.lr.low == pytest.approx(found.lr.value / 2**half)
    assert found.lr.high == pytest.approx(found.lr.value * 2**half)


def test_two_lengths_find_a_movement_that_the_published_exponents_do_not_have() -> None:
    fitted, ruled = transfer(TWO, LONG), transfer(ONE, LONG)
    assert fitted.method == "fit"
    assert max(map(abs, octaves_off(fitted))) < 0.5
    assert abs(octaves_off(fitted)[1]) < abs(octaves_off(ruled)[1]), "the planted batch grows faster than the rule's"
    for estimate, true in ((fitted.lr, LR(LONG)), (fitted.batch, BATCH(LONG))):
        assert estimate
        assert estimate.low
        assert estimate.high
        assert estimate.low < true < estimate.high
        assert estimate.low < estimate.value < estimate.high


def test_a_prior_of_the_wrong_sign_gives_way_to_two_lengths_and_not_to_one() -> None:
    def moved_by_the_prior(runs: RunTable) -> float:
        found, other = transfer(runs, LONG), transfer(runs, LONG, Exponents(lr=-0.19))
        return octaves_off(found)[0] - octaves_off(other)[0]

    assert moved_by_the_prior(ONE) == pytest.approx(2 * 0.38)
    assert abs(moved_by_the_prior(TWO)) < 0.4


def test_the_order_of_the_runs_does_not_matter_and_the_answer_is_always_the_same() -> None:
    shuffled = TWO.only(np.random.default_rng(3).permutation(len(TWO)))
    assert transfer(TWO, LONG) == transfer(TWO, LONG) == transfer(shuffled, LONG)


def test_values_of_another_scale_and_unit_give_the_same_answer() -> None:
    found = transfer(replace(TWO, value=1000 * TWO.value - 7), LONG)
    assert octaves_off(found) == pytest.approx(octaves_off(transfer(TWO, LONG)), abs=1e-6)


def test_runs_that_went_off_to_huge_values_spoil_nothing() -> None:
    value = TWO.value.copy()
    value[np.argsort(value)[-6:]] = 1e300
    assert max(map(abs, octaves_off(transfer(replace(TWO, value=value), LONG)))) < 0.6


def test_the_interval_widens_with_the_distance() -> None:
    widths = []
    for length in (MIDDLE, LONG, 4 * LONG):
        found = transfer(TWO, length).batch
        assert found
        assert found.low
        assert found.high
        widths.append(found.high / found.low)
    assert widths == sorted(widths)


def test_lengths_that_whole_steps_make_differ_a_little_are_one() -> None:
    runs = ONE
    uneven = replace(runs, length=MIDDLE - np.arange(24) * 1e6)
    found = transfer(uneven, LONG)
    assert (found.method, found.lengths) == ("rule", (MIDDLE,))


def test_lengths_with_too_few_runs_do_not_count() -> None:
    found = transfer(joined(planted(MIDDLE, 12, seed=2), planted(8e9, 3, seed=4)), LONG)
    assert (found.method, found.runs, found.lengths) == ("rule", 12, (MIDDLE,))


@pytest.mark.parametrize(
    ("runs", "why"),
    [
        (planted(SHORT, 7, seed=1), "7 runs count, and it needs 8"),
        (planted(SHORT, 0, seed=1), "0 runs count"),
        (joined(planted(SHORT, 5, seed=1), planted(MIDDLE, 3, seed=2)), "5 runs count"),
        (joined(*(planted(length, 3, seed=1) for length in (SHORT, MIDDLE, 8e9))), "0 runs count"),
        (joined(*(planted(1e8 * 1.2**step, 4, seed=step) for step in range(13))), "13 lengths have 4 runs or more"),
        (replace(TWO, batch=np.full(len(TWO), 64.0)), "batch has 1 different values, and it needs 3"),
        (replace(TWO, value=np.full(len(TWO), 2.0)), "all runs of length 1e+09 have the same value"),
        (
            replace(ONE, lr=np.minimum(ONE.lr, 3e-4)),
            "the best lr lies at or beyond the largest that was tried",
        ),
        (
            joined(planted(SHORT, 24, seed=1, lowest_batch=500), planted(MIDDLE, 24, seed=2, lowest_batch=500)),
            "the best batch lies at or beyond the smallest that was tried",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_known_is_refused(runs: RunTable, why: str) -> None:
    found = transfer(runs, LONG)
    assert found.refused is not None
    assert why in found.refused
    if len(runs):
        own = runs.only(runs.length == (found.lengths or [runs.length.max()])[-1])
        assert found.lr
        winners = own.lr[own.value == own.value.min()]
        assert found.lr.value in winners, "the winner as it is"
        assert found.lr.low is None
    else:
        assert found.lr is None


def test_an_interval_that_is_of_no_use_is_refused() -> None:
    found = transfer(planted(SHORT, 24, seed=1), 1e6 * SHORT)
    assert found.refused is not None
    assert "known to no better than a factor of" in found.refused


def test_numbers_at_the_ends_of_what_floats_hold_are_answered_without_a_warning() -> None:
    far = replace(ONE, length=np.full(24, 1e-300), lr=1e-300 * ONE.lr)
    found = transfer(far, 1e300)
    assert found.refused is not None
    assert "factor" in found.refused
