"""Which configuration leads, when some of them have several seeds."""

from __future__ import annotations

import pytest

from optsweep.cli.promote import chosen_runs
from optsweep.results.records import RunRecord
from optsweep.trust.noise import pooled_noise
from optsweep.views.export import export
from optsweep.views.status import status_document
from tests.snapshots import CONFIG, make_run, make_snapshot, trust_of


def seed(first: str, number: int, value: float | None, state: str = "complete", **more: object) -> RunRecord:
    config = {**CONFIG, "training": {**CONFIG["training"], "seed": 100 + number}}
    run = f"{first}-seed{number}"
    own = {"source": "repeat", "preset": None, "repeat_of": first, "index": number, "value": value, "config": config}
    return make_run(run, state, **own, **more)


FIRSTS = [make_run(f"tpe-00{n}", "complete", value=2.80 + 0.01 * n, trial=n) for n in range(1, 7)]


def names(*repeats: RunRecord) -> list[str]:
    return [run.run for run in make_snapshot([*FIRSTS, *repeats]).ranking]


def test_without_repeats_the_values_decide() -> None:
    assert names() == [f"tpe-00{n}" for n in range(1, 7)]
    assert names(seed("tpe-001", 2, None, "waiting"), seed("tpe-001", 3, 2.99, "pruned")) == names()


def test_a_lucky_seed_does_not_lead_once_it_was_repeated() -> None:
    again = [seed("tpe-001", 2, 2.85), seed("tpe-001", 3, 2.86), seed("tpe-002", 2, 2.81)]
    snapshot = make_snapshot([*FIRSTS, *again])
    assert snapshot.best is not None
    assert (snapshot.best.run, snapshot.best.value) == ("tpe-002", 2.82)
    assert sorted(run.run for run in snapshot.ranking) == [run.run for run in FIRSTS], "repeats have no places"
    assert status_document(snapshot, trust_of(snapshot).verdict)["best"] == {
        "run": "tpe-002",
        "trial": 2,
        "preset": None,
        "value": 2.82,
    }


def test_seeds_after_the_choice_change_nothing() -> None:
    again = [seed("tpe-001", 2, 2.82), seed("tpe-002", 2, 2.83)]
    after = [seed("tpe-001", number, 2.99, after_choice=True) for number in (3, 4)]
    assert names(*again, *after) == names(*again)


def test_programs_see_what_is_a_seed_of_what() -> None:
    snapshot = make_snapshot([*FIRSTS, seed("tpe-001", 2, 2.82), seed("tpe-001", 3, 2.9, "running")])
    document = status_document(snapshot, trust_of(snapshot).verdict)
    runs = {run["run"]: run for run in document["runs"]}  # type: ignore[union-attr, index]
    assert [runs[run]["repeat_of"] for run in ("tpe-001", "tpe-001-seed2")] == [None, "tpe-001"]
    assert [runs[run]["seeds"] for run in ("tpe-001", "tpe-001-seed2", "tpe-001-seed3", "tpe-002")] == [2, 2, 2, 1]
    assert b"repeat_of" in export(snapshot, "csv").splitlines()[0]
    assert b'"seeds": 2' in export(snapshot, "json")


def test_a_repeat_is_promoted_as_its_first_seed() -> None:
    snapshot = make_snapshot([*FIRSTS, seed("tpe-003", 2, 2.7)])
    assert [run.run for run in chosen_runs(snapshot, run="tpe-003-seed2")] == ["tpe-003"]
    assert [run.run for run in chosen_runs(snapshot)] == [snapshot.ranking[0].run]


def test_the_seeds_of_one_configuration_tell_the_noise() -> None:
    noise = pooled_noise([*FIRSTS, seed("tpe-001", 2, 2.83)])
    assert noise is not None
    assert noise.repeats == 2
    assert noise.deviation == pytest.approx(0.02 / 2**0.5)
