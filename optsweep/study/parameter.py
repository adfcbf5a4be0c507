"""The forms of one parameter in a study file: a range, some choices, or one bare value; within legal limits."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Annotated, Generic, Literal, Self, TypeAlias, TypeVar

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from optsweep.config import MAX_INTEGER, Section

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Even = Annotated[int, Field(gt=0, le=MAX_INTEGER, multiple_of=2, strict=True)]
Whole = Annotated[int, Field(ge=-MAX_INTEGER, le=MAX_INTEGER, strict=True)]
Text = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$", strict=True)]
Switch = Annotated[bool, Field(strict=True)]
Scalar = Switch | Whole | Number | Text
"""The value of a parameter."""
Parameters: TypeAlias = Mapping[str, Scalar]
"""A run's parameters by name."""
Rounding = Literal["value", "width"]
"""By what sampled real numbers are rounded: the value alone, or the width of its range too."""
MAX_EXACT = 2**53
"""Databases hold parameters as real numbers, and so does JSON for many programs: integers beyond become others."""
Bound = TypeVar("Bound", bound=float)
Member = TypeVar("Member", bound=float | int | str, covariant=True)

RANGE, INTEGERS, CHOICES = "<range>", "<integers>", "<choices>"
"""How pydantic's locations mark the forms of a parameter; the file has no such names."""


class _Interval(Section, Generic[Bound]):
    low: Bound
    high: Bound
    log: Switch = False

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low >= self.high:
            low, high = _shown(self.low), _shown(self.high)
            raise ValueError(f"low {low} is not below high {high}; write a fixed value without braces")
        if self.log and self.low <= 0:
            raise ValueError(f"log = true needs low > 0, not {_shown(self.low)}")
        return self

    @property
    def limits(self) -> tuple[Bound, Bound]:
        return self.low, self.high

    def misfit(self) -> str:
        """What a value is that the range does not hold."""
        return f"outside {_shown(self.low)}..{_shown(self.high)}"

    def holds(self, value: Scalar) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high

    def _draw_logarithmic(self, rng: random.Random) -> float:
        return math.exp(rng.uniform(math.log(self.low), math.log(self.high)))


class Range(_Interval[Number]):
    """The real numbers from ``low`` to ``high``, uniform or log-uniform."""

    @property
    def size(self) -> float:
        """How many values there are."""
        return math.inf

    def draw(self, rng: random.Random) -> float:
        """A value that is not rounded: by what rule, the study knows."""
        return self._inside(self._draw_logarithmic(rng) if self.log else rng.uniform(self.low, self.high))

    def rounded(self, value: float, rounding: Rounding) -> float:
        """The value to three significant digits, inside the range; by "width" to three digits of the width at least."""
        digits = 3
        if rounding == "width" and value:
            digits = min(max(digits, digits + _decade(abs(value)) - _decade(self.high - self.low)), 17)
        return self._inside(float(f"{value:.{digits}g}"))

    def _inside(self, value: float) -> float:
        return min(max(value, self.low), self.high)


class IntegerRange(_Interval[Whole]):
    """The integers from ``low`` to ``high``, uniform or log-uniform."""

    @property
    def size(self) -> float:
        return self.high - self.low + 1

    def draw(self, rng: random.Random) -> int:
        if self.log:
            # The exponential of a logarithm may lie past the end, by its rounding.
            return min(max(round(self._draw_logarithmic(rng)), self.low), self.high)
        return rng.randint(self.low, self.high)


class Choices(Section, Generic[Member]):
    """Some values; a bare value in the file is a single choice."""

    choices: Annotated[Sequence[Member], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _bare_value_is_a_choice(cls, value: object) -> object:
        return value if isinstance(value, dict | Section) else {"choices": [value]}

    @model_validator(mode="after")
    def _distinct(self) -> Choices[Member]:
        if self.size < len(self.choices):
            raise ValueError(f"a value is given twice: {', '.join(map(str, self.choices))}")
        return self

    @property
    def limits(self) -> tuple[Member, Member]:
        return min(self.choices), max(self.choices)

    @property
    def size(self) -> float:
        return len(set(self.choices))

    def misfit(self) -> str:
        """What a value is that is no choice."""
        return "not among " + ", ".join(map(str, self.choices))

    def holds(self, value: Scalar) -> bool:
        return value in self.choices

    def draw(self, rng: random.Random) -> Member:
        return rng.choice(self.choices)


def _form(value: object) -> str:
    if isinstance(value, IntegerRange):
        return INTEGERS
    return RANGE if isinstance(value, Range) or (isinstance(value, dict) and "choices" not in value) else CHOICES


Real = Annotated[Annotated[Range, Tag(RANGE)] | Annotated[Choices[Number], Tag(CHOICES)], Discriminator(_form)]


def _of_one_kind(values: Choices[Scalar]) -> Choices[Scalar]:
    kinds = {type(value) for value in values.choices}
    if kinds == {int, float}:
        return Choices[Scalar](choices=[float(value) for value in values.choices])
    if len(kinds) > 1:
        raise ValueError("choices are of different types")
    return values


def _script_form(value: object) -> str:
    is_whole = isinstance(value, dict) and all(type(value.get(end)) is int for end in ("low", "high"))
    return INTEGERS if is_whole and _form(value) == RANGE else _form(value)


ScriptParameter = Annotated[
    Annotated[Range, Tag(RANGE)]
    | Annotated[IntegerRange, Tag(INTEGERS)]
    | Annotated[Choices[Scalar], AfterValidator(_of_one_kind), Tag(CHOICES)],
    Discriminator(_script_form),
]
"""Without limits: only its script knows what is legal."""


Parameter: TypeAlias = Range | IntegerRange | Choices[Scalar]


def number(parameters: Parameters, name: str) -> float:
    """The parameter, which is a number."""
    value = parameters[name]
    assert isinstance(value, int | float), f"{name} = {value!r}"
    return value


def _shown(bound: float) -> str:
    return f"{bound:g}" if isinstance(bound, float) else str(bound)


def _decade(value: float) -> int:
    return math.floor(math.log10(value))
