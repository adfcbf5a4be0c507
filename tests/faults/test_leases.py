"""Leases: a locked database costs no live worker its run, and one that was silent for too long leaves its run alone."""

from __future__ import annotations

import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from optuna.trial import TrialState

from optsweep.database import queue, sqlite
from optsweep.database.connection import open_storage
from optsweep.database.lease import LeaseLost
from optsweep.database.open_study import open_study
from optsweep.database.queue import LEASE_SECONDS, Queue
from optsweep.database.snapshot import read_snapshot
from optsweep.database.tables import runs
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_DONE
from optsweep.machine.process import ProcessIdentity, identify, uptime
from optsweep.workers import lease_keeper
from optsweep.workers.lease_keeper import LeaseKeeper
from tests.faults.small_study import STUDY
from tests.planned import make_study, take
from tests.sweeps import Sweeps, wait_for

ELSEWHERE = ProcessIdentity("another host/0/1", "boot", 1, 1)


def test_a_database_that_is_locked_for_a_while_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The wait for the lock is cut short, so that SQLite says "database is locked" again and again."""
    connect = sqlite._connect

    def connect_impatiently(path: str) -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("PRAGMA busy_timeout = 50")
        return connection

    monkeypatch.setattr(sqlite, "_connect", connect_impatiently)
    path = tmp_path / "study.db"
    study = make_study(f"sqlite:///{path}")
    lease = study.queue.claim("worker", identify())
    assert lease is not None
    other = sqlite3.connect(path, isolation_level=None)
    with LeaseKeeper(study, lease) as keeper:
        other.execute("BEGIN IMMEDIATE")
        keeper.report(1, 2.75)
        wait_for(lambda: "trying again: database is locked" in caplog.text)
        assert not keeper.must_leave()
        other.execute("COMMIT")
        keeper.flush()
        assert not keeper.must_leave()
        assert "the database answers again" in caplog.text
    other.close()
    assert study.trial(lease.trial_id).intermediate_values == {1: 2.75}
    study.storage.close()


@pytest.mark.heavy
def test_a_worker_that_was_stopped_past_its_lease_leaves_its_run_alone_and_the_result_counts_once(
    sweeps: Sweeps,
) -> None:
    sweeps.iteration_seconds = 0.02
    process = sweeps.start(STUDY, "--data", "data/corpus.pt", "--cpu-workers", "1", "--type", "predefined")
    wait_for(lambda: sweeps.num_computed() > 20)
    (sleeper,) = sweeps.workers()
    sleeper.send_signal(signal.SIGSTOP)
    study = open_study(open_storage(storage_url(sweeps.url)), sweeps.name)
    with study.storage.engine.begin() as connection:
        (taken,) = connection.execute(sa.select(runs.c.run).where(runs.c.token.is_not(None))).scalars()
        silent = {"beat": study.storage.now(connection) - LEASE_SECONDS - 60, **asdict(ELSEWHERE)}
        connection.execute(sa.update(runs).where(runs.c.run == taken).values(silent))
    # The launcher looks for dead leases too; whoever comes first hands the run back.
    study.queue.reclaim_dead()
    lease = wait_for(lambda: take(study, taken, "the other host", identify()))
    study.queue.finish(lease, TrialState.COMPLETE, 2.25, outcome="complete", reason=None)
    sleeper.send_signal(signal.SIGCONT)
    log = sweeps.folder / "studies/study/runs" / taken / "log_stdout.txt"
    wait_for(lambda: "it is left alone" in log.read_text())
    output, _ = process.communicate(timeout=60)
    assert process.returncode == EXIT_DONE, output
    sweeps.check_exact(3)
    result = next(run for run in read_snapshot(study).runs if run.run == taken)
    assert study.trial(lease.trial_id).value == 2.25
    assert result.state == "complete"
    study.storage.close()


def test_nothing_is_written_for_a_run_that_another_has(tmp_path: Path) -> None:
    study = make_study(f"sqlite:///{tmp_path / 'study.db'}")
    lease = study.queue.claim("worker", identify())
    assert lease is not None
    with study.storage.engine.begin() as connection:
        connection.execute(sa.update(runs).where(runs.c.trial_id == lease.trial_id).values(token="0" * 32))
    with LeaseKeeper(study, lease) as keeper:
        keeper.report(1, 2.75)
        with pytest.raises(LeaseLost):
            keeper.flush()
        with pytest.raises(LeaseLost):
            keeper.must_leave()
    assert study.trial(lease.trial_id).intermediate_values == {}
    study.storage.close()


def test_r9_who_was_silent_for_longer_than_the_lease_goes_on_only_when_the_database_has_said_whose_the_run_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence is a locked database here; to a worker that was stopped all databases are silent."""
    monkeypatch.setattr(lease_keeper, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(queue, "LEASE_SECONDS", 0.5)
    path = tmp_path / "study.db"
    study = make_study(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    lease = study.queue.claim("worker", identify())
    assert lease is not None
    with LeaseKeeper(study, lease) as keeper, ThreadPoolExecutor() as threads:
        for token in (lease.token, "0" * 32):
            other.execute("BEGIN IMMEDIATE")
            wait_for(lambda: uptime() > keeper.held_until())
            asked = threads.submit(keeper.must_leave)
            with pytest.raises(TimeoutError):
                asked.result(0.3)
            other.execute("UPDATE optsweep_runs SET token = ? WHERE trial_id = ?", (token, lease.trial_id))
            other.execute("COMMIT")
            if token == lease.token:
                assert asked.result(5) is False
            else:
                with pytest.raises(LeaseLost):
                    asked.result(5)
    other.close()
    study.storage.close()


def test_r18_a_value_that_cannot_be_stored_at_first_is_stored_with_the_next_beat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = make_study(f"sqlite:///{tmp_path / 'study.db'}")
    lease = study.queue.claim("worker", identify())
    assert lease is not None
    monkeypatch.setattr(lease_keeper, "BEAT_SECONDS", 0.05)
    report, errors = Queue.report, [ValueError("nobody expected this"), KeyError("nor this")]

    def report_in_the_end(queue: Queue, *evaluation: Any) -> None:
        if errors:
            raise errors.pop()
        report(queue, *evaluation)

    monkeypatch.setattr(Queue, "report", report_in_the_end)
    with LeaseKeeper(study, lease) as keeper:
        keeper.report(1, 2.75)
        keeper.report(2, 2.5)
        keeper.flush()
        assert study.trial(lease.trial_id).intermediate_values == {1: 2.75, 2: 2.5}
        assert not keeper.must_leave()
    study.storage.close()


def test_r18_a_value_that_can_never_be_stored_ends_the_attempt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = make_study(f"sqlite:///{tmp_path / 'study.db'}")
    lease = study.queue.claim("worker", identify())
    assert lease is not None
    monkeypatch.setattr(lease_keeper, "BEAT_SECONDS", 0.05)

    def refuse(*evaluation: Any) -> None:
        raise ValueError("this value is of another kind")

    monkeypatch.setattr(Queue, "report", refuse)
    with LeaseKeeper(study, lease) as keeper:
        keeper.report(1, 2.75)
        with pytest.raises(ValueError, match="another kind"):
            keeper.flush()
        with pytest.raises(ValueError, match="another kind"):
            keeper.must_leave()
    study.storage.close()
