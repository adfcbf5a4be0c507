"""What the dashboard shows of a run beside its numbers: config, end of the log, curve, generated sequences.

They are copies in ``studies/<study>/artifacts``, since a run's directory changes when it is tried again, and are noted
with the trial.
"""

from __future__ import annotations

import io
import logging
import uuid
from collections.abc import Iterator

from optsweep.database.artifact_folder import ArtifactFolder
from optsweep.database.dashboard_rows import note_files
from optsweep.database.open_study import Study, newest_rows
from optsweep.integrations.curve_picture import draw_curve
from optsweep.results.folders import RunDirectory

CURVE, CONFIG, LOG = "curve.svg", "config.toml", "log_tail.txt"
LOG_LINES = 200
_NAMESPACE = uuid.UUID("5f3c1c1e-6f0b-4b55-9a43-7f1d0c3a1a10")

_logger = logging.getLogger(__name__)


def artifact_id(study: Study, run: str, name: str) -> str:
    """The same for every attempt of a run: what a later one leaves takes the place of the earlier one's."""
    return str(uuid.uuid5(_NAMESPACE, f"{study.name}/{run}/{name}"))


def attach(study: Study, trial_id: int, run: str) -> None:
    """Keep the files of a run that is about to end; whatever goes wrong is logged, the run does not suffer from it."""
    try:
        store = ArtifactFolder(study.name)
        files = {}
        for name, content in _files(RunDirectory.of(study.name, run), study.trainer.unit):
            files[name] = artifact_id(study, run, name)
            store.write(files[name], io.BytesIO(content))
        # Not retried: a database that is away now must not hold up the end of the run.
        note_files(study, trial_id, files)
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
        note_files(study, row.trial_id, files)


def _files(directory: RunDirectory, measure: str) -> Iterator[tuple[str, bytes]]:
    curve = draw_curve(f"{directory.path.name}: {measure}", directory.path / "metrics.jsonl")
    if curve is not None:
        yield CURVE, curve.encode()
    if directory.config.exists():
        yield CONFIG, directory.config.read_bytes()
    yield LOG, directory.tail(LOG_LINES).encode()
    for sequences in sorted(directory.path.glob("*.fasta")):
        yield sequences.name, sequences.read_bytes()
