"""Reads TOML files strictly; an error names the place, the value and what would be right."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
        mistakes = [describe(mistake) for mistake in mistakes_of(error, values)]
        raise ConfigError(place, list(dict.fromkeys(mistakes))) from None


@dataclass(frozen=True)
class Mistake:
    """One wrong value of a file."""

    location: tuple[str | int, ...]
    """Its place in the file."""
    type: str
    """pydantic's word for what is wrong."""
    message: str
    value: object

    @property
    def name(self) -> str:
        return dotted(self.location)


def mistakes_of(error: ValidationError, values: object) -> list[Mistake]:
    """What is wrong with parsed values, each once: pydantic names a mistake for every branch of a union."""
    found: dict[tuple[str | int, ...], list[Mistake]] = {}
    for details in error.errors():
        mistake = _located(details, values)
        found.setdefault(mistake.location, []).append(mistake)
    # The branch of a union that a list or a table belongs to says what is wrong inside of it.
    outer = {location[:depth] for location in found for depth in range(len(location))}
    inside = {location for location in found if location in outer}
    return [_merged(each) for location, each in found.items() if location not in inside]


def describe(mistake: Mistake) -> str:
    """One mistake in the words of the file: dotted name, value, what would be right."""
    if mistake.type == "missing":
        return f"{mistake.name} is missing"
    if mistake.type == "extra_forbidden":
        return f"{mistake.name} is not a known name"
    if mistake.type == "value_error":
        return f"{mistake.name}: {mistake.message}"
    return f"{mistake.name} = {_shown(mistake.value)}: {mistake.message}"


def dotted(location: Sequence[str | int]) -> str:
    """The place in a file: space.x.choices[0]."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".") or "file"


def _located(details: ErrorDetails, values: object) -> Mistake:
    """The mistake with the names that the file has: marks of a union's branches and what is only meant are left out."""
    here, kept = values, list[str | int]()
    for part in details["loc"]:
        inner = _part(here, part)
        if inner is not _ABSENT:
            here = inner
            kept.append(part)
    if details["type"] == "missing":
        kept.append(details["loc"][-1])
    said = details["msg"].removeprefix("Value error, ")
    message = "input should be a table" if details["type"] in _NO_TABLE else said
    message = message[0].lower() + message[1:]
    return Mistake(tuple(kept), details["type"], message, details["input"])


_ABSENT = object()
_NO_TABLE = {"dict_type", "model_type", "model_attributes_type"}


def _part(value: object, name: str | int) -> object:
    if isinstance(value, Mapping):
        return value.get(name, _ABSENT)
    if isinstance(value, list | tuple) and isinstance(name, int) and name < len(value):
        return value[name]
    return _ABSENT


def _merged(branches: Sequence[Mistake]) -> Mistake:
    """What the branches of a union say of one value: "should be a valid integer or 'auto'"."""
    first, *others = branches
    common = "input should be "
    words = dict.fromkeys(mistake.message for mistake in branches)
    if others and all(word.startswith(common) for word in words):
        said = " or ".join(dict.fromkeys(word.removeprefix(common) for word in words))
        return replace(first, message=common + said)
    return replace(first, message="; ".join(words) if first.type == "value_error" else first.message)


def _shown(value: object) -> str:
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        # Python writes out neither an integer of thousands of digits nor what is nested too deep.
        return f"(a {type(value).__name__} too large to be shown)"
    return text if len(text) <= 80 else text[:77] + "..."
