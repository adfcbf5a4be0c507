"""What is said of a sweep's leader."""

from __future__ import annotations

import random

import pytest

from optsweep.results.seeds import Configuration
from optsweep.trust.noise import Interval
from optsweep.trust.ties import Ties
from optsweep.trust.verdict import chance_of, verdict
from tests.snapshots import make_run, make_snapshot

NOISE = 0.002


def test_what_is_said_is_true_as_often_as_it_says() -> None:
    rng = random.Random(3)
    said, true = 0.0, 0
    for _ in range(150):
        truth = [rng.gauss(2.9, 0.002) for _ in range(20)]
        tried = [Configuration(str(i), tuple(rng.gauss(t, NOISE) for _ in range(3))) for i, t in enumerate(truth)]
        chance = chance_of(tried)
        said += chance.within
        true += truth[int(chance.run)] - min(truth) <= chance.deviation
    assert said / 150 == pytest.approx(true / 150, abs=0.08)
    assert 0.5 < said / 150 < 0.99


def test_a_clear_leader_is_certain_and_the_best_is_less_certain_than_nearly_the_best() -> None:
    field = [Configuration(str(i), (2.9 + 0.0005 * i, 2.9 + 0.0005 * i + 0.001)) for i in range(12)]
    close = chance_of(field)
    assert 0 < close.best < close.within < 1
    clear = chance_of([Configuration("clear", (2.8, 2.801)), *field])
    assert clear.run == "clear"
    assert clear.within > 0.99


def test_the_words_name_the_value_after_the_choice_the_cheapest_tie_and_what_is_length() -> None:
    leader = make_run("large_quality", "complete", value=2.80, curve={1: 3.0, 2: 2.86, 3: 2.80}, seconds=900.0)
    second = make_run("tpe-001", "complete", value=2.85, curve={1: 3.0, 2: 2.85}, seconds=300.0)
    others = [make_run(f"tpe-{i:03d}", "complete", value=2.85 + i / 100) for i in range(2, 8)]
    after = [
        make_run(f"large_quality-seed{i}", "complete", value=2.80 + i / 100, source="repeat", preset=None,
                 repeat_of="large_quality", after_choice=True)
        for i in (2, 3)
    ]  # fmt: skip
    tied = Ties({"tpe-001": Interval(0.05, -0.01, 0.1), "tpe-002": Interval(0.07, 0.01, 0.1)}, None)
    found = verdict(make_snapshot([leader, second, *others, *after]), tied)
    assert found is not None
    assert found.lines[0].startswith("large_quality is within one seed deviation (")
    assert found.lines[0].endswith(" %")
    assert found.lines[1:] == [
        "its value by the seeds after the choice: 2.8250",
        "tpe-001 cannot be told from it and is the cheapest of those",
        "ahead of tpe-001 by 0.0500 at the end, by -0.0100 at equal sequences seen",
    ]
    assert found.seeds == 3


def test_a_seed_deviation_that_no_repeated_seed_has_shown_is_said_to_be_unmeasured() -> None:
    runs = [make_run(f"tpe-{i:03d}", "complete", value=2.8 + i / 100) for i in range(4)]
    repeat = make_run("tpe-000-seed2", "complete", value=2.81, source="repeat", repeat_of="tpe-000")
    alone, repeated = verdict(make_snapshot(runs)), verdict(make_snapshot([*runs, repeat]))
    assert alone is not None
    assert repeated is not None
    assert ", not measured: no seed was repeated) of the best that was tried" in alone.lines[0]
    assert "not measured" not in repeated.lines[0]


def test_a_single_configuration_is_the_best_of_nothing() -> None:
    assert verdict(make_snapshot([make_run("small_fast", "complete")])) is None
