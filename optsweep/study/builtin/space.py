"""The space of the built-in trainer: its hyperparameters, which a study file narrows, replaces or fixes."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

from pydantic import model_validator

from optsweep.study.builtin.hyperparameters import (
    ADDED_LATER,
    ALTERNATIVES,
    HYPERPARAMETERS,
    STAND_INS,
    StandIn,
    active,
    with_fields,
)
from optsweep.study.choices import Choices
from optsweep.study.parameter import Parameter
from optsweep.study.scalar import Parameters, Scalar
from optsweep.study.space import SearchSpace

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

    @model_validator(mode="after")
    def _stand_ins_have_no_steps(self) -> Space:
        if stepped := [one for one in self.stand_ins if getattr(self.parameter(one.name), "step", None) is not None]:
            raise ValueError(f"{stepped[0].name} has no step: in presets it is {stepped[0].origin}; search it without")
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
    def givable(self) -> dict[str, Parameter]:
        return {**super().givable, **{one.stands_for: self.parameter(one.name) for one in self.stand_ins}}

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

    def condition(self, name: str) -> str:
        return "curriculum = true"

    def origin(self, name: str) -> str:
        return HYPERPARAMETERS[name].origin

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
