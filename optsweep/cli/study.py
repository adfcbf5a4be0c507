"""How a command finds its study."""

from __future__ import annotations

from optsweep.database.connection import nothing_yet, open_storage
from optsweep.database.open_study import Study, open_study, study_names
from optsweep.database.urls import storage_url
from optsweep.planning.defaults import last_study, study_name


def study_of(name: str | None, storage: str | None) -> Study:
    """The study of that name (default: the one last worked on); raises a `UserError` if there is none."""
    url = storage_url(storage)
    opened = open_storage(url)
    if name is None:
        name = last_study() or next(reversed(study_names(opened)), None)
    if name is None:
        raise nothing_yet(url)
    return open_study(opened, study_name(name, "", None))
