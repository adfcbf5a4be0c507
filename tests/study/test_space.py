"""The search space: checks of values, conditional parameters, assignments from the command line."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pydantic import ValidationError

from optsweep.errors import ConfigError
from optsweep.study.assignments import parse_assignments
from optsweep.study.builtin.space import Space
from optsweep.study.ranges import Range
from optsweep.study.space import identity

SPACE = Space()
GOOD: dict[str, Any] = {
    "lr": 1e-4,
    "decay": 0.01,
    "dropout": 0.1,
    "hidden_size": 512,
    "head_dim": 64,
    "n_blocks": 6,
    "cond_dim": 128,
    "effective_batch": 128,
    "ema_fraction": 0.03,
    "beta2": 0.999,
    "grad_clip": 1.0,
    "warmup_fraction": 0.1,
    "schedule": "loglinear",
    "curriculum": False,
}


def test_good_parameters_have_no_mistakes() -> None:
    assert SPACE.check(GOOD) == []
    assert SPACE.check(GOOD | {"curriculum": True, "preschool_fraction": 0.1}) == []


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"lr": 1}, "lr = 1 is not a real number"),
        ({"lr": "x"}, "lr = 'x' is not a real number"),
        ({"hidden_size": 512.0}, "hidden_size = 512.0 is not an integer"),
        ({"n_blocks": True}, "n_blocks = True is not an integer"),
        ({"curriculum": 1}, "curriculum = 1 is not true or false"),
        ({"lr": 0.01}, "lr = 0.01 is outside 1e-05..0.001"),
        ({"lr": float("nan")}, "lr = nan is outside 1e-05..0.001"),
        ({"hidden_size": 640}, "hidden_size = 640 is not among 512, 768, 1024"),
        ({"schedule": "linear"}, "schedule = 'linear' is not among loglinear, cosine"),
        ({"hiden_size": 512}, "hiden_size is not a known name; did you mean hidden_size?"),
        ({"preschool_fraction": 0.1}, "preschool_fraction needs curriculum = true"),
        ({"curriculum": True}, "preschool_fraction is missing"),
    ],
)
def test_each_mistake_is_named(change: dict[str, Any], mistake: str) -> None:
    assert SPACE.check(GOOD | change, "preset small_fast") == [f"preset small_fast: {mistake}"]


def test_all_mistakes_are_found_at_once() -> None:
    values = {name: value for name, value in GOOD.items() if name != "beta2"} | {"lr": 1.0, "dropout": "no"}
    assert SPACE.check(values) == [
        "lr = 1.0 is outside 1e-05..0.001",
        "dropout = 'no' is not a real number",
        "beta2 is missing",
    ]


def test_a_partial_configuration_misses_nothing() -> None:
    assert SPACE.check({"lr": 1e-4}, partial=True) == []
    assert SPACE.check({"preschool_fraction": 0.1}, partial=True) == ["preschool_fraction needs curriculum = true"]


def test_random_draws_are_legal_and_have_the_conditional_parameter_only_with_the_curriculum() -> None:
    draws = [SPACE.draw(SPACE.generators(str(seed)), {}) for seed in range(300)]
    assert all(SPACE.check(parameters) == [] for parameters in draws)
    assert {parameters["curriculum"] for parameters in draws} == {True, False}
    assert all(("preschool_fraction" in parameters) == parameters["curriculum"] for parameters in draws)
    assert all(set(parameters) == set(SPACE.active(parameters)) for parameters in draws)


def test_a_given_curriculum_brings_its_preschool() -> None:
    parameters = SPACE.draw(SPACE.generators("1"), {"curriculum": True, "lr": 1e-4})
    assert parameters["lr"] == 1e-4
    assert "preschool_fraction" in parameters


def test_log_uniform_draws_spread_over_the_decades() -> None:
    rng = random.Random(0)
    values = [Range(low=1e-5, high=1e-3, log=True).draw(rng) for _ in range(1000)]
    assert 400 < sum(value < 1e-4 for value in values) < 600


def test_values_that_differ_in_the_fourth_digit_were_one_configuration() -> None:
    assert identity(GOOD | {"lr": 1.0001e-4}, "value") == identity(GOOD, "value")
    assert identity(GOOD | {"lr": 1.01e-4}, "value") != identity(GOOD, "value")
    assert identity(GOOD | {"lr": 1.0001e-4}, "width") != identity(GOOD, "width")


@pytest.mark.parametrize(
    ("low", "high", "value", "rounded"),
    [(1000.0, 1004.0, 1002.3456, 1002.35), (0.99, 0.9999, 0.991234, 0.99123), (-1.5, -1.4, -1.43219, -1.432)],
)
def test_f1_a_range_that_is_narrow_beside_its_values_is_rounded_by_its_width(
    low: float, high: float, value: float, rounded: float
) -> None:
    assert Range(low=low, high=high).rounded(value, "width") == rounded
    assert Range(low=low, high=high).rounded(high, "width") == high


def test_f1_the_usual_ranges_are_rounded_as_in_every_version() -> None:
    for name in SPACE.names():
        if isinstance(kind := SPACE.parameter(name), Range):
            values = [kind.draw(random.Random(seed)) for seed in range(200)]
            assert [kind.rounded(value, "width") for value in values] == [
                kind.rounded(value, "value") for value in values
            ]


def test_a_bare_value_is_the_only_choice() -> None:
    space = Space.model_validate({"lr": 1e-4, "hidden_size": 512, "curriculum": False})
    assert space.lr.limits == (1e-4, 1e-4)
    assert space.check(GOOD | {"lr": 2e-4}) == ["lr = 0.0002 is not among 0.0001"]
    assert space.longest_phase == 0.2


def test_the_size_counts_the_preschool_only_with_the_curriculum() -> None:
    choices = {name: SPACE.parameter(name).limits[0] for name in SPACE.names()} | {
        "preschool_fraction": {"choices": [0.1, 0.2]}
    }
    assert Space.model_validate(choices | {"curriculum": {"choices": [False, True]}}).size == 3
    assert Space.model_validate(choices | {"curriculum": False}).size == 1


@pytest.mark.parametrize(
    "values",
    [
        {"lr": {"low": 1e-3, "high": 1e-4}},
        {"lr": {"low": 0.0, "high": 1e-4, "log": True}},
        {"lr": {"low": 1e-4}},
        {"dropout": {"low": 0.0, "high": 1.0}},
        {"beta2": True},
        {"lr": "1e-4"},
        {"hidden_size": {"choices": []}},
        {"hidden_size": {"choices": [512, 512]}},
        {"hidden_size": {"low": 512, "high": 1024}},
        {"hidden_size": 512.0},
        {"head_dim": 33},
        {"hidden_size": {"choices": [48, 64]}, "head_dim": 32},
        {"schedule": "linear"},
        {"curriculum": 1},
        {"momentum": 0.9},
    ],
)
def test_a_wrong_space_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Space.model_validate(values)


def test_assignments_take_the_type_of_their_parameter() -> None:
    given = parse_assignments(
        ["lr=1e-4", "hidden_size = 512", "grad_clip=1", "schedule=cosine", "curriculum=true"], SPACE.givable
    )
    assert given == {"lr": 1e-4, "hidden_size": 512, "grad_clip": 1.0, "schedule": "cosine", "curriculum": True}
    assert type(given["grad_clip"]) is float
    assert SPACE.check(given, partial=True) == []


def test_wrong_assignments_are_all_named() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_assignments(
            ["lr", "lr=x", "hidden_size=1.5", "curriculum=maybe", "lrr=1", "beta2=0.9", "beta2=0.9"], SPACE.givable
        )
    assert caught.value.mistakes == [
        "'lr' is not NAME=VALUE",
        "lr = 'x' is not a real number",
        "hidden_size = '1.5' is not an integer",
        "curriculum = 'maybe' is not true or false",
        "lrr is not a known name; did you mean lr?",
        "beta2 is given twice",
    ]
