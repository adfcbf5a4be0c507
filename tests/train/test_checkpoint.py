"""Checkpoints that were damaged, belong to another run, or hold only the weights that are kept."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
import torch

from optsweep.errors import DataError
from optsweep.train.checkpoint import CURRENT, PREVIOUS, keep_ema_only, load_ema, remove_checkpoints
from optsweep.train.loop import train
from optsweep.train.sizes import checkpoint_bytes, ema_bytes
from tests.train.supply import InterruptAt, Listener, make_config, make_data


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """The directory of a run that was stopped at its second evaluation (step 8); the previous checkpoint is at 4."""
    train(make_config(), make_data(), "cpu", Listener(stop_at=2), directory=tmp_path)
    assert (tmp_path / PREVIOUS).exists()
    return tmp_path


def restored_steps(directory: Path, **changes: object) -> list[int]:
    """Which evaluations a run that goes on in ``directory`` finds in its checkpoint."""
    listener = Listener()
    assert train(make_config(**changes), make_data(), "cpu", listener, directory=directory).outcome == "complete"
    return [e.step for e in listener.heard if e.restored]


def test_a_truncated_checkpoint_gives_way_to_the_previous_one(stopped: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = stopped / CURRENT
    path.write_bytes(path.read_bytes()[:-1000])
    with caplog.at_level(logging.WARNING, logger="optsweep.train"):
        assert restored_steps(stopped) == [4]
    assert "checkpoint passed over" in caplog.text
    assert str(path) in caplog.text


def test_no_flipped_bit_goes_unseen_or_crashes(stopped: Path) -> None:
    path = stopped / CURRENT
    whole = path.read_bytes()
    expected = [parameter.clone() for parameter in load_ema(path)[1].parameters()]
    random = np.random.default_rng(0)
    refused = 0
    for _ in range(60):
        damaged = bytearray(whole)
        damaged[random.integers(len(whole))] ^= 1 << random.integers(8)
        path.write_bytes(damaged)
        try:
            _, model = load_ema(path)
        except DataError:
            refused += 1
        else:
            # The bit was in padding between records: nothing that is read has changed.
            assert all(torch.equal(*pair) for pair in zip(model.parameters(), expected, strict=True))
    assert refused > 20


def test_two_damaged_checkpoints_mean_a_fresh_start(stopped: Path) -> None:
    for name in (CURRENT, PREVIOUS):
        (stopped / name).write_bytes(b"not a checkpoint")
    assert restored_steps(stopped) == []


def test_a_good_previous_checkpoint_is_not_overwritten_by_a_damaged_one(stopped: Path) -> None:
    (stopped / CURRENT).write_bytes(b"damaged")
    good = (stopped / PREVIOUS).read_bytes()
    train(make_config(), make_data(), "cpu", Listener(), directory=stopped, interrupted=InterruptAt(1))
    assert (stopped / PREVIOUS).read_bytes() == good


def test_the_checkpoint_of_another_config_is_not_used(stopped: Path) -> None:
    assert restored_steps(stopped, optim__lr=2e-2) == []


def test_how_the_work_is_split_does_not_make_another_run(stopped: Path) -> None:
    assert restored_steps(stopped, training__micro_batch=4, training__threads=2) == [4, 8]


def test_the_checkpoint_of_other_data_is_not_used(stopped: Path) -> None:
    listener = Listener()
    train(make_config(), make_data(num_train=20), "cpu", listener, directory=stopped)
    assert not any(e.restored for e in listener.heard)


def test_a_pickle_that_wants_code_is_refused(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (tmp_path / "owned",))  # type: ignore[return-value]

    path = tmp_path / "evil.pt"
    torch.save({"format": 1, "evil": Evil()}, path)
    with pytest.raises(DataError, match=r"evil\.pt"):
        load_ema(path)
    assert not (tmp_path / "owned").exists()


def test_ema_only_keeps_what_predicts_and_what_a_finished_run_reports(tmp_path: Path) -> None:
    report = train(make_config(), make_data(), "cpu", Listener(), directory=tmp_path)
    before = (tmp_path / CURRENT).stat().st_size
    config, model = load_ema(tmp_path / CURRENT)
    assert config == make_config()
    keep_ema_only(tmp_path)
    assert (tmp_path / CURRENT).stat().st_size < before / 2
    assert not (tmp_path / PREVIOUS).exists()
    _, kept = load_ema(tmp_path / CURRENT)
    assert all(torch.equal(*pair) for pair in zip(model.parameters(), kept.parameters(), strict=True))
    again = train(make_config(), make_data(), "cpu", Listener(), directory=tmp_path)
    assert [e.value for e in again.evaluations] == [e.value for e in report.evaluations]


def test_ema_weights_come_from_the_previous_checkpoint_where_the_current_one_is_damaged(stopped: Path) -> None:
    expected = load_ema(stopped / PREVIOUS)[1].state_dict()
    (stopped / CURRENT).write_bytes(b"damaged")
    keep_ema_only(stopped)
    kept = load_ema(stopped / CURRENT)[1].state_dict()
    assert all(torch.equal(kept[name], expected[name]) for name in expected)
    assert not (stopped / PREVIOUS).exists()


def test_a_run_without_checkpoint_has_nothing_to_keep_or_remove(tmp_path: Path) -> None:
    keep_ema_only(tmp_path)
    remove_checkpoints(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_removing_checkpoints_leaves_the_rest(stopped: Path) -> None:
    remove_checkpoints(stopped)
    assert [path.name for path in stopped.iterdir()] == ["metrics.jsonl"]


def test_training_cannot_go_on_from_ema_weights_alone(stopped: Path, caplog: pytest.LogCaptureFixture) -> None:
    keep_ema_only(stopped)
    assert restored_steps(stopped) == []
    assert "holds EMA weights only" in caplog.text


def test_sizes_are_told_beforehand(tmp_path: Path) -> None:
    changes = {
        "model__hidden_size": 64,
        "model__n_heads": 2,
        "model__cond_dim": 32,
        "training__n_iters": 1,
        "optim__warmup": 0,
    }
    config = make_config(**changes)
    train(config, make_data(), "cpu", Listener(), directory=tmp_path)
    path = tmp_path / CURRENT
    assert checkpoint_bytes(config.model) == pytest.approx(path.stat().st_size, rel=0.05)
    keep_ema_only(tmp_path)
    assert ema_bytes(config.model) == pytest.approx(path.stat().st_size, rel=0.1)
