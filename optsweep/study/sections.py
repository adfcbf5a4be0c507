"""The tables of a study file and what their keys may be, but for the space and the presets."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from optsweep.config import MAX_DRAWS, MAX_INTEGER, Auto, NaturalInt, PositiveInt, Section, Threads
from optsweep.study.lengths import Length
from optsweep.study.scalar import Number, Switch

StudyType = Literal["predefined", "random", "tpe"]
PrunerKind = Literal["median", "percentile", "halving", "none"]
Scale = Annotated[float, Field(gt=0, le=1000, strict=True, allow_inf_nan=False)]
MAX_TRIALS = 100_000


def _number_or_all(given: object) -> object:
    if given is None or given == "all" or (type(given) is int and 0 < given <= MAX_INTEGER):
        return given
    raise ValueError(f'{given!r:.80} is neither a number of sequences, 1 or more, nor "all"')


Sequences = Annotated[int | Literal["all"] | None, BeforeValidator(_number_or_all)]
"""How many sequences runs train on: None means the subset's."""


class StudySection(Section):
    type: StudyType = "tpe"
    trials: Annotated[int, Field(ge=0, le=MAX_TRIALS, strict=True)] = 20
    """Sampled runs, after the presets; "predefined" has none."""
    repeats: NaturalInt | Auto = 0
    """How many of them are further training seeds of the best configurations. Study files that do not say it mean
    "auto"; studies that began before there were repeats have none."""
    seed: NaturalInt = 42
    message: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    """A line that is printed when the study starts."""


class GridSection(Section):
    num_evaluations: PositiveInt = 20
    """Points of the evaluation grid: in ``sequences``, or in a run of a script."""


class BudgetSection(GridSection):
    """Lengths in sequences seen, which all sampled runs share."""

    sequences: Length
    full_sequences: Length
    scale: Scale = 1.0
    """Factor on every length of the sweep, for quick trials of a study file."""


class PrunerSection(Section):
    kind: PrunerKind = "median"
    percentile: Annotated[Number, Field(gt=0, lt=100)] = 25.0
    """For kind "percentile": how many per cent of the runs, the best ones, are kept."""
    startup: NaturalInt = 5
    """Complete runs before the first is pruned."""
    warmup_fraction: Annotated[Number, Field(ge=0, le=1)] = 0.3
    """Share of the budget up to which nothing is pruned; at least the longest warmup or preschool."""
    minimum: PositiveInt = 3
    """Complete runs that must have a value at the same grid point."""
    others_best: Switch = False
    """Whether others count with their best so far, as the run itself does, or with their value at the point.

    No file says it: studies that began before it was so go on to cut what they would have cut.
    """


class SamplerSection(Section):
    startup: NaturalInt = 5
    """Finished runs, presets among them, before TPE takes over from random draws."""


class SettingsSection(Section):
    """What all runs of the study have in common."""

    max_protein_len: Annotated[int, Field(ge=32, le=65536, strict=True)] = 512
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    compile: Switch | Auto = "auto"
    threads: Threads | None = None
    num_training: PositiveInt | None = None
    """What older files call ``[data] sequences``; in studies that began before there was that, never more than the
    subset's."""
    num_validation: PositiveInt | None = None
    """Validation sequences that each evaluation scores; all of them if it is left out."""
    noise_seed: NaturalInt = 0
    patience: Switch = False
    """Whether runs end once they overfit; on in new files that do not say."""


class DataSection(Section):
    """What the runs of the built-in trainer train on."""

    sequences: Sequences = None
    """A fixed sample of the subset's, or more than it has: of the corpus without what is held out."""


class EvaluationSection(Section):
    """How the runs of the built-in trainer are scored."""

    draws: Annotated[int, Field(ge=1, le=MAX_DRAWS, strict=True)] | Auto = 1
    """Times that each sequence is scored; planning makes a number of "auto", which is what new files mean."""


class NotifySection(Section):
    """A command that is told what happens; see `optsweep.integrations.notify`."""

    command: Annotated[str, Field(pattern=r"^[^\x00]*$")] = ""
    """For the shell; an empty one does nothing."""


class TrackersSection(Section):
    """Which trackers every run is mirrored to while it trains; see `optsweep.integrations.trackers`."""

    tensorboard: Switch = False
    wandb: Switch = False
    mlflow: Switch = False

    @property
    def chosen(self) -> list[str]:
        return [name for name, on in self if on]
