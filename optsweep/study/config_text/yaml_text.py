"""YAML configs: the places of their values, and how values are written; tags of others are not looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml
from yaml.composer import ComposerError

from optsweep.study.config_text import json_text
from optsweep.study.config_text.tree import (
    EMPTY,
    Edit,
    Inner,
    Language,
    Place,
    applied,
    check,
    contents,
    expected,
    insert_in_braces,
    key_of,
    nested,
    newline,
    put,
)

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_OTHER_MEANING = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_MERGE = "tag:yaml.org,2002:merge"
_NULL = "tag:yaml.org,2002:null"


@dataclass
class Anchored:
    """A value that aliases name."""

    place: Place
    aliases: list[Place] = field(default_factory=list)


@dataclass
class Tree:
    """The documents of a text."""

    roots: list[Place]
    anchored: list[Anchored]


class _Loader(yaml.SafeLoader):
    """Composes nodes; an alias is a node of its own, which knows what it stands for."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if not self.check_event(yaml.AliasEvent):
            return super().compose_node(parent, index)
        event = self.get_event()  # type: ignore[no-untyped-call]
        if event.anchor not in self.anchors:
            raise ComposerError(None, None, f"found undefined alias {event.anchor!r}", event.start_mark)
        return _Alias(self.anchors[event.anchor], event)


class _Alias(yaml.Node):
    id = "alias"

    def __init__(self, target: yaml.Node, event: yaml.Event) -> None:
        super().__init__(target.tag, target.value, event.start_mark, event.end_mark)  # type: ignore[arg-type]
        self.target = target


