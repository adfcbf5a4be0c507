"""Whole runs: what they tell, how they end, and that an interruption leaves no trace."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from optsweep.data.reference import residue_counts
from optsweep.errors import DataError, DeviceError
from optsweep.train import attempt
from optsweep.train.checkpoint import load_ema
from optsweep.train.loop import train
from tests.train.supply import InterruptAt, Listener, make_config, make_data, make_sequences

EVERYTHING = {
    "curriculum__enabled": True,
    "curriculum__preschool_time": 7,
    "noise__schedule": "cosine",
    "training__micro_batch": 1,
}


def read_metrics(directory: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (directory / "metrics.jsonl").read_text().splitlines()]


def final_weights(directory: Path) -> list[torch.Tensor]:
    return list(load_ema(directory / "checkpoint.pt")[1].parameters())


def test_a_run_tells_each_evaluation_once_and_ends_complete(tmp_path: Path) -> None:
    listener, lines = Listener(), []
    report = train(make_config(), make_data(), "cpu", listener, directory=tmp_path, on_metrics=lines.append)
    assert report.outcome == "complete"
    assert [(e.index, e.step, e.sequences) for e in listener.heard] == [(1, 4, 16), (2, 8, 32), (3, 12, 48)]
    assert [e.progress for e in listener.heard] == pytest.approx([1 / 3, 2 / 3, 1.0])
    assert not any(e.restored for e in listener.heard)
    assert report.evaluations == listener.heard
    assert report.best is min(listener.heard, key=lambda e: e.value)
    assert report.evaluations[-1] is listener.heard[-1]
    assert (report.step, report.sequences, report.micro_batch) == (12, 48, 2)
    assert report.losses is not None
    assert report.losses.shape == (9,)
    assert lines == read_metrics(tmp_path)


def test_metrics_have_the_promised_lines(tmp_path: Path) -> None:
    train(make_config(), make_data(), "cpu", Listener(), directory=tmp_path)
    lines = read_metrics(tmp_path)
    training = [line for line in lines if "train_loss" in line]
    evaluations = [line for line in lines if "val_nelbo" in line]
    assert [line["step"] for line in training] == list(range(1, 13))
    assert [line["step"] for line in evaluations] == [4, 8, 12]
    assert all(set(line) == {"step", "progress", "train_loss", "lr", "residues_per_s", "time"} for line in training)
    assert all(set(line) == {"step", "progress", "val_nelbo", "time"} for line in evaluations)
    assert all(line["residues_per_s"] > 0 for line in training)
    assert training[2]["lr"] == pytest.approx(1e-2)


def test_training_learns(tmp_path: Path) -> None:
    data = make_data()
    data.train.tokens[:] = 7
    data.validation.tokens[:] = 7
    report = train(make_config(training__n_iters=40), data, "cpu", Listener())
    assert report.evaluations[0].value > 1
    assert report.evaluations[-1].value < 0.2


@pytest.mark.parametrize("changes", [{}, EVERYTHING])
@pytest.mark.parametrize("step", [0, 3, 4, 7, 11])
def test_an_interrupted_run_ends_as_the_uninterrupted_one(tmp_path: Path, step: int, changes: dict[str, Any]) -> None:
    config, data = make_config(**changes), make_data()
    whole = train(config, data, "cpu", Listener(), directory=tmp_path / "whole")
    first = train(config, data, "cpu", Listener(), directory=tmp_path / "parts", interrupted=InterruptAt(step))
    assert (first.outcome, first.step) == ("interrupted", step)
    listener = Listener()
    second = train(config, data, "cpu", listener, directory=tmp_path / "parts")
    assert second.outcome == "complete"
    assert listener.values == [e.value for e in whole.evaluations]
    assert [e.restored for e in listener.heard] == [e.step <= step for e in listener.heard]
    assert second.losses is not None
    assert (second.losses == whole.losses).all()
    for one, other in zip(final_weights(tmp_path / "whole"), final_weights(tmp_path / "parts"), strict=True):
        assert torch.equal(one, other)
    assert second.seconds > first.seconds
    steps = [(line["step"], "val_nelbo" in line) for line in read_metrics(tmp_path / "parts")]
    assert steps == [(line["step"], "val_nelbo" in line) for line in read_metrics(tmp_path / "whole")]


class Killed(Exception):
    pass


@pytest.mark.parametrize("where", ["on_eval", "on_metrics"])
def test_a_killed_run_goes_on_from_its_last_evaluation(tmp_path: Path, where: str) -> None:
    config, data = make_config(), make_data()
    whole = train(config, data, "cpu", Listener())

    def die(told: Any) -> bool:
        step = told["step"] if isinstance(told, dict) else told.step
        if step == 8 and (where == "on_eval" or "val_nelbo" in told):
            raise Killed
        return True

    with pytest.raises(Killed):
        train(
            config,
            data,
            "cpu",
            die if where == "on_eval" else Listener(),
            directory=tmp_path,
            on_metrics=die if where == "on_metrics" else None,
        )
    listener = Listener()
    report = train(config, data, "cpu", listener, directory=tmp_path)
    assert [(e.step, e.restored) for e in listener.heard] == [(4, True), (8, True), (12, False)]
    assert listener.values == [e.value for e in whole.evaluations]
    assert report.losses is not None
    assert (report.losses == whole.losses).all()
    assert [line["step"] for line in read_metrics(tmp_path) if "val_nelbo" in line] == [4, 8, 12]


def test_metrics_after_the_checkpoint_are_cut_and_a_lost_evaluation_line_comes_back(tmp_path: Path) -> None:
    config, data = make_config(), make_data()
    train(config, data, "cpu", Listener(stop_at=2), directory=tmp_path)
    path = tmp_path / "metrics.jsonl"
    kept = [line for line in path.read_text().splitlines() if json.loads(line)["step"] < 8]
    path.write_text("\n".join([*kept, '{"step": 9, "progress": 0.75}', '{"step": 10, "pro']))
    train(config, data, "cpu", Listener(), directory=tmp_path)
    lines = read_metrics(tmp_path)
    assert [line["step"] for line in lines if "val_nelbo" in line] == [4, 8, 12]
    assert [line["step"] for line in lines if "train_loss" in line] == [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12]


def test_on_eval_stops_the_run_and_a_stopped_run_stops_again_at_once(tmp_path: Path) -> None:
    config, data = make_config(), make_data()
    first = train(config, data, "cpu", Listener(stop_at=2), directory=tmp_path)
    assert (first.outcome, first.step) == ("stopped", 8)
    listener = Listener(stop_at=2)
    second = train(config, data, "cpu", listener, directory=tmp_path)
    assert (second.outcome, second.step) == ("stopped", 8)
    assert [e.restored for e in listener.heard] == [True, True]
    assert second.seconds - first.seconds < 1
    third = train(config, data, "cpu", Listener(), directory=tmp_path)
    assert (third.outcome, third.step) == ("complete", 12)


def test_a_complete_run_returns_the_same_report_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, data = make_config(), make_data()
    first = train(config, data, "cpu", Listener(), directory=tmp_path)
    monkeypatch.setattr(attempt, "TrainState", None)
    again = train(config, data, "cpu", Listener(), directory=tmp_path)
    assert again.outcome == "complete"
    assert [e.value for e in again.evaluations] == [e.value for e in first.evaluations]
    assert all(e.restored for e in again.evaluations)
    np.testing.assert_array_equal(again.losses, first.losses)


def test_the_last_evaluation_cannot_stop_a_run_that_is_done() -> None:
    assert train(make_config(), make_data(), "cpu", Listener(stop_at=3)).outcome == "complete"


def test_another_seed_is_another_run() -> None:
    values = [
        train(make_config(training__seed=seed), make_data(), "cpu", Listener()).evaluations[0].value
        for seed in (0, 0, 1)
    ]
    assert values[0] == values[1] != values[2]


def test_the_split_into_micro_batches_changes_only_rounding() -> None:
    ends = []
    for micro_batch in (1, 3, 4, "auto"):
        config = make_config(training__micro_batch=micro_batch, model__dropout=0.0)
        ends.append(train(config, make_data(), "cpu", Listener()).evaluations[-1].value)
    assert ends == pytest.approx([ends[0]] * 4, abs=1e-4)


def test_random_state_and_threads_of_the_process_are_left_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    train(make_config(training__n_iters=1, optim__warmup=0), make_data(), "cpu", Listener())
    assert torch.rand(1) == expected
    assert torch.get_num_threads() == 1


class Trouble:
    """Makes `TrainState.iterate` fail at given calls, as memory or numbers do."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **trouble: Any) -> None:
        original = attempt.TrainState.iterate
        self.calls: list[tuple[int, int]] = []

        def iterate(run: attempt.TrainState) -> tuple[torch.Tensor, int]:
            self.calls.append((run.step, run.micro_batch))
            if (run.step, run.micro_batch) in trouble.get("out_of_memory", []):
                raise trouble.get("error", torch.OutOfMemoryError("injected"))
            if run.step == trouble.get("nan_at"):
                run.model.head.bias.register_hook(lambda gradient: gradient * float("nan"))
            return original(run)

        monkeypatch.setattr(attempt.TrainState, "iterate", iterate)


