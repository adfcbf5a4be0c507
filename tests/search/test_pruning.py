"""Pruning: Optuna's decisions over the best so far, our words; presets and the warmup are spared."""

from __future__ import annotations

import itertools
import random
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import optuna
import pytest
from optuna.pruners import BasePruner, MedianPruner, PercentilePruner
from optuna.trial import FrozenTrial, TrialState, create_trial

from optsweep.errors import ConfigError
from optsweep.results.attributes import PREFIX
from optsweep.search.pruning_rule import CurvePruner
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import parse_study

UNIREF50 = Path(__file__).parents[2] / "studies" / "uniref50.toml"


def definition(**pruner: object) -> StudyDefinition:
    contents = tomllib.loads(UNIREF50.read_text())
    contents["pruner"] |= pruner
    return parse_study(contents, "mine", "mine.toml")


def begun_before(new: StudyDefinition) -> StudyDefinition:
    """As a version stored it that compared with raw values."""
    return new.model_copy(update={"pruner": new.pruner.model_copy(update={"others_best": False})})


def finish(
    study: optuna.Study, curve: Sequence[float], state: TrialState = TrialState.COMPLETE, source: str = "tpe"
) -> None:
    study.add_trial(
        create_trial(
            state=state,
            value=min(curve) if state == TrialState.COMPLETE else None,
            intermediate_values=dict(enumerate(curve, start=1)),
            user_attrs={f"{PREFIX}source": source},
        )
    )


def running(study: optuna.Study, curve: Sequence[float], preset: str | None = None, source: str = "tpe") -> FrozenTrial:
    trial = study.ask()
    trial.set_user_attr(f"{PREFIX}preset", preset)
    trial.set_user_attr(f"{PREFIX}source", source)
    for step, value in enumerate(curve, start=1):
        trial.report(value, step)
    return study._storage.get_trial(trial._trial_id)


@pytest.fixture
def study() -> optuna.Study:
    """Five complete runs with 2.82 to 2.86 at every point."""
    study = optuna.create_study()
    for number in range(5):
        finish(study, [2.82 + 0.01 * number] * 20)
    return study


def test_a_poor_run_is_cut_and_the_words_say_why(study: optuna.Study) -> None:
    assert (
        CurvePruner(definition()).reason(study, running(study, [2.91] * 8))
        == "pruned at 40 %: 2.91 > median 2.84 of 5 runs"
    )


def test_a_good_run_goes_on(study: optuna.Study) -> None:
    assert CurvePruner(definition()).reason(study, running(study, [2.91] * 7 + [2.84])) is None


def test_the_best_so_far_counts(study: optuna.Study) -> None:
    assert CurvePruner(definition()).reason(study, running(study, [2.83] + [2.91] * 7)) is None


@pytest.mark.parametrize(("step", "cut"), [(1, False), (6, False), (7, True), (20, True)])
def test_nothing_is_cut_before_warmup_and_preschool_are_over(study: optuna.Study, step: int, cut: bool) -> None:
    assert (CurvePruner(definition()).reason(study, running(study, [2.91] * step)) is not None) == cut


def test_presets_are_never_cut(study: optuna.Study) -> None:
    assert CurvePruner(definition()).reason(study, running(study, [9.0] * 8, preset="small_fast")) is None


def test_repeats_are_never_cut_and_nothing_is_compared_with_them(study: optuna.Study) -> None:
    assert CurvePruner(definition()).reason(study, running(study, [2.91] * 8, source="repeat")) is None
    for _ in range(20):
        finish(study, [2.99] * 20, source="repeat")
    assert CurvePruner(definition()).reason(study, running(study, [2.91] * 8)) is not None


def test_five_runs_must_have_completed() -> None:
    study = optuna.create_study()
    for _ in range(4):
        finish(study, [2.8] * 20)
    for _ in range(3):
        finish(study, [2.8] * 8, TrialState.PRUNED)
    poor = running(study, [3.0] * 8)
    assert CurvePruner(definition()).reason(study, poor) is None
    finish(study, [2.8] * 20)
    assert CurvePruner(definition()).reason(study, poor) is not None


def test_enough_runs_must_have_a_value_at_the_same_point() -> None:
    study = optuna.create_study()
    for length in (7, 7, 7, 20, 20):
        finish(study, [2.8] * length)
    poor = running(study, [3.0] * 8)
    assert CurvePruner(definition()).reason(study, poor) is None
    assert CurvePruner(definition(minimum=2)).reason(study, poor) is not None


def test_close_values_are_shown_apart(study: optuna.Study) -> None:
    reason = CurvePruner(definition()).reason(study, running(study, [2.8401] * 8))
    assert reason == "pruned at 40 %: 2.8401 > median 2.8400 of 5 runs"


def test_percentile_and_its_words(study: optuna.Study) -> None:
    strict = definition(kind="percentile", percentile=25.0)
    reason = CurvePruner(strict).reason(study, running(study, [2.835] * 8))
    assert reason == "pruned at 40 %: 2.835 > 2.830, the limit of the best 25 % of 5 runs"
    lenient = CurvePruner(definition(kind="percentile", percentile=75.0))
    assert lenient.reason(study, running(study, [2.835] * 8)) is None


