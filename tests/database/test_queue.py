"""The queue: one claim a run, leases, hand-backs, limits; on real databases with real processes."""

from __future__ import annotations

import multiprocessing
import platform
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from optuna.trial import TrialState

from optsweep.database import leases
from optsweep.database.connection import check_reachable, open_storage
from optsweep.database.lease import MAX_FAULTS, MAX_INTERRUPTIONS, Lease, LeaseLost, RunProgress
from optsweep.database.open_study import Study, open_study
from optsweep.database.snapshot import read_history, read_run, read_snapshot
from optsweep.database.tables import run_events, runs
from optsweep.database.urls import storage_url
from optsweep.machine.process import Cause, ProcessIdentity, identify
from optsweep.planning.steering import retry_failed
from tests.planned import make_study, take

ELSEWHERE = ProcessIdentity("another host/0/1", "boot", 1, 1)


class Killed(BaseException):
    pass


def state(study: Study, run: str) -> str:
    return next(record.state for record in read_snapshot(study).runs if record.run == run)


def drain(url: str, name: str, start: Any, results: Any) -> None:
    study = open_study(open_storage(storage_url(url)), name)
    me, mine = identify(), []
    start.wait()
    while (lease := study.queue.claim("drainer", me)) is not None:
        mine.append(lease.run)
        study.queue.finish(lease, TrialState.COMPLETE, 1.0, outcome="complete", reason=None)
    study.storage.close()
    results.put(mine)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("workers", [4, pytest.param(16, marks=pytest.mark.heavy)])
def test_every_queued_run_is_handed_out_exactly_once(database_url: str, workers: int) -> None:
    queued = 200 if workers == 16 else 40
    study = make_study(database_url, sampled=queued - 5)
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(workers), context.Queue()
    processes = [context.Process(target=drain, args=(database_url, study.name, start, results)) for _ in range(workers)]
    for process in processes:
        process.start()
    handed_out = Counter(run for _ in processes for run in results.get(timeout=280))
    for process in processes:
        process.join()
    assert len(handed_out) == queued
    assert set(handed_out.values()) == {1}
    assert read_snapshot(study).counts["complete"] == queued
    study.storage.close()


def test_claims_take_interrupted_runs_then_presets_longest_first_then_sampled_in_order(study: Study) -> None:
    me = identify()
    first = study.queue.claim("a", me)
    second = study.queue.claim("a", me)
    assert first is not None
    assert second is not None
    assert first.run == "large_quality"
    study.queue.hand_back(second, Cause.INTERRUPTION, "killed")
    third = study.queue.claim("a", me)
    assert third is not None
    assert third.run == second.run
    rest = [lease.run for _ in range(10) if (lease := study.queue.claim("a", me)) is not None]
    assert sorted(rest[:3]) != rest  # three presets remain, then the sampled runs in their order
    assert rest[3:] == [f"random-{number:03d}" for number in range(1, 8)]
    assert study.queue.claim("a", me) is None


def test_a_run_that_failed_is_tried_again_after_all_others(study: Study) -> None:
    me = identify()
    first = study.queue.claim("a", me)
    assert first is not None
    study.queue.hand_back(first, Cause.FAULT, "raised")
    rest = [lease.run for _ in range(12) if (lease := study.queue.claim("a", me)) is not None]
    assert len(rest) == 12
    assert rest[-1] == first.run == "large_quality"


def test_a_run_of_a_dead_process_goes_back_to_the_queue_and_a_living_one_keeps_its_run(study: Study) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    lease = study.queue.claim("dies", identify(child.pid))
    living = study.queue.claim("lives", identify())
    assert lease is not None
    assert living is not None
    assert study.queue.reclaim_dead() == []
    child.kill()
    child.communicate()
    assert study.queue.reclaim_dead() == [lease.run]
    assert state(study, lease.run) == "waiting"
    assert state(study, living.run) == "running"
    with pytest.raises(LeaseLost):
        study.queue.beat(lease, RunProgress())
    with pytest.raises(LeaseLost):
        study.queue.finish(lease, TrialState.COMPLETE, 1.0, outcome="complete", reason=None)


def test_a_pid_that_is_used_again_counts_as_dead(study: Study) -> None:
    me = identify()
    used_again = study.queue.claim("its pid is used again", replace(me, pid_started=me.pid_started - 1))
    assert used_again is not None
    assert study.queue.reclaim_dead() == [used_again.run]


def set_beat(study: Study, lease: Lease, seconds_from_now: float) -> None:
    with study.storage.engine.begin() as connection:
        beat = study.storage.now(connection) + seconds_from_now
        connection.execute(sa.update(runs).where(runs.c.trial_id == lease.trial_id).values(beat=beat))


