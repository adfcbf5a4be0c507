"""A config as a tree of places in its text, so that values are put into it and all else stays as it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

Inner: TypeAlias = "bool | int | float | str | Sequence[Inner] | Mapping[str, Inner] | None"
"""What can be put into a config."""
EMPTY = ("empty",)
"""Content of what is written as nothing, and may become a table."""


@dataclass(eq=False)
class Place:
    """A value in a text."""

    kind: Literal["table", "list", "empty", "value"]
    start: int
    end: int
    content: object = None
    """What a value is, so that it can be compared."""
    entries: dict[str, Place] = field(default_factory=dict)
    """Of a table."""
    parts: list[Place] = field(default_factory=list)
    """Of a list."""
    inherited: frozenset[str] = frozenset()
    """Names that a table takes over from another one."""
    last_key: int | None = None
    """Where the key of a table's last entry begins."""
    braces: bool = True
    """Whether a table stands in braces; else its entries stand in lines."""
    alias_of: Place | None = None
    """Where what stands here is written, if that is elsewhere."""

    @property
    def origin(self) -> Place:
        return self.alias_of or self


@dataclass(frozen=True)
class Edit:
    """A piece of text in place of another one, which may be empty."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Language:
    """How one format is written."""

    written: Callable[[Inner], str]
    insert: Callable[[str, Place, Mapping[str, Inner]], Edit]
    """New entries into a table of a text."""


def put(text: str, root: Place, values: Mapping[str, Inner], language: Language) -> list[Edit]:
    """The edits that put values, by dotted names, into the text; raises `ValueError` where they have no place."""
    edits: dict[int, Edit] = {}
    _put(text, root, values, language, "", edits)
    return list(edits.values())


def applied(text: str, edits: list[Edit]) -> str:
    """The text after all of the edits."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def check(found: object, wanted: object) -> None:
    """Raise `ValueError` if a text into which values were put does not hold what it is to hold."""
    if found != wanted:
        raise ValueError("the values cannot be put into the template as it is written")


def expected(root: Place, values: Mapping[str, Inner], content: Callable[[Inner], object]) -> object:
    """What a tree is to hold after ``values`` were put into it, to be compared with `contents`."""
    document = contents(root)
    table = document if isinstance(document, dict) else {}
    for name, value in values.items():
        _put_value(table, name, content(value))
    return table


def contents(place: Place, known: dict[int, object] | None = None) -> object:
    """The values of a tree; what stands there twice is one object here too."""
    known = {} if known is None else known
    place = place.origin
    if id(place) not in known:
        if place.kind == "table":
            table: dict[str, object] = {}
            known[id(place)] = table
            table |= {key: contents(inner, known) for key, inner in place.entries.items()}
        elif place.kind == "list":
            known[id(place)] = [contents(part, known) for part in place.parts]
        else:
            known[id(place)] = place.content
    return known[id(place)]


def _put_value(document: dict[str, object], name: str, value: object) -> None:
    """Put a value into tables, which are made where they are missing."""
    table = document
    while (key := key_of(table, name)) != name:
        inner = table.get(key)
        if not isinstance(inner, dict):
            table[key] = inner = {}
        table, name = inner, name[len(key) + 1 :]
    table[key] = value


def key_of(table: Mapping[str, object], name: str) -> str:
    """The key of a dotted name in a table; a name that the template itself writes with dots is meant as it stands."""
    return name if name in table else name.partition(".")[0]


def names_of(place: Place, above: str = "") -> Iterator[str]:
    """The dotted name of every value and table."""
    for key, inner in place.entries.items():
        name = f"{above}.{key}" if above else key
        yield name
        yield from names_of(inner.origin, name)
    for key in place.inherited:
        yield f"{above}.{key}" if above else key


def _put(
    text: str, table: Place, values: Mapping[str, Inner], language: Language, above: str, edits: dict[int, Edit]
) -> None:
    new: dict[str, Inner] = {}
    inside: dict[str, dict[str, Inner]] = {}
    for name, value in values.items():
        key = key_of(table.entries, name)
        place, full = table.entries.get(key), f"{above}{key}"
        if place is None:
            if key != name and key in table.inherited:
                raise ValueError(f"{above}{name}: {full} is merged from another table in the template; set it there")
            new[name] = value
        elif key == name:
            if place.kind == "table":
                raise ValueError(f"{full} is a table in the template, and would become {value!r}")
            if place.start in edits:
                raise ValueError(
                    f"{full} is what another name stands for in the template, by an alias; set one of the two"
                )
            edits[place.start] = Edit(place.start, place.end, language.written(value))
        elif place.kind in ("table", "empty"):
            inside.setdefault(key, {})[name[len(key) + 1 :]] = value
        else:
            word = "a list" if place.kind == "list" else "a value"
            raise ValueError(f"{above}{name}: {full} is {word} in the template, and would become a table")
    for key, inner in inside.items():
        place = table.entries[key]
        if place.kind == "table":
            _put(text, place.origin, inner, language, f"{above}{key}.", edits)
        else:
            edits[place.start] = Edit(place.start, place.end, language.written(nested(inner)))
    if new:
        edit = language.insert(text, table, nested(new))
        # Where something else begins or ends too. A table that ends at the same place, as the last does, stands first.
        at = -edit.start - 1
        before = edits[at].text if at in edits else ""
        edits[at] = replace(edit, text=before + edit.text)


def nested(values: Mapping[str, Inner]) -> dict[str, Inner]:
    """Tables for what has dotted names."""
    tables: dict[str, Inner] = {}
    for name, value in values.items():
        above, table = name.split("."), tables
        for key in above[:-1]:
            inner = table.setdefault(key, {})
            if not isinstance(inner, dict):
                raise ValueError(f"{name}: {key} is a value, and would become a table")
            table = inner
        if isinstance(table.get(above[-1]), dict):
            raise ValueError(f"{name} is a table, and would become {value!r}")
        table[above[-1]] = value
    return tables


def newline(text: str) -> str:
    """How the text's lines end."""
    return "\r\n" if "\r\n" in text else "\n"


def insert_in_braces(text: str, table: Place, entries: list[str]) -> Edit:
    """New entries after the last one of a table in braces, on lines of their own if that stands so."""
    if table.last_key is None:
        return Edit(table.start + 1, table.start + 1, ", ".join(entries))
    line = text.rfind("\n", 0, table.last_key) + 1
    indent = text[line : table.last_key]
    between = f",{newline(text)}{indent}" if line and not indent.strip() else ", "
    end = max(place.end for place in table.entries.values())
    return Edit(end, end, "".join(between + entry for entry in entries))
