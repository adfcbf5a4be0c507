"""The config of one run: the built-in trainer's or a script's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from optsweep.config import TrainConfig, course
from optsweep.errors import ConfigError
from optsweep.plain import Plain
from optsweep.study.script.config import ScriptConfig
from optsweep.study.script.trainer_table import DATA
from optsweep.toml_files import validate

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


def with_seed(config: RunConfig, seed: int) -> RunConfig:
    """The config with another training seed."""
    if isinstance(config, ScriptConfig):
        return config.model_copy(update={"seed": seed})
    return config.model_copy(update={"training": config.training.model_copy(update={"seed": seed})})


def read_run_config(values: Mapping[str, Plain], run: str) -> RunConfig:
    """A config as it is stored with its run; raises `ConfigError` if it is not one."""
    place = f"stored config of run {run}"
    return validate(ScriptConfig, values, place) if "trainer" in values else validate(TrainConfig, values, place)
