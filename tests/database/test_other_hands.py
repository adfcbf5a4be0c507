"""What lost answers, other programs, clones and restored databases do to the queue (cases R1 to R17)."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import optuna
import pytest
import sqlalchemy as sa
from optuna.trial import TrialState, create_trial

from optsweep.database import lease as lease_module
from optsweep.database import snapshot
from optsweep.database.change import change
from optsweep.database.connection import Storage, open_storage
from optsweep.database.lease import MAX_FAULTS, Lease, LeaseLost, Look, RunProgress
from optsweep.database.open_study import Study, open_study
from optsweep.database.patience import RETRY_SECONDS
from optsweep.database.queue import LEASE_SECONDS
from optsweep.database.snapshot import read_history, read_run, read_snapshot
from optsweep.database.tables import run_events, runs, trials
from optsweep.errors import StudyGone
from optsweep.machine import process
from optsweep.machine.process import Cause, identify
from optsweep.planning.plan import plan_study
from optsweep.planning.steering import enqueue, retry_failed, skip
from tests.cut_off import Killed, killed_at, lost_answers
from tests.planned import DATA, claim, make_study, take

ME = identify()


def words(study: Study, run: str) -> list[str]:
    return [event.event for event in read_history(study, run)]


def row_of(study: Study, run: str) -> sa.Row:  # type: ignore[type-arg]
    with study.storage.engine.begin() as connection:
        query = sa.select(runs).where(runs.c.study_id == study.study_id, runs.c.run == run)
        return connection.execute(query.order_by(runs.c.trial_id.desc())).first()  # type: ignore[return-value]


def fail(study: Study, run: str) -> None:
    for _ in range(MAX_FAULTS):
        lease = take(study, run, "worker", ME)
        assert lease is not None
        study.queue.hand_back(lease, Cause.FAULT, "raised")
    assert read_run(study, run).state == "failed"


def test_r1_a_lost_answer_to_any_commit_is_found_again_and_counts_once(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = dataclasses.replace(ME, pid_started=1)
    with lost_answers(monkeypatch):
        lease = claim(study)
        study.queue.report(lease, 1, 2.75, RunProgress(checkpoint_step=40))
        assert study.queue.hand_back(lease, Cause.INTERRUPTION, "asked to leave")
        assert row_of(study, lease.run).interruptions == 1
        assert study.queue.claim("dies", dead) is not None
        assert study.queue.reclaim_dead() == [lease.run]
        again = claim(study)
        study.queue.finish(again, TrialState.COMPLETE, 2.5, outcome="complete", reason=None)
        for _ in range(MAX_FAULTS - 1):
            other = take(study, "small_fast", "worker", ME)
            assert other is not None
            assert study.queue.hand_back(other, Cause.FAULT, "raised")
        other = take(study, "small_fast", "worker", ME)
        assert other is not None
        assert not study.queue.hand_back(other, Cause.FAULT, "raised")
        assert retry_failed(study) == ["small_fast"]
        assert enqueue(study, ["lr=1e-3"]) == "user-001"
    assert words(study, lease.run) == [
        *("planned", "claimed", "evaluated", "handed back", "claimed", "reclaimed", "claimed", "complete")
    ]
    record = read_run(study, lease.run)
    assert (record.state, record.value, record.attempts) == ("complete", 2.5, 3)
    assert row_of(study, lease.run).token is None
    snapshot = read_snapshot(study)
    assert snapshot.target == len(snapshot.runs) == 13
    assert snapshot.counts["failed"] == snapshot.counts["running"] == 0
    with pytest.raises(LeaseLost):
        study.queue.finish(lease, TrialState.COMPLETE, 9.0, outcome="complete", reason=None)


STEPS = ("claim", "report", "finish", "hand back", "reclaim", "retry", "enqueue", "plan")


@pytest.mark.parametrize("step", STEPS)
def test_a_death_before_any_statement_changes_all_or_nothing(study: Study, step: str) -> None:
    """Invariant 1: whatever is cut off anywhere, the sweep still ends exactly."""
    fail(study, "small_fast")
    dead = dataclasses.replace(ME, pid_started=1)
    for statement in range(0, 200, 1 if study.storage.engine.dialect.name == "sqlite" else 3):
        reader = open_study(open_storage(study.storage.url), study.name)
        lease = Lease(0, "", "")
        if step in ("report", "finish", "hand back", "reclaim"):
            # Elsewhere, so that no reclaiming but the one below meets it.
            held = study.queue.claim("dies", dead if step == "reclaim" else dataclasses.replace(ME, host="elsewhere"))
            assert held is not None
            lease = held
        before = len(read_snapshot(study).runs)
        cut = False
        try:
            with killed_at(reader.storage.engine, statement):
                take_step(reader, step, lease)
        except Killed:
            cut = True
        reader.storage.close()
        if step in ("report", "finish", "hand back"):
            with contextlib.suppress(LeaseLost):  # of what was not cut off
                study.queue.hand_back(lease, Cause.INTERRUPTION, "died")
        study.queue.reclaim_dead()
        check_whole(study, before)
        if not cut:
            break
    else:
        pytest.fail("the step never came to its end")
    assert statement > 1


def take_step(study: Study, step: str, lease: Lease) -> None:
    match step:
        case "claim":
            study.queue.claim("dies", dataclasses.replace(ME, pid_started=1))
        case "report":
            study.queue.report(lease, 1, 2.5, RunProgress(best_value=2.5, last_value=2.5))
        case "finish":
            study.queue.finish(lease, TrialState.COMPLETE, 2.5, outcome="complete", reason=None)
        case "hand back":
            study.queue.hand_back(lease, Cause.INTERRUPTION, "asked to leave")
        case "reclaim":
            study.queue.reclaim_dead()
        case "retry":
            retry_failed(study)
        case "enqueue":
            enqueue(study, ["lr=1e-3"])
        case "plan":
            more = study.definition.with_overrides(trials=9)
            plan_study(study.storage, study.name, more, DATA, command=["optsweep"])


def check_whole(study: Study, runs_before: int) -> None:
    with study.storage.engine.begin() as connection:
        joined = sa.select(runs, trials.c.state).join(trials, trials.c.trial_id == runs.c.trial_id)
        for row in connection.execute(joined):
            assert (row.state is TrialState.RUNNING) == (row.token is not None), row
            assert row.state.is_finished() == (row.outcome is not None), row
    snapshot = read_snapshot(study)
    assert snapshot.target == len(snapshot.runs) >= runs_before
    names = [run.run for run in snapshot.runs]
    assert len(names) == len(set(names))


def test_r2_a_worker_hands_back_what_a_restored_database_says_that_it_holds(study: Study) -> None:
    forgotten, held = claim(study), claim(study)
    assert study.queue.disown(ME, held) == [forgotten.run]
    assert read_run(study, forgotten.run).state == "waiting"
    assert study.queue.disown(ME, held) == []
    study.queue.beat(held, RunProgress())
    assert study.queue.disown(ME) == [held.run]


def test_r3_a_run_that_another_program_has_taken_waits_again(study: Study) -> None:
    taken = study.optuna().ask()
    (run,) = [record.run for record in read_snapshot(study).runs if record.trial == taken.number]
    assert run not in [lease.run for _ in range(12) if (lease := study.queue.claim("a", ME)) is not None]
    assert study.queue.reclaim_dead() == [run]
    assert claim(study).run == run
    assert words(study, run)[-2:] == ["reclaimed", "claimed"]
    # A claim that was stopped, reaped, and continued finds nothing to begin.
    assert study.queue.claim("a", ME) is None


def test_r1_what_was_mended_is_said_though_the_answer_was_lost(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = study.optuna().ask()
    (run,) = [record.run for record in read_snapshot(study).runs if record.trial == taken.number]
    with lost_answers(monkeypatch):
        assert study.queue.reclaim_dead() == [run]
    assert read_run(study, run).state == "waiting"


def test_r3_a_run_that_another_program_has_taken_or_whose_worker_is_dead_is_skipped_at_once(study: Study) -> None:
    taken = study.optuna().ask()
    (run,) = [record.run for record in read_snapshot(study).runs if record.trial == taken.number]
    lease = study.queue.claim("dead", dataclasses.replace(ME, pid_started=ME.pid_started - 1))
    assert lease is not None
    for one in (run, lease.run):
        assert skip(study, one) == f"{one} is skipped"
        assert read_run(study, one).state == "pruned"


def test_r4_a_cloned_machine_with_a_fresh_beat_lives(study: Study) -> None:
    clone = dataclasses.replace(ME, boot_id="of the clone", pid=1)
    lease = study.queue.claim("on the clone", clone)
    assert lease is not None
    assert study.queue.reclaim_dead() == []
    study.queue.beat(lease, RunProgress())


def test_a_process_before_a_reboot_is_dead_once_it_was_silent_for_longer_than_this_boot(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "uptime", lambda: 90.5)
    lease = study.queue.claim("before the reboot", dataclasses.replace(ME, boot_id="earlier"))
    assert lease is not None
    for silent, reclaimed in ((50, []), (85, []), (95, [lease.run])):
        with study.storage.engine.begin() as connection:
            beat = study.storage.now(connection) - silent
            connection.execute(sa.update(runs).where(runs.c.trial_id == lease.trial_id).values(beat=beat))
        assert study.queue.reclaim_dead() == reclaimed


def test_r6_a_study_that_was_deleted_in_the_middle_is_said_and_leaves_nothing_to_the_next(study: Study) -> None:
    lease = claim(study)
    study.queue.report(lease, 1, 2.75, RunProgress(best_value=2.75))
    fail(study, "small_fast")
    optuna.delete_study(study_name=study.name, storage=study.storage.optuna)
    with pytest.raises(StudyGone, match="was deleted"):
        study.stop_reason()
    with pytest.raises((StudyGone, LeaseLost)):
        study.queue.report(lease, 2, 2.5, RunProgress())
    assert study.queue.claim("worker", ME) is None
    # In SQLite the next one gets the same ids.
    again = make_study(study.storage.url.render_as_string(hide_password=False), name=study.name)
    with pytest.raises((StudyGone, LeaseLost)):
        study.queue.beat(lease, RunProgress())
    with pytest.raises(StudyGone):
        study.claim_refusal()
    snapshot = read_snapshot(again)
    assert snapshot.counts == {**dict.fromkeys(snapshot.counts, 0), "waiting": 12}
    assert {run.value for run in snapshot.runs} == {None}
    assert words(again, lease.run) == ["planned"]
    again.storage.close()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_r6_a_study_that_is_deleted_while_it_is_read_has_not_ended(
    study: Study, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """All of no runs are over: a launcher would say that there is nothing to do."""
    assert not read_snapshot(study).ended
    read_rows = snapshot._rows

    def read_around_the_deletion(*arguments: Any) -> Any:
        there = read_rows(*arguments) if moment == "before" else None
        optuna.delete_study(study_name=study.name, storage=study.storage.optuna)
        return there or read_rows(*arguments)

    monkeypatch.setattr(snapshot, "_rows", read_around_the_deletion)
    with pytest.raises(StudyGone):
        read_snapshot(study)


def test_r6_a_study_of_another_program_with_the_same_ids_is_none_of_ours(tmp_path: Path) -> None:
    study = make_study(f"sqlite:///{tmp_path / 'study.db'}")
    optuna.delete_study(study_name=study.name, storage=study.storage.optuna)
    theirs = optuna.create_study(study_name="theirs", storage=study.storage.optuna)
    theirs.enqueue_trial({"x": 1.0})
    assert theirs._study_id == study.study_id
    with pytest.raises(StudyGone):
        study.claim_refusal()
    with study.storage.engine.begin() as connection:
        assert connection.execute(sa.select(trials.c.state)).scalars().all() == [TrialState.WAITING]
    ours = make_study(f"sqlite:///{tmp_path / 'study.db'}", name="ours")
    assert read_snapshot(ours).counts["waiting"] == 12
    with study.storage.engine.begin() as connection:
        assert set(connection.execute(sa.select(runs.c.study_id)).scalars()) == {ours.study_id}
        assert set(connection.execute(sa.select(run_events.c.study_id)).scalars()) == {ours.study_id}
    ours.storage.close()
    study.storage.close()


def test_r7_planners_whose_lock_was_lost_plan_every_run_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_study(database_url, sampled=0).storage.close()
    monkeypatch.setattr(Storage, "planning", lambda *_: contextlib.nullcontext())
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: make_study(database_url, sampled=80), range(4)))
    with made[0].storage.engine.begin() as connection:
        planned = connection.execute(sa.select(runs.c.run)).scalars().all()
        assert connection.execute(sa.select(sa.func.count()).select_from(trials)).scalar_one() == 85
    assert len(planned) == len(set(planned)) == read_snapshot(made[0]).target == 85
    for study in made:
        study.storage.close()


def test_runs_that_an_earlier_version_queued_twice_are_queued_once(study: Study) -> None:
    first = claim(study)
    twice = [row.run for row in read_snapshot(study).runs if row.run != first.run][:2]

    attributes = [study.trial(row_of(study, run).trial_id).user_attrs for run in (first.run, *twice)]
    again = [(create_trial(state=TrialState.WAITING, user_attrs=known), 1) for known in attributes]
    change(study, lambda plan: plan.add(again))
    assert study.queue.unfinished() == 15
    change(study, lambda _: None)
    assert study.queue.unfinished() == len(read_snapshot(study).runs) == 12
    assert read_run(study, first.run).state == "running"
    claimed = [lease.run for _ in range(20) if (lease := study.queue.claim("a", ME)) is not None]
    assert sorted([first.run, *claimed]) == sorted(run.run for run in read_snapshot(study).runs)


def test_r8_retry_that_was_killed_anywhere_and_typed_again_queues_a_run_once(study: Study) -> None:
    fail(study, "small_fast")
    for statement in range(100):
        other = open_study(open_storage(study.storage.url), study.name)
        try:
            with killed_at(other.storage.engine, statement):
                retry_failed(other)
        except Killed:
            continue
        finally:
            other.storage.close()
        break
    claimed = [lease.run for _ in range(20) if (lease := study.queue.claim("a", ME)) is not None]
    assert claimed.count("small_fast") == 1
    assert len(claimed) == 12


def test_r13_a_run_that_optuna_was_told_has_failed_is_left_and_can_be_tried_again(study: Study) -> None:
    lease = claim(study)
    study.optuna().tell(study.trial(lease.trial_id).number, state=TrialState.FAIL)
    study.queue.reclaim_dead()
    assert read_run(study, lease.run).state == "failed"
    assert "another program" in str(read_run(study, lease.run).reason)
    with pytest.raises(LeaseLost):
        study.queue.beat(lease, RunProgress())
    assert retry_failed(study) == [lease.run]
    assert read_run(study, lease.run).state == "waiting"


def test_r13_a_value_that_optuna_was_told_is_the_runs_value(study: Study) -> None:
    lease = claim(study)
    study.optuna().tell(study.trial(lease.trial_id).number, 1.25)
    with pytest.raises(LeaseLost):
        study.queue.finish(lease, TrialState.COMPLETE, 2.5, outcome="complete", reason=None)
    study.queue.reclaim_dead()
    record = read_run(study, lease.run)
    assert (record.state, record.value, study.trial(lease.trial_id).value) == ("complete", 1.25, 1.25)


def test_r17_who_waits_for_the_database_comes_back_before_its_lease_ends() -> None:
    assert LEASE_SECONDS - RETRY_SECONDS >= 120


def test_r17_after_an_outage_or_a_step_of_the_clock_silent_holders_get_time_to_beat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = 1000.0
    monkeypatch.setattr(lease_module.time, "monotonic", lambda: own)
    look, now = Look(), time.time()
    assert look.can_tell_silence(now)
    for seconds, step, trusted in ((5, 0, True), (590, 0, False), (5, 0, False), (56, 0, False), (5, 0, True)):
        own, now = own + seconds, now + seconds + step
        assert look.can_tell_silence(now) == trusted
        if seconds == 56:  # a gap, too
            own, now = own + 59, now + 59
            assert not look.can_tell_silence(now)
            for _ in range(13):
                own, now = own + 5, now + 5
                look.can_tell_silence(now)
    own, now = own + 5, now + 3605
    assert not look.can_tell_silence(now)
