"""The last word: a planted best one is found, planted equals are called a tie."""

from __future__ import annotations

import json

import numpy as np
import pytest

from optsweep.results.attributes import Weights
from optsweep.results.seeds import SeedNoise
from optsweep.study.file import parse_study
from optsweep.trust.confirmation import Confirmation, confirmation, confirmation_by_value
from optsweep.views.fidelity import confirmation_lines, document
from tests.snapshots import make_run, make_snapshot
from tests.trust.planted import WEIGHTS, Losses, make_losses, seeded, value_of

BOTH = Weights(validation=WEIGHTS, confirmation=WEIGHTS)


def confirmed(
    truths: dict[str, float], seeds: int = 3, deviation: float = 0.002, noise: SeedNoise | None = None
) -> Confirmation | None:
    """Finalists whose true values differ by ``truths``; in the sweep the last one came first."""
    order = list(truths)[::-1]
    origin = make_snapshot([make_run(run, "complete", value=2.7 + order.index(run) / 1000) for run in order])
    runs, losses = [], Losses()
    for number, (of, truth) in enumerate(truths.items()):
        moves = deviation * np.linspace(-1, 1, seeds) if seeds > 1 else [0.0]
        for seed, move in enumerate(moves):
            name = f"{of}-seed-{seed + 1}"
            validation = make_losses(-0.5 - number, 10 * number + seed)
            runs.append(seeded(name, 1000 + seed, 2.8 + float(move), of=of))
            losses[name] = np.concatenate([validation, make_losses(truth + float(move), 500 + 10 * number + seed)])
    return confirmation(origin, make_snapshot(runs), losses, BOTH, noise)


def test_the_best_one_on_the_confirmation_sequences_is_found_whatever_the_sweep_said() -> None:
    found = confirmed({"best": 0.0, "middle": 0.03, "swept best": 0.05})
    assert found is not None
    assert [one.run for one in found.finalists] == ["best", "middle", "swept best"]
    assert found.verdict == "best is the best of the 3 (probability 100 %)"
    best = found.finalists[0]
    assert best.swept == pytest.approx(2.702)
    assert best.confirmed.value == pytest.approx(value_of(make_losses(0.0, 1)), abs=1e-4)
    assert best.confirmed.low < best.confirmed.value < best.confirmed.high
    assert (best.seeds, best.probability_of_best) == (3, 1.0)
    assert sum(one.probability_of_best for one in found.finalists) == pytest.approx(1)


def test_equals_are_called_a_tie() -> None:
    found = confirmed({"one": 0.0, "other": 0.0002}, deviation=0.004)
    assert found is not None
    assert found.verdict.startswith("a tie: one is the best with probability")
    assert 0.3 < found.finalists[0].probability_of_best < 0.95
    assert found.noise is not None
    assert found.noise.deviation == pytest.approx(0.004)


def test_the_seeds_noise_counts_by_how_many_they_are() -> None:
    few = confirmed({"one": 0.0, "other": 0.01}, seeds=2, deviation=0.01)
    many = confirmed({"one": 0.0, "other": 0.01}, seeds=9, deviation=0.01)
    assert few is not None
    assert many is not None
    assert few.finalists[0].probability_of_best < many.finalists[0].probability_of_best


def test_of_one_seed_the_noise_is_that_of_fidelity_or_said_to_be_left_out() -> None:
    alone = confirmed({"one": 0.0, "other": 0.01}, seeds=1)
    assert alone is not None
    assert alone.noise is None
    assert alone.verdict == "one is the best of the 2 (probability 100 %, seeds left out)"
    informed = confirmed({"one": 0.0, "other": 0.01}, seeds=1, noise=SeedNoise(0.02, 5, 15))
    assert informed is not None
    assert informed.verdict.startswith("a tie")
    assert "seeds left out" not in informed.verdict


