"""Reads TOML files strictly; an error names the place, the value and what would be right."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from optsweep.errors import ConfigError
from optsweep.files import open_regular

Toml: TypeAlias = "bool | int | float | str | list[Toml] | dict[str, Toml]"
"""A value of a TOML file as it was parsed; dates, which no file of ours has, are left out."""
Table: TypeAlias = dict[str, Toml]
SectionType = TypeVar("SectionType", bound=BaseModel)
MAX_FILE = 1 << 16
"""Bytes; ours have a few thousand. A corpus that is given by mistake is not read into memory."""
MAX_FILE_LINE = 4096
MAX_DEPTH = 20


def read_toml(path: Path) -> Table:
    """Parse a TOML file; every way in which that can fail is a `ConfigError`."""
    text = read_text(path)
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(str(path), [f"is not valid TOML: {error}"]) from None
    if _is_deeper(values, MAX_DEPTH):
        raise ConfigError(str(path), [f"is nested more than {MAX_DEPTH} levels deep, which no study file or config is"])
    return values


def read_text(path: Path) -> str:
    """The text of a small file; every way in which that can fail is a `ConfigError`."""
    try:
        return _content(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), [f"is not UTF-8 text (byte {error.start})"]) from None


def _content(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            content = file.read(MAX_FILE + 1)
    except FileNotFoundError:
        raise ConfigError(str(path), ["no such file"]) from None
    except OSError as error:
        raise ConfigError(str(path), [f"cannot be read: {error.strerror}"]) from None
    if len(content) > MAX_FILE:
        raise ConfigError(str(path), [f"is larger than {MAX_FILE // 1024} KiB, which no study file or config is"])
    # tomllib's time grows with the square of the number of dots in a key.
    if any(len(line) > MAX_FILE_LINE for line in content.splitlines()):
        raise ConfigError(str(path), [f"has a line of more than {MAX_FILE_LINE} bytes"])
    return content


def _is_deeper(value: Toml, levels: int) -> bool:
    # Without recursion: one line of dotted keys makes thousands of levels.
    level: list[Toml] = [value]
    for _ in range(levels):
        containers = [part for part in level if isinstance(part, dict | list)]
        level = [child for part in containers for child in (part.values() if isinstance(part, dict) else part)]
    return bool(level)


def validate(schema: type[SectionType], values: Mapping[str, object], place: str) -> SectionType:
    """Build ``schema`` from parsed values; all mistakes are reported in one `ConfigError`."""
    try:
        return schema.model_validate(values)
    except ValidationError as error:
        raise ConfigError(place, list(dict.fromkeys(describe(mistake) for mistake in error.errors()))) from None


def describe(mistake: ErrorDetails, location: Sequence[int | str] | None = None) -> str:
    """One mistake of pydantic's in the words of the file: dotted name, value, what would be right.

    ``location`` replaces pydantic's own.
    """
    is_unknown = mistake["type"] == "extra_forbidden"
    *above, last = (mistake["loc"] if location is None else location) or ("file",)
    # Branches of a union appear in pydantic's location ("micro_batch", "int"); the file has no such names.
    names = [str(part) for part in above if not _is_union_branch(part)]
    names += [str(last)] if is_unknown or not _is_union_branch(last) else []
    name = ".".join(names) or "file"
    if mistake["type"] == "missing":
        return f"{name} is missing"
    if is_unknown:
        return f"{name} is not a known name"
    message = mistake["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    if mistake["type"] == "value_error":
        return f"{name}: {message}"
    return f"{name} = {_shown(mistake['input'])}: {message}"


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        # Python writes out neither an integer of thousands of digits nor what is nested too deep.
        return f"(a {type(value).__name__} too large to be shown)"
    return text if len(text) <= 80 else text[:77] + "..."


def _is_union_branch(part: object) -> bool:
    return isinstance(part, str) and (part in {"int", "bool", "float"} or "[" in part)
