"""The search space: which parameters a run has, their ranges and choices, and the check of given values."""

from __future__ import annotations

import difflib
import math
import random
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from pydantic import ConfigDict, model_validator

from optsweep.config import Section
from optsweep.errors import ConfigError
from optsweep.study.hyperparameters import (
    ADDED_LATER,
    ALTERNATIVES,
    HYPERPARAMETERS,
    STAND_INS,
    StandIn,
    active,
    with_fields,
)
from optsweep.study.parameter import MAX_EXACT, Choices, Parameter, Parameters, Range, Rounding, Scalar, ScriptParameter
from optsweep.study.trainer_table import GIVEN, PLACEHOLDER

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

    @property
    def kinds(self) -> dict[str, type]:
        """Name -> type of its values, for every parameter."""
        return {name: type(self.parameter(name).limits[0]) for name in self.names()}

    @property
    def given_kinds(self) -> dict[str, type]:
        """The same for what a user may give of a run: of a parameter that stands for another one, that one too."""
        return self.kinds

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
        kinds = self.kinds
        mistakes = [
            f"{name} is not a known name{did_you_mean(name, kinds)}" for name in parameters if name not in kinds
        ]
        expected = self.active(parameters)
        for name, kind in kinds.items():
            value = parameters.get(name)
            if value is None:
                if name in expected and not partial:
                    mistakes.append(f"{name} is missing")
            # isinstance would let True pass for the integer 1.
            elif type(value) is not kind:
                mistakes.append(f"{name} = {value!r} is not {_WORDS[kind]}")
            elif not self.parameter(name).holds(value):
                mistakes.append(f"{name} = {value!r} is {self.parameter(name).misfit()}")
            # Only preschool_fraction has a condition.
            if value is not None and name not in expected:
                mistakes.append(f"{name} needs curriculum = true")
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


if TYPE_CHECKING:
    _Fields = SearchSpace
else:
    _FORMS = {name: one.form | None if name in ALTERNATIVES else one.form for name, one in HYPERPARAMETERS.items()}
    _Fields = with_fields(SearchSpace, {name: (_FORMS[name], one.usual) for name, one in HYPERPARAMETERS.items()})


class Space(_Fields):
    """The built-in trainer's. The names are the trainer's; a study file narrows, replaces or fixes the values.

    Every head_dim must divide every hidden_size, so that each parameter can be drawn by itself.
    """

    @model_validator(mode="before")
    @classmethod
    def _one_of_two(cls, values: object) -> object:
        """Of a hyperparameter and what stands for it the one that is named; what stands for it, if neither is."""
        if not isinstance(values, dict):
            return values
        for name, one in STAND_INS.items():
            named = [each for each in one.pair if values.get(each) is not None]
            if len(named) == 2:
                raise ValueError(f"{' and '.join(named)} are one thing ({name} is {one.origin}): search one of the two")
            values = {**values, (name if one.stands_for in named else one.stands_for): None}
        return values

    @model_validator(mode="after")
    def _heads_divide(self) -> Space:
        misfits = [
            f"hidden_size {width} is not divisible by head_dim {head}"
            for width in self._choices("hidden_size")
            for head in self._choices("head_dim")
            if width % head
        ]
        if misfits:
            raise ValueError("; ".join(misfits))
        return self

    def names(self) -> list[str]:
        return [name for name in HYPERPARAMETERS if getattr(self, name) is not None]

    def parameter(self, name: str) -> Parameter:
        parameter: Parameter = getattr(self, name)
        return parameter

    @property
    def logarithmic(self) -> set[str]:
        return {one.name for one in HYPERPARAMETERS.values() if one.log}

    @property
    def stand_ins(self) -> list[StandIn]:
        """Those of its hyperparameters that stand for others."""
        return [one for name, one in STAND_INS.items() if getattr(self, name) is not None]

    @property
    def given_kinds(self) -> dict[str, type]:
        return {**self.kinds, **{one.stands_for: self.kinds[one.name] for one in self.stand_ins}}

    def check(self, parameters: Parameters, place: str = "", *, partial: bool = False) -> list[str]:
        if not partial:
            return super().check(parameters, place)
        # What a user gives in place of its stand-in: the study knows whether that can be inside its range.
        given = {one.stands_for: one.name for one in self.stand_ins if one.stands_for in parameters}
        own = {name: value for name, value in parameters.items() if name not in given}
        twice = [f"give one of {other} and {name}" for other, name in given.items() if name in parameters]
        mistakes = [f"{place}: {mistake}" for mistake in twice] if place else twice
        return mistakes + super().check(own, place, partial=True)

    def generators(self, stream: str) -> dict[str, random.Random]:
        # A younger hyperparameter has its own: it changes nothing about what a seed draws for the others.
        younger = {name: random.Random(f"{stream}/{name}") for name in ADDED_LATER if name in self.names()}
        return {**super().generators(stream), **younger}

    def completed(self, parameters: Parameters) -> dict[str, Scalar]:
        before = {name: one.before for name, one in ADDED_LATER.items() if name in self.names()}
        return {name: value for name, value in before.items() if value is not None} | dict(parameters)

    def active(self, parameters: Parameters) -> list[str]:
        return [name for name in active(parameters) if getattr(self, name) is not None]

    @property
    def size(self) -> float:
        conditional = ("curriculum", "preschool_fraction")
        without = math.prod(self.parameter(name).size for name in self.names() if name not in conditional)
        forms = {0: 1.0, 1: self.parameter("preschool_fraction").size}
        return without * sum(forms[enabled] for enabled in self._choices("curriculum"))

    @property
    def longest_phase(self) -> float:
        phases = ["warmup_fraction", *(["preschool_fraction"] if True in self._choices("curriculum") else [])]
        return max(float(self.parameter(name).limits[1]) for name in phases)

    def _choices(self, name: str) -> list[int]:
        parameter = self.parameter(name)
        assert isinstance(parameter, Choices)
        return [int(choice) for choice in parameter.choices]


