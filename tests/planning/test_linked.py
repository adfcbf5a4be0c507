"""Linked studies: runs of another study queued again with their configs, once each, whatever was killed in between."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import optuna
import pytest
from optuna.trial import TrialState

from optsweep.database.connection import open_storage
from optsweep.database.linked import linked_studies
from optsweep.database.open_study import Study, open_study
from optsweep.database.run_rows import keep_losses, read_losses
from optsweep.database.snapshot import read_snapshot
from optsweep.errors import StorageError
from optsweep.machine.process import Cause, identify
from optsweep.planning.trained_again import RunAgain, plan_linked
from optsweep.workers.prepared_run import Preparer
from tests.cut_off import Killed, killed_at


def finish(study: Study) -> str:
    """Claim the next run and end it complete."""
    lease = study.queue.claim("worker", identify())
    assert lease is not None
    Preparer(study, study.optuna(), "worker", 3).prepare(lease)
    keep_losses(study, lease, np.float32([2.5, 2.75]))
    study.queue.finish(lease, TrialState.COMPLETE, 2.5, outcome="complete", reason=None)
    return lease.run


def again(study: Study, seeds: int = 1) -> list[RunAgain]:
    """The complete runs with other seeds."""
    runs = [run for run in read_snapshot(study).runs if run.state == "complete"]
    configs = [run.train_config for run in runs]
    return [
        RunAgain(
            f"{run.run}-seed-{seed}",
            run,
            config.model_copy(update={"training": config.training.model_copy(update={"seed": seed, "threads": None})}),
        )
        for seed in range(1, seeds + 1)
        for run, config in zip(runs, configs, strict=True)
    ]


@pytest.fixture
def origin(study: Study, workplace: Path) -> Study:
    """Twelve runs, of which two are complete."""
    finish(study)
    finish(study)
    return study


def test_the_runs_are_queued_once_with_their_configs_and_more_may_come(origin: Study) -> None:
    linked = plan_linked(origin, "confirm", again(origin), data={"scores_confirmation": True})
    assert linked.name == "study-confirm"
    snapshot = read_snapshot(linked)
    assert snapshot.target == len(snapshot.runs) == 2
    assert {run.state for run in snapshot.runs} == {"waiting"}
    assert linked.data == origin.data.model_copy(update={"scores_confirmation": True})
    assert linked.definition.pruner.kind == "none"
    for run, planned in zip(snapshot.runs, again(origin), strict=True):
        assert (run.run, run.of, run.source, run.preset) == (planned.run, planned.origin.run, "linked", None)
        assert run.parameters == planned.origin.parameters
        assert run.stored_config["training"] == planned.config.model_dump(mode="json")["training"]
        assert run.stored_config["provenance"]["of"] == planned.origin.run
    ended = finish(linked)
    linked = plan_linked(origin, "confirm", again(origin, seeds=2), data={"scores_confirmation": True})
    snapshot = read_snapshot(linked)
    assert [run.run for run in snapshot.runs] == [run.run for run in again(origin, seeds=2)]
    assert snapshot.target == 4
    assert [run.run for run in snapshot.runs if run.state == "complete"] == [ended]
    assert [study.name for study in linked_studies(origin, "confirm")] == ["study-confirm"]
    assert linked_studies(origin, "repeats") == []
    assert len(read_snapshot(origin).runs) == 12


def test_its_runs_are_trained_as_they_were_planned_with_the_threads_of_the_worker(origin: Study) -> None:
    linked = plan_linked(origin, "repeats", again(origin))
    finish(linked)
    run = next(run for run in read_snapshot(linked).runs if run.state == "complete")
    planned = next(one for one in again(origin) if one.run == run.run)
    expected = planned.config.model_dump(mode="json")
    assert run.stored_config["training"] == {**expected["training"], "threads": 3}
    assert {key: value for key, value in run.stored_config.items() if key not in ("training", "provenance")} == {
        key: value for key, value in expected.items() if key not in ("training", "provenance")
    }
    assert run.parameters == planned.origin.parameters


def test_a_study_of_somebody_elses_with_that_name_is_left_alone(origin: Study) -> None:
    plan_linked(origin, "fidelity", again(origin))
    taken = optuna.create_study(study_name="study-confirm", storage=origin.storage.optuna)
    taken.set_user_attr("mine", True)
    taken.add_trial(optuna.trial.create_trial(value=1.0))
    with pytest.raises(StorageError):
        plan_linked(origin, "confirm", again(origin))
    other = plan_linked(origin, "fidelity", again(origin), suffix="-x2")
    with pytest.raises(StorageError, match="was not made from"):
        plan_linked(origin, "fidelity-x2", [])  # type: ignore[arg-type]
    assert other.name == "study-fidelity-x2"


def test_a_planner_that_was_killed_anywhere_can_be_started_again(origin: Study) -> None:
    for statement in range(0, 60, 3):
        storage = open_storage(origin.storage.url)
        with contextlib.suppress(Killed), killed_at(storage.engine, statement):
            dying = open_study(storage, origin.name)
            plan_linked(dying, "confirm", again(dying))
        storage.close()
        for linked in linked_studies(origin, "confirm"):
            read_snapshot(linked)
    linked = plan_linked(origin, "confirm", again(origin))
    assert [run.run for run in read_snapshot(linked).runs] == [run.run for run in again(origin)]


def test_losses_belong_to_who_holds_the_run_and_the_last_ones_count(origin: Study) -> None:
    assert {run: own.tolist() for run, own in read_losses(origin).items()} == {
        run.run: [2.5, 2.75] for run in read_snapshot(origin).runs if run.state == "complete"
    }
    first = origin.queue.claim("worker", identify())
    assert first is not None
    keep_losses(origin, first, np.float32([1.0]))
    origin.queue.hand_back(first, Cause.INTERRUPTION, "asked to leave")
    second = origin.queue.claim("worker", identify())
    assert second is not None
    assert second.run == first.run
    keep_losses(origin, second, np.float32([3.0, 4.0]))
    keep_losses(origin, first, np.float32([9.0]))
    assert read_losses(origin)[first.run].tolist() == [3.0, 4.0]
