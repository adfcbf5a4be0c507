"""The [trainer.metrics] table of a study file: where a script's numbers are found, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as Names
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from optsweep.config import MAX_INTEGER, AddedLater
from optsweep.study.direction import MEAN, Summary
from optsweep.study.growing import GrowingSection
from optsweep.study.scalar import Number, Switch, Text, Whole
from optsweep.toml_files import Table

Amount = Annotated[Number, Field(gt=0)]


def below_dir(pattern: str) -> str:
    """The pattern, if it cannot leave the script's directory; raises `ValueError`."""
    if pattern.startswith("/") or ".." in pattern.split("/"):
        raise ValueError("is a pattern below {dir}, which the script is given as its directory")
    return pattern


class MetricsSection(GrowingSection):
    """Where the script's numbers are found, and which of them are meant."""

    kind: Literal["jsonl", "csv", "tensorboard", "regex", "report"]
    file: Text = ""
    """Pattern below {dir}; what the script prints, if it is left out."""
    patterns: Annotated[list[Text], Field(default_factory=list)]
    """For kind "regex": a line that matches one of them gives the numbers of its named groups."""
    value: Text
    """Name of the evaluation's number."""
    direction: Annotated[Literal["minimize", "maximize"] | None, AddedLater()] = None
    """Which numbers are better. No file leaves it open; studies from before there was this key went by ``maximize``."""
    maximize: Switch = False
    """The older name of direction = "maximize"; without a direction numbers are negated as they are read."""
    summary: Annotated[Summary, AddedLater()] = "best"
    step: Text = "step"
    step_offset: Annotated[Whole, AddedLater()] = 0
    """Added to what the script calls its step."""
    total: Amount | Text | None = None
    """The last step: a number, or the name of a parameter, of a set value, or of one of the script's numbers."""
    ends_early: Annotated[Switch | None, AddedLater()] = None
    """Whether the script may end by itself before ``total``. No file leaves it open; it was not asked before."""
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

    @field_validator("summary", mode="before")
    @classmethod
    def _one_of_three(cls, summary: object) -> object:
        # One mistake for one value, not one for each thing that it is not.
        if isinstance(summary, Mapping) and list(summary) == [MEAN]:
            number = summary[MEAN]
            if type(number) is int and 0 < number <= MAX_INTEGER:
                return summary
            raise ValueError(f'"{MEAN}" = {number!r}: needs a whole number of evaluations from 1 on')
        if summary not in ("best", "last"):
            raise ValueError(f'{summary!r} is none of "best", "last" and {{ "{MEAN}" = 3 }}')
        return summary

    @field_validator("file")
    @classmethod
    def _lies_below(cls, file: str) -> str:
        return below_dir(file)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if (self.kind == "regex") != bool(self.patterns):
            raise ValueError('patterns belong to kind = "regex", which needs at least one')
        groups = {name for pattern in self.patterns for name in re.compile(pattern).groupindex}
        if self.patterns and self.value not in groups:
            raise ValueError(f"no pattern has a group (?P<{self.value}>...), which value names")
        if self.kind == "csv" and not self.file:
            raise ValueError('kind = "csv" needs file, a pattern below {dir}')
        if self.kind == "report" and self.file:
            raise ValueError('kind = "report" takes no file: the script calls optsweep.report')
        if self.direction is not None and "maximize" in self.model_fields_set and self.maximize != self.maximizes:
            raise ValueError(
                f'maximize = {str(self.maximize).lower()} and direction = "{self.direction}" contradict each other; '
                "leave maximize out"
            )
        return self

    def _left_out(self) -> Names[str]:
        # An older key, where the one that took its place is set.
        return super()._left_out() | (set() if self.direction is None else {"maximize"})

    @property
    def maximizes(self) -> bool:
        """Whether the larger of two values, as they are stored, is the better one."""
        return self.direction == "maximize"

    @property
    def negates(self) -> bool:
        """Whether numbers are negated as they are read, as in older studies that maximise."""
        return self.maximize and self.direction is None

    @property
    def stored_name(self) -> str:
        """The value's name where it is shown as it is stored."""
        return f"-{self.value}" if self.negates else self.value

    def planned_like(self, begun: MetricsSection) -> MetricsSection:
        """The same, with what the version that began the study did not know, and so left open."""
        same = self.maximizes == (begun.maximizes or begun.negates)
        update: dict[str, object] = {}
        if begun.direction is None and same:
            update |= {"direction": None, "maximize": begun.maximize}
        if begun.ends_early is None:
            update["ends_early"] = None
        return self.model_copy(update=update)


def completed_metrics(metrics: Table) -> Table:
    """The table of a new file, with what it means by leaving a key out."""
    direction = "maximize" if metrics.get("maximize") is True else "minimize"
    return {"direction": direction, "ends_early": False, **metrics}
