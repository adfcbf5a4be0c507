"""Slots for repeats: what they become when they are claimed, in which order, and what lost answers and deaths leave."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from optuna.trial import TrialState

from optsweep.database.change import change
from optsweep.database.connection import open_storage
from optsweep.database.lease import Lease
from optsweep.database.open_study import Study, open_study
from optsweep.database.repeats import NOTHING_TO_REPEAT
from optsweep.database.snapshot import read_history, read_snapshot
from optsweep.database.urls import storage_url
from optsweep.errors import StorageError
from optsweep.machine.process import Cause, identify
from optsweep.planning.plan import existing_runs, missing_runs, plan_study
from optsweep.planning.steering import enqueue, retry_failed, skip
from optsweep.results.records import RunRecord
from optsweep.search.sampling import distributions_for
from tests.planned import DATA, claim, make_study


@pytest.fixture
def study(database_url: str) -> Iterator[Study]:
    """Five presets, two sampled runs, and four repeats: two to choose by, two after the choice."""
    made = make_study(database_url, sampled=6, repeats=4)
    yield made
    made.storage.close()


def records(study: Study) -> dict[str, RunRecord]:
    return {record.run: record for record in read_snapshot(study).runs}


def end(study: Study, lease: Lease, value: float) -> None:
    """The end of a run whose worker has prepared it."""
    study.queue.set_attribute(lease, "config", {"trainer": "is not read here"})
    study.queue.finish(lease, TrialState.COMPLETE, value, outcome="complete", reason=None)


def end_first_seeds(study: Study, values: dict[str, float]) -> None:
    """Each first seed ends, with its value, or with one that nobody repeats."""
    waiting = [record for record in read_snapshot(study).runs if record.source != "repeat"]
    for place, _ in enumerate(waiting):
        lease = claim(study)
        end(study, lease, values.get(lease.run, 3.0 + 0.01 * place))


def test_slots_come_last_and_become_a_seed_of_what_leads(study: Study) -> None:
    assert [run for run in records(study) if run.startswith("repeat")] == [f"repeat-00{n}" for n in (1, 2, 3, 4)]
    end_first_seeds(study, {"random-001": 2.5, "small_fast": 2.6})
    first = claim(study)
    assert first.run == "random-001-seed2"
    end(study, first, 2.9)  # it was luck
    second = claim(study)
    assert second.run == "small_fast-seed2"
    known = records(study)
    assert known["random-001-seed2"].repeat_of == "random-001"
    assert known["small_fast-seed2"].state == "running"
    assert known["random-001-seed2"].source == "repeat"
    assert list(known)[-2:] == ["repeat-003", "repeat-004"]
    assert len(known) == 11
    assert [event.event for event in read_history(study, "random-001-seed2")] == ["planned", "claimed", "complete"]


def test_a_repeat_has_the_parameters_of_its_first_seed_from_the_claim_on(study: Study) -> None:
    for _ in range(7):
        lease = claim(study)
        own = {**study.definition.presets[0].parameters, "lr": 3e-3 if lease.run == "random-002" else 2e-3}
        kinds = distributions_for(study.definition, own)
        study.queue.set_parameters(
            lease, {name: (kinds[name].to_internal_repr(own[name]), kinds[name]) for name in own}
        )
        end(study, lease, 2.5 if lease.run == "random-002" else 2.9)
    repeat, known = claim(study), records(study)
    assert repeat.run == "random-002-seed2"
    assert known[repeat.run].parameters == known["random-002"].parameters
    assert known[repeat.run].parameters["lr"] == 3e-3


def test_a_killed_repeat_keeps_its_name_and_comes_before_the_slots(study: Study) -> None:
    end_first_seeds(study, {"small_fast": 2.5})
    first = claim(study)
    study.queue.hand_back(first, Cause.INTERRUPTION, "killed")
    assert records(study)["small_fast-seed2"].state == "waiting"
    again = claim(study)
    assert (again.run, again.trial_id, again.attempt) == (first.run, first.trial_id, 2)
    assert claim(study).run != first.run


def test_a_first_seed_that_failed_is_tried_again_before_anything_is_repeated(study: Study) -> None:
    leases = [claim(study) for _ in range(7)]
    for lease in leases[1:]:
        end(study, lease, 3.0)
    study.queue.hand_back(leases[0], Cause.FAULT, "raised")
    assert claim(study).run == leases[0].run


def test_the_last_two_wait_for_every_other_run_and_are_seeds_of_the_leader(study: Study) -> None:
    end_first_seeds(study, {"random-001": 2.5, "small_fast": 2.6})
    first, second = claim(study), claim(study)
    assert study.queue.claim("idle", identify()) is None, "the choice is not made yet"
    end(study, first, 2.5)
    assert study.queue.claim("idle", identify()) is None
    end(study, second, 2.5)
    leader = read_snapshot(study).best
    assert leader is not None
    finals = [claim(study), claim(study)]
    assert {records(study)[lease.run].repeat_of for lease in finals} == {leader.run}
    assert all(records(study)[lease.run].after_choice for lease in finals)
    assert not records(study)[first.run].after_choice
    seeds = read_snapshot(study).seeds[leader.run]
    for lease in finals:
        end(study, lease, 9.0)
    ended = read_snapshot(study)
    assert ended.best is not None
    assert ended.best.run == leader.run, "seeds after the choice change nothing"
    assert ended.seeds[leader.run] == seeds + 2
    assert ended.ended
    assert len(ended.runs) == ended.target == 11


@pytest.mark.parametrize(("repeats", "after"), [(1, 1), (2, 1), (3, 2), (5, 2)])
def test_of_few_repeats_the_last_half_comes_after_the_choice(database_url: str, repeats: int, after: int) -> None:
    study = make_study(database_url, sampled=repeats + 1, repeats=repeats)
    end_first_seeds(study, {})
    for _ in range(repeats):
        end(study, claim(study), 3.0)
    assert sum(record.after_choice for record in read_snapshot(study).runs) == after
    study.storage.close()


def test_no_slot_is_claimed_while_nothing_is_complete_and_then_they_end(study: Study) -> None:
    leases = [claim(study) for _ in range(7)]
    assert study.queue.claim("idle", identify()) is None
    for lease in leases[1:]:
        study.queue.finish(lease, TrialState.PRUNED, None, outcome="diverged", reason="diverged")
    assert study.queue.claim("idle", identify()) is None
    assert study.queue.unfinished() == 5
    study.queue.finish(leases[0], TrialState.FAIL, None, outcome="failed", reason="raised")
    assert study.queue.claim("idle", identify()) is None
    assert study.queue.unfinished() == 0
    slots = [record for record in read_snapshot(study).runs if record.source == "repeat"]
    assert {(slot.state, slot.reason) for slot in slots} == {("failed", NOTHING_TO_REPEAT)}
    assert len(retry_failed(study)) == 5
    end(study, claim(study), 2.5)
    repeat = claim(study)
    assert repeat.run == f"{leases[0].run}-seed2"
    # What it was when it failed is the same run's past, not another run.
    assert len(records(study)) == 11
    assert records(study)[repeat.run].repeat_of == leases[0].run
    events = [event.event for event in read_history(study, repeat.run)]
    assert (events[0], events.count("planned"), events[-1]) == ("planned", 1, "claimed")


def test_workers_that_ask_at_once_never_take_one_seed_twice(database_url: str) -> None:
    study = make_study(database_url, sampled=14, repeats=12)
    end_first_seeds(study, {})
    workers = [open_study(open_storage(storage_url(database_url)), study.name) for _ in range(4)]

    def take_all(worker: Study) -> list[str]:
        found = []
        while (lease := worker.queue.claim("worker", identify())) is not None:
            found.append(lease.run)
            end(worker, lease, 3.0 + len(found) / 7)
        return found

    with ThreadPoolExecutor(len(workers)) as pool:
        taken = [run for found in pool.map(take_all, workers) for run in found]
    taken += take_all(study)
    assert len(taken) == len(set(taken)) == 12
    numbers: dict[str, list[int]] = {}
    for record in read_snapshot(study).runs:
        if record.repeat_of is not None:
            numbers.setdefault(record.repeat_of, []).append(int(record.run.rpartition("-seed")[2]))
    assert all(sorted(own) == list(range(2, len(own) + 2)) for own in numbers.values()), numbers
    for one in (study, *workers):
        one.storage.close()


def test_a_claim_whose_answer_was_lost_is_found_again(study: Study) -> None:
    end_first_seeds(study, {})
    first, again = (study.queue._claim_slot("worker", identify(), "token") for _ in range(2))
    assert first is not None
    assert again is not None
    assert (again.run, again.trial_id) == (first.run, first.trial_id)
    assert sum(record.repeat_of is not None for record in read_snapshot(study).runs) == 1


class Killed(BaseException):
    pass


def killed_before_statement(study: Study, number: int) -> bool:
    """Whether a claim came to that statement, and was killed there."""
    count = itertools.count()

    def kill(*_: object) -> None:
        if next(count) == number:
            raise Killed

    sa.event.listen(study.storage.engine, "before_cursor_execute", kill)
    try:
        study.queue.claim("worker", identify())
    except Killed:
        return True
    finally:
        sa.event.remove(study.storage.engine, "before_cursor_execute", kill)
    return False


def test_a_death_before_any_statement_of_a_claim_leaves_the_slot_as_it_was(study: Study) -> None:
    end_first_seeds(study, {})
    before = read_snapshot(study).runs
    points = itertools.takewhile(lambda number: killed_before_statement(study, number), itertools.count())
    for _ in points:
        assert read_snapshot(study).runs == before
    (repeat,) = [record for record in read_snapshot(study).runs if record.repeat_of is not None]
    assert repeat.state == "running"


def test_skip_ends_a_slot_and_the_last_two_of_those_that_are_left_come_after_the_choice(study: Study) -> None:
    assert skip(study, "repeat-002") == "repeat-002 is skipped"
    end_first_seeds(study, {})
    end(study, claim(study), 3.0)
    assert all(records(study)[lease.run].after_choice for lease in (claim(study), claim(study)))
    with pytest.raises(StorageError, match="no run 'repeat-001'"):
        skip(study, "repeat-001")


def test_a_run_of_the_users_comes_before_slots_and_can_be_repeated(study: Study) -> None:
    end_first_seeds(study, {})
    assert enqueue(study, ["lr=0.001"]) == "user-001"
    mine = claim(study)
    assert mine.run == "user-001"
    end(study, mine, 2.0)
    assert claim(study).run == "user-001-seed2"
    assert read_snapshot(study).target == 12


def test_more_trials_add_first_seeds_that_are_claimed_before_the_slots_that_are_left(study: Study) -> None:
    end_first_seeds(study, {})
    done = claim(study)
    end(study, done, 3.0)
    larger = study.definition.with_overrides(trials=9)
    plan_study(study.storage, study.name, larger, DATA, command=["optsweep"])
    assert len(records(study)) == 14 == read_snapshot(study).target
    assert records(study)[done.run].state == "complete"
    claimed = [claim(study).run for _ in range(4)]
    assert claimed[:3] == ["random-003", "random-004", "random-005"]
    assert claimed[3] != done.run
    assert records(study)[claimed[3]].repeat_of is not None


def test_of_what_is_missing_first_seeds_are_added_before_repeats(study: Study) -> None:
    def added(trials: int, repeats: int) -> list[str]:
        section = study.definition.study.model_copy(update={"trials": trials, "repeats": repeats})
        larger = study.definition.model_copy(update={"study": section})
        plan = change(study, lambda plan: missing_runs(larger, existing_runs(plan, larger), []))
        assert plan.target == 5 + max(6, trials)
        return [run.run for run in plan.queued]

    assert added(6, 5) == []
    assert added(3, 0) == []
    assert added(7, 6) == ["repeat-005"]
    assert added(8, 5) == ["random-003", "repeat-005"]
    assert added(8, 0) == ["random-003", "random-004"]
