"""Reads all that is known of a study: its runs, the studies that train them again, and what was written of it."""

from __future__ import annotations

from optsweep.database.linked import ladder_of, linked_studies
from optsweep.database.open_study import Study
from optsweep.database.run_rows import read_losses
from optsweep.database.snapshot import read_snapshot
from optsweep.database.urls import storage_option
from optsweep.results.attributes import Purpose
from optsweep.results.folders import study_directory
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.trust.full_run import FullRun, full_run_of
from optsweep.trust.trust import StudyLosses, Trust, assess


def read_trust(study: Study, snapshot: StudySnapshot, *, storage: str | None = None) -> Trust:
    """What is known of the study's ranking, and the verdict on it.

    ``storage`` is how commands find the database, if not as it was opened: a copy of it is gone when they are typed.
    """

    def linked(purpose: Purpose) -> list[StudyLosses]:
        return [StudyLosses(read_snapshot(one), read_losses(one)) for one in linked_studies(study, purpose)]

    promoted = study_directory(study.name) / "promoted"
    return assess(
        StudyLosses(snapshot, read_losses(study)),
        repeats=linked("repeats"),
        larger=linked("fidelity"),
        confirmed=linked("confirm"),
        full_run=lambda run: full_run_of(snapshot, run, _ladder(study, run)),
        promoted={path.stem for path in promoted.glob("*.toml")},
        # The model card is written last.
        trained={path.parent.name for path in promoted.glob("*/README.md")},
        abandoned=study.queue.is_abandoned(),
        storage=storage_option(study.storage.url) if storage is None else storage,
    )


def read_full_run(study: Study, snapshot: StudySnapshot, run: RunRecord, *, moved: bool | None = None) -> FullRun:
    """What the full run of ``run`` should have; ``moved`` as in `full_run_of`."""
    return full_run_of(snapshot, run, _ladder(study, run), moved=moved)


def _ladder(study: Study, run: RunRecord) -> StudySnapshot | None:
    found = ladder_of(study, run.run)
    return None if found is None else read_snapshot(found)