class ScriptSpace(SearchSpace):
    """The parameters by the names that the script has for them ("optim.lr")."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, ScriptParameter]

    @model_validator(mode="after")
    def _names_can_be_used(self) -> ScriptSpace:
        wrong = [name for name in self.names() if not PLACEHOLDER.fullmatch(f"{{{name}}}")]
        if wrong:
            raise ValueError(f"{', '.join(map(repr, wrong))}: a name has letters, digits and _ . - / only")
        if taken := [name for name in self.names() if name in ("name", *GIVEN)]:
            raise ValueError(f"{', '.join(taken)}: has a meaning of its own here; [trainer.set] can give it a value")
        return self

    def names(self) -> list[str]:
        return list(self.__pydantic_extra__)

    def parameter(self, name: str) -> Parameter:
        return self.__pydantic_extra__[name]

    def check(self, parameters: Parameters, place: str = "", *, partial: bool = False) -> list[str]:
        return super().check(self.fitted(parameters), place, partial=partial)

    def fitted(self, parameters: Parameters) -> dict[str, Scalar]:
        """The parameters, with 1 for a real number as 1.0."""
        kinds = self.kinds
        return {
            name: float(value) if kinds.get(name) is float and type(value) is int else value
            for name, value in parameters.items()
        }


_WORDS = {float: "a real number", int: "an integer", str: "a text", bool: "true or false"}


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
    values = parameter.choices if isinstance(parameter, Choices) else parameter.limits
    if large := [value for value in values if type(value) is int and abs(value) > MAX_EXACT]:
        found.append(f"{', '.join(map(str, large))}: integers beyond 2**53 = {MAX_EXACT} cannot be stored exactly")
    if isinstance(parameter, Range) and math.isinf(parameter.high - parameter.low):
        found.append(f"{parameter.low:g}..{parameter.high:g} is too wide: its width is no finite number")
    return found


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the known one that is closest, or nothing."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def parse_assignments(assignments: Iterable[str], kinds: Mapping[str, type]) -> dict[str, Scalar]:
    """Parameters from words like ``lr=1e-4``; raises `ConfigError` with every mistake (ranges are `Space.check`'s)."""
    parameters: dict[str, Scalar] = {}
    mistakes = []
    for assignment in assignments:
        name, equals, text = (part.strip() for part in assignment.partition("="))
        if not equals:
            mistakes.append(f"{assignment!r} is not NAME=VALUE")
        elif name in parameters:
            mistakes.append(f"{name} is given twice")
        elif name not in kinds:
            mistakes.append(f"{name} is not a known name{did_you_mean(name, kinds)}")
        else:
            try:
                parameters[name] = _PARSERS[kinds[name]](text)
            except (ValueError, KeyError):
                mistakes.append(f"{name} = {text!r} is not {_WORDS[kinds[name]]}")
                continue
            if kinds[name] is int and abs(int(parameters[name])) > MAX_EXACT:
                mistakes.append(f"{name} = {text}: integers beyond 2**53 = {MAX_EXACT} cannot be stored exactly")
    if mistakes:
        raise ConfigError("parameters", mistakes)
    return parameters


_PARSERS: dict[type, Callable[[str], Scalar]] = {
    float: float,
    int: int,
    str: str,
    bool: {"true": True, "false": False}.__getitem__,
}
