"""Choices of a search space: some values, of which a run has one."""

from __future__ import annotations

import random
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Annotated, Generic, Self, TypeVar

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from optsweep.config import Section
from optsweep.study.form import Form
from optsweep.study.scalar import Scalar

Member = TypeVar("Member", bound=float | int | str, covariant=True)


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
