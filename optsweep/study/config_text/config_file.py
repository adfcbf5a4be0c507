"""The script's own config: values put into the template's text, of which all else stays as it is, byte by byte."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Literal

from optsweep.errors import did_you_mean
from optsweep.study.config_text import json_text, yaml_text
from optsweep.study.config_text.tree import Place, key_of, names_of
from optsweep.study.scalar import Given

ConfigFormat = Literal["toml", "yaml", "json", "py"]


def render(kind: ConfigFormat, template: str, values: Mapping[str, Given]) -> str:
    """The text of the config file; a dotted name sets a value inside tables, which are made if they are missing.

    A Python file gets one assignment for each name at its end; what stood there before is overridden. Raises
    `ValueError` where a value has no place in the template.
    """
    match kind:
        case "py":
            lines = "".join(f"{name} = {value!r}\n" for name, value in values.items())
            return template.rstrip("\n") + "\n" * bool(template.strip()) + lines
        case "yaml":
            return yaml_text.edited(template, values)
        case "json":
            return json_text.edited(template, values)
        case "toml":
            return _edited_toml(template, values)


def check_template(kind: ConfigFormat, text: str, called: str = "the template") -> None:
    """Raise `ValueError` if a template is no such file, or holds no table of names and values."""
    if not text.strip():
        return
    try:
        roots = _roots(kind, text)
    except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
        name = "Python" if kind == "py" else kind.upper()
        raise ValueError(f"{called} is not valid {name}: {error}") from None
    for root in roots:
        if root.kind not in ("table", "empty"):
            words = "list" if root.kind == "list" else "single value"
            raise ValueError(f"{called} holds a {words}; it must hold a table of names and values")


def new_names(kind: ConfigFormat, template: str, names: Iterable[str]) -> list[str]:
    """What the template does not have of these names, in words; nothing is known of a Python one's."""
    if kind == "py" or not template.strip():
        return []
    known = {name for root in _roots(kind, template) for name in names_of(root)}
    return [f"{name}{did_you_mean(name, known)}" for name in names if name not in known]


def _roots(kind: ConfigFormat, text: str) -> list[Place]:
    match kind:
        case "py":
            compile(text, "the template", "exec")
            return []
        case "yaml":
            return yaml_text.parse(text).roots
        case "json":
            return [json_text.parse(text)]
        case "toml":
            return [_place(tomllib.loads(text))]


def _place(value: object) -> Place:
    """Without a place in the text: only the names are of interest."""
    if isinstance(value, dict):
        return Place("table", 0, 0, entries={key: _place(inner) for key, inner in value.items()})
    return Place("list" if isinstance(value, list) else "value", 0, 0)


def _edited_toml(template: str, values: Mapping[str, Given]) -> str:
    import tomlkit

    document = tomlkit.parse(template)
    wanted = tomllib.loads(template)
    for name, value in values.items():
        _put_toml(document, name, value)
        _put_toml(wanted, name, value)
    text = tomlkit.dumps(document)
    if _typed(tomllib.loads(text)) != _typed(wanted):
        raise ValueError("the values cannot be put into the template as it is written")
    return text


def _put_toml(document: MutableMapping[str, Any], name: str, value: Given) -> None:
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
