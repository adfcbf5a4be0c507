"""One parameter of a search space: a range, some choices, or one bare value; and the values that it may have."""

from __future__ import annotations

import datetime
import math
import random
import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Annotated, Generic, Literal, Self, TypeAlias, TypeVar

from pydantic import BeforeValidator, Discriminator, Field, PlainValidator, Tag, model_validator
from pydantic_core import PydanticCustomError

from optsweep.config import MAX_INTEGER, Section

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Even = Annotated[int, Field(gt=0, le=MAX_INTEGER, multiple_of=2, strict=True)]
Whole = Annotated[int, Field(ge=-MAX_INTEGER, le=MAX_INTEGER, strict=True)]
Text = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$", strict=True)]
Switch = Annotated[bool, Field(strict=True)]


def read_scalar(value: object) -> bool | int | float | str:
    """The value, if it is one; a union of pydantic's would name a mistake for each of its branches."""
    match value:
        case bool():
            return value
        case int() if abs(value) <= MAX_INTEGER:
            return value
        case int():
            raise PydanticCustomError("large", "integers have 64 bits")
        case float() if math.isfinite(value):
            return value
        case float():
            raise PydanticCustomError("finite", "input should be a finite number")
        case str() if not re.search(r"[\x00-\x1f\x7f]", value):
            return value
        case str():
            raise PydanticCustomError("control", "a text has no line breaks or other control characters here")
        case datetime.date() | datetime.time():
            raise PydanticCustomError("date", "put a date or a time in quotes: it is a text here")
    raise PydanticCustomError("scalar", "input should be a number, a text, true or false")


Scalar = Annotated[bool | int | float | str, PlainValidator(read_scalar)]
"""The value of a parameter."""
Parameters: TypeAlias = Mapping[str, Scalar]
"""A run's parameters by name."""
Rounding = Literal["value", "width"]
"""By what sampled real numbers are rounded: the value alone, or the width of its range too."""
MAX_EXACT = 2**53
"""Databases hold parameters as real numbers, and so does JSON for many programs: integers beyond become others."""
MAX_STEPS = 10**6
"""Of a range of real numbers: with more, Optuna's real numbers miss their own steps."""
KIND_WORDS: Mapping[type, str] = {float: "a real number", int: "an integer", str: "a text", bool: "true or false"}
Bound = TypeVar("Bound", bound=float)
Member = TypeVar("Member", bound=float | int | str, covariant=True)

RANGE, INTEGERS, CHOICES = "<range>", "<integers>", "<choices>"
"""How pydantic's locations mark the forms of a parameter; the file has no such names."""

_PARSERS: Mapping[type, Callable[[str], Scalar]] = {
    float: float,
    int: int,
    str: str,
    bool: {"true": True, "false": False}.__getitem__,
}


class Form(Section):
    """What all forms of a parameter have in common."""

    @property
    @abstractmethod
    def kind(self) -> type:
        """The type of its values."""

    @property
    @abstractmethod
    def size(self) -> float:
        """How many values there are."""

    @abstractmethod
    def holds(self, value: Scalar) -> bool: ...

    @abstractmethod
    def misfit(self, value: Scalar) -> str:
        """What a value is that it does not hold."""

    @property
    def words(self) -> str:
        """What its values are."""
        return KIND_WORDS[self.kind]

    def wrong(self, value: Scalar) -> str:
        """What is wrong with a value: "not an integer", "outside 0..1"; empty if nothing is."""
        # isinstance would let True pass for the integer 1.
        if type(value) is not self.kind:
            return f"not {self.words}"
        return "" if self.holds(value) else self.misfit(value)

    def read(self, text: str) -> Scalar:
        """The value that a person types; raises `ValueError`."""
        try:
            value = _PARSERS[self.kind](text)
        except (ValueError, KeyError):
            raise ValueError(f"{text!r} is not {self.words}") from None
        if type(value) is int and abs(value) > MAX_EXACT:
            raise ValueError(f"{text}: integers beyond 2**53 = {MAX_EXACT} cannot be stored exactly")
        return value


