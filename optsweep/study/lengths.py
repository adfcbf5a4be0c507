"""How long runs of the built-in trainer are: a preset's own lengths, or a budget in sequences as iterations."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from optsweep.config import NaturalInt, Section
from optsweep.study.scalar import Parameters, number

Length = Annotated[int, Field(gt=0, le=10**15, strict=True)]
"""Iterations or sequences; times the largest scale it is still an integer of TOML's."""
MINIMUM_ITERATIONS = 10
"""Floor under a scaled run; fewer steps than this say nothing about a configuration."""


class Lengths(Section):
    """How long a preset trains, in iterations; no preschool means no curriculum."""

    iterations: Length
    warmup: NaturalInt
    preschool: NaturalInt = 0

    @model_validator(mode="after")
    def _phases_fit(self) -> Lengths:
        for name in ("warmup", "preschool"):
            if getattr(self, name) > self.iterations:
                raise ValueError(f"{name} {getattr(self, name)} is longer than iterations {self.iterations}")
        return self


def sampled_lengths(parameters: Parameters, sequences: float) -> Lengths:
    """A budget in sequences as iterations, with warmup and preschool as their fractions of it."""
    iterations = floored(sequences / number(parameters, "effective_batch"))
    preschool = number(parameters, "preschool_fraction") if parameters.get("curriculum") else 0.0
    warmup = number(parameters, "warmup_fraction")
    return Lengths(iterations=iterations, warmup=part(iterations, warmup), preschool=part(iterations, preschool))


def floored(iterations: float) -> int:
    return max(MINIMUM_ITERATIONS, round(iterations))


def part(length: int, times: float) -> int:
    """A part of a length, or a multiple; nothing stays nothing, and something is at least 1."""
    return max(1, round(length * times)) if length * times else 0


def whole_batch(batch: float) -> int:
    """A batch that people would type: a multiple of 8, or of 1 where it is small."""
    unit = 8 if batch >= 64 else 1
    return max(1, round(batch / unit) * unit)
