"""A run of the built-in trainer that changes hands: the next worker waits for the one that has not heard of it yet."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from optsweep.train import loop
from optsweep.trainers import run_lock
from optsweep.trainers.builtin import train_in_turn

FAR = 60.0


def train(directory: Path) -> Any:
    return train_in_turn(
        *(None, None, "cpu", lambda _: True),  # type: ignore[arg-type]
        directory=directory,
        on_metrics=lambda _: None,
        interrupted=lambda: False,
    )


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when training has begun."""
    begun = threading.Event()
    monkeypatch.setattr(loop, "train", lambda *_, **__: begun.set())
    return begun


def test_the_next_worker_begins_when_the_last_one_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trained: threading.Event
) -> None:
    monkeypatch.setattr(run_lock, "LEAVE_SECONDS", FAR)
    looked = threading.Event()
    real = time.sleep

    def sleep(seconds: float) -> None:
        looked.set()
        real(seconds)

    with run_lock.in_turn(tmp_path):
        monkeypatch.setattr(time, "sleep", sleep)
        thread = threading.Thread(target=train, args=(tmp_path,))
        thread.start()
        assert looked.wait(FAR)
        assert not trained.is_set()
    assert trained.wait(FAR)
    thread.join()


def test_one_that_was_stopped_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trained: threading.Event
) -> None:
    monkeypatch.setattr(run_lock, "LEAVE_SECONDS", 0.2)
    began = time.monotonic()
    with run_lock.in_turn(tmp_path):
        train(tmp_path)
    assert trained.is_set()
    assert time.monotonic() - began >= 0.2
