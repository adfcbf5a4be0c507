"""Presets: named predefined configurations; the built-in trainer's have lengths of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator

from optsweep.config import NaturalInt, PositiveInt, Schedule, Section
from optsweep.study.parameter import Number
from optsweep.study.space import SearchSpace, active

Length = Annotated[int, Field(gt=0, le=10**15, strict=True)]
"""Iterations or sequences; times the largest scale it is still an integer of TOML's."""


class NamedPreset(Section):
    """What is known of every preset."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,80}$")]

    @property
    def parameters(self) -> dict[str, Any]:
        """Every parameter of the space, as a sampled run has them."""
        raise NotImplementedError


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


class Preset(NamedPreset):
    """The built-in trainer's: every parameter of the space, and its own lengths."""

    hidden_size: PositiveInt
    n_heads: PositiveInt
    n_blocks: PositiveInt
    dropout: Number
    cond_dim: PositiveInt
    effective_batch: PositiveInt
    micro_batch: PositiveInt
    lr: Number
    weight_decay: Number
    ema_fraction: Number
    beta2: Number
    grad_clip: Number
    schedule: Schedule
    sweep: Lengths
    full: Lengths

    @model_validator(mode="after")
    def _consistent(self) -> Preset:
        if self.hidden_size % self.n_heads:
            raise ValueError(f"hidden_size {self.hidden_size} is not divisible by n_heads {self.n_heads}")
        if self.micro_batch > self.effective_batch:
            raise ValueError(f"micro_batch {self.micro_batch} is larger than effective_batch {self.effective_batch}")
        if bool(self.sweep.preschool) != bool(self.full.preschool):
            raise ValueError("preschool must be given in both of sweep and full, or in neither")
        return self

    @property
    def parameters(self) -> dict[str, Any]:
        values = {
            **self.model_dump(),
            "head_dim": self.hidden_size // self.n_heads,
            "warmup_fraction": self.sweep.warmup / self.sweep.iterations,
            "curriculum": self.sweep.preschool > 0,
            "preschool_fraction": self.sweep.preschool / self.sweep.iterations,
        }
        return {name: values[name] for name in active(values)}


DERIVED = {
    "head_dim": "hidden_size / n_heads",
    "warmup_fraction": "sweep.warmup / sweep.iterations",
    "preschool_fraction": "sweep.preschool / sweep.iterations",
}
"""Parameters that a preset gives by way of others."""


def preset_mistakes(presets: Iterable[NamedPreset], space: SearchSpace) -> list[str]:
    """Presets that stand twice or that the space does not hold."""
    presets = list(presets)
    repeated = [name for name, times in Counter(preset.name for preset in presets).items() if times > 1]
    found = [f"preset {name}: the name is used twice" for name in repeated]
    for preset in presets:
        for mistake in space.check(preset.parameters, f"preset {preset.name}"):
            origins = [f" ({name} is {origin})" for name, origin in DERIVED.items() if f": {name} = " in mistake]
            found.append(mistake + "".join(origins))
    return found
