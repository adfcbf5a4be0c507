"""Values of parameters: what one may be, in files and among a run's parameters."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import Field, PlainValidator
from pydantic_core import PydanticCustomError

from optsweep.config import MAX_INTEGER

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
Given: TypeAlias = "Scalar | list[Scalar] | None"
"""What a script is given under a name; None is none."""
MAX_EXACT = 2**53
"""Databases hold parameters as real numbers, and so does JSON for many programs: integers beyond become others."""
KIND_WORDS: Mapping[type, str] = {float: "a real number", int: "an integer", str: "a text", bool: "true or false"}


def number(parameters: Parameters, name: str) -> float:
    """The parameter, which is a number."""
    value = parameters[name]
    assert isinstance(value, int | float), f"{name} = {value!r}"
    return value
