"""What the dashboard shows of a run beside its numbers: config, end of the log, curve, generated sequences.

They are copies in ``studies/<study>/artifacts``, since a run's directory changes when it is tried again, and are noted
with the trial.
"""

from __future__ import annotations

import io
import json
import logging
import mimetypes
import shutil
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from optuna.artifacts.exceptions import ArtifactNotFound

from optsweep.database.open_study import Study, newest_rows
from optsweep.database.tables import trial_system_attributes
from optsweep.files import atomic_path
from optsweep.integrations.curve_picture import draw_curve
from optsweep.results.folders import STUDIES, RunDirectory, study_directory

CURVE, CONFIG, LOG = "curve.svg", "config.toml", "log_tail.txt"
LOG_LINES = 200
_PREFIX = "artifacts:"
"""Of a trial's system attributes, as optuna.artifacts writes them."""
_NAMESPACE = uuid.UUID("5f3c1c1e-6f0b-4b55-9a43-7f1d0c3a1a10")

_logger = logging.getLogger(__name__)


class ArtifactFolder:
    """Optuna's protocol of an artifact store over the folders of all studies here; writes go to one of them."""

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


def artifact_id(study: Study, run: str, name: str) -> str:
    """The same for every attempt of a run: what a later one leaves takes the place of the earlier one's."""
    return str(uuid.uuid5(_NAMESPACE, f"{study.name}/{run}/{name}"))


def attach(study: Study, trial_id: int, run: str) -> None:
    """Keep the files of a run that is about to end; whatever goes wrong is logged, the run does not suffer from it."""
    try:
        store = ArtifactFolder(study.name)
        files = {}
        for name, content in _files(RunDirectory.of(study.name, run), study.definition.measure):
            files[name] = artifact_id(study, run, name)
            store.write(files[name], io.BytesIO(content))
        # Not retried: a database that is away now must not hold up the end of the run.
        _note_files(study, trial_id, files)
    except Exception as error:
        _logger.warning("the dashboard will lack files of %s: %s: %s", run, type(error).__name__, error)


def attach_sequences(study: Study) -> None:
    """Add generated sequences that came after their runs' ends."""
    store = ArtifactFolder(study.name)
    for row in newest_rows(study):
        files = {}
        for path in sorted(RunDirectory.of(study.name, row.run).path.glob("*.fasta")):
            files[path.name] = artifact_id(study, row.run, path.name)
            store.write(files[path.name], io.BytesIO(path.read_bytes()))
        _note_files(study, row.trial_id, files)


def _note_files(study: Study, trial_id: int, files: Mapping[str, str]) -> None:
    """Note those files (name -> artifact id) with the trial that it lacks, as `optuna.artifacts` does, but at once."""
    table = trial_system_attributes
    keys = {_PREFIX + identifier: name for name, identifier in files.items()}
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


def _files(directory: RunDirectory, measure: str) -> Iterator[tuple[str, bytes]]:
    curve = draw_curve(f"{directory.path.name}: {measure}", directory.path / "metrics.jsonl")
    if curve is not None:
        yield CURVE, curve.encode()
    if directory.config.exists():
        yield CONFIG, directory.config.read_bytes()
    yield LOG, directory.tail(LOG_LINES).encode()
    for sequences in sorted(directory.path.glob("*.fasta")):
        yield sequences.name, sequences.read_bytes()


def attached(study: Study, trial_id: int) -> dict[str, str]:
    """File name -> address within the dashboard, of what is kept of a trial."""
    stored = study.trial(trial_id).system_attrs
    kept = [json.loads(value) for key, value in stored.items() if key.startswith(_PREFIX)]
    address = f"/artifacts/{study.study_id}/{trial_id}"
    return {one["filename"]: f"{address}/{one['artifact_id']}" for one in kept if one is not None}
