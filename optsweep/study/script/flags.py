"""The words of {flags}: how each value is written for the parser that the script has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from optsweep.config import Section
from optsweep.study.scalar import Given, Scalar, Switch, Text

NAME, VALUE = "{name}", "{value}"
REPEATED = "repeated"
DEFAULT_BOOLEANS, DEFAULT_LISTS = "true/false", "a,b"
_EXAMPLE = re.compile(r"(?P<start>[^a]*?)(?P<quote>['\"]?)a(?P=quote)(?P<between>.+?)(?P=quote)b(?P=quote)(?P<end>.*)")
_BRACES = re.compile(r"\{\{|\}\}|\{name\}|\{value\}|[{}]")

_FLAG = re.compile(r"--?[A-Za-z]")


def doubled(flag: str) -> str:
    """The form of an older study, where braces that are no placeholder stood as they were."""
    kept = flag.replace("{", "{{").replace("}", "}}")
    return kept.replace("{{name}}", NAME).replace("{{value}}", VALUE)


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
    _check_own_booleans(pair)
    if _is_whole(pair) and NAME not in pair:
        raise ValueError(f"{pair!r} would be the same flag for every name: --{NAME}/--no-{NAME}")
    return pair


def _check_own_booleans(pair: str) -> str:
    _check_braces(pair)
    sides = pair.split("/")
    if len(sides) != 2 or sides[0] == sides[1]:
        raise ValueError(f'{pair!r} needs one "/" between what is written for true and for false, such as True/False')
    whole = _is_whole(pair)
    if VALUE in pair or any(_is_whole(side) != whole for side in sides if side or not whole):
        raise ValueError(f"{pair!r}: both sides are values (True/False), or whole flags (--{NAME}/--no-{NAME})")
    return pair


def _is_whole(text: str) -> bool:
    """Whether it is flags, and not what stands in a flag's place for the value."""
    return any(NAME in side or _FLAG.match(side) for side in text.split("/"))


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
OwnBooleans = Annotated[Text, AfterValidator(_check_own_booleans)]
Lists = Annotated[Text, AfterValidator(_check_lists)]
NoneText = Annotated[Text, AfterValidator(_check_none)]


class FlagException(Section):
    """How one name is written; what is left out is as for the others."""

    form: Form | None = None
    booleans: OwnBooleans | None = None
    """Here whole flags need no {name}: "--model.bias/--model.no-bias"."""
    lists: Lists | None = None
    none: NoneText | None = None
    dashes: Switch | None = None


class FlagsSection(Section):
    """[trainer.flags]: how parameters, set and derived values become words."""

    form: Form = "--{name}={value}"
    """A blank makes two words."""
    booleans: Booleans = DEFAULT_BOOLEANS
    """What is written for true and for false: values, or whole flags, of which one may be empty."""
    lists: Lists = DEFAULT_LISTS
    """An example of two elements; "a b" makes words of their own, "repeated" a flag for each."""
    none: NoneText | None = None
    """A value, or with {name} a whole flag; without it the flag is left out."""
    dashes: Switch = False
    """Dashes for underscores in names."""
    exceptions: Annotated[dict[Text, FlagException], Field(default_factory=dict)]

    def of(self, name: str) -> FlagsSection:
        """How that name is written."""
        own = self.exceptions.get(name)
        return self if own is None else self.model_copy(update=own.model_dump(exclude_none=True))

    def words(self, name: str, value: Given) -> list[str]:
        """The words that give the script a value; none of them if it is left out."""
        own = self.of(name)
        shown = name.replace("_", "-") if own.dashes else name
        if value is None:
            if own.none is None or _is_whole(own.none):
                return _filled(own.none or "", shown)
            return _filled(own.form, shown, own.none)
        if isinstance(value, bool) and _is_whole(own.booleans):
            return _filled(_side(own.booleans, value), shown)
        if isinstance(value, list) and own.lists == REPEATED:
            return [word for part in value for word in _filled(own.form, shown, own._scalar(part))]
        if isinstance(value, list) and _apart(own.lists):
            return _filled(own.form, shown, *map(own._element, value))
        return _filled(own.form, shown, own._text(value))

    def text(self, name: str, value: Given) -> str:
        """What stands for a value inside of a word; raises `ValueError` for none, if that has no text."""
        own = self.of(name)
        if value is None:
            if not own.has_none:
                raise ValueError(f"{name} may be none, and nothing says how that is written; see trainer.flags.none")
            return _braces_filled(own.none or "", {})
        return own._text(value)

    @property
    def has_none(self) -> bool:
        """Whether none has a text, and is no flag of its own or left out."""
        return self.none is not None and not _is_whole(self.none)

    def list_mistake(self, name: str, value: Sequence[Scalar], *, placed: bool) -> str:
        """What in a list would be misread: for want of quotes or, where it is not placed by its name, of words."""
        own = self.of(name)
        if not placed and _apart(own.lists) and VALUE not in own.form.split():
            return f'{own.lists!r} needs {VALUE} as a word of its own in form: "--x {VALUE}"'
        if own.lists == REPEATED or _apart(own.lists):
            return ""
        example = _example(own.lists)
        quote = example["quote"]
        misread = {quote, "\\"} if quote else {example["between"], *example["start"], *example["end"]}
        for part in value:
            if isinstance(part, str) and any(sign in part for sign in misread):
                return f"{part!r} cannot be told from its list in the form {own.lists!r}"
        return ""

    def _text(self, value: Given) -> str:
        if not isinstance(value, list):
            assert isinstance(value, bool | int | float | str), "none is written by its own key"
            return self._scalar(value)
        example = _example(DEFAULT_LISTS if self.lists == REPEATED else self.lists)
        return example["start"] + example["between"].join(map(self._element, value)) + example["end"]

    def _element(self, value: Scalar) -> str:
        quote = "" if self.lists == REPEATED or not isinstance(value, str) else _example(self.lists)["quote"]
        return f"{quote}{self._scalar(value)}{quote}"

    def _scalar(self, value: Scalar) -> str:
        if not isinstance(value, bool):
            return str(value)
        # Inside of a list or a text there is no flag.
        return _side(DEFAULT_BOOLEANS if _is_whole(self.booleans) else self.booleans, value)


def _apart(lists: str) -> bool:
    """Whether elements are words of their own."""
    if lists == REPEATED:
        return False
    example = _example(lists)
    return not example["start"] and not example["end"] and example["between"] == " "


def _example(lists: str) -> dict[str, str]:
    found = _EXAMPLE.fullmatch(lists)
    assert found is not None, "checked when it was read"
    return found.groupdict()


def _side(booleans: str, value: bool) -> str:
    true, false = booleans.split("/")
    return true if value else false


def _filled(form: str, name: str, *values: str) -> list[str]:
    """The words of a form, with as many words for a value that stands alone as there are."""
    words: list[str] = []
    for word in form.split():
        if word == VALUE:
            words += values
        else:
            words.append(_braces_filled(word, {NAME: name, VALUE: " ".join(values)}))
    return words


def _braces_filled(text: str, by: Mapping[str, str]) -> str:
    return _BRACES.sub(lambda found: by.get(found[0], found[0][0]), text)
