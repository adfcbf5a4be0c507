"""A preset of the built-in trainer: every hyperparameter that its config has, and lengths of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import PrivateAttr, model_validator

from optsweep.config import PositiveInt
from optsweep.study.builtin.hyperparameters import (
    ALTERNATIVES,
    HYPERPARAMETERS,
    STAND_INS,
    StandIn,
    active,
    with_fields,
)
from optsweep.study.lengths import Lengths
from optsweep.study.presets import NamedPreset
from optsweep.study.scalar import Parameters, Scalar, number
from optsweep.study.space import SearchSpace

if TYPE_CHECKING:
    _Fields = NamedPreset
else:
    _Fields = with_fields(NamedPreset, {name: (one.preset, ...) for name, one in HYPERPARAMETERS.items() if one.place})


class Preset(_Fields):
    """The built-in trainer's: every parameter of the space, and its own lengths."""

    n_heads: PositiveInt
    micro_batch: PositiveInt
    sweep: Lengths
    full: Lengths
    _space: SearchSpace | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _consistent(self) -> Preset:
        values = self.model_dump()
        hidden_size, effective_batch = values["hidden_size"], values["effective_batch"]
        if hidden_size % self.n_heads:
            raise ValueError(f"hidden_size {hidden_size} is not divisible by n_heads {self.n_heads}")
        if self.micro_batch > effective_batch:
            raise ValueError(f"micro_batch {self.micro_batch} is larger than effective_batch {effective_batch}")
        if bool(self.sweep.preschool) != bool(self.full.preschool):
            raise ValueError("preschool must be given in both of sweep and full, or in neither")
        return self

    @property
    def parameters(self) -> dict[str, Scalar]:
        values = {
            **self.model_dump(exclude_none=True),
            "head_dim": self.model_dump()["hidden_size"] // self.n_heads,
            "warmup_fraction": self.sweep.warmup / self.sweep.iterations,
            "curriculum": self.sweep.preschool > 0,
            "preschool_fraction": self.sweep.preschool / self.sweep.iterations,
        }
        values |= {name: self._stand_in(one, values) for name, one in STAND_INS.items()}
        # Of a hyperparameter and what stands for it, a space has one.
        absent = ALTERNATIVES - {*(self._space.names() if self._space is not None else ALTERNATIVES)}
        return {name: values[name] for name in active(values) if name in values and name not in absent}

    def _stand_in(self, one: StandIn, values: Parameters) -> Scalar:
        found = one.found(number(values, one.stands_for), values, self.sweep)
        if self._space is None or one.name not in self._space.names():
            return found
        return one.nearest(self._space.parameter(one.name), found)

    def in_space(self, space: SearchSpace) -> Self:
        preset = self.model_copy()
        preset._space = space
        return preset
