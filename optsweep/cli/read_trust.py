"""Reads what has been measured of a study's ranking, from the study and from those that train its runs again."""

from __future__ import annotations

from optsweep.database.losses import read_losses
from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_snapshot
from optsweep.planning.linked import linked_studies
from optsweep.results.attributes import Purpose
from optsweep.results.records import StudySnapshot
from optsweep.trust.trust import StudyLosses, Trust, assess


def read_trust(study: Study, snapshot: StudySnapshot) -> Trust:
    """What has been measured so far; trains nothing."""

    def linked(purpose: Purpose) -> list[StudyLosses]:
        return [StudyLosses(read_snapshot(one), read_losses(one)) for one in linked_studies(study, purpose)]

    sweep = StudyLosses(snapshot, read_losses(study))
    return assess(sweep, repeats=linked("repeats"), larger=linked("fidelity"), confirmed=linked("confirm"))
