"""What is left of a run that has ended: on the disk, and for the sampler."""

from __future__ import annotations

import contextlib
from pathlib import Path

from optsweep.data.demo import make_demo
from optsweep.data.subset import ensure_subset
from optsweep.database.connection import open_existing
from optsweep.database.open_study import open_study
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_DONE
from tests.fakes.training import CHECKPOINT, EMA
from tests.sweeps import Sweeps, no_process_left

SWEEP = ("demo", "--data", "small.pt", "--cpu-workers", "2", "--type", "random", "--seed", "7", "--trials", "7")


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