def test_a_holder_on_another_host_is_taken_for_dead_only_after_ten_silent_minutes(study: Study) -> None:
    lease = study.queue.claim("far away", ELSEWHERE)
    assert lease is not None
    set_beat(study, lease, -590)
    assert study.queue.reclaim_dead() == []
    set_beat(study, lease, -610)
    assert study.queue.reclaim_dead() == [lease.run]


def test_a_beat_from_the_future_counts_from_now_on(study: Study) -> None:
    lease = study.queue.claim("its clock was set back", ELSEWHERE)
    assert lease is not None
    set_beat(study, lease, 7200)
    assert study.queue.reclaim_dead() == []
    with study.storage.engine.connect() as connection:
        beat = connection.execute(sa.select(runs.c.beat).where(runs.c.trial_id == lease.trial_id)).scalar_one()
        assert beat <= study.storage.now(connection)


def die_again(study: Study, cause: Cause, checkpoint_step: int = 0) -> bool:
    lease = take(study, "large_quality", "worker", identify())
    assert lease is not None
    if checkpoint_step:
        study.queue.beat(lease, RunProgress(checkpoint_step=checkpoint_step))
    return study.queue.hand_back(lease, cause, "it died")


def test_three_faults_in_a_row_without_a_new_checkpoint_end_a_run_and_a_new_checkpoint_starts_the_count_again(
    study: Study,
) -> None:
    assert [die_again(study, Cause.FAULT) for _ in range(MAX_FAULTS - 1)] == [True, True]
    assert die_again(study, Cause.FAULT, checkpoint_step=10)
    assert die_again(study, Cause.FAULT)
    assert not die_again(study, Cause.FAULT)
    assert state(study, "large_quality") == "failed"


def test_only_twenty_interruptions_in_a_row_end_a_run_and_they_never_count_as_faults(study: Study) -> None:
    assert die_again(study, Cause.FAULT)
    assert all(die_again(study, Cause.INTERRUPTION) for _ in range(MAX_INTERRUPTIONS - 1))
    assert not die_again(study, Cause.INTERRUPTION)
    assert state(study, "large_quality") == "failed"


def test_a_failed_run_keeps_its_place_and_can_be_tried_again(study: Study) -> None:
    for _ in range(MAX_FAULTS):
        die_again(study, Cause.FAULT)
    assert retry_failed(study) == ["large_quality"]
    snapshot = read_snapshot(study)
    assert snapshot.target == len(snapshot.runs) == 12
    assert snapshot.counts["failed"] == 0
    lease = study.queue.claim("worker", identify())
    assert lease is not None
    assert lease.run == "large_quality"


def test_two_that_find_the_same_dead_holder_hand_its_run_back_once(study: Study) -> None:
    lease = study.queue.claim("dead", replace(identify(), pid_started=1))
    assert lease is not None
    dead = study.queue._find_dead([])
    assert study.queue._reclaim(dead[0], Cause.INTERRUPTION, "died")
    again = study.queue.claim("worker", identify())
    assert again is not None
    assert again.run == lease.run
    study.queue._reclaim(dead[0], Cause.INTERRUPTION, "died")
    assert state(study, lease.run) == "running"


def test_values_of_a_lost_checkpoint_are_forgotten_and_later_ones_replace_them(study: Study) -> None:
    lease = study.queue.claim("worker", identify())
    assert lease is not None
    for step in (1, 2, 3):
        study.queue.report(lease, step, 3.0 - step / 10, RunProgress())
    study.queue.forget_after(lease, 1)
    study.queue.report(lease, 2, 2.5, RunProgress())
    assert study.trial(lease.trial_id).intermediate_values == {1: 2.9, 2: 2.5}


def test_plain_optuna_on_the_same_sqlite_is_atomic_too(study: Study) -> None:
    """Optuna's own claim, through our engine: a WAITING trial is set RUNNING for one caller only."""
    trial = study.storage.optuna.get_all_trials(study.study_id)[0]
    answers = [study.storage.optuna.set_trial_state_values(trial._trial_id, TrialState.RUNNING) for _ in range(2)]
    assert answers == [True, False]


def test_looking_at_an_sqlite_file_again_does_not_drop_the_locks_of_open_connections(tmp_path: Path) -> None:
    """Where they are dropped, the next process that leaves deletes the log that this one still writes to."""
    url = f"sqlite:///{tmp_path / 'study.db'}"
    study = make_study(url)
    check_reachable(storage_url(url))
    look = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM trials'); c.close()"
    subprocess.run([sys.executable, "-c", look, str(tmp_path / "study.db")], check=True)
    assert (tmp_path / "study.db-wal").exists()
    study.storage.close()


