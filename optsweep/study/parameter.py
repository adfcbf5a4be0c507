"""One parameter of a search space: a range, some choices, or one bare value."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Discriminator, Tag

from optsweep.study.choices import Choices, Chosen
from optsweep.study.ranges import IntegerRange, Range
from optsweep.study.scalar import Number

RANGE, INTEGERS, CHOICES = "<range>", "<integers>", "<choices>"
"""How pydantic's locations mark the forms of a parameter; the file has no such names."""


def form_of(value: object) -> str:
    """Which form a value of a study file has."""
    if isinstance(value, IntegerRange):
        return INTEGERS
    return RANGE if isinstance(value, Range) or (isinstance(value, dict) and "choices" not in value) else CHOICES


Real = Annotated[Annotated[Range, Tag(RANGE)] | Annotated[Choices[Number], Tag(CHOICES)], Discriminator(form_of)]


Parameter: TypeAlias = Range | IntegerRange | Chosen
