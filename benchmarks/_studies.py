"""Planned studies with any number of finished runs, written in bulk."""

from __future__ import annotations

import datetime
import json
import random
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from optuna.distributions import distribution_to_json
from optuna.storages._rdb import models
from optuna.trial import TrialState

from optsweep.database.connection import open_storage
from optsweep.database.open_study import Study
from optsweep.database.tables import runs
from optsweep.database.urls import storage_url
from optsweep.planning.plan import plan_study
from optsweep.results.attributes import PREFIX, StudyData
from optsweep.search.sampling import RandomRuns, distributions_for
from optsweep.study.file import load_study
from optsweep.trainers import trainer_of

NUM_POINTS = 20
DATA = StudyData(
    demo=True,
    corpus="demo.pt",
    subset="demo_sweep.pt",
    num_sequences=10_000,
    source_sequences=12_000,
    synthetic=True,
    manifest={},
    fingerprint="0",
    reference={"unigram_entropy": 2.9, "composition_entropy": 2.85},
)


def study_with(folder: Path, num_finished: int, *, waiting: int = 1) -> Study:
    """A TPE study in a SQLite file in ``folder``: so many finished runs with full curves, and ``waiting`` queued."""
    url = storage_url(f"sqlite:///{folder / 'study.db'}")
    definition = load_study("demo").with_overrides(type="tpe", trials=waiting)
    study, _ = plan_study(open_storage(url, create=True), "bench", definition, DATA, command=["bench"])
    _ = study.definition  # read before the lock is taken
    with study.storage.engine.begin() as connection:
        connection.execute(sa.text("UPDATE trials SET state = 'FAIL' WHERE number < 5"))
        for start in range(0, num_finished, 500):
            _add(connection, study, start, min(500, num_finished - start))
    return study


def _add(connection: sa.Connection, study: Study, start: int, count: int) -> None:
    first_id = connection.execute(sa.text("SELECT max(trial_id) + 1 FROM trials")).scalar_one()
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    rows: dict[Any, list[dict[str, Any]]] = {}
    drawn, trainer = RandomRuns(study.definition), trainer_of(study.definition)
    for index in range(start, start + count):
        trial_id, rng = first_id + index - start, random.Random(index)
        parameters = drawn.parameters(index)
        value = 2.8 + 0.1 * rng.random()
        config = trainer.resolve(parameters, preset=None, seed=index, threads=1)
        attributes = {
            "run": f"user-{index:05d}",
            "index": 100 + index,
            "source": "user",
            "preset": None,
            "fixed": {},
            "config": config.model_dump(mode="json"),
        }
        number = first_id + index - start - 1
        place = {"trial_id": trial_id, "study_id": study.study_id}
        times = {"datetime_start": now, "datetime_complete": now}
        state = TrialState.COMPLETE
        rows.setdefault(models.TrialModel, []).append({**place, "number": number, "state": state, **times})
        rows.setdefault(models.TrialParamModel, []).extend(
            {
                "trial_id": trial_id,
                "param_name": name,
                "param_value": distribution.to_internal_repr(parameters[name]),
                "distribution_json": distribution_to_json(distribution),
            }
            for name, distribution in distributions_for(study.definition, parameters).items()
        )
        finite = {"value": value, "value_type": "FINITE"}
        rows.setdefault(models.TrialValueModel, []).append({"trial_id": trial_id, "objective": 0, **finite})
        rows.setdefault(models.TrialIntermediateValueModel, []).extend(
            {
                "trial_id": trial_id,
                "step": step,
                "intermediate_value": value + 0.1 / step,
                "intermediate_value_type": "FINITE",
            }
            for step in range(1, NUM_POINTS + 1)
        )
        rows.setdefault(models.TrialUserAttributeModel, []).extend(
            {"trial_id": trial_id, "key": PREFIX + key, "value_json": json.dumps(content)}
            for key, content in attributes.items()
        )
        rows.setdefault(runs, []).append(
            {**place, "run": attributes["run"], "priority": 1_000_000 + index, "attempts": 1, "progress": 1.0}
        )
    for table, content in rows.items():
        connection.execute(sa.insert(table), content)
