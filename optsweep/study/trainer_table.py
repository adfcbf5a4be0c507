"""The [trainer] table of a study file: how a script is called, what it is given, and where its numbers are."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, field_validator, model_validator

from optsweep.config import Section
from optsweep.study.parameter import Number, Scalar, Switch, Text
from optsweep.toml_files import Table

ConfigFormat = Literal["toml", "yaml", "json", "py"]
Value: TypeAlias = Scalar | list[Scalar]
Command = Annotated[list[Text], Field(min_length=1)]
Amount = Annotated[Number, Field(gt=0)]

PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w.\-/]*)\}")
"""In commands and values; other braces stay as they are."""
FLAGS = "{flags}"
GIVEN = ("config", "data", "dir", "run", "seed", "flags")
"""What a placeholder may stand for, besides the parameters."""


class MetricsSection(Section):
    """Where the script's numbers are found, and which of them are meant."""

    kind: Literal["jsonl", "csv", "tensorboard", "regex"]
    file: Text = ""
    """Pattern below {dir}; what the script prints, if it is left out."""
    patterns: Annotated[list[Text], Field(default_factory=list)]
    """For kind "regex": a line that matches one of them gives the numbers of its named groups."""
    value: Text
    """Name of the evaluation's number; lower is better."""
    maximize: Switch = False
    """Higher is better: the number is negated as it is read."""
    step: Text = "step"
    total: Amount | Text | None = None
    """The last step: a number, or the name of a parameter, of a set value, or of one of the script's numbers."""
    train_loss: Text = ""

    @field_validator("patterns")
    @classmethod
    def _compile(cls, patterns: list[str]) -> list[str]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
        return patterns

    @model_validator(mode="after")
    def _fits_its_kind(self) -> MetricsSection:
        if (self.kind == "regex") != bool(self.patterns):
            raise ValueError('patterns belong to kind = "regex", which needs at least one')
        groups = {name for pattern in self.patterns for name in re.compile(pattern).groupindex}
        if self.patterns and self.value not in groups:
            raise ValueError(f"no pattern has a group (?P<{self.value}>...), which value names")
        if self.kind == "csv" and not self.file:
            raise ValueError('kind = "csv" needs file, a pattern below {dir}')
        return self

    @field_validator("file")
    @classmethod
    def _lies_below(cls, file: str) -> str:
        if file.startswith("/") or ".." in file.split("/"):
            raise ValueError("is a pattern below {dir}, which the script is given as its directory")
        return file

    @property
    def label(self) -> str:
        """The value's name as reports show it."""
        return f"-{self.value}" if self.maximize else self.value


def names_in(texts: Iterable[str]) -> list[str]:
    """Every name in braces."""
    return [name for text in texts for name in PLACEHOLDER.findall(text)]


class TrainerSection(Section):
    command: Command
    """Placeholders in braces: {config}, {data}, {dir}, {run}, {seed}, {flags}, and the names of parameters."""
    config: ConfigFormat | None = None
    """Format of the file {config}."""
    template_text: str = ""
    """The script's own config, in that format; parameters take the place of its values."""
    set: Annotated[dict[Text, Value], Field(default_factory=dict)]
    """What else the script is given beside the run's parameters; placeholders are filled in."""
    flag: Annotated[Text, Field(pattern=r"\{name\}.*\{value\}")] = "--{name}={value}"
    """How one of {flags} is written."""
    data: Literal["packed", "legacy"] = "packed"
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
