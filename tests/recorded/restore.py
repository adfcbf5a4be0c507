"""Small studies that lie here as JSON, brought into a database by what plans, claims, reports and ends real runs.

A file has a study's overrides of the shipped demo, and for every run that was begun: the curve, the losses of the
scored sequences at its best point (of runs that ended complete), the seconds that it took, and how it ended. Runs that
it does not name wait. The numbers are made up, so that each study has the one outcome that it is named after.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from optuna.trial import TrialState

from optsweep.database.connection import open_storage
from optsweep.database.lease import Lease, RunProgress
from optsweep.database.open_study import Study
from optsweep.database.run_rows import keep_losses
from optsweep.database.urls import storage_url
from optsweep.machine.process import Cause, identify
from optsweep.planning.plan import plan_study
from optsweep.results.attributes import StudyAttributes, Weights
from optsweep.study.file import load_study
from optsweep.workers.prepared_run import Preparer
from tests.planned import DATA

STORED = Path(__file__).parent
WORKER = "CPU worker 0"
STATES = {"complete": TrialState.COMPLETE, "failed": TrialState.FAIL}
"""All others are pruned ones."""


def restore(name: str, url: str) -> Study:
    """Plan the study of that file in the database at ``url``, and take its runs to where they are in the file.

    Their folders come to lie below the working directory.
    """
    stored = json.loads((STORED / f"{name}.json").read_text())
    definition = load_study("demo").with_overrides(**stored["overrides"])
    section = definition.study.model_copy(update={"repeats": stored["repeats"]})
    definition = definition.model_copy(update={"study": section})
    weights = Weights(validation=stored["weights"], confirmation=stored["weights"])
    data = DATA.model_copy(update={"weights": weights, "reference": stored["reference"]})
    study, _ = plan_study(open_storage(storage_url(url), create=True), name, definition, data, command=["optsweep"])
    study.store(StudyAttributes(max_gpu_hours=stored["max_gpu_hours"]))
    preparer = Preparer(study, study.optuna(), WORKER, threads=1)
    runs = dict(stored["runs"])
    while runs:
        lease = study.queue.claim(WORKER, identify())
        assert lease is not None, f"nobody may claim {', '.join(runs)}"
        take_to_its_end(study, preparer, lease, runs.pop(lease.run))
    return study


def take_to_its_end(study: Study, preparer: Preparer, lease: Lease, run: Mapping[str, Any]) -> None:
    """Do with a claimed run what its record in a file says."""
    config = preparer.prepare(lease).config
    best = None
    for step, value in enumerate(run["curve"], start=1):
        share = step / study.definition.budget.num_evaluations
        best = value if best is None else min(best, value)
        progress = RunProgress(
            progress=share,
            sequences=study.trainer.sequences(config, round(share * config.training.n_iters)),
            seconds=run["seconds"] * step / len(run["curve"]),
            checkpoint_step=step,
            best_value=best,
            best_step=step,
            last_value=value,
        )
        study.queue.report(lease, step, value, progress)
    if run["outcome"] == "handed back":
        study.queue.hand_back(lease, Cause.INTERRUPTION, run["reason"])
        return
    if run["losses"]:
        keep_losses(study, lease, np.array(run["losses"], np.float32))
    state = STATES.get(run["outcome"], TrialState.PRUNED)
    value = best if state is TrialState.COMPLETE else None if state is TrialState.FAIL else run["curve"][-1]
    study.queue.finish(lease, state, value, outcome=run["outcome"], reason=run["reason"])
