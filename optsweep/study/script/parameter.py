"""The forms of a script's parameter: any range or choices, lists and none among them, and when a run has it at all."""

from __future__ import annotations

import itertools
import json
import tomllib
from collections.abc import Mapping, Sequence
from typing import Annotated, Self, TypeAlias, TypeGuard

from pydantic import AfterValidator, BeforeValidator, Discriminator, PlainValidator, Tag, model_validator
from pydantic_core import PydanticCustomError

from optsweep.config import Section
from optsweep.study.choices import Chosen, check_list
from optsweep.study.parameter import CHOICES, INTEGERS, RANGE, form_of
from optsweep.study.ranges import IntegerRange, Range
from optsweep.study.scalar import KIND_WORDS, Parameters, Scalar, Switch, read_scalar
from optsweep.study.script.formula import FormulaText

NONE = "none"
"""How none stands in study files, and among a run's parameters."""
DOTTED = "dotted"
"""pydantic's word for a table that is none of a parameter."""
_FOREIGN = {"min", "max", "value", "values", "type", "distribution"}
"""As others write ranges and choices."""
KEYS = ("low", "high", "log", "step", "choices", "none", "when")
"""What a parameter's table may have."""


def read_value(value: object) -> Scalar | list[Scalar]:
    """A scalar, or a list of scalars."""
    if isinstance(value, dict):
        raise PydanticCustomError("table", "input should be a number, a text, true, false or a list of them")
    if not isinstance(value, list | tuple):
        return read_scalar(value)
    if any(isinstance(part, list | tuple | dict) for part in value):
        raise PydanticCustomError("nested", "a list has numbers, texts, true and false; no lists or tables")
    return [read_scalar(part) for part in value]


def is_value(value: object) -> TypeGuard[Scalar | list[Scalar]]:
    try:
        read_value(value)
    except PydanticCustomError:
        return False
    return True


Value = Annotated[Scalar | list[Scalar], PlainValidator(read_value)]
"""What a script may be given for a parameter."""


def texts_in(value: Scalar | list[Scalar]) -> list[str]:
    """The texts that a value is, or has among its parts."""
    return [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, str)]