def allocator_error() -> RuntimeError:
    try:
        torch.empty(2**55)
    except RuntimeError as error:
        return error
    raise AssertionError("the allocation succeeded")


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("injected"), allocator_error(), MemoryError()])
def test_out_of_memory_halves_the_micro_batch_from_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    trouble = Trouble(monkeypatch, out_of_memory=[(6, 4), (6, 2)], error=error)
    listener = Listener()
    config = make_config(training__micro_batch=4)
    with caplog.at_level(logging.WARNING, logger="optsweep.train"):
        report = train(config, make_data(), "cpu", listener, directory=tmp_path)
    assert (report.outcome, report.micro_batch) == ("complete", 1)
    assert trouble.calls == [
        *[(step, 4) for step in range(7)],
        *[(step, 2) for step in range(4, 7)],
        *[(step, 1) for step in range(4, 12)],
    ]
    assert [(e.index, e.restored) for e in listener.heard] == [(1, False), (2, False), (3, False)]
    assert "micro-batch halved to 1" in caplog.text
    # Whoever goes on with this run begins with what fitted.
    assert train(config, make_data(), "cpu", Listener(), directory=tmp_path).micro_batch == 1


def test_out_of_memory_with_single_sequences_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Trouble(monkeypatch, out_of_memory=[(6, 2), (6, 1)])
    report = train(make_config(), make_data(), "cpu", Listener(), directory=tmp_path)
    assert report.outcome == "out_of_memory"
    assert [e.index for e in report.evaluations] == [1]


