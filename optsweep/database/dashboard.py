"""What the dashboard needs of the database: notes and files of runs, and a copy of it that nobody can change.

Notes and files go by the public functions of optuna and optuna-dashboard. For what serves the dashboard and for a
process of its own (workers/describe.py): the package takes a second to load, and all notes are read to write one.
"""

from __future__ import annotations

import json
import mimetypes
import re
import shutil
import uuid
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from optuna.artifacts import get_all_artifact_meta, upload_artifact
from optuna.artifacts.exceptions import ArtifactNotFound
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import RandomSampler
from optuna.storages._rdb import models
from optuna.trial import Trial
from optuna_dashboard import get_note, save_note

from optsweep.database.connection import Storage, open_storage
from optsweep.database.open_study import Study
from optsweep.database.tables import runs
from optsweep.database.urls import is_sqlite
from optsweep.files import atomic_path
from optsweep.results.attributes import PREFIX
from optsweep.results.folders import STUDIES, study_directory
from optsweep.study.shareable import shareable

ROWS = 2000
KEPT_BELOW = "\n[//]: # (written anew while the study goes on; what is below this line is not)\n\n"
"""A line of Markdown that only who edits a note sees."""


class ArtifactFolder:
    """Copies of run files, one folder per study; the protocol of an Optuna artifact store over all studies here.

    What is written goes to the folder of one study.
    """

    def __init__(self, study: str, *, read_only: bool = False) -> None:
        self._folder = study_directory(study) / "artifacts"
        self._read_only = read_only

    def open_reader(self, artifact_id: str) -> BinaryIO:
        return self._find(artifact_id).open("rb")

    def write(self, artifact_id: str, content_body: BinaryIO) -> None:
        if self._read_only:
            raise PermissionError("this is a snapshot: nothing can be changed")
        path = self._folder / str(uuid.UUID(artifact_id))
        # A copy, for looking at only: a power cut may take it, and no device waits for the disk.
        with atomic_path(path, durable=False) as temporary, temporary.open("wb") as file:
            shutil.copyfileobj(content_body, file)

    def remove(self, artifact_id: str) -> None:
        if self._read_only:
            raise PermissionError("this is a snapshot: nothing can be changed")
        self._find(artifact_id).unlink()

    def _find(self, artifact_id: str) -> Path:
        try:
            name = str(uuid.UUID(artifact_id))
        except ValueError:
            raise ArtifactNotFound(artifact_id) from None
        found = next(STUDIES.glob(f"*/artifacts/{name}"), None)
        if found is None:
            raise ArtifactNotFound(artifact_id)
        return found


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


def note_study(study: Study, metric: str, above: str, below: str) -> None:
    """Write ``above`` into the study's note anew, and name its values with their unit unless they have a name.

    ``below`` is written once: what a person makes of it later stays, and so does a note that was there before.
    """
    opened = study.optuna()
    if opened.metric_names is None:
        with warnings.catch_warnings(category=ExperimentalWarning, action="ignore"):
            opened.set_metric_names([metric])
    # A long note is stored in several pieces, one after the other.
    with study.storage.lock(f"note {study.name}"):
        there = get_note(opened)
        kept = there.rpartition(KEPT_BELOW)[2] if there else below
        if (body := f"{above}{KEPT_BELOW}{kept}") != there:
            save_note(opened, body)


def frozen_copy(storage: Storage, folder: Path) -> Storage:
    """Copy the database into a SQLite file in ``folder``, but for commands, and open that; writers are not held up."""
    path = folder / "snapshot.db"
    copy = _copied_file(storage, path) if is_sqlite(storage.url) else _copy_rows(storage, path)
    _mask_commands(copy)
    return copy


def _copied_file(storage: Storage, path: Path) -> Storage:
    # By SQLite itself, on a connection of ours: opening the file here would drop this process's locks (sqlite.py).
    connection = storage.engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(path),))
    finally:
        connection.close()
    return open_storage(_url(path))


def _mask_commands(copy: Storage) -> None:
    """A copy is for others to look at; tokens may stand in the commands of study files and configs."""
    with copy.engine.begin() as connection:
        for table, key in ((models.StudyUserAttributeModel, "definition"), (models.TrialUserAttributeModel, "config")):
            own = table.__table__
            (identifier,) = own.primary_key.columns
            stored = sa.select(identifier, own.c.value_json).where(own.c.key == PREFIX + key)
            for number, text in connection.execute(stored).all():
                contents = json.loads(text)
                if (shared := shareable(contents)) != contents:
                    changed = sa.update(own).where(identifier == number).values(value_json=json.dumps(shared))
                    connection.execute(changed)


def _url(path: Path) -> sa.URL:
    return sa.URL.create("sqlite", database=str(path))


def _copy_rows(storage: Storage, path: Path) -> Storage:
    """Row by row as of one moment, ids and all: the dashboard's notes and artifacts name trials by their ids."""
    copy = open_storage(_url(path), create=True)
    moment = storage.engine.connect().execution_options(isolation_level="REPEATABLE READ", stream_results=True)
    with moment as source, copy.engine.begin() as target:
        for table in [*models.BaseModel.metadata.sorted_tables, runs]:
            target.execute(sa.delete(table))
            for rows in source.execute(sa.select(table)).mappings().partitions(ROWS):
                target.execute(sa.insert(table), [dict(row) for row in rows])
    return copy
