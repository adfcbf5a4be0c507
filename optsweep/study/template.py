"""The config file of a run in the script's own format: its template with the run's values in their places."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from optsweep.study.parameter import Scalar
from optsweep.toml_files import Table

ConfigFormat = Literal["toml", "yaml", "json", "py"]
Value: TypeAlias = Scalar | list[Scalar]


def read_template(kind: ConfigFormat, text: str) -> Table:
    """The values of a template (none of a Python one, which is kept as it is); raises `ValueError`."""
    if kind == "py":
        try:
            compile(text, "the template", "exec")
        except (SyntaxError, RecursionError, MemoryError) as error:
            raise ValueError(f"the template is not valid Python: {error}") from None
        return {}
    values = _parse(kind, text) if text.strip() else {}
    if not isinstance(values, dict):
        raise ValueError(f"the template holds a {type(values).__name__}; it must hold a table of names and values")
    return values


def _parse(kind: ConfigFormat, text: str) -> object:
    import yaml

    parsers: dict[str, Callable[[str], object]] = {"toml": tomllib.loads, "json": json.loads, "yaml": yaml.safe_load}
    try:
        return parsers[kind](text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise ValueError(f"the template is not valid {kind.upper()}: {' '.join(str(error).split())}") from None


def render(kind: ConfigFormat, template: str, values: Mapping[str, Value]) -> str:
    """The text of the config file; a dotted name sets a value inside tables, which are made if they are missing.

    A Python file gets one assignment for each name at its end; what stood there before is overridden.
    """
    if kind == "py":
        return (
            template.rstrip("\n")
            + "\n" * bool(template.strip())
            + "".join(f"{name} = {value!r}\n" for name, value in values.items())
        )
    document = read_template(kind, template)
    for name, value in values.items():
        _put(document, name, value)
    return _write(kind, document)


def _put(document: Table, name: str, value: Value) -> None:
    # A name that the template itself writes with dots is meant as it stands.
    *tables, last = [name] if name in document else name.split(".")
    for table in tables:
        inner = document.get(table)
        inside: Table = inner if isinstance(inner, dict) else {}
        document[table] = document = inside
    document[last] = list(value) if isinstance(value, list) else value


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
