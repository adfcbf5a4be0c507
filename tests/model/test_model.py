"""Histories of the queue with a stop or a lost answer anywhere in them, against a model of it."""

from __future__ import annotations

import pytest

from optsweep.database.lease import Lease
from optsweep.database.queue import Queue
from optsweep.machine.process import Cause
from tests.model.run import KINDS, machine, run_histories

HISTORIES = {"sqlite": 140, "postgresql": 60}
"""A step takes longer where a server must answer."""


@pytest.mark.heavy
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_stops_or_is_lost_the_tables_say_what_the_model_says(kind: str) -> None:
    with machine(kind) as made:
        run_histories(made, 1, HISTORIES[kind])


@pytest.mark.heavy
def test_an_end_that_is_counted_twice_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    hand_back = Queue.hand_back

    def twice(queue: Queue, lease: Lease, cause: Cause, reason: str, **more: str) -> bool:
        waits = hand_back(queue, lease, cause, reason, **more)
        with queue.storage.engine.begin() as connection:
            connection.exec_driver_sql(
                f"UPDATE optsweep_runs SET faults = faults + 1 WHERE trial_id = {lease.trial_id} AND faults > 0"
            )
        return waits

    monkeypatch.setattr(Queue, "hand_back", twice)
    with machine("sqlite") as made, pytest.raises(AssertionError, match="has faults"):
        run_histories(made, 1, 50, shorten=False)
