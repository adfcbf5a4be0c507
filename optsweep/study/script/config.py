"""The config of a script's run: its parameters, and the table that says how the script is called with them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from optsweep.config import AddedLater, NaturalInt, PositiveInt
from optsweep.study.growing import GrowingSection
from optsweep.study.scalar import Parameters, Scalar
from optsweep.study.script.derived import derived_values
from optsweep.study.script.space import ScriptSpace
from optsweep.study.script.trainer_table import TrainerSection


class ScriptConfig(GrowingSection):
    """What a `TrainConfig` is for the built-in trainer."""

    parameters: dict[str, Scalar]
    given: Annotated[dict[str, list[Scalar]], AddedLater()] = Field(default_factory=dict)
    """The lists that the script is given for parameters whose values are texts here and in the database: labels."""
    none: Annotated[list[str], AddedLater()] = Field(default_factory=list)
    """The parameters that are none in this run, whose values here are labels too."""
    seed: NaturalInt
    num_evaluations: PositiveInt
    trainer: TrainerSection
    provenance: Annotated[dict[str, Any], Field(default_factory=dict)]

    @property
    def derived(self) -> dict[str, Scalar]:
        """The values that follow from its parameters; from those that are none, nothing does."""
        known = {name: value for name, value in self.parameters.items() if name not in self.none}
        return derived_values(self.trainer.derive, {**self.trainer.fixed, **known})

    @property
    def compared(self) -> dict[str, dict[str, float | str | None]]:
        """What a person compares, by section."""
        return {"parameters": dict(self.parameters)}


def script_config(
    trainer: TrainerSection, space: ScriptSpace, parameters: Parameters, *, seed: int, num_evaluations: int
) -> ScriptConfig:
    """The config of a script's run with these parameters."""
    return ScriptConfig(
        parameters=dict(parameters),
        given=space.lists(parameters),
        none=space.none(parameters),
        seed=seed,
        num_evaluations=num_evaluations,
        trainer=trainer,
        provenance={},
    )
