"""Config files of studies that began before templates were kept as they are written: written anew from their values."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping

from optsweep.study.config_text.config_file import ConfigFormat, render
from optsweep.study.scalar import Given
from optsweep.toml_files import Table, Toml


def render_anew(kind: ConfigFormat, template: str, values: Mapping[str, Given]) -> str:
    """As `render`; but a table takes the place of whatever is in its way."""
    if kind == "py":
        return render(kind, template, values)
    document = _read(kind, template)
    for name, value in values.items():
        _put(document, name, value)
    return _write(kind, document)


def _read(kind: ConfigFormat, template: str) -> Table:
    import yaml

    if not template.strip():
        return {}
    parsers: Mapping[str, Callable[[str], Table]] = {"toml": tomllib.loads, "json": json.loads, "yaml": yaml.safe_load}
    return parsers[kind](template)


def _put(document: Table, name: str, value: Given) -> None:
    # A name that the template itself writes with dots is meant as it stands.
    *tables, last = [name] if name in document else name.split(".")
    for table in tables:
        inner = document.get(table)
        inside: Table = inner if isinstance(inner, dict) else {}
        document[table] = document = inside
    assert value is not None, "there was no none then"
    kept: list[Toml] | Toml = list(value) if isinstance(value, list) else value
    document[last] = kept


def _write(kind: ConfigFormat, document: Table) -> str:
    match kind:
        case "toml":
            import tomli_w

            return tomli_w.dumps(document)
        case "json":
            return json.dumps(document, indent=2) + "\n"
        case _:
            import yaml

            return str(yaml.safe_dump(document, sort_keys=False))
