"""Values of any size, and what they are of a run's evaluations, in words."""

from __future__ import annotations

import math
from typing import Any

import pytest

from optsweep.integrations.notes import run_note
from optsweep.results.words import value_words
from optsweep.study.definition import StudyDefinition
from optsweep.views.html import report_html
from optsweep.views.summary import best_table
from tests.snapshots import SCRIPT_STUDY, make_run, make_snapshot, render, trust_of


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (2.84123, "2.8412"),
        (-0.00999999999, "-0.0100"),
        (0.0, "0.0000"),
        (0.004211, "0.004211"),
        (1.2345e-6, "1.234e-06"),
        (12345.6, "12345.6"),
        (12345.64321, "12345.643"),
        (-123456789.0, "-1.2345679e+08"),
        (math.inf, "-"),
        (None, "-"),
    ],
)
def test_a_value_has_the_digits_that_tell_it_from_others(value: float | None, words: str) -> None:
    assert value_words(value) == words


def summarised(summary: Any) -> StudyDefinition:
    contents = SCRIPT_STUDY.model_dump()
    contents["trainer"]["metrics"] |= {"direction": "maximize", "summary": summary}
    return StudyDefinition.model_validate(contents)


@pytest.mark.parametrize(
    ("summary", "report", "best", "note"),
    [
        ("best", "its best evaluation", "(the best one was seen before", "0.9000 at step 7; the last one 0.8900"),
        ("last", "its last evaluation", "", "0.9000 at step 7 "),
        (
            {"mean of last": 3},
            "the mean of its last 3 evaluations",
            "(its value is the mean of its last 3 evaluations)",
            "0.9000 (the mean of its last 3 evaluations); the last one 0.8900",
        ),
    ],
    ids=["best", "last", "mean"],
)
def test_what_a_runs_value_is_is_said_as_it_is(summary: Any, report: str, best: str, note: str) -> None:
    definition = summarised(summary)
    last = 0.9 if summary == "last" else 0.89
    run = make_run("random-001", "complete", value=0.9, best_step=7, last_value=last, config={})
    snapshot = make_snapshot([run], definition=definition)
    page = report_html(snapshot, trust_of(snapshot))
    assert f"values are loss, higher is better; a run's value is {report}." in page.replace("&#39;", "'")
    assert best in render(best_table(snapshot, trust_of(snapshot), 1), 200)
    assert ("its last value" in render(best_table(snapshot, trust_of(snapshot), 1), 200)) == (summary != "last")
    assert note in run_note(run, {}, snapshot.trainer, definition.summary)
