"""ScriptConfig: everything that decides one run of somebody else's script, as its config.toml holds it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from optsweep.config import NaturalInt, PositiveInt, Section
from optsweep.errors import ConfigError
from optsweep.study.parameter import Scalar
from optsweep.study.template import render
from optsweep.study.trainer_table import FLAGS, PLACEHOLDER, TrainerSection


class ScriptConfig(Section):
    """The place that a `TrainConfig` has in a study of our own trainer."""

    parameters: dict[str, Scalar]
    seed: NaturalInt
    num_evaluations: PositiveInt
    trainer: TrainerSection
    provenance: Annotated[dict[str, Any], Field(default_factory=dict)]


def check_program(trainer: TrainerSection) -> None:
    """Raise `ConfigError` where the script cannot be started here, or its numbers not be read."""
    words = _words(trainer.command)
    mistakes = []
    if shutil.which(words[0]) is None:
        mistakes.append(f"command: there is no program {words[0]!r}")
    if words[1:] and words[1].endswith(".py") and not (PLACEHOLDER.search(words[1]) or Path(words[1]).is_file()):
        mistakes.append(f"command: there is no file {words[1]!r} in {Path.cwd()}")
    if trainer.metrics.kind == "tensorboard" and find_spec("tensorboard") is None:
        mistakes.append('metrics.kind = "tensorboard" needs its package: pip install "optsweep[tensorboard]"')
    if mistakes:
        raise ConfigError("trainer", mistakes)


def command_line(config: ScriptConfig, *, config_file: Path, data: Path, work: Path) -> list[str]:
    """The words to call the script with; "python" is the one that runs us."""
    names = _names(config, config_file, data, work)
    words: list[str] = []
    for word in _words(config.trainer.command):
        if word == FLAGS:
            flags = script_values(config, config_file=config_file, data=data, work=work)
            words += [_flag(config.trainer.flag, name, value) for name, value in flags.items()]
        else:
            words.append(_filled(word, names))
    return words


def config_text(config: ScriptConfig, *, config_file: Path, data: Path, work: Path) -> str:
    """What stands in the script's own config file."""
    assert config.trainer.config is not None
    values = script_values(config, config_file=config_file, data=data, work=work)
    return render(config.trainer.config, config.trainer.template_text, values)


def script_values(config: ScriptConfig, *, config_file: Path, data: Path, work: Path) -> dict[str, Any]:
    """The set values, their placeholders filled in, and the run's parameters."""
    names = _names(config, config_file, data, work)
    return {name: _value(value, names) for name, value in config.trainer.set.items()} | config.parameters


def _words(command: list[str]) -> list[str]:
    return [sys.executable if command[0] == "python" else command[0], *command[1:]]


def _names(config: ScriptConfig, config_file: Path, data: Path, work: Path) -> dict[str, Any]:
    given = {"config": str(config_file), "data": str(data), "dir": str(work)}
    return {**config.parameters, **given, "seed": config.seed, "run": str(config.provenance.get("run", ""))}


def _value(value: Any, names: Mapping[str, Any]) -> Any:
    """A placeholder that stands alone keeps the type of what it stands for."""
    if isinstance(value, list):
        return [_value(part, names) for part in value]
    if not isinstance(value, str):
        return value
    alone = PLACEHOLDER.fullmatch(value)
    return names[alone[1]] if alone else _filled(value, names)


def _filled(text: str, names: Mapping[str, Any]) -> str:
    return PLACEHOLDER.sub(lambda found: _word(names[found[1]]), text)


def _flag(form: str, name: str, value: Any) -> str:
    shown = ",".join(map(_word, value)) if isinstance(value, list) else _word(value)
    return form.replace("{name}", name).replace("{value}", shown)


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
