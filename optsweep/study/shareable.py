"""Study files and configs as they may leave this place: in a report, a note, an export, a tracker.

Commands, and what a script is given besides its parameters, may hold tokens and passwords.
"""

from __future__ import annotations

from collections.abc import Mapping

from optsweep.plain import Plain

MASKED = "***"
HARMLESS = {
    "trainer": (
        *("config", "flag", "flags", "data", "grace_seconds", "metrics"),
        *("gpus_per_run", "torchrun", "derive", "constraints", "internal"),
    ),
    "notify": (),
}
"""Tables that hold commands -> their keys that hold none; a new key is masked until it is listed here."""


def shareable(contents: Mapping[str, Plain]) -> dict[str, Plain]:
    """The study file or config with `MASKED` in place of commands and of what else may be secret."""
    return {table: _masked(table, values) for table, values in contents.items()}


def _masked(table: str, values: Plain) -> Plain:
    if table not in HARMLESS or not isinstance(values, Mapping):
        return values
    return {key: value if key in HARMLESS[table] or not value else MASKED for key, value in values.items()}
