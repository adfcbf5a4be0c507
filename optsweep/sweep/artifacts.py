"""What the dashboard shows of a run beside its numbers: config, end of the log, curve, generated sequences.

They are copies in ``studies/<study>/artifacts``, since a run's directory changes when it is tried again. Optuna notes
them with the trial, which it allows only until the trial has ended: `attach` comes before the run's end is told.
"""

from __future__ import annotations

import io
import json
import logging
import mimetypes
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from optuna.artifacts.exceptions import ArtifactNotFound

from optsweep.files import atomic_path
from optsweep.sweep.curve_picture import draw_curve
from optsweep.sweep.runs import STUDIES, RunDirectory, study_directory
from optsweep.sweep.study import Study, newest_rows
from optsweep.sweep.tables import trial_system_attributes

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
        with atomic_path(self._folder / str(uuid.UUID(artifact_id))) as temporary, temporary.open("wb") as file:
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
        for name, content in _files(RunDirectory.of(study.name, run), study.definition.measure):
            identifier = artifact_id(study, run, name)
            store.write(identifier, io.BytesIO(content))
            # Not retried: a database that is away now must not hold up the end of the run.
            study.storage.backend.set_trial_system_attr(trial_id, _PREFIX + identifier, _note(identifier, name))
    except Exception as error:
        _logger.warning("the dashboard will lack files of %s: %s: %s", run, type(error).__name__, error)


def attach_sequences(study: Study) -> None:
    """Add generated sequences that came after their runs' ends; Optuna's own way to note them is closed by then."""
    store = ArtifactFolder(study.name)
    for row in newest_rows(study):
        known = attached(study, row.trial_id)
        for path in sorted(RunDirectory.of(study.name, row.run).path.glob("*.fasta")):
            identifier = artifact_id(study, row.run, path.name)
            store.write(identifier, io.BytesIO(path.read_bytes()))
            if path.name not in known:
                note = {
                    "trial_id": row.trial_id,
                    "key": _PREFIX + identifier,
                    "value_json": json.dumps(_note(identifier, path.name)),
                }
                with study.storage.engine.begin() as connection:
                    connection.execute(sa.insert(trial_system_attributes).values(note))


def _note(identifier: str, name: str) -> str:
    """What Optuna keeps of an artifact, as JSON."""
    kind = mimetypes.guess_type(name)[0] or "text/plain"
    description = {"artifact_id": identifier, "filename": name, "mimetype": kind, "encoding": None}
    return json.dumps(description)


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
