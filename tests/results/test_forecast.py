"""How long runs and sweeps will take, told from those that were timed."""

from __future__ import annotations

import pytest

from optsweep.config import DataConfig, EvaluationConfig, ModelConfig, OptimConfig, TrainConfig, TrainingConfig
from optsweep.results.forecast import expected_seconds, prediction_error, remaining_seconds
from optsweep.results.records import RunRecord
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
    assert remaining_seconds(make_snapshot([make_run("a", "running", progress=0.05, seconds=5.0)])) is None


def test_a_run_that_nobody_has_begun_takes_as_long_as_others_do_to_their_end() -> None:
    done = make_run("random-001", "complete", source="random", preset=None, seconds=60.0, progress=1.0, config={})
    cut = make_run("random-002", "pruned", source="random", preset=None, seconds=30.0, progress=0.5, config={})
    next_one = make_run("random-003", "waiting", source="random", preset=None, progress=0.0, config={})
    assert expected(next_one, done, cut) == pytest.approx(60)


def test_of_a_run_that_was_interrupted_only_the_rest_counts() -> None:
    done = make_run("random-001", "complete", source="random", preset=None, seconds=60.0, progress=1.0, config={})
    begun = make_run("random-002", "waiting", source="random", preset=None, progress=0.75, config={})
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


def test_before_anything_ran_the_forecast_is_what_was_measured() -> None:
    measured = [(1000.0, relative_cost(make_config(64)), 120.0)]
    begun = make_run("a", "running", config=make_config(64), progress=0.0)
    assert remaining_seconds(make_snapshot([begun], measured=measured)) == pytest.approx(120)
    # What really happens counts more.
    half = make_run("a", "running", config=make_config(64), progress=0.5, seconds=100.0)
    assert remaining_seconds(make_snapshot([half], measured=measured)) == pytest.approx(100)


def test_the_time_left_is_the_remaining_work_on_the_workers_that_run() -> None:
    done = make_run("a", "complete", seconds=600.0, config=make_config())
    half = make_run("b", "running", progress=0.5, config=make_config())
    assert remaining_seconds(make_snapshot([done, half])) == pytest.approx(300)
    # The second worker, soon free, takes the run that waits; its length is that of the others.
    other = make_run("c", "running", progress=0.9, config=make_config(), worker="physical GPU 1")
    several = make_snapshot([done, half, other, make_run("tpe-001")])
    assert remaining_seconds(several) == pytest.approx(660)
    assert remaining_seconds(make_snapshot([done, make_run("d")])) is None


def test_the_time_left_knows_a_waiting_presets_own_length() -> None:
    done = make_run("a", "complete", seconds=600.0, config=make_config())
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
    runs = [done, make_run("c", "running", progress=0.5, config=make_config()), make_run("b")]
    assert remaining_seconds(make_snapshot(runs, definition=definition)) == pytest.approx(300 + 4 * 600)


def test_the_time_left_expects_sampled_runs_to_be_cut_as_before() -> None:
    cut = make_run("random-001", "pruned", seconds=300.0, progress=0.5, config=make_config())
    begun = make_run("random-002", "running", progress=0.0, config=make_config())
    assert remaining_seconds(make_snapshot([cut, begun])) == pytest.approx(300)
    # A run that has got farther than any of them goes on to its end.
    farther = make_run("random-002", "running", progress=0.8, config=make_config(), seconds=480.0)
    assert remaining_seconds(make_snapshot([cut, farther])) == pytest.approx(120)


def test_predictions_are_told_with_how_wrong_they_were() -> None:
    def ended(name: str, seconds: float) -> RunRecord:
        return make_run(name, "complete", seconds=seconds, config=make_config())

    running = make_run("d", "running", progress=0.05)
    assert prediction_error(make_snapshot([ended(name, 600.0) for name in "abc"] + [running])) == pytest.approx(0)
    mixed = make_snapshot([ended("a", 600.0), ended("b", 1200.0), ended("c", 1200.0), running])
    # a is predicted from the others to take twice its time; b and c each from one of 600 and one of 1,200 s.
    assert prediction_error(mixed) == pytest.approx(((1 + 2 * (800 / 1200 - 1) ** 2) / 3) ** 0.5 * 1, rel=0.2)
    assert prediction_error(make_snapshot([ended("a", 600.0), ended("b", 600.0), running])) is None
