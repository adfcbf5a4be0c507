"""The words of {flags}: how each value is written for the parser that the script has."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from optsweep.config import Section
from optsweep.study.parameter import Switch, Text

NAME, VALUE = "{name}", "{value}"
REPEATED = "repeated"
_EXAMPLE = re.compile(r"(?P<start>[^a]*?)(?P<quote>['\"]?)a(?P=quote)(?P<between>.+?)(?P=quote)b(?P=quote)(?P<end>.*)")
_BRACES = re.compile(r"\{\{|\}\}|\{name\}|\{value\}|[{}]")


def _check_braces(form: str) -> None:
    if any(part in "{}" for part in _BRACES.findall(form)):
        raise ValueError(f"{form!r}: there are {NAME} and {VALUE} here; write {{{{ and }}}} for braces of the script's")


def _check_form(form: str) -> str:
    _check_braces(form)
    parts = _BRACES.findall(form)
    if [part for part in parts if part in (NAME, VALUE)] != [NAME, VALUE]:
        raise ValueError(f"{form!r} needs {NAME} and then {VALUE}, such as --{NAME}={VALUE}")
    return form


def _check_booleans(pair: str) -> str:
    _check_braces(pair)
    sides = pair.split("/")
    if len(sides) != 2 or sides[0] == sides[1]:
        raise ValueError(f'{pair!r} needs one "/" between what is written for true and for false, such as True/False')
    whole = NAME in pair
    if VALUE in pair or any((NAME in side) != whole for side in sides if side or not whole):
        raise ValueError(f"{pair!r}: both sides are values (True/False), or whole flags (--{NAME}/--no-{NAME})")
    return pair


def _check_lists(example: str) -> str:
    if example != REPEATED and not _EXAMPLE.fullmatch(example):
        raise ValueError(f'{example!r} is no example of a list of a and b ("a,b", "[a,b]", "a b"), nor "repeated"')
    return example


def _check_none(text: str) -> str:
    _check_braces(text)
    if VALUE in text:
        raise ValueError(f"{text!r}: none has no {VALUE}")
    return text


Form = Annotated[Text, AfterValidator(_check_form)]
Booleans = Annotated[Text, AfterValidator(_check_booleans)]
Lists = Annotated[Text, AfterValidator(_check_lists)]
NoneText = Annotated[Text, AfterValidator(_check_none)]


class FlagException(Section):
    """How one name is written; what is left out is as for the others."""

    form: Form | None = None
    booleans: Booleans | None = None
    lists: Lists | None = None
    none: NoneText | None = None
    dashes: Switch | None = None


class FlagsSection(Section):
    """[trainer.flags]: how parameters, set and derived values become words."""

    form: Form = "--{name}={value}"
    """A blank makes two words."""
    booleans: Booleans = "true/false"
    """What is written for true and for false: values, or with {name} whole flags, of which one may be empty."""
    lists: Lists = "a,b"
    """An example of two elements; "a b" makes words of their own, "repeated" a flag for each."""
    none: NoneText | None = None
    """A value, or with {name} a whole flag; without it the flag is left out."""
    dashes: Switch = False
    """Dashes for underscores in names."""
    exceptions: Annotated[dict[Text, FlagException], Field(default_factory=dict)]
