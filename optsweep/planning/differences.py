"""What differs between the study file that a study began with and the one that it is given now."""

from __future__ import annotations

from collections.abc import Iterable

from optsweep.database.open_study import stored_definition
from optsweep.errors import ConfigError
from optsweep.plain import Plain
from optsweep.results.attributes import CorpusRecord, StudyAttributes
from optsweep.study.definition import StudyDefinition
from optsweep.study.shareable import MASKED


def check_unchanged(study: str, begun: StudyAttributes, definition: StudyDefinition, data: CorpusRecord | None) -> None:
    """Raise `ConfigError` if there are `differences`, or if the data is not the study's; None while it is not known."""
    found = differences(study, begun, definition)
    if data is not None and begun.data is not None and not begun.data.same_as(data):
        found.append(f"the data was {begun.data.corpus} with other content than {data.corpus} has now")
    if found:
        way_out = "put them back, or begin a new study with --name (or --fork) NAME"
        raise ConfigError(f"study {study!r}", [f"it began with other settings: {shown(found)}\n{way_out}"])


def shown(found: list[str]) -> str:
    """Differences in one line, of many the first ones."""
    return "; ".join(found[:6]) + (f"; and {len(found) - 6} more" if len(found) > 6 else "")


def corrected(study: str, begun: StudyAttributes, definition: StudyDefinition, data: CorpusRecord | None) -> list[str]:
    """The settings that have changed, if the study may take them while no run has a value: on the same data."""
    same = data is None or begun.data is None or begun.data.same_as(data)
    return differences(study, begun, definition) if same else []


def differences(study: str, begun: StudyAttributes, definition: StudyDefinition) -> list[str]:
    """What differs from the study file that the study began with."""
    return [f"{key} was {was!r}, is {now!r}" for key, was, now in _changes(study, begun, definition)]


def changed_names(study: str, begun: StudyAttributes, definition: StudyDefinition) -> list[str]:
    """The names only, such as space.lr or presets.small_fast, each once."""
    keys = [key.split(".") for key, _, _ in _changes(study, begun, definition)]
    return list(dict.fromkeys(".".join(key[:2]) for key in keys))


def _changes(study: str, begun: StudyAttributes, definition: StudyDefinition) -> list[tuple[str, Plain, Plain]]:
    stored, given = _comparable(stored_definition(study, begun)), _comparable(definition)
    both = [(key, stored.get(key), given.get(key)) for key in dict.fromkeys([*stored, *given])]
    changed = [(key, was, now) for key, was, now in both if was != now]
    # Values of an environment may be secrets.
    return [(key, *((MASKED, MASKED) if key.startswith("trainer.env.") else (was, now))) for key, was, now in changed]


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
