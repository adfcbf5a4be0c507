"""When a run ends because it overfits, what keeps it from ending, and that an interruption changes none of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from optsweep.config import TrainConfig
from optsweep.train.checkpoint import keep_ema_only
from optsweep.train.loop import train
from optsweep.train.patience import Patience, PatienceState
from optsweep.train.precision import difference_error, standard_error
from optsweep.train.report import OVERFITS, TrainReport
from tests.train.supply import InterruptAt, Listener, make_config, make_data

NUM = 100
WEIGHTS = np.full(NUM, 30)
LUCK = np.random.default_rng(0).normal(0, 0.02, NUM).astype(np.float32)
LUCK -= LUCK.mean()
"""How far each sequence's own change lies from the mean one: a difference has a standard error of about 0.002."""

OVERFITTING = {
    "model__dropout": 0.0,
    "training__n_iters": 200,
    "training__patience": True,
    "training__ema_fraction": 0.01,
    "optim__lr": 3e-2,
    "optim__beta2": 0.99,
    "evaluation__every_sequences": 40,
}
"""Eight random proteins are learnt by heart, and nothing can be learnt of the others."""


def config_of(**changes: object) -> TrainConfig:
    return make_config(**{"training__n_iters": 1000, "training__patience": True, **changes})


def ends_at(values: list[float], training: list[float], config: TrainConfig, *, num_training: int = 100) -> int | None:
    """The step, a multiple of 50, at which a run with this course of values and training losses ends; else None."""
    patience, state, best = Patience(config, num_training, WEIGHTS), PatienceState(), None
    for place, (value, loss) in enumerate(zip(values, training, strict=True)):
        losses = (value + LUCK * (place % 2)).astype(np.float32)
        is_best = best is None or value < best.mean()
        known = None if is_best else best
        state = patience.after(state, 50 * (place + 1), losses, known, lambda loss=loss: loss)
        best = losses if is_best else best
        if state.overfits:
            return 50 * (place + 1)
        if 50 * (place + 1) == config.training.n_iters:
            return None
    return None


RISING = [2.9, 2.85, 2.8, 2.82, 2.84, 2.86, 2.88, 2.9]
FALLING = [2.9, 2.8, 2.7, 2.6, 2.5, 2.4, 2.3, 2.2]


def test_a_run_that_learns_by_heart_ends_at_the_third_worse_value() -> None:
    assert ends_at(RISING, FALLING, config_of()) == 300


def test_a_plateau_before_the_late_drop_of_a_cosine_ends_nobody() -> None:
    # At the peak of the learning rate the loss goes up, by far and for long, of the training sequences too.
    values = [2.9, 2.85, 2.8, *[2.84] * 8, 2.8, 2.75, 2.7]
    training = [2.89, 2.84, 2.79, *[2.83] * 8, 2.79, 2.74, 2.69]
    assert ends_at(values, training, config_of()) is None
    # The same values end a run whose training loss went on falling.
    assert ends_at(values, sorted(training, reverse=True)[:2] + [2.79] + [2.7] * 11, config_of()) == 300


@pytest.mark.parametrize(
    "phase", [{"optim__warmup": 320}, {"curriculum__enabled": True, "curriculum__preschool_time": 320}]
)
def test_what_is_worse_during_warmup_or_preschool_does_not_count(phase: dict[str, object]) -> None:
    assert ends_at(RISING + [2.9] * 2, FALLING + [2.1] * 2, config_of(**phase)) == 450


def test_a_difference_within_the_noise_does_not_count_nor_do_two_in_a_row() -> None:
    noise = difference_error(LUCK, 0 * LUCK, WEIGHTS)
    assert ends_at([2.9, 2.8, *[2.8 + 1.8 * noise] * 6], FALLING, config_of()) is None
    assert ends_at([2.9, 2.8, *[2.8 + 4 * noise] * 6], FALLING, config_of()) == 250
    assert ends_at([2.9, 2.8, 2.9, 2.9, 2.8, 2.9, 2.9, 2.8], FALLING, config_of()) is None


def test_a_run_that_is_at_its_end_anyhow_did_not_end_early() -> None:
    assert ends_at(RISING, FALLING, config_of(training__n_iters=300)) is None


def test_a_run_without_patience_or_that_sees_nothing_twice_goes_on() -> None:
    assert ends_at(RISING, FALLING, config_of(training__patience=False)) is None
    assert ends_at(RISING, FALLING, config_of(), num_training=4000) is None


def run(directory: Path | None = None, *, stop_before: int | None = None, **changes: object) -> TrainReport:
    interrupted = (lambda: False) if stop_before is None else InterruptAt(stop_before)
    config, data = make_config(**{**OVERFITTING, **changes}), make_data(8, 60)
    return train(config, data, "cpu", Listener(), directory=directory, interrupted=interrupted)


@pytest.mark.heavy
def test_a_run_that_overfits_is_complete_with_its_best_value() -> None:
    whole, early = run(training__patience=False), run()
    assert (early.outcome, early.reason, whole.reason) == ("complete", OVERFITS, None)
    assert early.step < whole.step == 200
    assert [e.value for e in early.evaluations] == [e.value for e in whole.evaluations[: len(early.evaluations)]]
    assert early.best == min(early.evaluations, key=lambda e: e.value)


@pytest.mark.heavy
def test_interruptions_change_nothing_and_an_ended_run_stays_ended(tmp_path: Path) -> None:
    whole = run()
    best = whole.best
    assert best is not None
    # Before it, between it and the end, and right before the last iteration.
    for step in (best.step - 5, best.step + 15, whole.step - 1):
        folder = tmp_path / str(step)
        assert run(folder, stop_before=step).outcome == "interrupted"
        report = run(folder)
        # The state comes from the checkpoint: nothing was computed again.
        assert [e.step for e in report.evaluations if e.restored] == [
            e.step for e in whole.evaluations if e.step <= step
        ]
        assert [e.value for e in report.evaluations] == [e.value for e in whole.evaluations]
        assert (report.outcome, report.reason, report.step) == ("complete", OVERFITS, whole.step)
    for _ in range(2):
        again = run(folder)
        assert (again.outcome, again.reason, again.step) == ("complete", OVERFITS, whole.step)
        assert all(e.restored for e in again.evaluations)
        keep_ema_only(folder)


def test_checkpoints_of_versions_without_patience_are_still_read(tmp_path: Path) -> None:
    run(tmp_path, stop_before=30, training__patience=False)
    values = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    del values["patience"], values["config"]["training"]["patience"], values["config"]["evaluation"]["draws"]
    torch.save(values, tmp_path / "checkpoint.pt")
    listener = Listener()
    config = make_config(**{**OVERFITTING, "training__patience": False})
    train(config, make_data(8, 60), "cpu", listener, directory=tmp_path)
    assert [e.step for e in listener.heard if e.restored] == [10, 20, 30]


def test_the_standard_error_is_that_of_many_samples_of_sequences() -> None:
    random = np.random.default_rng(1)
    losses, weights = random.normal(2.8, 0.2, 400), random.integers(20, 200, 400)
    rows = random.integers(0, 400, (4000, 400))
    values = (losses[rows] * weights[rows]).sum(1) / weights[rows].sum(1)
    assert standard_error(losses, weights) == pytest.approx(values.std(), rel=0.05)
    assert difference_error(losses, losses + 0.1, weights) == pytest.approx(0, abs=1e-12)
    assert np.isnan(standard_error([2.8], [30]))
