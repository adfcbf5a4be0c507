"""The script's own config: values put into the template's text, of which all else stays as it is, byte by byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from optsweep.errors import did_you_mean
from optsweep.study.config_text import json_text, toml_text, yaml_text
from optsweep.study.config_text.tree import Place, names_of
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
            return toml_text.edited(template, values)


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
            return [toml_text.parse(text)]
