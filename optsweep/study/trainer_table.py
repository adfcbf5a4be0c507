"""The [trainer] table of a study file: how a script is called, what it is given, and where its numbers are."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from optsweep.config import Section
from optsweep.study.flags import FlagsSection
from optsweep.study.formula import Formula
from optsweep.study.metrics_table import MetricsSection, below_dir
from optsweep.study.parameter import Number, Switch, Text, Whole
from optsweep.study.script_parameter import Value
from optsweep.toml_files import Table

ConfigFormat = Literal["toml", "yaml", "json", "py"]
Command = Annotated[list[Text], Field(min_length=1)]

PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w.\-/]*)\}")
"""In commands and values; other braces stay as they are."""
FLAGS = "{flags}"
GIVEN = ("config", "data", "dir", "run", "seed", "flags")
"""What a placeholder may stand for, besides the parameters."""
DATA: Literal["packed"] = "packed"
PORT, GPUS, CHECKPOINT, RESUME = "port", "gpus", "checkpoint", "resume"
"""Younger ones: a study may have a parameter of such a name, which is then meant."""


def _own_variable(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError(f"{name!r} is no name of an environment variable: letters, digits and _")
    if name == "CUDA_VISIBLE_DEVICES":
        raise ValueError("CUDA_VISIBLE_DEVICES is each run's own; choose the devices by --gpus")
    if name.startswith("OPTSWEEP_"):
        raise ValueError(f"{name}: variables of that beginning are optsweep's own")
    return name


def _is_formula(text: str) -> str:
    Formula.read(text)
    return text


EnvironmentName = Annotated[Text, AfterValidator(_own_variable)]
EnvironmentValue = Whole | Number | Text
FormulaText = Annotated[Text, AfterValidator(_is_formula)]


def names_in(texts: Iterable[str]) -> list[str]:
    """Every name in braces."""
    return [name for text in texts for name in PLACEHOLDER.findall(text)]


class ResumeSection(Section):
    """[trainer.resume]: words that the script is given only when it has a checkpoint."""

    args: Command
    """They stand at the command's word {resume}, or at its end; {checkpoint} is the file that was found."""
    if_exists: Text
    """Pattern below {dir}; the newest match is the checkpoint."""

    @field_validator("if_exists")
    @classmethod
    def _lies_below(cls, pattern: str) -> str:
        return below_dir(pattern)


class TrainerSection(Section):
    command: Command
    """Placeholders in braces: {config}, {data}, {dir}, {run}, {seed}, {flags}, {port}, {gpus}, {resume}, and the names
    of parameters, set and derived values."""
    cwd: Text = ""
    """Where the script is called; the folder where the sweep was started, if it is left out."""
    env: Annotated[dict[EnvironmentName, EnvironmentValue], Field(default_factory=dict)]
    """What the script's environment has besides ours; placeholders are filled in."""
    gpus_per_run: Annotated[int, Field(ge=1, le=1024, strict=True)] = 1
    torchrun: Switch = False
    """Whether torchrun starts the script: one process for each GPU."""
    config: ConfigFormat | None = None
    """Format of the file {config}."""
    template_text: str = ""
    """The script's own config, in that format; parameters take the place of its values."""
    set: Annotated[dict[Text, Value], Field(default_factory=dict)]
    """What else the script is given beside the run's parameters; placeholders are filled in."""
    derive: Annotated[dict[Text, FormulaText], Field(default_factory=dict)]
    """Values that follow from others: they go where set values go."""
    constraints: Annotated[list[FormulaText], Field(default_factory=list)]
    """Conditions that every run's parameters fulfil."""
    flag: Annotated[Text, Field(pattern=r"\{name\}.*\{value\}")] = "--{name}={value}"
    """How one of {flags} is written in studies that have no ``flags``."""
    flags: FlagsSection | None = None
    """None in studies that began before there was it. There {flags} holds parameters with a place of their own too, and
    braces that are no placeholder stay as they are."""
    resume: ResumeSection | None = None
    data: Literal["packed", "legacy"] = DATA
    grace_seconds: Annotated[Number, Field(gt=0, le=100)] = 30.0
    """From SIGTERM to SIGKILL; a worker that is to leave has two minutes in all."""
    metrics: MetricsSection

    @model_validator(mode="after")
    def _config_is_handed_over(self) -> TrainerSection:
        if (self.config is not None) != any("{config}" in word for word in self.command):
            raise ValueError('config = "toml" (or another format) and {config} in the command need each other')
        if self.template_text and self.config is None:
            raise ValueError("a template needs its format: config")
        if self.config is not None:
            read_template(self.config, self.template_text)
        return self

    @model_serializer(mode="wrap")
    def _without_data(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Nothing is said of data where the script is given none."""
        written: dict[str, object] = handler(self)
        if self.data == DATA and "data" not in self.placeholders:
            written.pop("data", None)
        return written

    @property
    def placeholders(self) -> list[str]:
        """Every name in braces, in the command and in the set values."""
        values = [value for value in self.set.values() if isinstance(value, str)]
        return names_in([*self.command, *values])


def read_template(kind: ConfigFormat, text: str) -> Table:
    """The values of a template (none of a Python one, which is kept as it is); raises `ValueError`."""
    if kind == "py":
        try:
            compile(text, "the template", "exec")
        except (SyntaxError, RecursionError, MemoryError) as error:
            raise ValueError(f"the template is not valid Python: {error}") from None
        return {}
    values = _parse(kind, text) if text.strip() else {}
    if not isinstance(values, dict):
        raise ValueError(f"the template holds a {type(values).__name__}; it must hold a table of names and values")
    return values


def _parse(kind: ConfigFormat, text: str) -> object:
    import yaml

    parsers: dict[str, Callable[[str], object]] = {"toml": tomllib.loads, "json": json.loads, "yaml": yaml.safe_load}
    try:
        return parsers[kind](text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise ValueError(f"the template is not valid {kind.upper()}: {' '.join(str(error).split())}") from None