def events_of(study: Study, run: str) -> list[tuple[str, str | None, str | None]]:
    return [(event.event, event.worker, event.detail) for event in read_history(study, run)]


def test_a_runs_history_tells_of_its_deaths_its_return_and_its_end(study: Study) -> None:
    me = identify()
    for signal in ("SIGKILL", "SIGSEGV"):
        lease = study.queue.claim(f"dies of {signal}", replace(me, pid_started=me.pid_started - 1))
        assert lease is not None
        study.queue.report(lease, 1, 3.25, RunProgress(checkpoint_step=40, best_value=3.25))
        dead = replace(me, pid_started=me.pid_started - 1)
        study.queue.reclaim(dead, Cause.INTERRUPTION, f"the worker was killed by {signal}")
    lease = study.queue.claim("is asked to leave", me)
    assert lease is not None
    study.queue.report(lease, 1, 3.25, RunProgress())
    study.queue.report(lease, 2, 3.0, RunProgress())
    study.queue.hand_back(lease, Cause.INTERRUPTION, "asked to leave by SIGTERM")
    for _ in range(MAX_FAULTS):
        last = take(study, lease.run, "fails", me)
        assert last is not None
        study.queue.hand_back(last, Cause.FAULT, "ValueError: no")
    assert retry_failed(study, [lease.run]) == [lease.run]
    lease = take(study, lease.run, "ends it", me)
    assert lease is not None
    study.queue.finish(lease, TrialState.COMPLETE, 2.75, outcome="complete", reason=None)
    assert events_of(study, lease.run) == [
        ("planned", None, None),
        ("claimed", "dies of SIGKILL", "attempt 1"),
        ("evaluated", "dies of SIGKILL", "3.25 at evaluation 1"),
        ("reclaimed", "dies of SIGKILL", "the worker was killed by SIGKILL"),
        ("claimed", "dies of SIGSEGV", "attempt 2"),
        ("evaluated", "dies of SIGSEGV", "3.25 at evaluation 1"),
        ("reclaimed", "dies of SIGSEGV", "the worker was killed by SIGSEGV"),
        ("claimed", "is asked to leave", "attempt 3"),
        ("evaluated", "is asked to leave", "3 at evaluation 2"),
        ("handed back", "is asked to leave", "asked to leave by SIGTERM"),
        ("handed back", "fails", "ValueError: no"),
        ("handed back", "fails", "ValueError: no"),
        ("failed", "fails", f"failed {MAX_FAULTS} times in a row without a new checkpoint: ValueError: no"),
        ("queued again", None, None),
        ("complete", "ends it", "2.75"),
    ]
    first, *_, last_event = read_history(study, lease.run)
    assert first.time <= last_event.time
    assert last_event.host == platform.node()
    assert last_event.trial > first.trial


def test_a_database_of_an_earlier_version_gets_the_history_with_the_first_change(study: Study) -> None:
    run_events.drop(study.storage.engine)
    reader = open_study(open_storage(study.storage.url), study.name)
    assert read_history(reader, "small_fast") == []
    # Several processes find at the same time that it is missing.
    with ThreadPoolExecutor(4) as pool:
        storages = list(pool.map(lambda _: open_storage(study.storage.url), range(4)))
        leases = list(pool.map(lambda storage: open_study(storage, study.name).queue.claim("a", identify()), storages))
    assert all(events_of(reader, lease.run) == [("claimed", "a", "attempt 1")] for lease in leases if lease is not None)
    assert None not in leases
    for storage in [reader.storage, *storages]:
        storage.close()


def test_an_evaluation_is_in_the_row_and_in_the_curve_or_in_neither(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = study.queue.claim("worker", identify())
    assert lease is not None
    study.queue.report(lease, 1, 3.0, RunProgress(best_value=3.0, last_value=3.0))

    def break_off(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(leases, "put_intermediate_value", break_off)
        study.queue.report(lease, 2, 2.5, RunProgress(best_value=2.5, last_value=2.5))
    record = read_run(study, lease.run)
    assert (record.value, record.curve) == (3.0, {1: 3.0})
    study.queue.report(lease, 2, 2.5, RunProgress(best_value=2.5, last_value=2.5))
    record = read_run(study, lease.run)
    assert (record.value, record.curve) == (2.5, {1: 3.0, 2: 2.5})
