"""Notes and files of runs for the dashboard, by the public functions of optuna and optuna-dashboard.

For what serves the dashboard and for a process of its own (integrations/describe.py): the package takes a second to
load, and all notes are read to write one.
"""

from __future__ import annotations

import mimetypes
import re
import warnings
from collections.abc import Iterable
from pathlib import Path

from optuna.artifacts import get_all_artifact_meta, upload_artifact
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import RandomSampler
from optuna.trial import Trial
from optuna_dashboard import get_note, save_note

from optsweep.database.artifact_folder import ArtifactFolder
from optsweep.database.open_study import Study


def kept_files(study: Study, trial_id: int) -> dict[str, str]:
    """File name -> address within the dashboard, of what is kept of a trial."""
    address = f"/artifacts/{study.study_id}/{trial_id}"
    return {name: f"{address}/{identifier}" for name, identifier in _identifiers(study, trial_id).items()}


def keep_files(study: Study, trial_id: int, files: Iterable[Path]) -> None:
    """Copy files to the study's artifacts and note them with the trial, in place of earlier ones of their names."""
    known, store, backend = _identifiers(study, trial_id), ArtifactFolder(study.name), study.storage.backend
    for path in files:
        if path.name in known:
            with path.open("rb") as content:
                store.write(known[path.name], content)
            continue
        with backend.additions_after_the_end():
            upload_artifact(
                artifact_store=store,
                file_path=str(path),
                study_or_trial=study.trial(trial_id),
                storage=backend,
                mimetype=mimetypes.guess_type(path.name)[0] or "text/plain",
            )


def _identifiers(study: Study, trial_id: int) -> dict[str, str]:
    """File name -> artifact id."""
    found = get_all_artifact_meta(study.trial(trial_id), storage=study.storage.backend)
    return {one.filename: one.artifact_id for one in found}


def noted_trials(study: Study) -> set[int]:
    """Ids of the trials that have a note; `get_note` reads all notes for each of them."""
    stored = study.storage.backend.get_study_system_attrs(study.study_id)
    return {int(found[1]) for key in stored if (found := re.fullmatch(r"dashboard:(\d+):note_str:0", key))}


def note_run(study: Study, trial_id: int, body: str) -> None:
    """Give a run a note if it has none: what a person makes of it later stays."""
    trial = Trial(study.optuna(sampler=RandomSampler()), trial_id)
    if not get_note(trial):
        save_note(trial, body)


def note_study(study: Study, metric: str, body: str) -> None:
    """Give the study a note, and its values a name with a unit, unless it has them."""
    opened = study.optuna()
    if opened.metric_names is None:
        with warnings.catch_warnings(category=ExperimentalWarning, action="ignore"):
            opened.set_metric_names([metric])
    if not get_note(opened):
        save_note(opened, body)
