"""The space of your own script: any names, with ranges and choices."""

from __future__ import annotations

from pydantic import ConfigDict, model_validator

from optsweep.study.parameter import Parameter, Parameters, Scalar, ScriptParameter
from optsweep.study.space import SearchSpace
from optsweep.study.trainer_table import GIVEN, PLACEHOLDER


class ScriptSpace(SearchSpace):
    """The parameters by the names that the script has for them ("optim.lr")."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, ScriptParameter]

    @model_validator(mode="after")
    def _names_can_be_used(self) -> ScriptSpace:
        wrong = [name for name in self.names() if not PLACEHOLDER.fullmatch(f"{{{name}}}")]
        if wrong:
            raise ValueError(f"{', '.join(map(repr, wrong))}: a name has letters, digits and _ . - / only")
        if taken := [name for name in self.names() if name in ("name", *GIVEN)]:
            raise ValueError(f"{', '.join(taken)}: has a meaning of its own here; [trainer.set] can give it a value")
        return self

    def names(self) -> list[str]:
        return list(self.__pydantic_extra__)

    def parameter(self, name: str) -> Parameter:
        return self.__pydantic_extra__[name]

    def check(self, parameters: Parameters, place: str = "", *, partial: bool = False) -> list[str]:
        return super().check(self.fitted(parameters), place, partial=partial)

    def fitted(self, parameters: Parameters) -> dict[str, Scalar]:
        """The parameters, with 1 for a real number as 1.0."""
        kinds = self.kinds
        return {
            name: float(value) if kinds.get(name) is float and type(value) is int else value
            for name, value in parameters.items()
        }
