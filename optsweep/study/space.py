"""The search space: which parameters a run has, their ranges and choices, and the check of given values."""

from __future__ import annotations

import math
import random
from abc import abstractmethod
from collections.abc import Mapping

from optsweep.config import Section
from optsweep.errors import did_you_mean
from optsweep.study.choices import Chosen
from optsweep.study.parameter import Parameter
from optsweep.study.ranges import Range, Rounding
from optsweep.study.scalar import MAX_EXACT, Parameters, Scalar

MAX_NAME = 512
"""Of a parameter, in Optuna's tables."""


class SearchSpace(Section):
    """What sampled runs may be: named parameters, each with a range or choices."""

    @abstractmethod
    def names(self) -> list[str]: ...

    @abstractmethod
    def parameter(self, name: str) -> Parameter: ...

    @property
    def logarithmic(self) -> set[str]:
        """The names of parameters whose axis is logarithmic."""
        return {name for name in self.names() if getattr(self.parameter(name), "log", False)}

    def active(self, parameters: Parameters) -> list[str]:
        """The names that a run with these parameters has."""
        return self.names()

    @abstractmethod
    def condition(self, name: str) -> str:
        """What has to be true of a run that has the parameter, which not every run has."""

    def origin(self, name: str) -> str:
        """From which of a preset's fields a parameter follows; empty if presets name it."""
        return ""

    def is_open(self, name: str, parameters: Parameters) -> bool:
        """Whether the condition of a parameter speaks of one that is missing."""
        return False

    def mistakes(self) -> list[str]:
        """What is wrong between parameters that are right by themselves."""
        return []

    @property
    def givable(self) -> dict[str, Parameter]:
        """What a user may give of a run: of a parameter that stands for another one, that one too."""
        return {name: self.parameter(name) for name in self.names()}

    @property
    def size(self) -> float:
        """How many different runs there are; infinite if a parameter has a range of real numbers."""
        return math.prod(self.parameter(name).size for name in self.names())

    @property
    def longest_phase(self) -> float:
        """The longest warmup or preschool that is known of, as a share of a run."""
        return 0.0

    def not_storable(self) -> list[str]:
        """What no database holds as it is; asked of new study files alone, since an older version took it."""
        return [
            f"space.{name}: {mistake}" for name in self.names() for mistake in _not_storable(name, self.parameter(name))
        ]

    def completed(self, parameters: Parameters) -> dict[str, Scalar]:
        """The parameters of a run that may be older than some of the names, with what it had before they existed."""
        return dict(parameters)

    def check(self, parameters: Parameters, place: str = "", *, partial: bool = False) -> list[str]:
        """The mistakes in a run's parameters: unknown, missing (unless ``partial``), of a wrong type, out of range.

        Each begins with ``place`` where one is given ("preset small_fast: lr = 1 is ...").
        """
        names, expected = self.names(), self.active(parameters)
        mistakes = [
            f"{name} is not a known name{did_you_mean(name, names)}" for name in parameters if name not in names
        ]
        for name in names:
            value = parameters.get(name)
            if value is None:
                if name in expected and not partial:
                    mistakes.append(f"{name} is missing")
                continue
            if wrong := self.parameter(name).wrong(value):
                mistakes.append(f"{name} = {value!r} is {wrong}")
            if name not in expected and (partial or not self.is_open(name, parameters)):
                mistakes.append(f"{name} needs {self.condition(name)}")
        return [f"{place}: {mistake}" for mistake in mistakes] if place else mistakes

    def generators(self, stream: str) -> dict[str, random.Random]:
        """What `draw` takes to draw from a stream of that name: one generator for all parameters."""
        # A string seeds Python's generator through SHA-512: the same numbers on every machine.
        return dict.fromkeys(self.names(), random.Random(stream))

    def rounded(self, parameters: Parameters, rounding: Rounding, given: Parameters) -> dict[str, Scalar]:
        """The parameters with sampled real numbers rounded; ``given`` ones stand."""
        ranges = {name: kind for name in self.names() if isinstance(kind := self.parameter(name), Range)}
        return {
            name: ranges[name].rounded(float(value), rounding) if name in ranges and name not in given else value
            for name, value in parameters.items()
        }

    def draw(self, generators: Mapping[str, random.Random], given: Parameters) -> dict[str, Scalar]:
        """Random values, not rounded, of every parameter that the run has; ``given`` ones stand."""
        values = {name: self.parameter(name).draw(generators[name]) for name in self.names()} | dict(given)
        return {name: values[name] for name in self.active(values)}


Identity = tuple[tuple[str, Scalar], ...]


def identity(parameters: Parameters, rounding: Rounding) -> Identity:
    """What two runs have in common when they are the same configuration.

    By "value" real numbers that differ in the fourth digit are the same, choices that stand so in the file too.
    """
    return tuple(
        (name, float(f"{value:.3g}") if rounding == "value" and isinstance(value, float) else value)
        for name, value in sorted(parameters.items())
    )


def _not_storable(name: str, parameter: Parameter) -> list[str]:
    found = []
    if len(name) > MAX_NAME:
        found.append(f"the name has {len(name)} characters; at most {MAX_NAME} can be stored")
    values = parameter.values if isinstance(parameter, Chosen) else parameter.limits
    if large := [value for value in values if type(value) is int and abs(value) > MAX_EXACT]:
        found.append(f"{', '.join(map(str, large))}: integers beyond 2**53 = {MAX_EXACT} cannot be stored exactly")
    if isinstance(parameter, Range) and math.isinf(parameter.high - parameter.low):
        found.append(f"{parameter.low:g}..{parameter.high:g} is too wide: its width is no finite number")
    return found
