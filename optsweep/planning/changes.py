"""What is different about a study's file or data since it began."""

from __future__ import annotations

from collections.abc import Iterable

from optsweep.database.open_study import Study
from optsweep.errors import ConfigError
from optsweep.plain import Plain
from optsweep.results.attributes import CorpusRecord
from optsweep.study.definition import StudyDefinition


def check_unchanged(study: Study, definition: StudyDefinition, data: CorpusRecord | None) -> None:
    """Raise `ConfigError` with the differences if the study began with another study file or other data.

    ``data`` is None while it is not known.
    """
    stored, given = _comparable(study.definition), _comparable(definition)
    differences = [
        f"{key} was {stored.get(key)!r}, is {given.get(key)!r}"
        for key in dict.fromkeys([*stored, *given])
        if stored.get(key) != given.get(key)
    ]
    if data is not None and not study.data.same_as(data):
        differences.append(f"the data was {study.data.corpus} with other content than {data.corpus} has now")
    if differences:
        shown = "; ".join(differences[:6]) + (f"; and {len(differences) - 6} more" if len(differences) > 6 else "")
        way_out = "put them back, or begin a new study with --name (or --fork) NAME"
        raise ConfigError(f"study {study.name!r}", [f"it began with other settings: {shown}\n{way_out}"])


def _comparable(definition: StudyDefinition) -> dict[str, Plain]:
    flat = dict(_flatten(definition.model_dump(mode="json")))
    # Type and number of sampled runs may change from start to start: the target is absolute. Notifications and
    # trackers change nothing about the runs.
    free = ("name", "study.type", "study.trials", "notify.", "trackers.")
    return {key: value for key, value in flat.items() if not key.startswith(free)}


def _flatten(value: Plain, key: str = "") -> Iterable[tuple[str, Plain]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _flatten(part, f"{key}.{name}" if key else name)
    elif isinstance(value, list) and value and all(isinstance(part, dict) and "name" in part for part in value):
        for part in value:
            yield from _flatten(part, f"{key}.{part['name']}")
    else:
        yield key, value