def test_another_error_is_not_taken_for_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    Trouble(monkeypatch, out_of_memory=[(6, 2)], error=RuntimeError("shapes differ"))
    with pytest.raises(RuntimeError, match="shapes differ"):
        train(make_config(), make_data(), "cpu", Listener())


def test_a_gradient_that_is_not_finite_ends_the_run_before_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Trouble(monkeypatch, nan_at=5)
    report = train(make_config(), make_data(), "cpu", Listener(), directory=tmp_path)
    assert report.outcome == "diverged"
    assert [e.index for e in report.evaluations] == [1]
    assert report.best is not None
    assert np.isfinite(report.best.value)
    assert all(np.isfinite(line["train_loss"]) for line in read_metrics(tmp_path) if "train_loss" in line)


def test_a_value_that_is_not_finite_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    config = make_config(optim__lr=1e30, optim__warmup=0, optim__grad_clip=1e30)
    listener = Listener()
    report = train(config, make_data(), "cpu", listener)
    assert report.outcome == "diverged"
    assert all(np.isfinite(listener.values))


@pytest.mark.parametrize("name", ["cuda:99", "tpu", "meta"])
def test_a_device_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(DeviceError, match=name):
        train(make_config(), make_data(), name, Listener())


def test_data_without_validation_is_refused() -> None:
    data = make_data()
    empty = type(data)(data.train, make_sequences(0), data.confirmation, {}, data.path)
    with pytest.raises(DataError, match="0 validation sequences"):
        train(make_config(), empty, "cpu", Listener())


def test_scoring_the_confirmation_sequences_changes_nothing_of_a_run() -> None:
    config, data = make_config(), make_data()
    plain = train(config, data, "cpu", Listener())
    both = train(config, replace(data, scores_confirmation=True), "cpu", Listener())
    assert [e.value for e in both.evaluations] == [e.value for e in plain.evaluations]
    assert plain.losses is not None
    assert both.losses is not None
    num = len(data.validation)
    assert len(both.losses) == num + len(data.confirmation)
    np.testing.assert_array_equal(both.losses[:num], plain.losses)
    assert both.best is not None
    weights = residue_counts(data.validation, config.data.max_protein_len - 2).sum(axis=1)
    assert np.average(plain.losses, weights=weights) == pytest.approx(both.best.value, abs=1e-6)


def test_num_sequences_is_a_fixed_sample_that_the_run_trains_on() -> None:
    data = make_data(num_train=40)
    few = train(make_config(data__num_sequences=5), data, "cpu", Listener())
    same = train(make_config(), replace(data, train=data.sample(5)), "cpu", Listener())
    more = train(make_config(data__num_sequences=400), data, "cpu", Listener())
    whole = train(make_config(), data, "cpu", Listener())
    assert [e.value for e in few.evaluations] == [e.value for e in same.evaluations]
    assert [e.value for e in more.evaluations] == [e.value for e in whole.evaluations]
    assert [e.value for e in few.evaluations] != [e.value for e in whole.evaluations]
