"""The search space: which parameters a run has, their ranges and choices, and the check of given values."""

from __future__ import annotations

import difflib
import math
import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import model_validator

from optsweep.config import Schedule, Section
from optsweep.errors import ConfigError
from optsweep.study.parameter import (
    BelowOne,
    Choices,
    Count,
    Even,
    Fraction,
    IntegerRange,
    Momentum,
    NotNegative,
    Number,
    Positive,
    Range,
    Switch,
    significant,
)

Parameter = Range | IntegerRange | Choices[Any]


class SearchSpace(Section):
    """What sampled runs may be: named parameters, each with a range or choices."""

    def names(self) -> list[str]:
        raise NotImplementedError

    def parameter(self, name: str) -> Parameter:
        raise NotImplementedError

    def active(self, parameters: Mapping[str, Any]) -> list[str]:
        """The names that a run with these parameters has."""
        return self.names()

    @property
    def kinds(self) -> dict[str, type]:
        """Name -> type of its values, for every parameter."""
        return {name: type(self.parameter(name).limits[0]) for name in self.names()}

    @property
    def size(self) -> float:
        """How many different runs there are; infinite where a parameter has a range of real numbers."""
        return math.prod(self.parameter(name).size for name in self.names())

    @property
    def longest_phase(self) -> float:
        """The longest warmup or preschool that is known of, as a share of a run."""
        return 0.0

    def check(self, parameters: Mapping[str, Any], place: str = "", *, partial: bool = False) -> list[str]:
        """The mistakes in a run's parameters: unknown, missing (unless ``partial``), of a wrong type, out of range.

        Each begins with ``place`` where one is given ("preset small_fast: lr = 1 is ...").
        """
        kinds = self.kinds
        mistakes = [
            f"{name} is not a known name{did_you_mean(name, kinds)}" for name in parameters if name not in kinds
        ]
        expected = self.active(parameters)
        for name, kind in kinds.items():
            if name in parameters:
                mistakes += self._value_mistakes(name, kind, parameters[name])
            elif name in expected and not partial:
                mistakes.append(f"{name} is missing")
        mistakes += self._misplaced(parameters)
        return [f"{place}: {mistake}" for mistake in mistakes] if place else mistakes

    def _value_mistakes(self, name: str, kind: type, value: Any) -> list[str]:
        parameter = self.parameter(name)
        # isinstance would let True pass for the integer 1.
        if type(value) is not kind:
            return [f"{name} = {value!r} is not {_WORDS[kind]}"]
        return [] if parameter.holds(value) else [f"{name} = {value!r} is {parameter.misfit()}"]

    def _misplaced(self, parameters: Mapping[str, Any]) -> list[str]:
        return []

    def draw(self, rng: random.Random, given: Mapping[str, Any]) -> dict[str, Any]:
        """Random values of every parameter that the run has; ``given`` ones stand."""
        values = {name: self.parameter(name).draw(rng) for name in self.names()} | dict(given)
        return {name: values[name] for name in self.active(values)}


class Space(SearchSpace):
    """The built-in trainer's. The names are the trainer's; a study file narrows, replaces or fixes the values.

    Every head_dim must divide every hidden_size, so that each parameter can be drawn by itself.
    """

    lr: Positive = Range(low=1e-5, high=1e-3, log=True)
    weight_decay: NotNegative = Range(low=0.005, high=0.2, log=True)
    dropout: BelowOne = Range(low=0.0, high=0.3)
    hidden_size: Choices[Count] = Choices[Count](choices=[512, 768, 1024])
    head_dim: Choices[Even] = Choices[Even](choices=[32, 64, 128])
    n_blocks: Choices[Count] = Choices[Count](choices=[6, 8, 12])
    cond_dim: Choices[Count] = Choices[Count](choices=[128, 256, 512])
    effective_batch: Choices[Count] = Choices[Count](choices=[64, 128, 256, 512])
    ema_fraction: Fraction = Choices[Number](choices=[0.01, 0.03, 0.1])
    beta2: Momentum = Choices[Number](choices=[0.95, 0.99, 0.999])
    grad_clip: Positive = Choices[Number](choices=[0.5, 1.0, 2.0])
    warmup_fraction: BelowOne = Range(low=0.02, high=0.2)
    schedule: Choices[Schedule] = Choices[Schedule](choices=["loglinear", "cosine"])
    curriculum: Choices[Switch] = Choices[Switch](choices=[False, True])
    preschool_fraction: Fraction = Range(low=0.05, high=0.3)

    @model_validator(mode="after")
    def _heads_divide(self) -> Space:
        misfits = [
            f"hidden_size {width} is not divisible by head_dim {head}"
            for width in self.hidden_size.choices
            for head in self.head_dim.choices
            if width % head
        ]
        if misfits:
            raise ValueError("; ".join(misfits))
        return self

    def names(self) -> list[str]:
        return list(type(self).model_fields)

    def parameter(self, name: str) -> Parameter:
        parameter: Parameter = getattr(self, name)
        return parameter

    def active(self, parameters: Mapping[str, Any]) -> list[str]:
        return active(parameters)

    @property
    def size(self) -> float:
        without = math.prod(self.parameter(name).size for name in self.names() if name not in _CURRICULUM)
        forms = {False: 1.0, True: self.preschool_fraction.size}
        return without * sum(forms[enabled] for enabled in self.curriculum.choices)

    @property
    def longest_phase(self) -> float:
        preschool = self.preschool_fraction.limits[1] if True in self.curriculum.choices else 0.0
        return max(self.warmup_fraction.limits[1], preschool)

    def _misplaced(self, parameters: Mapping[str, Any]) -> list[str]:
        misplaced = "preschool_fraction" in parameters and "preschool_fraction" not in active(parameters)
        return ["preschool_fraction needs curriculum = true"] if misplaced else []


_CURRICULUM = ("curriculum", "preschool_fraction")
_WORDS = {float: "a real number", int: "an integer", str: "a text", bool: "true or false"}
KINDS: dict[str, type] = Space().kinds
"""Name -> type of its values, for every parameter of the built-in trainer's."""


def active(parameters: Mapping[str, Any]) -> list[str]:
    """The names that a run of the built-in trainer has: preschool_fraction only where the curriculum is on."""
    return [name for name in KINDS if name != "preschool_fraction" or parameters.get("curriculum") is True]


def identity(parameters: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """What two runs have in common when they are the same configuration."""
    return tuple(
        (name, significant(value) if isinstance(value, float) else value) for name, value in sorted(parameters.items())
    )


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the known one that is closest, or nothing."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def parse_assignments(assignments: Iterable[str], kinds: Mapping[str, type] = KINDS) -> dict[str, Any]:
    """Parameters from words like ``lr=1e-4``; raises `ConfigError` with every mistake (ranges are `Space.check`'s)."""
    parameters: dict[str, Any] = {}
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
    if mistakes:
        raise ConfigError("parameters", mistakes)
    return parameters


_PARSERS: dict[type, Callable[[str], Any]] = {
    float: float,
    int: int,
    str: str,
    bool: {"true": True, "false": False}.__getitem__,
}
