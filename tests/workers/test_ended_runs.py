"""What is left of a run that has ended: on the disk, and for the sampler."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from optsweep.data.demo import make_demo
from optsweep.data.subset import ensure_subset
from optsweep.database.connection import open_existing
from optsweep.database.open_study import open_study
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_DONE
from tests.fakes.training import CHECKPOINT, EMA
from tests.sweeps import DEADLINE_SECONDS, Sweeps, no_process_left, wait_for

SWEEP = ("demo", "--data", "small.pt", "--cpu-workers", "2", "--type", "random", "--seed", "7", "--trials", "7")


@pytest.mark.heavy
def test_weights_of_the_best_three_and_of_presets_stay_and_the_sampler_keeps_away_from_what_is_too_large(
    workplace: Path,
) -> None:
    make_demo(workplace / "small.pt", 300)
    ensure_subset(workplace / "small.pt")
    sweeps = Sweeps(workplace, f"sqlite:///{workplace}/study.db", trouble={"random-002": "too large"})
    with no_process_left(sweeps):
        code, output = sweeps.run(*SWEEP)
        assert code == EXIT_DONE, output
        sweeps.check_exact(12)
        snapshot = sweeps.snapshot()
        assert snapshot is not None
        complete = [run for run in snapshot.runs if run.state == "complete" and run.value is not None]
        best = sorted(complete, key=lambda run: (run.value, run.trial))[:3]
        runs = workplace / "studies" / "study" / "runs"
        kept = {path.parent.name for path in runs.glob(f"*/{EMA}")}
        assert kept == {run.run for run in best} | {run.run for run in snapshot.runs if run.preset}
        assert kept < {run.run for run in snapshot.runs}
        assert list(runs.glob(f"*/{CHECKPOINT}")) == []

        too_large = next(run for run in snapshot.runs if run.run == "random-002")
        assert too_large.state == "pruned"
        assert (too_large.reason or "").startswith("out of memory at 0 %")
        with contextlib.chdir(workplace):
            storage = open_existing(storage_url(sweeps.url))
            assert storage is not None
            trials = open_study(storage, "study").optuna().get_trials()
            storage.close()
        assert {trial.number for trial in trials if trial.constraints} == {too_large.trial}


@pytest.mark.heavy
def test_r2_a_run_whose_end_the_database_has_lost_tells_it_again_and_is_not_trained_again(workplace: Path) -> None:
    make_demo(workplace / "small.pt", 300)
    ensure_subset(workplace / "small.pt")
    sweeps = Sweeps(workplace, f"sqlite:///{workplace}/study.db")
    with no_process_left(sweeps):
        assert sweeps.run(*SWEEP)[0] == EXIT_DONE
        before = sweeps.snapshot()
        assert before is not None
        lost = max((run for run in before.runs if run.state == "complete"), key=lambda run: run.value or 0.0)
        computed = sweeps.num_computed()
        with contextlib.closing(sqlite3.connect(workplace / "study.db")) as connection, connection:
            (trial_id,) = connection.execute("SELECT trial_id FROM optsweep_runs WHERE run = ?", [lost.run]).fetchone()
            connection.execute("DELETE FROM trial_values WHERE trial_id = ?", [trial_id])
            connection.execute("DELETE FROM trial_intermediate_values WHERE trial_id = ? AND step > 3", [trial_id])
            connection.execute(
                "UPDATE trials SET state = 'RUNNING', datetime_complete = NULL WHERE trial_id = ?", [trial_id]
            )
            connection.execute(
                "UPDATE optsweep_runs SET token = 'lost', outcome = NULL, ended = NULL, best_value = 9.0, "
                "pid_started = 1 WHERE trial_id = ?",
                [trial_id],
            )
        code, output = sweeps.run(*SWEEP)
        assert code == EXIT_DONE, output
        sweeps.check_exact(12)
        after = sweeps.snapshot()
    assert after is not None
    told = next(run for run in after.runs if run.run == lost.run)
    assert (told.state, told.value, told.curve) == (lost.state, lost.value, lost.curve)
    assert sweeps.num_computed() == computed


@pytest.mark.heavy
def test_r2_values_that_the_database_loses_under_a_running_worker_are_there_in_the_end(workplace: Path) -> None:
    make_demo(workplace / "small.pt", 300)
    ensure_subset(workplace / "small.pt")
    sweeps = Sweeps(workplace, f"sqlite:///{workplace}/study.db", iteration_seconds=0.01)
    with no_process_left(sweeps):
        process = sweeps.start(*SWEEP)
        wait_for(lambda: (workplace / "study.db").exists() and sweeps.count("running"))
        with contextlib.closing(sqlite3.connect(workplace / "study.db", timeout=60)) as connection:
            lost = "FROM trial_intermediate_values WHERE step = 2"
            wait_for(lambda: connection.execute(f"SELECT count(*) {lost}").fetchone()[0])
            with connection:
                connection.execute(f"DELETE {lost}")
        sweeps.hurry()
        output, _ = process.communicate(timeout=DEADLINE_SECONDS)
        assert process.returncode == EXIT_DONE, output
        snapshot = sweeps.snapshot()
    assert snapshot is not None
    assert all(list(run.curve) == list(range(1, len(run.curve) + 1)) for run in snapshot.runs)
