"""The config of one run: the built-in trainer's, or a script's with the words and the file that the script is given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import Field

from optsweep.config import AddedLater, NaturalInt, PositiveInt, TrainConfig, course
from optsweep.errors import ConfigError
from optsweep.plain import Plain
from optsweep.study.growing import GrowingSection
from optsweep.study.parameter import Parameters, Scalar
from optsweep.study.script.derived import derived_values
from optsweep.study.script.space import ScriptSpace
from optsweep.study.script.trainer_table import DATA, TrainerSection
from optsweep.toml_files import validate


class ScriptConfig(GrowingSection):
    """What a `TrainConfig` is for the built-in trainer."""

    parameters: dict[str, Scalar]
    given: Annotated[dict[str, list[Scalar]], AddedLater()] = Field(default_factory=dict)
    """The lists that the script is given for parameters whose values are texts here and in the database: labels."""
    absent: Annotated[list[str], AddedLater()] = Field(default_factory=list)
    """The parameters that are none in this run, whose values here are labels too."""
    seed: NaturalInt
    num_evaluations: PositiveInt
    trainer: TrainerSection
    provenance: Annotated[dict[str, Any], Field(default_factory=dict)]

    @property
    def derived(self) -> dict[str, Scalar]:
        """The values that follow from its parameters; from those that are none, nothing does."""
        known = {name: value for name, value in self.parameters.items() if name not in self.absent}
        return derived_values(self.trainer.derive, {**self.trainer.fixed, **known})

    @property
    def compared(self) -> dict[str, dict[str, float | str | None]]:
        """What a person compares, by section."""
        return {"parameters": dict(self.parameters)}


RunConfig: TypeAlias = TrainConfig | ScriptConfig


def if_builtin(config: RunConfig | None) -> TrainConfig | None:
    """The config, if it is the built-in trainer's; None if it is a script's, or missing."""
    return config if isinstance(config, TrainConfig) else None


def of_builtin(config: RunConfig | None, run: str) -> TrainConfig:
    """The config, which is the built-in trainer's; raises `ConfigError` if it is a script's, or missing."""
    if (own := if_builtin(config)) is None:
        raise ConfigError(f"run {run}", ["has no config of the built-in trainer"])
    return own


def course_text(config: RunConfig) -> str:
    """What decides how a run goes, as JSON: all of its config but the provenance (`optsweep.config.course`)."""
    own = if_builtin(config)
    values = config.model_dump(mode="json", exclude={"provenance"}) if own is None else course(own)
    if own is None:
        # Said of every script, before there were some without data.
        values["trainer"].setdefault("data", DATA)
    return json.dumps(values, sort_keys=True)


def script_config(
    trainer: TrainerSection, space: ScriptSpace, parameters: Parameters, *, seed: int, num_evaluations: int
) -> ScriptConfig:
    """The config of a script's run with these parameters."""
    return ScriptConfig(
        parameters=dict(parameters),
        given=space.lists(parameters),
        absent=space.none(parameters),
        seed=seed,
        num_evaluations=num_evaluations,
        trainer=trainer,
        provenance={},
    )


def with_seed(config: RunConfig, seed: int) -> RunConfig:
    """The config with another training seed."""
    if isinstance(config, ScriptConfig):
        return config.model_copy(update={"seed": seed})
    return config.model_copy(update={"training": config.training.model_copy(update={"seed": seed})})


def read_run_config(values: Mapping[str, Plain], run: str) -> RunConfig:
    """A config as it is stored with its run; raises `ConfigError` if it is not one."""
    place = f"stored config of run {run}"
    return validate(ScriptConfig, values, place) if "trainer" in values else validate(TrainConfig, values, place)
