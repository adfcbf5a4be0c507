"""What pruning may have cost, and budgets that are too long."""

from __future__ import annotations

from typing import Any

import pytest

from optsweep.results.records import StudySnapshot
from optsweep.results.seeds import SeedNoise
from optsweep.study.builtin.study import BuiltinStudy
from optsweep.study.sections import BudgetSection
from optsweep.trust.pruning import pruning_risk
from optsweep.views.fidelity import budget_words, risk_words
from tests.snapshots import CONFIG, SCRIPT_STUDY, make_run, make_snapshot

CURVE = {1: 3.0, 2: 2.9, 3: 2.85}
ITERATIONS = CONFIG["training"]["n_iters"]
BUDGET = BuiltinStudy(name="halved", budget=BudgetSection(sequences=3_840_000, full_sequences=12_800_000, scale=0.5))


def study(*cut: dict[int, float]) -> StudySnapshot:
    complete = [
        make_run(f"random-{number:03d}", "complete", value=2.8 + number / 100, curve=CURVE) for number in range(5)
    ]
    return make_snapshot(
        complete + [make_run(f"tpe-{number:03d}", "pruned", curve=curve) for number, curve in enumerate(cut)]
    )


def test_close_cuts_are_counted_once_the_seeds_noise_is_known() -> None:
    snapshot = study({1: 3.1, 2: 2.905}, {1: 3.1, 2: 3.05})
    unknown = pruning_risk(snapshot, {}, None)
    assert unknown is not None
    assert (unknown.cut, unknown.close, unknown.completed) == (2, None, 0)
    assert risk_words(unknown) == [
        "Risk of pruning: not measured; optsweep fidelity trains some of the cut runs to their end"
    ]
    known = pruning_risk(snapshot, {}, SeedNoise(0.01, 5, 15))
    assert known is not None
    assert known.close == 1
    assert "1 of 2 cut runs were closer to the median than two seeds" in risk_words(known)[0]


def test_cut_runs_that_would_have_been_among_the_best_three_are_told() -> None:
    found = pruning_risk(study({1: 3.1}, {1: 3.2}), {"tpe-000": 2.81, "tpe-001": 2.825}, None)
    assert found is not None
    assert (found.completed, found.entered_top) == (2, 1)
    assert risk_words(found) == ["Risk of pruning: 1 of 2 trained to their end would be among the best 3"]


def test_where_nothing_was_cut_there_is_no_risk() -> None:
    diverged = make_run("tpe-009", "pruned", reason="diverged at 10 %")
    assert pruning_risk(study(), {}, None) is None
    assert pruning_risk(make_snapshot([*study().runs, diverged]), {}, None) is None
    assert risk_words(None) == []
    assert pruning_risk(make_snapshot(study({1: 3.0}).runs, definition=SCRIPT_STUDY), {}, None) is None


def peaking(*shares: float, **values: Any) -> StudySnapshot:
    runs = [
        make_run(f"random-{number:03d}", "complete", best_step=round(share * ITERATIONS))
        for number, share in enumerate(shares)
    ]
    return make_snapshot(runs, definition=BUDGET, **values)


def test_a_budget_after_whose_half_many_get_no_better_is_too_long() -> None:
    # 40 % of half of 3.84 million, and a quarter more.
    assert budget_words(peaking(0.4, 0.4, 0.4, 1.0, 1.0)) == [
        "Budget too long for the subset: 3 of 5 complete runs were best before 60 % of it; 960 k sequences would do"
    ]


@pytest.mark.parametrize("late", [1.0, 0.6])
def test_what_is_proposed_is_shorter_than_what_there_is(late: float) -> None:
    (words,) = budget_words(peaking(0.59, 0.59, late, late, late))
    assert "1.4 M sequences would do" in words


@pytest.mark.parametrize(
    "shares",
    [(0.6,) * 6, (0.3, 0.3, 1.0, 1.0, 1.0, 1.0), (0.1,) * 4, ()],
    ids=["at 60 %", "a third", "too few runs", "none"],
)
def test_nothing_is_said_of_other_budgets(shares: tuple[float, ...]) -> None:
    assert budget_words(peaking(*shares)) == []
