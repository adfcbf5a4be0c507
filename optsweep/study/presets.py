"""Presets: named predefined configurations; the built-in trainer's have lengths of their own."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import ConfigDict, Field, PrivateAttr, model_validator

from optsweep.config import PositiveInt, Section
from optsweep.study.hyperparameters import ALTERNATIVES, HYPERPARAMETERS, STAND_INS, StandIn, active, with_fields
from optsweep.study.lengths import Lengths
from optsweep.study.parameter import Parameters, Scalar, number
from optsweep.study.script.parameter import Value, label
from optsweep.study.space import SearchSpace


class NamedPreset(Section):
    """What is known of every preset."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,80}$")]

    @property
    @abstractmethod
    def parameters(self) -> dict[str, Scalar]:
        """Every parameter of the space, as a sampled run has them."""

    def in_space(self, space: SearchSpace) -> Self:
        """The same preset with the parameters that the space has."""
        return self


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


class ScriptPreset(NamedPreset):
    """Every parameter of the space, by the script's names."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, Value]

    @property
    def parameters(self) -> dict[str, Scalar]:
        return {name: label(value) for name, value in self.__pydantic_extra__.items()}


def preset_mistakes(presets: Iterable[NamedPreset], space: SearchSpace) -> list[str]:
    """Presets that stand twice or that the space does not hold."""
    presets = [preset.in_space(space) for preset in presets]
    repeated = [name for name, times in Counter(preset.name for preset in presets).items() if times > 1]
    found = [f"preset {name}: the name is used twice" for name in repeated]
    for preset in presets:
        for mistake in space.check(preset.parameters, f"preset {preset.name}"):
            origins = [
                f" ({one.name} is {one.origin})"
                for one in HYPERPARAMETERS.values()
                if one.origin and f": {one.name} = " in mistake
            ]
            found.append(mistake + "".join(origins))
    return found
