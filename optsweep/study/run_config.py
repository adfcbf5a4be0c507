"""The config of one run: the built-in trainer's, or a script's with the words and the file that the script is given."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import Field

from optsweep.config import NaturalInt, PositiveInt, Section, TrainConfig, course
from optsweep.errors import ConfigError
from optsweep.plain import Plain
from optsweep.study.parameter import Parameters, Scalar
from optsweep.study.script_parameter import Value
from optsweep.study.trainer_table import FLAGS, PLACEHOLDER, ConfigFormat, TrainerSection, read_template
from optsweep.toml_files import Table, validate


class ScriptConfig(Section):
    """What a `TrainConfig` is for the built-in trainer."""

    parameters: dict[str, Scalar]
    given: dict[str, list[Scalar]] = Field(default_factory=dict)
    """The lists that the script is given for parameters whose values are texts here and in the database: labels."""
    absent: list[str] = Field(default_factory=list)
    """The parameters that are none in this run, whose values here are labels too."""
    seed: NaturalInt
    num_evaluations: PositiveInt
    trainer: TrainerSection
    provenance: Annotated[dict[str, Any], Field(default_factory=dict)]

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


def check_program(trainer: TrainerSection) -> None:
    """Raise `ConfigError` if the script cannot be started here, or its numbers cannot be read."""
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


@dataclass(frozen=True)
class Places:
    """The paths that a script is given; all absolute."""

    config_file: Path
    data: Path | None
    """None if the script is given none."""
    work: Path


def command_line(config: ScriptConfig, places: Places) -> list[str]:
    """The words to call the script with; "python" is the one that runs us."""
    names = _names(config, places)
    words: list[str] = []
    for word in _words(config.trainer.command):
        if word == FLAGS:
            flags = script_values(config, places)
            words += [_flag(config.trainer.flag, name, value) for name, value in flags.items()]
        else:
            words.append(_filled(word, names))
    return words


def config_text(config: ScriptConfig, places: Places) -> str:
    """The script's own config file."""
    assert config.trainer.config is not None
    return render(config.trainer.config, config.trainer.template_text, script_values(config, places))


def script_values(config: ScriptConfig, places: Places) -> dict[str, Value]:
    """The set values, their placeholders filled in, and the run's parameters."""
    names = _names(config, places)
    return {**{name: _value(value, names) for name, value in config.trainer.set.items()}, **config.parameters}


def _words(command: list[str]) -> list[str]:
    words = [sys.executable if command[0] == "python" else command[0], *command[1:]]
    # No shell sees the command.
    return [os.path.expanduser(word) for word in words]


def _names(config: ScriptConfig, places: Places) -> dict[str, Scalar]:
    given = {"config": str(places.config_file), "dir": str(places.work)}
    data = {} if places.data is None else {"data": str(places.data)}
    return {**config.parameters, **given, **data, "seed": config.seed, "run": str(config.provenance.get("run", ""))}


def _value(value: Value, names: Parameters) -> Value:
    return [_scalar(part, names) for part in value] if isinstance(value, list) else _scalar(value, names)


def _scalar(value: Scalar, names: Parameters) -> Scalar:
    """A placeholder that stands alone keeps the type of what it stands for."""
    if not isinstance(value, str):
        return value
    alone = PLACEHOLDER.fullmatch(value)
    return names[alone[1]] if alone else _filled(value, names)


def _filled(text: str, names: Parameters) -> str:
    return PLACEHOLDER.sub(lambda found: _word(names[found[1]]), text)


def _flag(form: str, name: str, value: Value) -> str:
    shown = ",".join(map(_word, value)) if isinstance(value, list) else _word(value)
    return form.replace("{name}", name).replace("{value}", shown)


def _word(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def render(kind: ConfigFormat, template: str, values: Mapping[str, Value]) -> str:
    """The text of the config file; a dotted name sets a value inside tables, which are made if they are missing.

    A Python file gets one assignment for each name at its end; what stood there before is overridden.
    """
    if kind == "py":
        return (
            template.rstrip("\n")
            + "\n" * bool(template.strip())
            + "".join(f"{name} = {value!r}\n" for name, value in values.items())
        )
    document = read_template(kind, template)
    for name, value in values.items():
        _put(document, name, value)
    return _write(kind, document)


def _put(document: Table, name: str, value: Value) -> None:
    # A name that the template itself writes with dots is meant as it stands.
    *tables, last = [name] if name in document else name.split(".")
    for table in tables:
        inner = document.get(table)
        inside: Table = inner if isinstance(inner, dict) else {}
        document[table] = document = inside
    document[last] = list(value) if isinstance(value, list) else value


def _write(kind: ConfigFormat, document: Table) -> str:
    match kind:
        case "toml":
            import tomli_w

            return tomli_w.dumps(document)
        case "json":
            return json.dumps(document, indent=2) + "\n"
        case _:
            import yaml

            return str(yaml.safe_dump(document, sort_keys=False))
