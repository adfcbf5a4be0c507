"""Several training seeds of one configuration: what leads, what is repeated next, how large the noise is."""

from __future__ import annotations

import random

import pytest

from optsweep.results.seeds import Configuration, completed_noise, leader, next_to_repeat, standings

NOISE = 0.002
FIELD = [Configuration(f"tpe-{i:03d}", (2.9 + 0.001 * i,)) for i in range(9)]


def test_with_one_seed_each_the_order_is_that_of_the_values() -> None:
    rng = random.Random(0)
    for _ in range(200):
        count = rng.randrange(1, 30)
        scale = 10 ** rng.uniform(-9, 9)
        runs = [Configuration(str(i), (scale * (1 + rng.gauss(0, 1e-3)),), sampled=i > 4) for i in range(count)]
        expected = sorted(runs, key=lambda one: one.costs)
        assert [one.run for one in standings(runs)] == [one.run for one in expected]


def test_a_mean_of_more_seeds_beats_one_lucky_value() -> None:
    lucky = Configuration("lucky", (2.8990,))
    steady = Configuration("steady", (2.8985, 2.9000, 2.8994, 2.8991))
    found = {one.run: one for one in standings([*FIELD, lucky, steady])}
    assert lucky.costs[0] < sum(steady.costs) / 4, "the raw mean would say the other"
    assert leader([*FIELD, lucky, steady]) == "steady"
    assert found["steady"].deviation < found["lucky"].deviation
    assert found["steady"].seeds == 4
    assert found["lucky"].mean > 2.8990, "it is drawn towards the others"


def test_shrunken_means_are_closer_to_the_truth_than_raw_values_and_the_best_is_hardly_too_good() -> None:
    rng = random.Random(1)
    raw, shrunken = [], []
    for _ in range(400):
        truth = {str(i): rng.gauss(2.9, 0.003) for i in range(20)}
        runs = [Configuration(run, (rng.gauss(mean, NOISE),)) for run, mean in truth.items()]
        runs[:3] = [Configuration(one.run, (*one.costs, rng.gauss(truth[one.run], NOISE))) for one in runs[:3]]
        best = standings(runs)[0]
        raw.append(min(one.costs[0] for one in runs) - truth[min(runs, key=lambda one: one.costs[0]).run])
        shrunken.append(best.mean - truth[best.run])
    assert sum(raw) / 400 < -0.0012
    assert abs(sum(shrunken) / 400) < 0.0006


def test_presets_do_not_move_what_sampled_runs_are_drawn_to() -> None:
    alone = standings(FIELD)
    presets = [Configuration(f"preset{i}", (3.4,), sampled=False) for i in range(20)]
    assert standings([*presets, *FIELD])[: len(FIELD)] == alone


def test_a_run_that_went_wrong_does_not_make_the_good_ones_look_alike() -> None:
    wrong = standings([*FIELD, Configuration("wrong", (30.0,))])[0]
    assert wrong.mean == pytest.approx(standings(FIELD)[0].mean, abs=0.0005)


def test_the_next_repeat_is_the_most_promising_and_running_ones_count() -> None:
    assert next_to_repeat(FIELD) == "tpe-000"
    close = [Configuration(f"close-{i}", (2.8980 + 0.0001 * i,)) for i in range(7)]
    runs, order = [*close, *FIELD], []
    for _ in range(10):
        order.append(next_to_repeat(runs))
        runs = [Configuration(one.run, one.costs, one.running + (one.run == order[-1]), one.sampled) for one in runs]
    assert order[:2] == ["close-0", "close-1"], "workers that ask one after the other do not all repeat the same one"
    assert set(order) == {one.run for one in close}
    settled = Configuration("close-0", (2.897, 2.899) * 10)
    assert next_to_repeat([settled, *close[1:], *FIELD]) == "close-1", "what is known needs no repeat"


def test_a_first_seed_that_still_runs_has_no_say() -> None:
    waiting = Configuration("tpe-100", (), running=1)
    assert next_to_repeat([waiting]) is None
    assert leader([waiting]) is None
    assert standings([waiting, *FIELD]) == standings(FIELD)
    assert next_to_repeat([]) is None


def test_measured_noise_takes_over_from_the_default() -> None:
    default, freedom = completed_noise(FIELD)
    assert freedom == 5
    assert 0 < default < 0.003
    assert completed_noise([Configuration(one.run, (1000 * one.costs[0],)) for one in FIELD])[0] == pytest.approx(
        1000 * default
    ), "a script's values may have any scale"
    rng = random.Random(2)
    repeated = [Configuration(str(i), tuple(rng.gauss(2.9, 0.01) for _ in range(6))) for i in range(20)]
    deviation, freedom = completed_noise([*FIELD, *repeated])
    assert freedom == 100
    assert deviation == pytest.approx(0.01, rel=0.2)
    few = [Configuration("twice", (2.900, 2.902)), *FIELD]
    expected = ((2 * 0.001**2 + 4 * completed_noise([Configuration("twice", (2.900,)), *FIELD])[0] ** 2) / 5) ** 0.5
    assert completed_noise(few) == (pytest.approx(expected), 5)


def test_values_that_are_all_equal_and_a_single_run_divide_by_nothing() -> None:
    assert completed_noise([]) == (0.0, 5)
    single = standings([Configuration("only", (2.9,))])
    assert (single[0].mean, single[0].deviation) == (2.9, 0.0)
    assert [one.mean for one in standings([Configuration("a", (1.0,)), Configuration("b", (1.0, 1.0))])] == [1.0, 1.0]
