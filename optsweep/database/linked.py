"""Linked studies: those in the same database that train runs of a study again."""

from __future__ import annotations

from optsweep.database.open_study import Study, find_study, study_names
from optsweep.results.attributes import Link, Purpose


def linked_name(origin: Study, purpose: Purpose, suffix: str = "") -> str:
    return f"{origin.name}-{purpose}{suffix}"


def ladder_suffix(run: str) -> str:
    """What the name of a ladder ends in: each finalist has a ladder of its own."""
    return f"-{run}"


def linked_studies(origin: Study, purpose: Purpose) -> list[Study]:
    """The origin's linked studies of that purpose that are planned to the end; oldest first."""
    names = [name for name in study_names(origin.storage) if name.startswith(linked_name(origin, purpose))]
    found = [study for name in names if (study := find_study(origin.storage, name)) is not None]
    link = Link(origin=origin.name, purpose=purpose)
    return [study for study in found if (own := study.attributes()).linked == link and own.target is not None]


def ladder_of(origin: Study, run: str) -> Study | None:
    """The ladder of that finalist, if one is planned."""
    name = linked_name(origin, "ladder", ladder_suffix(run))
    return next((study for study in linked_studies(origin, "ladder") if study.name == name), None)
