"""TOML configs: values put into them by tomlkit, which keeps all else."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, MutableMapping
from typing import Any

from optsweep.study.config_text.tree import Place, check, key_of
from optsweep.study.scalar import Given


def parse(text: str) -> Place:
    """The tree of a config, of which only the names are of interest; raises `ValueError` if it is no TOML."""
    return _place(tomllib.loads(text))


def edited(template: str, values: Mapping[str, Given]) -> str:
    """The text with values put into it; raises `ValueError` where they have no place."""
    import tomlkit

    document = tomlkit.parse(template)
    wanted = tomllib.loads(template)
    for name, value in values.items():
        _put(document, name, value)
        _put(wanted, name, value)
    text = tomlkit.dumps(document)
    check(_typed(tomllib.loads(text)), _typed(wanted))
    return text


def _put(document: MutableMapping[str, Any], name: str, value: Given) -> None:
    """TOML has no none: what is none is left out."""
    table, rest = document, name
    while (key := key_of(table, rest)) != rest:
        inner = table.setdefault(key, {}) if value is not None else table.get(key, {})
        if not isinstance(inner, MutableMapping):
            word = "a list" if isinstance(inner, list) else "a value"
            full = name.removesuffix(rest) + key
            raise ValueError(f"{name}: {full} is {word} in the template, and would become a table")
        table, rest = table.get(key, inner), rest[len(key) + 1 :]
    if isinstance(table.get(key), MutableMapping):
        raise ValueError(f"{name} is a table in the template, and would become {value!r}")
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value


def _typed(value: object) -> object:
    """What tells a value from all others: 1 is not 1.0."""
    if isinstance(value, dict):
        return {key: _typed(part) for key, part in value.items()}
    return [_typed(part) for part in value] if isinstance(value, list) else (type(value).__name__, repr(value))


def _place(value: object) -> Place:
    if isinstance(value, dict):
        return Place("table", 0, 0, entries={key: _place(inner) for key, inner in value.items()})
    return Place("list" if isinstance(value, list) else "value", 0, 0)
