"""The config of one run: of the built-in trainer, or of a script."""

from __future__ import annotations

from typing import Any, TypeAlias

from optsweep.config import TrainConfig
from optsweep.errors import ConfigError
from optsweep.study.script_config import ScriptConfig
from optsweep.toml_files import validate

RunConfig: TypeAlias = TrainConfig | ScriptConfig


def read_run_config(values: dict[str, Any], run: str) -> RunConfig:
    """A config as it is stored with its run; raises `ConfigError` if it is not one."""
    place = f"stored config of run {run}"
    return validate(ScriptConfig, values, place) if "trainer" in values else validate(TrainConfig, values, place)


def as_train_config(config: RunConfig | None, run: str) -> TrainConfig:
    """The config if the built-in trainer can train it, else a `ConfigError`."""
    if not isinstance(config, TrainConfig):
        raise ConfigError(f"run {run}", ["has no config of the built-in trainer"])
    return config