class _Interval(Form, Generic[Bound]):
    low: Bound
    high: Bound
    log: Switch = False
    step: Bound | None = None
    """Distance of the values, counted from ``low``; without it all are there."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low >= self.high:
            low, high = _shown(self.low), _shown(self.high)
            raise ValueError(f"low {low} is not below high {high}; write a fixed value without braces")
        if self.log and self.low <= 0:
            raise ValueError(f"log = true needs low > 0, not {_shown(self.low)}")
        if self.step is not None:
            self._check_step(self.step)
        return self

    def _check_step(self, step: Bound) -> None:
        if self.log:
            raise ValueError("step and log = true do not go together; leave out one of them")
        if step <= 0:
            raise ValueError(f"step {_shown(step)} is not above 0")
        if isinstance(step, float) and max(abs(self.low), abs(self.high), self.high - self.low) > MAX_STEPS * step:
            raise ValueError(f"step {_shown(step)} is too small beside low and high; leave it out")
        if self._value(self._last) != self.high:
            near = " and ".join(_shown(self._value(place)) for place in (self._last, self._last + 1))
            raise ValueError(f"high {_shown(self.high)} is not reached by steps of {_shown(step)}; {near} are")

    @property
    def _last(self) -> int:
        """The number of the last step."""
        assert self.step is not None
        return math.floor((_exact(self.high) - _exact(self.low)) / _exact(self.step))

    def _value(self, place: int) -> Bound:
        """The value after so many steps, as a person would write it: 0.3, not 0.30000000000000004."""
        assert self.step is not None
        kind = type(self.low)
        return kind(_exact(self.low) + place * _exact(self.step))

    def _on_step(self, value: float) -> Bound:
        """The nearest value that there is."""
        assert self.step is not None
        place = round((_exact(value) - _exact(self.low)) / _exact(self.step))
        return self._value(min(max(place, 0), self._last))

    @property
    def limits(self) -> tuple[Bound, Bound]:
        return self.low, self.high

    @property
    def outside(self) -> str:
        """What a value is that is below or above."""
        return f"outside {_shown(self.low)}..{_shown(self.high)}"

    def misfit(self, value: Scalar) -> str:
        if isinstance(value, str) or not self.low <= value <= self.high or self.step is None:
            return self.outside
        return f"not on a step of {_shown(self.step)} from {_shown(self.low)}; {_shown(self._on_step(value))} is"

    def holds(self, value: Scalar) -> bool:
        if not isinstance(value, int | float) or not self.low <= value <= self.high:
            return False
        return self.step is None or value == self._on_step(value)

    def _draw_logarithmic(self, rng: random.Random) -> float:
        return math.exp(rng.uniform(math.log(self.low), math.log(self.high)))


class Range(_Interval[Number]):
    """The real numbers from ``low`` to ``high``, uniform or log-uniform."""

    @property
    def kind(self) -> type:
        return float

    @property
    def size(self) -> float:
        return math.inf if self.step is None else self._last + 1

    @property
    def all_values(self) -> Iterable[float]:
        """Those of a range with a step."""
        return map(self._value, range(self._last + 1))

    def draw(self, rng: random.Random) -> float:
        """A value that is not rounded: by what rule, the study knows."""
        if self.step is not None:
            return self._value(rng.randint(0, self._last))
        return self._inside(self._draw_logarithmic(rng) if self.log else rng.uniform(self.low, self.high))

    def rounded(self, value: float, rounding: Rounding) -> float:
        """The value to three significant digits, inside the range; by "width" to three digits of the width at least."""
        if self.step is not None:
            return self._on_step(value)
        digits = 3
        if rounding == "width" and value:
            digits = min(max(digits, digits + _decade(abs(value)) - _decade(self.high - self.low)), 17)
        return self._inside(float(f"{value:.{digits}g}"))

    def _inside(self, value: float) -> float:
        return min(max(value, self.low), self.high)


class IntegerRange(_Interval[Whole]):
    """The integers from ``low`` to ``high``, uniform or log-uniform."""

    @property
    def kind(self) -> type:
        return int

    @property
    def size(self) -> float:
        return self.high - self.low + 1 if self.step is None else self._last + 1

    @property
    def all_values(self) -> Iterable[int]:
        return range(self.low, self.high + 1, self.step or 1)

    def draw(self, rng: random.Random) -> int:
        if self.log:
            # The exponential of a logarithm may lie past the end, by its rounding.
            return min(max(round(self._draw_logarithmic(rng)), self.low), self.high)
        return rng.randint(self.low, self.high) if self.step is None else self._value(rng.randint(0, self._last))


def check_list(value: object) -> object:
    """The value, if it is a list that is not empty."""
    if not isinstance(value, list | tuple):
        raise PydanticCustomError("list", "input should be a list of values")
    if not value:
        raise PydanticCustomError("empty", "needs at least 1 value")
    return value


class Chosen(Form):
    """One of some values."""

    @property
    @abstractmethod
    def values(self) -> Sequence[Scalar]:
        """The choices as they are stored and shown."""

    @model_validator(mode="before")
    @classmethod
    def _bare_value_is_a_choice(cls, value: object) -> object:
        return value if isinstance(value, dict | Section) else {"choices": [value]}

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if self.size < len(self.values):
            raise ValueError(f"a value is given twice: {', '.join(map(str, self.values))}")
        return self

    @property
    def limits(self) -> tuple[Scalar, Scalar]:
        return min(self.values), max(self.values)

    @property
    def all_values(self) -> Iterable[Scalar]:
        return self.values

    @property
    def kind(self) -> type:
        return type(self.values[0])

    @property
    def size(self) -> float:
        return len(set(self.values))

    def misfit(self, value: Scalar) -> str:
        return "not among " + ", ".join(map(str, self.values))

    def holds(self, value: Scalar) -> bool:
        return value in self.values

    def draw(self, rng: random.Random) -> Scalar:
        return rng.choice(self.values)


class Choices(Chosen, Generic[Member]):
    """Some values; a bare value in the file is a single choice."""

    choices: Annotated[Sequence[Member], BeforeValidator(check_list)]

    @property
    def values(self) -> Sequence[Member]:
        return self.choices


def form_of(value: object) -> str:
    """Which form a value of a study file has."""
    if isinstance(value, IntegerRange):
        return INTEGERS
    return RANGE if isinstance(value, Range) or (isinstance(value, dict) and "choices" not in value) else CHOICES


Real = Annotated[Annotated[Range, Tag(RANGE)] | Annotated[Choices[Number], Tag(CHOICES)], Discriminator(form_of)]


Parameter: TypeAlias = Range | IntegerRange | Chosen


def number(parameters: Parameters, name: str) -> float:
    """The parameter, which is a number."""
    value = parameters[name]
    assert isinstance(value, int | float), f"{name} = {value!r}"
    return value


def _exact(value: float) -> Fraction:
    """The number as it is written: 0.1 is a tenth."""
    return Fraction(repr(value))


def _shown(bound: float) -> str:
    return f"{bound:g}" if isinstance(bound, float) else str(bound)


def _decade(value: float) -> int:
    return math.floor(math.log10(value))