def label(value: Scalar | list[Scalar]) -> Scalar:
    """A list as it is stored and shown: a text such as [0.9, 0.95]."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


class Conditional(Section):
    """What only some runs may have."""

    when: FormulaText | None = None
    """The condition (`optsweep.study.script.formula`) of a run that has the parameter."""


class ScriptRange(Range, Conditional):
    pass


class ScriptIntegerRange(IntegerRange, Conditional):
    pass


def _of_one_kind(values: Sequence[Scalar | list[Scalar]]) -> Sequence[Scalar | list[Scalar]]:
    kinds = {type(value): value for value in values}
    if kinds.keys() == {int, float}:
        return [float(value) for value in values if isinstance(value, int | float)]
    if len(kinds) > 1:
        words = " and ".join(f"{_PLURALS[kind]} ({_written(value)})" for kind, value in kinds.items())
        hint = "; none = true makes none a choice" if NONE in values else ""
        raise ValueError(f"choices are of different types: {words}{hint}")
    return values


def _written(value: Scalar | list[Scalar]) -> Scalar:
    return str(value).lower() if isinstance(value, bool) else label(value)


_PLURALS: Mapping[type, str] = {
    bool: "true or false",
    int: "integers",
    float: "real numbers",
    str: "texts",
    list: "lists",
}


class ScriptChoices(Chosen, Conditional):
    """Values of one kind; integers among real numbers are such too."""

    choices: Annotated[Sequence[Value], BeforeValidator(check_list), AfterValidator(_of_one_kind)]
    none: Switch = False
    """Whether none is a choice too."""

    @model_validator(mode="after")
    def _lists_differ(self) -> Self:
        lists = [choice for choice in self.choices if isinstance(choice, list)]
        for first, second in itertools.combinations(lists, 2):
            if _are_same(first, second):
                raise ValueError(f"a value is given twice: {label(first)} and {label(second)}")
        return self

    @property
    def values(self) -> Sequence[Scalar]:
        return [label(choice) for choice in self.choices] + [NONE] * self.none

    @property
    def words(self) -> str:
        return KIND_WORDS[self.kind] + (" or none" if self.none else "")

    def wrong(self, value: Scalar) -> str:
        if self.none and value == NONE:
            return ""
        return self.misfit(value) if self._has_lists and value not in self.values else super().wrong(value)

    def read(self, text: str) -> Scalar:
        if (self.none and text == NONE) or not self._has_lists:
            return text if text == NONE else super().read(text)
        try:
            value = read_value(tomllib.loads(f"value = {text}")["value"])
        except ValueError:
            value = text
        return self.fitted(value)

    def fitted(self, value: Scalar | list[Scalar]) -> Scalar:
        """The value as it is stored: one of the labels, if it is a list that stands for one."""
        if not isinstance(value, list):
            # A shell takes the quotes away.
            bare = {str(one).replace('"', "").replace(" ", ""): one for one in self.values if self._has_lists}
            return bare.get(value.replace(" ", ""), value) if isinstance(value, str) else value
        same = (choice for choice in self.choices if isinstance(choice, list) and _are_same(choice, value))
        return label(next(same, value))

    def meant(self, value: Scalar) -> Scalar | list[Scalar] | None:
        """What the script is given for a stored value."""
        if self.none and value == NONE:
            return None
        return dict(zip(self.values, self.choices, strict=False)).get(value, value) if self._has_lists else value

    @property
    def _has_lists(self) -> bool:
        return isinstance(self.choices[0], list)


def _are_same(first: list[Scalar], second: list[Scalar]) -> bool:
    return len(first) == len(second) and all(
        one == other and isinstance(one, bool) == isinstance(other, bool)
        for one, other in zip(first, second, strict=True)
    )


def _script_form(value: object) -> str:
    is_whole = isinstance(value, dict) and all(
        type(value.get(end)) is int for end in ("low", "high", *(["step"] if value.get("step") is not None else []))
    )
    return INTEGERS if is_whole and form_of(value) == RANGE else form_of(value)


def _is_a_form(value: object) -> object:
    """Say of what is no parameter at all what it may have been meant as."""
    if isinstance(value, list):
        raise PydanticCustomError(
            "bare_list", "write { choices = [...] } for one of several values, { choices = [[...]] } for a list"
        )
    if isinstance(value, dict) and not value.keys() - _FOREIGN:
        raise PydanticCustomError("form", "has none of low, high and choices")
    if isinstance(value, dict) and value.keys().isdisjoint(KEYS):
        raise PydanticCustomError(DOTTED, "has none of low, high and choices; a name with dots stands in quotes")
    if isinstance(value, dict) and "choices" in value and ("low" in value or "high" in value):
        raise PydanticCustomError("both", "give choices, or low and high, not both")
    # A bare value, not the list of one choice that it will be.
    return value if isinstance(value, dict | Section) else read_scalar(value)


ScriptParameter = Annotated[
    Annotated[ScriptRange, Tag(RANGE)]
    | Annotated[ScriptIntegerRange, Tag(INTEGERS)]
    | Annotated[ScriptChoices, Tag(CHOICES)],
    Discriminator(_script_form),
    BeforeValidator(_is_a_form),
]
"""Without limits: only its script knows what is legal."""
AnyScriptParameter: TypeAlias = ScriptRange | ScriptIntegerRange | ScriptChoices


def only_values(parameters: Mapping[str, AnyScriptParameter]) -> Parameters:
    """The parameters that are the same in every run, with their values."""
    single = {name: one for name, one in parameters.items() if isinstance(one, ScriptChoices) and one.size == 1}
    return {name: one.values[0] for name, one in single.items()}
