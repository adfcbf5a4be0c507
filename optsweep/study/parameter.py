"""The forms of one parameter in a study file: a range, some choices, or one bare value; within legal limits."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from optsweep.config import MAX_INTEGER, Section

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Count = Annotated[int, Field(gt=0, le=MAX_INTEGER, strict=True)]
Even = Annotated[int, Field(gt=0, le=MAX_INTEGER, multiple_of=2, strict=True)]
Whole = Annotated[int, Field(ge=-MAX_INTEGER, le=MAX_INTEGER, strict=True)]
Text = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$", strict=True)]
Switch = Annotated[bool, Field(strict=True)]
Member = TypeVar("Member", bound=float | int | str)

RANGE, INTEGERS, CHOICES = "<range>", "<integers>", "<choices>"
"""How pydantic's locations mark the forms of a parameter; the file has no such names."""


class Range(Section):
    """The real numbers from ``low`` to ``high``, uniform or log-uniform."""

    low: Number
    high: Number
    log: Switch = False

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if self.low >= self.high:
            raise ValueError(f"low {self.low:g} is not below high {self.high:g}; write a fixed value without braces")
        if self.log and self.low <= 0:
            raise ValueError(f"log = true needs low > 0, not {self.low:g}")
        return self

    @property
    def limits(self) -> tuple[float, float]:
        return self.low, self.high

    @property
    def size(self) -> float:
        """How many values there are."""
        return math.inf

    def misfit(self) -> str:
        """What a value is that the range does not hold."""
        return f"outside {self.low:g}..{self.high:g}"

    def holds(self, value: Any) -> bool:
        return bool(self.low <= value <= self.high)

    def draw(self, rng: random.Random) -> float:
        if self.log:
            return self.rounded(math.exp(rng.uniform(math.log(self.low), math.log(self.high))))
        return self.rounded(rng.uniform(self.low, self.high))

    def rounded(self, value: float) -> float:
        """The value to three significant digits, inside the range."""
        return min(max(significant(value), self.low), self.high)


class IntegerRange(Section):
    """The integers from ``low`` to ``high``, uniform or log-uniform."""

    low: Whole
    high: Whole
    log: Switch = False

    @model_validator(mode="after")
    def _ordered(self) -> IntegerRange:
        if self.low >= self.high:
            raise ValueError(f"low {self.low} is not below high {self.high}; write a fixed value without braces")
        if self.log and self.low <= 0:
            raise ValueError(f"log = true needs low > 0, not {self.low}")
        return self

    @property
    def limits(self) -> tuple[int, int]:
        return self.low, self.high

    @property
    def size(self) -> float:
        return self.high - self.low + 1

    def misfit(self) -> str:
        return f"outside {self.low}..{self.high}"

    def holds(self, value: Any) -> bool:
        return bool(self.low <= value <= self.high)

    def draw(self, rng: random.Random) -> int:
        if self.log:
            return round(math.exp(rng.uniform(math.log(self.low), math.log(self.high))))
        return rng.randint(self.low, self.high)


class Choices(Section, Generic[Member]):
    """Some values; a bare value in the file is a single choice."""

    choices: Annotated[list[Member], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _bare_value_is_a_choice(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Section) else {"choices": [value]}

    @model_validator(mode="after")
    def _distinct(self) -> Choices[Member]:
        if self.size < len(self.choices):
            raise ValueError(f"a value stands twice among {', '.join(map(str, self.choices))}")
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

    def holds(self, value: Any) -> bool:
        return value in self.choices

    def draw(self, rng: random.Random) -> Member:
        return rng.choice(self.choices)


def _form(value: Any) -> str:
    return RANGE if isinstance(value, Range) or (isinstance(value, dict) and "choices" not in value) else CHOICES


Real = Annotated[Annotated[Range, Tag(RANGE)] | Annotated[Choices[Number], Tag(CHOICES)], Discriminator(_form)]


Scalar = Switch | Whole | Number | Text
"""A value of a parameter that only somebody else's script knows."""


def _of_one_kind(values: Choices[Scalar]) -> Choices[Scalar]:
    kinds = {type(value) for value in values.choices}
    if kinds == {int, float}:
        return Choices[Scalar](choices=[float(value) for value in values.choices])
    if len(kinds) > 1:
        raise ValueError("choices are of different types")
    return values


def _free_form(value: Any) -> str:
    if isinstance(value, Range | IntegerRange | Choices):
        return {Range: RANGE, IntegerRange: INTEGERS}.get(type(value), CHOICES)
    if not isinstance(value, dict) or "choices" in value:
        return CHOICES
    return INTEGERS if all(type(value.get(end)) is int for end in ("low", "high")) else RANGE


ScriptParameter = Annotated[
    Annotated[Range, Tag(RANGE)]
    | Annotated[IntegerRange, Tag(INTEGERS)]
    | Annotated[Choices[Scalar], AfterValidator(_of_one_kind), Tag(CHOICES)],
    Discriminator(_free_form),
]
"""Without limits: only its script knows what is legal."""


def _limits(words: str, legal: Callable[[float, float], bool]) -> AfterValidator:
    def check(parameter: Range | Choices[float]) -> Range | Choices[float]:
        if not legal(*parameter.limits):
            raise ValueError(f"values must be {words}")
        return parameter

    return AfterValidator(check)


Positive = Annotated[Real, _limits("above 0", lambda low, high: low > 0)]
NotNegative = Annotated[Real, _limits("at least 0", lambda low, high: low >= 0)]
BelowOne = Annotated[Real, _limits("at least 0 and below 1", lambda low, high: 0 <= low <= high < 1)]
Momentum = Annotated[Real, _limits("above 0 and below 1", lambda low, high: 0 < low <= high < 1)]
Fraction = Annotated[Real, _limits("above 0 and at most 1", lambda low, high: 0 < low <= high <= 1)]


def significant(value: float) -> float:
    """The value to three significant digits: closer ones train the same model, for all that a sweep can tell."""
    return float(f"{value:.3g}")
