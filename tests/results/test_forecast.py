"""How long runs and sweeps will take, told from those that were timed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import fmean, median

import pytest

from benchmarks._recordings import Recording
from benchmarks._simulated import simulated
from benchmarks.time_left import looks
from optsweep.config import DataConfig, EvaluationConfig, ModelConfig, OptimConfig, TrainConfig, TrainingConfig
from optsweep.results.attributes import StudyAttributes
from optsweep.results.forecast import TimeLeft, time_left
from optsweep.results.pace import expected_seconds
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.study.file import load_study
from optsweep.study.lengths import Lengths
from optsweep.study.sections import BudgetSection, SettingsSection
from optsweep.train.sizes import relative_cost
from tests.snapshots import make_run, make_snapshot


def expected(run: RunRecord, *finished: RunRecord) -> float | None:
    return expected_seconds(make_snapshot([*finished, run]), run)


def make_config(width: int = 64, iterations: int = 1000, batch: int = 8) -> TrainConfig:
    return TrainConfig(
        model=ModelConfig(hidden_size=width, n_heads=1, n_blocks=2),
        training=TrainingConfig(n_iters=iterations, effective_batch=batch),
        optim=OptimConfig(lr=1e-3, warmup=0),
        data=DataConfig(max_protein_len=128),
        evaluation=EvaluationConfig(num_evaluations=1),
    )


def test_nobody_can_tell_before_anything_was_timed() -> None:
    waiting = make_run("random-001", "waiting", source="random")
    assert expected(waiting) is None
    assert expected(waiting, make_run("a", "running", progress=0.05, seconds=5.0)) is None
    assert time_left(make_snapshot([make_run("a", "running", progress=0.05, seconds=5.0)])) is None


def test_of_a_run_that_was_interrupted_only_the_rest_counts() -> None:
    done = make_run("random-001", "complete", seconds=60.0, config=make_config())
    begun = make_run("random-002", "waiting", progress=0.75, config=make_config())
    assert expected(begun, done) == pytest.approx(15)


def test_time_is_told_apart_into_iterations_and_arithmetic() -> None:
    def seconds(config: TrainConfig) -> float:
        return 0.01 * config.training.n_iters + 1e-9 * relative_cost(config)

    timed = [make_config(32), make_config(64), make_config(96, 500)]
    runs = [
        make_run(f"random-00{place}", "complete", config=config, seconds=seconds(config))
        for place, config in enumerate(timed)
    ]
    other = make_config(48, 4000, batch=2)
    assert expected(make_run("random-009", "waiting", config=other), *runs) == pytest.approx(seconds(other))


def test_models_of_one_size_take_time_for_their_arithmetic() -> None:
    done = make_run("a", "complete", config=make_config(64), seconds=100.0)
    twice = make_run("b", "waiting", config=make_config(64, iterations=2000))
    larger = make_run("c", "waiting", config=make_config(128))
    assert expected(twice, done) == pytest.approx(200)
    assert 300 < (expected(larger, done) or 0) < 400


def told(snapshot: StudySnapshot) -> TimeLeft:
    left = time_left(snapshot)
    assert left is not None
    assert left.low <= left.seconds <= left.high
    return left


def running(run: str = "r", **values: float | str | TrainConfig) -> RunRecord:
    """A run in training that has just told how far it is."""
    values = {"config": make_config(), "progress": 0.5, "seconds": 300.0} | values
    return make_run(run, "running", started=2000.0 - float(values["seconds"]), **values)  # type: ignore[arg-type]


def test_before_anything_ran_the_forecast_is_what_was_measured() -> None:
    measured = [(1000.0, relative_cost(make_config(64)), 120.0)]
    begun = running(progress=0.0, seconds=0.0)
    assert told(make_snapshot([begun], measured=measured)).seconds == pytest.approx(120, rel=0.1)
    # What really happens counts more.
    half = running(progress=0.5, seconds=100.0)
    assert told(make_snapshot([half], measured=measured)).seconds == pytest.approx(100, rel=0.1)


def test_the_time_left_is_the_remaining_work_on_the_workers_that_run() -> None:
    done = [make_run(name, "complete", seconds=600.0, config=make_config(), ended=1000.0) for name in "abcd"]
    assert told(make_snapshot([*done, running()])).seconds == pytest.approx(300, rel=0.1)
    # The second worker, soon free, takes the preset that waits.
    other = running("s", progress=0.9, seconds=540.0, worker="physical GPU 1")
    waiting = make_run("w", config=make_config())
    assert told(make_snapshot([*done, running(), other, waiting])).seconds == pytest.approx(660, rel=0.1)
    # So does one that has just ended its run.
    ended = make_run("e", "complete", seconds=600.0, config=make_config(), ended=1999.0, worker="physical GPU 1")
    assert told(make_snapshot([*done, ended, running(), waiting])).seconds == pytest.approx(600, rel=0.1)
    assert time_left(make_snapshot([*done, waiting])) is None


def test_a_run_goes_on_between_two_looks() -> None:
    done = [make_run(name, "complete", seconds=20.0, config=make_config(), started=100.0, ended=120.0) for name in "ab"]
    said = running(progress=0.5, seconds=10.0)
    later = make_snapshot([*done, said], now=2003.0)
    assert told(later).seconds == pytest.approx(told(make_snapshot([*done, said])).seconds - 3, abs=0.5)


def test_the_time_left_knows_a_waiting_presets_own_length() -> None:
    file = load_study("demo")
    lengths = Lengths(iterations=4000, warmup=0, preschool=0)
    wide = {"hidden_size": 64, "n_heads": 1, "n_blocks": 2, "effective_batch": 16, "sweep": lengths, "full": lengths}
    definition = file.model_copy(
        update={
            "presets": [file.presets[0].model_copy(update={"name": "b", **wide})],
            "budget": BudgetSection(sequences=1, full_sequences=1, scale=0.5),
            "settings": SettingsSection(max_protein_len=128),
        }
    )
    done = [make_run(name, "complete", seconds=600.0, config=make_config(), ended=1000.0) for name in "acd"]
    runs = [*done, running(), make_run("b")]
    assert told(make_snapshot(runs, definition=definition)).seconds == pytest.approx(300 + 4 * 600, rel=0.1)


def test_the_time_left_expects_sampled_runs_to_be_cut_as_before() -> None:
    complete = [make_run(f"a{n}", "complete", seconds=600.0, config=make_config(), ended=1000.0) for n in range(5)]
    cut = [
        make_run(f"random-00{n}", "pruned", seconds=300.0, progress=0.5, config=make_config(), ended=1900.0)
        for n in range(9)
    ]
    left = told(make_snapshot([*complete, *cut, running("random-010", progress=0.1, seconds=60.0)]))
    assert left.seconds < 300
    # It may be spared all the same.
    assert left.high > 450
    # A run that has got farther than any that was cut goes on to its end.
    farther = running("random-010", progress=0.8, seconds=480.0)
    assert told(make_snapshot([*complete, *cut, farther])).seconds == pytest.approx(120, rel=0.1)


def test_repeats_take_as_long_as_what_they_repeat() -> None:
    runs = [
        make_run(f"random-00{n}", "complete", seconds=100.0 * n, value=3.0 - n / 10, config=make_config(), ended=1000.0)
        for n in range(1, 7)
    ]
    again = running("random-006-seed2", source="repeat", repeat_of="random-006", progress=0.0, seconds=0.0)
    assert told(make_snapshot([*runs, again])).seconds == pytest.approx(600, rel=0.15)


def test_the_time_left_ends_with_the_limits_of_the_study() -> None:
    def limited(**limit: float) -> TimeLeft:
        done = [make_run(name, "complete", seconds=600.0, config=make_config(), ended=1000.0) for name in "abc"]
        snapshot = make_snapshot([*done, running()])
        return told(replace(snapshot, attributes=StudyAttributes(created=900.0, **limit)))

    assert limited(deadline=2100.0) == TimeLeft(100.0, 100.0, 100.0)
    assert limited(max_gpu_hours=(3 * 600 + 300 + 60) / 3600).high == pytest.approx(60)
    assert limited(deadline=9999.0) == limited()


def test_more_runs_make_the_range_narrower() -> None:
    def width(count: int) -> float:
        done = [
            make_run(f"a{n}", "complete", seconds=600.0 + n, config=make_config(), ended=1000.0) for n in range(count)
        ]
        left = told(make_snapshot([*done, running(progress=0.0, seconds=0.0)]))
        return (left.high - left.low) / left.seconds

    assert width(20) < 0.95 * width(2)


RECORDINGS = sorted((Path(__file__).parent / "recorded").glob("*.json"))
OTHER_SPEED = ("speed_doubled", "speed_doubled_resumed", "speed_wavered")
"""Sweeps in whose middle their machine became two times as fast or slow, by other programs: nothing foretells it."""


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_the_truth_lies_in_the_range_in_four_looks_of_five(path: Path) -> None:
    seen = looks(Recording.load(path), 20)
    assert len(seen) > 10
    assert fmean(look.inside for look in seen) >= (0.55 if path.stem in OTHER_SPEED else 0.8)
    # A range that holds since it says nothing is of no use to anybody.
    assert median((look.high - look.low) / look.truth for look in seen) < 2.1


@pytest.mark.parametrize("kind", ["4 workers, median", "script, sizes unknown", "workers of different speeds"])
def test_so_it_does_in_sweeps_that_were_made_up(kind: str) -> None:
    seen = [look for seed in range(4) for look in looks(simulated(kind, seed), 6)]
    assert fmean(look.inside for look in seen) >= 0.7