class _Reading:
    """Makes places of nodes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places: dict[int, Place] = {}
        self.anchored: dict[int, Anchored] = {}

    def place(self, node: yaml.Node) -> Place:
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, _Alias):
            origin = self._places[id(node.target)]
            own = Place(origin.kind, start, end, alias_of=origin)
            self.anchored.setdefault(id(origin), Anchored(origin)).aliases.append(own)
            return own
        if isinstance(node, yaml.MappingNode):
            own = Place("table", start, end, braces=bool(node.flow_style))
        elif isinstance(node, yaml.SequenceNode):
            own = Place("list", start, end, braces=bool(node.flow_style))
        else:
            is_empty = node.tag == _NULL
            content = EMPTY if is_empty else (node.tag, node.value)
            own = Place("empty" if is_empty else "value", start, end, content)
        # Known before what is inside: that may be an alias of this.
        self._places[id(node)] = own
        if isinstance(node, yaml.MappingNode):
            self._read_entries(own, node)
        elif isinstance(node, yaml.SequenceNode):
            own.parts = [self.place(part) for part in node.value]
        if not own.braces or own.kind in ("value", "empty"):
            # A block's mark stands at what follows it.
            inside = [part.end for part in (*own.entries.values(), *own.parts)]
            own.end = max(inside, default=start + len(self._text[start:end].rstrip()))
        return own

    def _read_entries(self, table: Place, node: yaml.MappingNode) -> None:
        for key, value in node.value:
            inner = self.place(value)
            if not isinstance(key, yaml.ScalarNode):
                continue
            # Of a key that stands twice, the last counts.
            table.entries[key.value] = inner
            table.last_key = key.start_mark.index
            if key.tag == _MERGE:
                bases = [part.origin for part in inner.origin.parts] or [inner.origin]
                table.inherited |= {name for base in bases for name in (*base.entries, *base.inherited)}


def parse(text: str) -> Tree:
    """The trees of all documents; raises `ValueError` if the text is no YAML."""
    reading = _Reading(text)
    try:
        nodes = [node for node in yaml.compose_all(text, Loader=_Loader) if node is not None]
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
    return Tree([reading.place(node) for node in nodes], list(reading.anchored.values()))


def written(value: Inner) -> str:
    """The value in one line; texts always in quotes, so that nobody takes them for something else."""
    if isinstance(value, float):
        # Without a point, 1e-05 is a text to many readers.
        digits, e, exponent = repr(value).partition("e")
        special = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}
        return special.get(digits, digits + (".0" if e and "." not in digits else "") + e + exponent)
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(key)}: {written(part)}' for key, part in value.items())}}}"
    return json_text.written(value)


def edited(text: str, values: Mapping[str, Inner]) -> str:
    """The text with values put into it, each into the document that has its name, else into the first.

    Raises `ValueError` where they have no place.
    """
    tree = parse(text)
    roots = tree.roots or [Place("empty", len(text), len(text), EMPTY)]
    parted: dict[int, dict[str, Inner]] = {}
    for name, value in values.items():
        place = next((at for at, root in enumerate(roots) if key_of(root.entries, name) in root.entries), 0)
        parted.setdefault(place, {})[name] = value
    edits: list[Edit] = []
    for place, own in parted.items():
        root = roots[place]
        edits += [_begun(text, root, own)] if root.kind == "empty" else put(text, root, own, YAML)
    changed = applied(text, [*(_spaced(text, edit) for edit in edits), *_moved_anchors(text, tree, edits)])
    wanted = [expected(root, parted[at], _content) if at in parted else contents(root) for at, root in enumerate(roots)]
    check([contents(root) for root in parse(changed).roots], wanted)
    return changed


def _content(value: Inner) -> object:
    return contents(parse(written(value)).roots[0])


def _begun(text: str, root: Place, values: Mapping[str, Inner]) -> Edit:
    """The entries of a document that has none yet."""
    lines = "".join(_lines(nested(values), ""))
    if text[root.start : root.end]:
        return Edit(root.start, root.end, lines)
    if re.search(r"^(---|\.\.\.)", text[root.end :], re.MULTILINE):
        # Another document follows.
        return Edit(root.start, root.start, "\n" + lines.removesuffix("\n"))
    # After its comments.
    break_before = "\n" if text.strip() and not text.endswith("\n") else ""
    return Edit(len(text), len(text), break_before + lines)


def _spaced(text: str, edit: Edit) -> Edit:
    """With a blank after the colon, if there was nothing."""
    nothing = edit.start == edit.end and text[edit.start - 1 : edit.start] == ":"
    return Edit(edit.start, edit.end, f" {edit.text}") if nothing else edit


def _moved_anchors(text: str, tree: Tree, edits: list[Edit]) -> list[Edit]:
    """What other places stand for goes to the first of them, if its own place gets another value."""
    replaced = {edit.start for edit in edits if edit.end > edit.start}
    moved = []
    for one in tree.anchored:
        left = [alias for alias in one.aliases if alias.start not in replaced]
        if one.place.start in replaced and left:
            moved.append(Edit(left[0].start, left[0].end, text[one.place.start : one.place.end]))
    return moved


def _insert(text: str, table: Place, new: Mapping[str, Inner]) -> Edit:
    if table.braces:
        return insert_in_braces(text, table, [f"{_key(key)}: {written(value)}" for key, value in new.items()])
    assert table.last_key is not None, "a table without braces has entries"
    indent = " " * (table.last_key - text.rfind("\n", 0, table.last_key) - 1)
    lines = "".join(_lines(new, indent)).replace("\n", newline(text))
    end = text.find("\n", table.end) + 1
    return Edit(end, end, lines) if end else Edit(len(text), len(text), newline(text) + lines)


def _lines(table: Mapping[str, Inner], indent: str) -> list[str]:
    lines: list[str] = []
    for key, value in table.items():
        if isinstance(value, dict):
            lines += [f"{indent}{_key(key)}:\n", *_lines(value, f"{indent}  ")]
        else:
            lines.append(f"{indent}{_key(key)}: {written(value)}\n")
    return lines


def _key(key: str) -> str:
    is_plain = _PLAIN_KEY.fullmatch(key) and key.lower() not in _OTHER_MEANING
    return key if is_plain else json_text.written(key)


YAML = Language(written, _insert)