def test_unfinished_runs_and_runs_of_nobody_are_left_out() -> None:
    origin = make_snapshot([make_run("a", "complete"), make_run("b", "complete")])
    losses = {name: np.concatenate([make_losses(0, 1)] * 2) for name in ("a-seed-1", "b-seed-1", "x-seed-1")}
    runs = [
        seeded("a-seed-1", 1, 2.8, of="a"),
        make_run("b-seed-1", "running", of="b"),
        seeded("x-seed-1", 1, 2.8, of="x"),
        seeded("a-seed-2", 2, 2.8, of="a"),
    ]
    found = confirmation(origin, make_snapshot(runs), losses, BOTH)
    assert found is not None
    assert [(one.run, one.seeds) for one in found.finalists] == [("a", 1)]
    assert "a: 2." in found.verdict
    assert confirmation(origin, make_snapshot(runs[1:]), losses, BOTH) is None


def test_what_is_printed() -> None:
    found = confirmed({"best": 0.0, "worse": 0.05})
    assert found is not None
    lines = confirmation_lines(found)
    assert lines[0] == "Confirmed: best is the best of the 2 (probability 100 %)"
    assert "over 3 seeds, best with probability 100 % (in the sweep 2.7010)" in lines[1]
    assert json.loads(json.dumps(document(found), allow_nan=False))["finalists"][0]["run"] == "best"


def confirmed_by_value(
    seeds: dict[str, list[float]], direction: str = "minimize", noise: SeedNoise | None = None
) -> Confirmation | None:
    """Finalists of a script's study with the values of their fresh seeds; "swept" led the sweep."""
    contents = {
        "trainer": {
            "command": ["python", "{lr}", "{seed}"],
            "metrics": {"kind": "jsonl", "file": "log", "value": "acc", "total": 9, "direction": direction},
        },
        "space": {"lr": {"low": 1e-4, "high": 1e-1}},
    }
    definition = parse_study(contents, "script", "script.toml")
    origin = make_snapshot([make_run(run, "complete", value=0.5) for run in seeds], definition=definition, data=None)
    runs = [
        seeded(f"{of}-seed-{number}", number, value, of=of)
        for of, values in seeds.items()
        for number, value in enumerate(values, start=1)
    ]
    return confirmation_by_value(origin, make_snapshot(runs, definition=definition, data=None), noise)


VALUES = {"low": [0.10, 0.11, 0.12], "high": [0.80, 0.81, 0.82]}


@pytest.mark.parametrize(("direction", "best"), [("minimize", "low"), ("maximize", "high")])
def test_a_scripts_finalists_are_judged_by_its_own_values(direction: str, best: str) -> None:
    found = confirmed_by_value(VALUES, direction)
    assert found is not None
    first, second = found.finalists
    assert (first.run, first.seeds, first.probability_of_best) == (best, 3, 1.0)
    assert first.confirmed.value == pytest.approx(VALUES[best][1])
    assert first.confirmed.low < first.confirmed.value < first.confirmed.high
    assert second.probability_of_best == 0
    assert found.verdict == f"{best} is the best of the 2 (probability 100 %)"
    assert not any("nats" in line or "sequences" in line for line in confirmation_lines(found))
    json.dumps(document(found), allow_nan=False)


def test_a_scripts_equals_are_called_a_tie() -> None:
    found = confirmed_by_value({"one": [0.1, 0.3, 0.5], "other": [0.11, 0.31, 0.51]})
    assert found is not None
    assert found.verdict.startswith("a tie: one is the best with probability 5")


def test_one_fresh_seed_of_a_script_says_nothing_of_luck_unless_that_is_known() -> None:
    found = confirmed_by_value({"one": [0.1], "other": [0.2]})
    assert found is not None
    assert found.verdict.startswith("one comes first; what of that is luck, one seed each does not tell")
    assert "  one: 0.1000 over 1 seed (in the sweep 0.5000)" in confirmation_lines(found)
    json.dumps(document(found), allow_nan=False)
    known = confirmed_by_value({"one": [0.1], "other": [0.2]}, noise=SeedNoise(0.2, 3, 9))
    assert known is not None
    assert known.verdict.startswith("a tie: one")
    alone = confirmed_by_value({"one": [0.1]})
    assert alone is not None
    assert alone.verdict == "one: 0.1000 acc over fresh seeds, by the script's own value"
    assert confirmed_by_value({}) is None
