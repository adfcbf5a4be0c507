"""Notes and artifacts in the study's attributes, as optuna-dashboard and optuna.artifacts keep them."""

from __future__ import annotations

import json
import mimetypes
import warnings
from collections.abc import Mapping

import sqlalchemy as sa
from optuna.exceptions import ExperimentalWarning

from optsweep.database.open_study import Study
from optsweep.database.tables import study_system_attributes, trial_system_attributes

ARTIFACT_PREFIX = "artifacts:"
"""Of a trial's system attributes, as optuna.artifacts writes them."""


def note_files(study: Study, trial_id: int, files: Mapping[str, str]) -> None:
    """Note those files (name -> artifact id) with the trial that it lacks, as `optuna.artifacts` does, but at once."""
    table = trial_system_attributes
    keys = {ARTIFACT_PREFIX + identifier: name for name, identifier in files.items()}
    with study.storage.engine.begin() as connection:
        there = sa.select(table.c.key).where(table.c.trial_id == trial_id, table.c.key.in_(keys))
        missing = keys.keys() - set(connection.execute(there).scalars())
        rows = [
            {"trial_id": trial_id, "key": key, "value_json": json.dumps(_description(files[name], name))}
            for key, name in keys.items()
            if key in missing
        ]
        if rows:
            connection.execute(sa.insert(table), rows)


def _description(identifier: str, name: str) -> str:
    """What Optuna keeps of an artifact, as JSON."""
    kind = mimetypes.guess_type(name)[0] or "text/plain"
    return json.dumps({"artifact_id": identifier, "filename": name, "mimetype": kind, "encoding": None})


def attached(study: Study, trial_id: int) -> dict[str, str]:
    """File name -> address within the dashboard, of what is kept of a trial."""
    stored = study.trial(trial_id).system_attrs
    kept = [json.loads(value) for key, value in stored.items() if key.startswith(ARTIFACT_PREFIX)]
    address = f"/artifacts/{study.study_id}/{trial_id}"
    return {one["filename"]: f"{address}/{one['artifact_id']}" for one in kept if one is not None}


_PIECE = 2045
"""Letters of a note that optuna-dashboard keeps in one attribute of the study, as it reads them."""


def _key(trial_id: int | None, what: str) -> str:
    return f"dashboard:{what}" if trial_id is None else f"dashboard:{trial_id}:{what}"


def has_note(study: Study, trial_id: int | None) -> bool:
    chosen = [study_system_attributes.c.study_id == study.study_id]
    chosen.append(study_system_attributes.c.key == _key(trial_id, "note_ver"))
    with study.storage.engine.connect() as connection:
        return connection.execute(sa.select(study_system_attributes.c.key).where(*chosen)).first() is not None


def save_note(study: Study, trial_id: int | None, body: str) -> None:
    backend = study.storage.backend
    for number, start in enumerate(range(0, len(body), _PIECE)):
        backend.set_study_system_attr(
            study.study_id, _key(trial_id, f"note_str:{number}"), body[start : start + _PIECE]
        )
    # Last: the version says that the note is there.
    backend.set_study_system_attr(study.study_id, _key(trial_id, "note_ver"), 1)


def name_metric(study: Study, metric: str) -> None:
    """Give the study's values a name with a unit, unless they have one."""
    optuna_study = study.optuna()
    if optuna_study.metric_names is None:
        with warnings.catch_warnings(category=ExperimentalWarning, action="ignore"):
            optuna_study.set_metric_names([metric])
