"""How likely none is better than the leader, and what of a lead is training length."""

from __future__ import annotations

import random

import pytest

from optsweep.results.seeds import Configuration, completed_noise, leader, pooled
from optsweep.trust.lead import chance_within, length_lead
from tests.snapshots import make_run, make_snapshot

NOISE = 0.002


def test_what_is_said_is_true_as_often_as_it_says() -> None:
    rng = random.Random(3)
    said, true = 0.0, 0
    for _ in range(150):
        truth = [rng.gauss(2.9, 0.002) for _ in range(20)]
        tried = [Configuration(str(i), tuple(rng.gauss(t, NOISE) for _ in range(3))) for i, t in enumerate(truth)]
        noise = pooled(one.costs for one in tried)
        said += chance_within(tried, noise)
        first = leader(tried)
        assert first is not None
        true += truth[int(first)] - min(truth) <= completed_noise(tried, noise)[0]
    assert said / 150 == pytest.approx(true / 150, abs=0.08)
    assert 0.5 < said / 150 < 0.99


def test_a_clear_leader_is_certain_and_one_of_many_like_it_is_not() -> None:
    field = [Configuration(str(i), (2.9 + 0.0005 * i, 2.9 + 0.0005 * i + 0.001)) for i in range(12)]
    close = chance_within(field, pooled(one.costs for one in field))
    clear = [Configuration("clear", (2.8, 2.801)), *field]
    assert 0 < close < 0.95
    assert chance_within(clear, pooled(one.costs for one in clear)) > 0.99


def test_noise_that_other_studies_have_measured_counts() -> None:
    once = [Configuration(str(i), (2.9 + 0.001 * i,)) for i in range(8)]
    loud = pooled([(2.90, 2.95, 3.00)] * 4)
    quiet = pooled([(2.9, 2.90001, 2.90002)] * 4)
    assert loud is not None
    assert quiet is not None
    assert chance_within(once, quiet) > 0.99
    assert completed_noise(once, loud)[0] == pytest.approx(loud.deviation)


def test_only_a_longer_training_has_a_lead_that_is_length() -> None:
    long = make_run("long", "complete", value=2.80, curve={1: 3.0, 2: 2.86, 3: 2.80}, config={})
    short = make_run("short", "complete", value=2.85, curve={1: 3.0, 2: 2.85}, config={})
    snapshot = make_snapshot([long, short])
    found = length_lead(long, short, snapshot)
    assert found is not None
    assert (found.lead, found.at_equal) == (pytest.approx(0.05), pytest.approx(-0.01))
    # As long as the other, but ended early, because it overfitted.
    early = make_run("early", "complete", value=2.85, curve={1: 3.0, 2: 2.85})
    whole = make_run("whole", "complete", value=2.80, curve={1: 3.0, 2: 2.86, 3: 2.80})
    assert length_lead(whole, early, snapshot) is None
