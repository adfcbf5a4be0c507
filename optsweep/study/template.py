"""The config file of a run in the script's own format: its template with the run's values in their places."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, Literal

ConfigFormat = Literal["toml", "yaml", "json", "py"]


def read_template(kind: ConfigFormat, text: str) -> dict[str, Any]:
    """The values of a template (of a Python one none: it is kept as it is); raises `ValueError`."""
    if kind == "py":
        try:
            compile(text, "the template", "exec")
        except (SyntaxError, RecursionError, MemoryError) as error:
            raise ValueError(f"the template is not valid Python: {error}") from None
        return {}
    values = _parse(kind, text) if text.strip() else {}
    if not isinstance(values, dict):
        raise ValueError(f"the template holds a {type(values).__name__}; a table of names and values is right")
    return values


def _parse(kind: ConfigFormat, text: str) -> Any:
    import yaml

    parsers: dict[str, Callable[[str], Any]] = {"toml": tomllib.loads, "json": json.loads, "yaml": yaml.safe_load}
    try:
        return parsers[kind](text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise ValueError(f"the template is not valid {kind.upper()}: {' '.join(str(error).split())}") from None


def render(kind: ConfigFormat, template: str, values: Mapping[str, Any]) -> str:
    """The text of the config file; a dotted name sets a value inside tables, which are made where they are missing.

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


def _put(document: dict[str, Any], name: str, value: Any) -> None:
    # A name that the template itself writes with dots is meant as it stands.
    *tables, last = [name] if name in document else name.split(".")
    for table in tables:
        inner = document.get(table)
        document[table] = document = inner if isinstance(inner, dict) else {}
    document[last] = value


def _write(kind: ConfigFormat, document: dict[str, Any]) -> str:
    match kind:
        case "toml":
            import tomli_w

            return tomli_w.dumps(document)
        case "json":
            return json.dumps(document, indent=2) + "\n"
        case _:
            import yaml

            return str(yaml.safe_dump(document, sort_keys=False))
