"""A preset of your own script."""

from __future__ import annotations

from pydantic import ConfigDict

from optsweep.study.presets import NamedPreset
from optsweep.study.scalar import Scalar
from optsweep.study.script.parameter import Value, label


class ScriptPreset(NamedPreset):
    """Every parameter of the space, by the script's names."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, Value]

    @property
    def parameters(self) -> dict[str, Scalar]:
        return {name: label(value) for name, value in self.__pydantic_extra__.items()}
