"""Describes a study and its ended runs for the dashboard: notes, and copies of config, log, curve, generated sequences.

The copies are in ``studies/<study>/artifacts``, since a run's directory changes when it is tried again. The launcher
starts it (describing.py), as ``python -m optsweep.workers.describe '["STUDY", "RUN", ...]'``; `optsweep dashboard`
calls it.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
import tempfile
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path

from optsweep.database.connection import reopen_storage
from optsweep.database.dashboard import keep_files, kept_files, note_run, note_study, noted_trials
from optsweep.database.open_study import Study, find_study, open_study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_DONE, EXIT_FAILED, OptsweepError
from optsweep.integrations.notes import CURVE, draw_curve, run_note, study_note, verdict_note
from optsweep.machine.child import end_with_parent
from optsweep.machine.process import limit_patience
from optsweep.results.folders import RunDirectory, log_to_stdout
from optsweep.results.records import RunRecord
from optsweep.study.definition import StudyDefinition
from optsweep.study.shareable import shareable
from optsweep.trust.reading import read_trust

LOG = "log_tail.txt"
LOG_LINES = 200
PATIENCE_SECONDS = 20.0
LONGEST_SECONDS = 600

_logger = logging.getLogger(__name__)


def describe_study(study: Study, *, storage: str | None = None) -> None:
    """Name the metric with its unit and write the verdict into the study's note; whatever goes wrong is logged.

    ``storage`` as in `read_trust`.
    """
    try:
        snapshot = read_snapshot(study)
        verdict = verdict_note(read_trust(study, snapshot, storage=storage).verdict.lines)
        note_study(study, study.trainer.metric, verdict, study_note(snapshot, study.study_id))
    except Exception as error:
        _logger.warning("the dashboard will lack the study's note: %s: %s", type(error).__name__, error)


def describe_runs(study: Study, chosen: Collection[str] | None = None, *, files: bool = True) -> None:
    """Keep the files and write the notes of the chosen runs that have ended, or (None) of all that lack either.

    Without ``files`` there are notes only. Whatever goes wrong is logged.
    """
    try:
        records = read_snapshot(study, chosen).runs
        # A process that was killed before the note has left a run with files.
        described = noted_trials(study) if chosen is None else set()
    except Exception as error:
        _logger.warning("the dashboard will lack notes: %s: %s", type(error).__name__, error)
        return
    for record in records:
        if record.over:
            try:
                _describe(study, record, described, files=files)
            except Exception as error:
                _logger.warning("the dashboard will lack files of %s: %s: %s", record.run, type(error).__name__, error)


def _describe(study: Study, record: RunRecord, described: Collection[int], *, files: bool) -> None:
    trial_id = study.storage.backend.get_trial_id_from_study_id_trial_number(study.study_id, record.trial)
    directory = RunDirectory.of(study.name, record.run)
    kept = kept_files(study, trial_id)
    if trial_id not in described or not kept:
        if files:
            with tempfile.TemporaryDirectory(prefix="optsweep-describe-") as folder:
                made = _made(Path(folder), directory, f"{record.run}: {study.trainer.unit}", study.definition)
                keep_files(study, trial_id, made)
            kept = kept_files(study, trial_id)
        note_run(study, trial_id, run_note(record, kept, study.trainer, study.definition.summary))
    # Sequences are often generated after a run's end.
    if files and (sequences := sorted(directory.path.glob("*.fasta"))):
        keep_files(study, trial_id, sequences)


def _made(folder: Path, directory: RunDirectory, title: str, definition: StudyDefinition) -> Iterator[Path]:
    curve = draw_curve(title, directory.path / "metrics.jsonl", definition)
    if curve is not None:
        (folder / CURVE).write_text(curve, encoding="utf-8")
        yield folder / CURVE
    (folder / LOG).write_text(directory.tail(LOG_LINES), encoding="utf-8")
    yield folder / LOG
    if directory.config.exists():
        yield _shared_config(folder, directory.config)


def _shared_config(folder: Path, config: Path) -> Path:
    """The file itself; or, where it tells how a script is called, a copy that may be shared."""
    contents = tomllib.loads(config.read_text(encoding="utf-8"))
    if "trainer" not in contents:
        return config
    import tomli_w

    copy = folder / config.name
    copy.write_text(tomli_w.dumps(shareable(contents)), encoding="utf-8")
    return copy


def main(study_name: str, *runs: str) -> int:
    log_to_stdout()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(signal.SIGTERM)
    # Whatever hangs ends some time; the runs that ended meanwhile wait for the next child.
    signal.alarm(LONGEST_SECONDS)
    limit_patience(PATIENCE_SECONDS)
    try:
        study = open_study(reopen_storage(storage_url(None)), study_name)
    except OptsweepError as error:
        _logger.warning("the dashboard will lack notes: %s", error)
        return EXIT_FAILED
    describe_study(study)
    describe_runs(study, runs)
    # What a linked study's runs come to may change the verdict on those that they train again.
    if (linked := study.attributes().linked) and (origin := find_study(study.storage, linked.origin)):
        describe_study(origin)
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main(*json.loads(sys.argv[1])))
