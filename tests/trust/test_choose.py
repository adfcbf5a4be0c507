"""Which runs are trained again, and with which configs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from optsweep.errors import ConfigError
from optsweep.planning.trained_again import Setting, factor, finished_ranking, larger, repeats, spread, with_seed
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.search.sampling import RandomRuns
from optsweep.study.file import load_study
from optsweep.trainers import trainer_of
from tests.snapshots import make_run, make_snapshot

DEFINITION = load_study("uniref50")


def trained(number: int, state: str = "complete", value: float = 2.8, **values: Any) -> RunRecord:
    parameters = RandomRuns(DEFINITION).parameters(number)
    config = trainer_of(DEFINITION).resolve(parameters, preset=None, seed=11)
    run = f"random-{number + 1:03d}"
    return make_run(run, state, value=value, parameters=parameters, config=config, **{"index": number, **values})


def study(runs: list[RunRecord]) -> StudySnapshot:
    return make_snapshot(runs, definition=DEFINITION)


@pytest.mark.parametrize("total", [4, 5, 20, 21, 60, 400])
@pytest.mark.parametrize("count", [4, 5, 20])
def test_runs_are_spread_over_the_ranking_and_denser_at_its_top(total: int, count: int) -> None:
    ranking = [make_run(f"run{place}", "complete") for place in range(total)]
    chosen = spread(ranking, count)
    places = [ranking.index(run) for run in chosen]
    assert len(places) == len(set(places)) == min(count, total)
    assert places == sorted(places)
    assert (places[0], places[-1]) == (0, total - 1)
    if total >= 3 * count and count == 20:
        assert sum(place < total / 3 for place in places) >= count / 2


def test_three_finished_runs_are_too_few() -> None:
    with pytest.raises(ConfigError, match="3 runs have finished; rank agreement needs at least 4"):
        spread([make_run(f"run{place}", "complete") for place in range(3)], 20)


def test_cut_runs_follow_the_complete_ones_the_latest_cut_first() -> None:
    runs = [
        make_run("early", "pruned", progress=0.4, value=2.7),
        make_run("diverged", "pruned", progress=0.9, reason="diverged at 90 %", value=float("nan")),
        make_run("second", "complete", value=2.9),
        make_run("late", "pruned", progress=0.7, value=2.95),
        make_run("late but better", "pruned", progress=0.7, value=2.9),
        make_run("first", "complete", value=2.8),
        make_run("failed", "failed"),
        make_run("running", "running"),
    ]
    ranking = [run.run for run in finished_ranking(make_snapshot(runs))]
    assert ranking == ["first", "second", "late but better", "late", "early"]


def test_cut_runs_are_completed_and_the_best_five_repeated_with_other_seeds() -> None:
    runs = [trained(number, value=2.8 + number / 100) for number in range(6)] + [trained(6, "pruned")]
    snapshot = study(runs)
    chosen = finished_ranking(snapshot)
    again = repeats(snapshot, chosen, seeds=3)
    completed, *others = again
    assert (completed.run, completed.origin.run) == ("random-007-completed", "random-007")
    assert completed.config == runs[6].config, "it goes the same way to its end"
    assert [run.run for run in others] == [f"random-00{run}-seed-{seed}" for seed in (2, 3) for run in range(1, 6)]
    seeds = {run.config.training.seed for run in others}
    assert len(seeds) == 10
    assert 11 not in seeds
    for run in others:
        training = run.config.training.model_copy(update={"seed": 11})
        assert run.config.model_copy(update={"training": training}) == run.origin.config
    assert repeats(snapshot, chosen, seeds=1) == [completed]


def test_seeds_belong_to_number_and_purpose_and_stay_the_same() -> None:
    run = trained(0)
    snapshot = study([run])
    drawn = [with_seed(snapshot, run, number, purpose) for purpose in ("repeat", "confirm") for number in (1, 2)]
    assert len({one.config.training.seed for one in drawn}) == 4
    assert with_seed(snapshot, run, 2, "confirm") == drawn[3]


def test_the_larger_setting_is_the_full_training_or_a_multiple_of_the_sweeps() -> None:
    run = trained(0)
    snapshot = study([run])
    batch = run.train_config.training.effective_batch
    (full,) = larger(snapshot, [run], Setting("full", None))
    assert full.config.total_sequences == pytest.approx(12_800_000, rel=0.01)
    assert full.config.data.num_sequences is None
    assert full.config.training.seed == 11
    (double,) = larger(snapshot, [run], Setting(2.0, 5000))
    assert double.config.data.num_sequences == 5000
    for section, name in (("training", "n_iters"), ("optim", "warmup"), ("evaluation", "every_sequences")):
        assert getattr(getattr(double.config, section), name) == 2 * run.stored_config[section][name]
    assert double.config.training.effective_batch == batch
    assert (double.run, double.config.training.seed) == ("random-001-large", 11)


@pytest.mark.parametrize("text", ["1", "0.25", "3.33", "10000", "1e-05", "full"])
def test_each_setting_has_a_study_name_of_its_own_that_options_take(text: str) -> None:
    suffixes = {Setting(factor(text), sequences).suffix for sequences in (None, 500)}
    assert len(suffixes) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]*", suffix) for suffix in suffixes)
    assert ("" in suffixes) == (text == "full")


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "nan", "inf", "10001"])
def test_another_length_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="above 0"):
        factor(text)
