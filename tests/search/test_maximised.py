"""Where higher is better: what is cut and why, and where TPE looks; also in studies that are stored negated."""

from __future__ import annotations

import statistics
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState, create_trial

from optsweep.results.attributes import PREFIX
from optsweep.results.records import FEWEST_RUNS
from optsweep.search.importance import importance
from optsweep.search.pruning_rule import CurvePruner, told_apart
from optsweep.search.sampling import Sampler, distributions_for
from optsweep.study.definition import StudyDefinition
from optsweep.study.direction import Direction
from optsweep.study.file import parse_study
from tests.search.test_pruning import running
from tests.snapshots import make_run, make_snapshot


def definition(**metrics: Any) -> StudyDefinition:
    contents: Any = {
        "study": {"type": "tpe", "trials": 50},
        "budget": {"num_evaluations": 20},
        "pruner": {"warmup_fraction": 0.3},
        "sampler": {"startup": 5},
        "trainer": {
            "command": ["python", "train.py", "{flags}"],
            "metrics": {"kind": "jsonl", "value": "acc", "direction": "maximize", **metrics},
        },
        "space": {"x": {"low": 0.0, "high": 1.0}, "y": {"low": 0.0, "high": 1.0}},
    }
    return parse_study(contents, "mine", "mine.toml")


def begun_before(new: StudyDefinition) -> StudyDefinition:
    """As a version stored it that negated what it read."""
    contents: Any = new.model_dump()
    del contents["trainer"]["metrics"]["direction"]
    contents["trainer"]["metrics"]["maximize"] = True
    return StudyDefinition.model_validate(contents)


NEW = definition()
OLD = begun_before(NEW)


def test_an_older_study_is_told_from_a_new_one() -> None:
    assert (NEW.direction, NEW.stored_direction, NEW.shown(0.9)) == (Direction.MAXIMIZE, Direction.MAXIMIZE, 0.9)
    assert (OLD.direction, OLD.stored_direction, OLD.shown(-0.9)) == (Direction.MAXIMIZE, Direction.MINIMIZE, 0.9)


def test_a_file_of_before_goes_on_with_its_study() -> None:
    again = definition(direction="maximize").planned_like(OLD)
    assert again.model_dump() == OLD.model_dump()
    assert definition().planned_like(NEW).model_dump() == NEW.model_dump()


@pytest.mark.parametrize("begun", [NEW, OLD], ids=["new", "old"])
def test_what_is_lower_than_the_others_is_cut_and_the_words_have_the_scripts_numbers(begun: StudyDefinition) -> None:
    sign = begun.stored_direction.cost(1) * Direction.MAXIMIZE.cost(1)
    study = optuna.create_study(direction=begun.stored_direction.value)
    for number in range(5):
        values = [sign * (0.82 + 0.01 * number) * step / 20 for step in range(1, 21)]
        study.add_trial(
            create_trial(value=values[-1], intermediate_values=dict(enumerate(values, 1)), params={}, distributions={})
        )

    def reason(last: float) -> str | None:
        rising = [sign * last * step / 8 for step in range(1, 9)]
        return CurvePruner(begun).reason(study, running(study, rising))

    assert reason(0.30) == "pruned at 40 %: 0.30 < median 0.34 of 5 runs"
    assert reason(0.35) is None


def test_tpe_looks_where_values_are_high() -> None:
    study = optuna.create_study(direction="maximize")
    for number in range(20):
        parameters = {"x": number / 20 + 0.01, "y": (7 * number % 20) / 20 + 0.01}
        study.add_trial(
            create_trial(
                value=parameters["x"],
                params=parameters,
                distributions=distributions_for(NEW, parameters),
                user_attrs={f"{PREFIX}source": "tpe"},
            )
        )
    drawn = []
    for index in range(20, 26):
        trial = study._storage.get_trial(study.ask()._trial_id)
        drawn.append(Sampler(NEW).draw(study, trial, source="tpe", fixed={}, index=index)["x"])
        study.tell(trial.number, state=TrialState.FAIL)
    assert statistics.median(float(x) for x in drawn) > 0.8


def test_importance_is_of_what_makes_the_best_runs_not_the_worst() -> None:
    """Only above x = 0.7 it matters; below, where the values are low, y alone does."""
    runs = []
    for number in range(60):
        x, y = (number * 0.381966) % 1, (number * 0.618034**2 * 7) % 1
        value = 10 * x if x > 0.7 else y
        runs.append(make_run(f"tpe-{number:03d}", "complete", value=value, parameters={"x": x, "y": y}, config={}))
    assert len(runs) > FEWEST_RUNS
    found = importance(make_snapshot(runs, definition=NEW))
    assert found[0].parameter == "x"
    assert found[0].share > 0.8


@pytest.mark.parametrize(
    ("value", "other", "words"),
    [
        (0.91, 0.92, ("0.91", "0.92")),
        (0.9114, 0.9116, ("0.911", "0.912")),
        (12345.6, 12345.5, ("12345.60", "12345.50")),
        (3e-12, 4e-12, ("3e-12", "4e-12")),
        (3.141e-12, 3.142e-12, ("3.141e-12", "3.142e-12")),
    ],
)
def test_two_values_are_told_apart_whatever_their_size(value: float, other: float, words: tuple[str, str]) -> None:
    assert told_apart(value, other) == words
