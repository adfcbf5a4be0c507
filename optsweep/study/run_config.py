"""The config of one run, whoever trains it: our own trainer, or somebody else's script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optsweep.config import TrainConfig
from optsweep.study.definition import ScriptStudy, StudyDefinition
from optsweep.study.resolve import resolve
from optsweep.study.script_config import ScriptConfig
from optsweep.toml_files import validate
from optsweep.train.sizes import relative_cost

RunConfig = TrainConfig | ScriptConfig


def resolve_run(
    definition: StudyDefinition,
    parameters: Mapping[str, Any],
    *,
    preset: str | None,
    seed: int,
    threads: int | None = None,
) -> RunConfig:
    """What a run with these parameters is; ``preset`` is a preset's name."""
    if isinstance(definition, ScriptStudy):
        return ScriptConfig(
            parameters=dict(parameters),
            seed=seed,
            num_evaluations=definition.budget.num_evaluations,
            trainer=definition.trainer,
            provenance={},
        )
    named = definition.preset(preset) if preset else None
    return resolve(definition, parameters, preset=named, seed=seed, threads=threads)


def read_run_config(values: dict[str, Any], run: str) -> RunConfig:
    """A config as it is stored with its run; raises `ConfigError` if it is not one."""
    place = f"stored config of run {run}"
    return validate(ScriptConfig, values, place) if "trainer" in values else validate(TrainConfig, values, place)


def cost(config: RunConfig) -> float:
    """How much a run costs beside others of its study; all the same where only a script knows."""
    return relative_cost(config) if isinstance(config, TrainConfig) else 1.0