def test_none_never_prunes(study: optuna.Study) -> None:
    assert CurvePruner(definition(kind="none")).reason(study, running(study, [9.0] * 20)) is None


def test_halving_cuts_the_worse_half_at_each_rung(study: optuna.Study) -> None:
    halving = definition(kind="halving")
    assert CurvePruner(halving).reason(study, running(study, [2.835] * 7)) is None
    reason = CurvePruner(halving).reason(study, running(study, [2.845] * 7))
    assert reason == "pruned at 35 %: 2.85 > 2.84, the limit of the better half of 6 runs"
    assert CurvePruner(halving).reason(study, running(study, [2.845] * 8)) is None
    assert CurvePruner(halving).reason(study, running(study, [2.845] * 14)) is not None


def test_runs_cut_at_a_rung_stay_in_its_contest(study: optuna.Study) -> None:
    for _ in range(3):
        finish(study, [3.0] * 7, TrialState.PRUNED)
    assert CurvePruner(definition(kind="halving")).reason(study, running(study, [2.855] * 7)) is not None
    finish(study, [3.0] * 7, TrialState.PRUNED)
    assert CurvePruner(definition(kind="halving")).reason(study, running(study, [2.855] * 7)) is None


ORACLES: list[tuple[dict[str, object], Callable[[], BasePruner]]] = [
    ({"kind": "median"}, lambda: MedianPruner(5, 7, 1, n_min_trials=3)),
    ({"kind": "percentile", "percentile": 30.0}, lambda: PercentilePruner(30.0, 5, 7, 1, n_min_trials=3)),
]


@pytest.mark.parametrize("begun", ["now", "before"])
@pytest.mark.parametrize(("settings", "oracle"), ORACLES, ids=["median", "percentile"])
def test_the_decisions_are_optunas(
    settings: dict[str, object], oracle: Callable[[], BasePruner], begun: Literal["now", "before"]
) -> None:
    """Over curves of the best so far; over raw values in a study that an earlier version began."""
    rng = random.Random(5)
    study, told, theirs = optuna.create_study(), optuna.create_study(), oracle()
    ours = CurvePruner(definition(**settings) if begun == "now" else begun_before(definition(**settings)))
    decisions = []
    for _ in range(120):
        level = rng.gauss(2.9, 0.05)
        curve = [rng.gauss(level, 0.02) for _ in range(rng.randint(1, 20))]
        trial = running(study, curve)
        twin = running(told, list(itertools.accumulate(curve, min)) if begun == "now" else curve)
        reason = ours.reason(study, trial)
        assert (reason is not None) == theirs.prune(told, twin)
        assert reason is None or re.match(rf"pruned at {5 * len(curve)} %: ", reason)
        decisions.append(reason is not None)
        state = TrialState.PRUNED if reason else rng.choice([TrialState.COMPLETE, TrialState.FAIL])
        for one, number in ((study, trial.number), (told, twin.number)):
            one.tell(number, min(curve) if state == TrialState.COMPLETE else None, state=state)
    assert 10 < sum(decisions) < 110


def test_a_worse_run_is_cut_at_the_first_chance_though_the_others_overfitted_afterwards() -> None:
    noise, first = 0.002, 7
    falling = [3.0 - 0.02 * point for point in range(1, 6)]
    overfitting = [falling[-1] + 0.005 * point for point in range(1, 16)]
    study = optuna.create_study()
    for number in range(-2, 3):
        finish(study, [value + number * noise / 2 for value in falling + overfitting])
    worse = [value + 2 * noise for value in falling + overfitting]
    reasons = [CurvePruner(definition()).reason(study, running(study, worse[:step])) for step in range(1, first + 1)]
    assert reasons == [None] * (first - 1) + ["pruned at 35 %: 2.904 > median 2.900 of 5 runs"]
    assert CurvePruner(begun_before(definition())).reason(study, running(study, worse)) is None


def test_a_study_that_was_begun_before_goes_on_to_compare_with_raw_values() -> None:
    assert definition().pruner.others_best
    stored = definition().model_dump()
    del stored["pruner"]["others_best"]
    begun = StudyDefinition.model_validate(stored)
    assert not begun.pruner.others_best
    assert definition(startup=9).planned_like(begun).pruner == begun.pruner.model_copy(update={"startup": 9})
    with pytest.raises(ConfigError, match=r"pruner\.others_best is not a known name"):
        definition(others_best=False)


def test_runs_that_finish_later_are_seen(study: optuna.Study) -> None:
    unfinished = running(study, [2.78] * 20)
    poor = running(study, [2.85] * 8)
    assert CurvePruner(definition()).reason(study, poor) == "pruned at 40 %: 2.85 > median 2.84 of 5 runs"
    study.tell(unfinished.number, 2.78)
    assert CurvePruner(definition()).reason(study, poor) == "pruned at 40 %: 2.85 > median 2.83 of 6 runs"
