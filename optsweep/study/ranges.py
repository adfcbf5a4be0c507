"""Ranges of a search space: real numbers or integers, all of them or in steps, uniform or log-uniform."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from fractions import Fraction
from typing import Generic, Literal, Self, TypeVar

from pydantic import model_validator

from optsweep.study.form import Form
from optsweep.study.scalar import Number, Scalar, Switch, Whole

Rounding = Literal["value", "width"]
"""By what sampled real numbers are rounded: the value alone, or the width of its range too."""
MAX_STEPS = 10**6
"""Of a range of real numbers: with more, Optuna's real numbers miss their own steps."""
Bound = TypeVar("Bound", bound=float)


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


def _exact(value: float) -> Fraction:
    """The number as it is written: 0.1 is a tenth."""
    return Fraction(repr(value))


def _shown(bound: float) -> str:
    return f"{bound:g}" if isinstance(bound, float) else str(bound)


def _decade(value: float) -> int:
    return math.floor(math.log10(value))
