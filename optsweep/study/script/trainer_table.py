"""The [trainer] table of a study file: how a script is called, what it is given, and where its numbers are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as Names
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator, field_validator, model_validator
from pydantic_core import PydanticCustomError

from optsweep.config import AddedLater, Section
from optsweep.study.config_text.config_file import ConfigFormat, check_template
from optsweep.study.growing import GrowingSection
from optsweep.study.scalar import Number, Scalar, Switch, Text, read_scalar
from optsweep.study.script.flags import FlagsSection, doubled
from optsweep.study.script.formula import FormulaText
from optsweep.study.script.metrics_table import MetricsSection, below_dir
from optsweep.study.script.parameter import Value, texts_in
from optsweep.study.script.placeholders import Pattern

Command = Annotated[list[Text], Field(min_length=1)]

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


def _variable(value: object) -> int | float | str:
    """What a variable may be; its mistakes do not name the value, which may be a secret."""
    if isinstance(value, bool | list | dict):
        raise ValueError("input should be a text or a number; put anything else in quotes, as the script reads it")
    try:
        return read_scalar(value)
    except PydanticCustomError as error:
        raise ValueError(error.message()) from None


EnvironmentName = Annotated[Text, AfterValidator(_own_variable)]
EnvironmentValue = Annotated[int | float | str, PlainValidator(_variable)]


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


class TrainerSection(GrowingSection):
    command: Command
    """Placeholders in braces: {config}, {data}, {dir}, {run}, {seed}, {flags}, {port}, {gpus}, {resume}, and the names
    of parameters, set and derived values."""
    cwd: Annotated[Text, AddedLater()] = ""
    """Where the script is called; the folder where the sweep was started, if it is left out."""
    env: Annotated[dict[EnvironmentName, EnvironmentValue], Field(default_factory=dict), AddedLater()]
    """What the script's environment has besides ours; placeholders are filled in."""
    gpus_per_run: Annotated[int, Field(ge=1, le=1024, strict=True), AddedLater()] = 1
    torchrun: Annotated[Switch, AddedLater()] = False
    """Whether torchrun starts the script: one process for each GPU."""
    config: ConfigFormat | None = None
    """Format of the file {config}."""
    template_text: str = ""
    """The script's own config, in that format; parameters take the place of its values."""
    set: Annotated[dict[Text, Value], Field(default_factory=dict)]
    """What else the script is given beside the run's parameters; placeholders are filled in."""
    derive: Annotated[dict[Text, FormulaText], Field(default_factory=dict), AddedLater()]
    """Values that follow from others: they go where set values go."""
    constraints: Annotated[list[FormulaText], Field(default_factory=list), AddedLater()]
    """Conditions that every run's parameters fulfil."""
    internal: Annotated[list[Text], Field(default_factory=list), AddedLater()]
    """Parameters and derived values that the script does not know: others are derived from them."""
    flag: Annotated[Text, Field(pattern=r"\{name\}.*\{value\}")] = "--{name}={value}"
    """How one of {flags} is written in studies that have no ``flags``."""
    flags: Annotated[FlagsSection | None, AddedLater()] = None
    """None in studies that began before there was it. There {flags} holds parameters with a place of their own too, and
    braces that are no placeholder stay as they are."""
    resume: Annotated[ResumeSection | None, AddedLater()] = None
    data: Literal["packed", "legacy"] = DATA
    grace_seconds: Annotated[Number, Field(gt=0, le=100)] = 30.0
    """From SIGTERM to SIGKILL; a worker that is to leave has two minutes in all."""
    metrics: MetricsSection

    @model_validator(mode="after")
    def _one_form(self) -> TrainerSection:
        if self.flags is not None and self.flag != type(self).model_fields["flag"].default:
            raise ValueError("flag is the older name of flags.form; leave it out")
        return self

    @model_validator(mode="after")
    def _config_is_handed_over(self) -> TrainerSection:
        if (self.config is not None) != ("config" in self.names_in(self.handing)):
            raise ValueError('config = "toml" (or another format) and {config} in the command need each other')
        if self.template_text and self.config is None:
            raise ValueError("a template needs its format: config")
        if self.config is not None:
            check_template(self.config, self.template_text)
        return self

    def _left_out(self) -> Names[str]:
        # Nothing is said of data where the script is given none.
        has_none = self.data == DATA and not self.takes_data
        return super()._left_out() | ({"data"} if has_none else set())

    def planned_like(self, begun: TrainerSection) -> TrainerSection:
        """The same table as the version that began the study would have read it."""
        update: dict[str, object] = {"metrics": self.metrics.planned_like(begun.metrics)}
        if begun.flags is None and self.flags == FlagsSection(form=doubled(begun.flag), exceptions={}):
            update |= {"flags": None, "flag": begun.flag}
        return self.model_copy(update=update)

    @property
    def doubles_braces(self) -> bool:
        """Whether {{ stands for a brace, as in all studies since there is ``flags``."""
        return self.flags is not None

    @property
    def handing(self) -> list[str]:
        """The texts whose placeholders hand something over to the script by themselves."""
        env = [value for value in self.env.values() if isinstance(value, str)]
        return [*self.command, *(self.resume.args if self.resume else []), *env, self.cwd]

    @property
    def placeholders(self) -> list[str]:
        """Every name in braces: in the command, its surroundings and in the set values."""
        return self.names_in([*self.handing, *self.set_texts])

    @property
    def takes_data(self) -> bool:
        return "data" in self.placeholders

    @property
    def takes_seed(self) -> bool:
        return "seed" in self.placeholders

    @property
    def needs_port(self) -> bool:
        """Whether its processes are to meet at a port of this host."""
        return self.torchrun or PORT in self.placeholders

    @property
    def fixed(self) -> dict[str, Scalar]:
        """The set values that are the same in all runs, so that formulas may name them."""
        return {
            name: value
            for name, value in self.set.items()
            if not isinstance(value, list) and not self.names_in(texts_in(value))
        }

    @property
    def set_texts(self) -> list[str]:
        """The texts among the set values."""
        return [text for value in self.set.values() for text in texts_in(value)]

    def names_in(self, texts: Iterable[str]) -> list[str]:
        """Every name in braces."""
        return [name for text in texts for name in Pattern(text, self.doubles_braces).names]
