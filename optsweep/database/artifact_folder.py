"""Where copies of run files for the dashboard lie: one folder per study, in the form of an Optuna artifact store."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import BinaryIO

from optuna.artifacts.exceptions import ArtifactNotFound

from optsweep.files import atomic_path
from optsweep.results.folders import STUDIES, study_directory


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
