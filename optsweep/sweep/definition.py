"""StudyDefinition: everything that a study file says, as frozen models that are stored with the study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from optsweep.config import Auto, NaturalInt, PositiveInt, Schedule, Section, Threads, validate
from optsweep.errors import ConfigError
from optsweep.sweep.parameter import Number, Switch
from optsweep.sweep.space import Space, active

StudyType = Literal["predefined", "random", "tpe"]
PrunerKind = Literal["median", "percentile", "halving", "none"]
Scale = Annotated[float, Field(gt=0, le=1000, strict=True, allow_inf_nan=False)]
Length = Annotated[int, Field(gt=0, le=10**15, strict=True)]
"""Iterations or sequences; times the largest scale it is still an integer of TOML's."""
MAX_TRIALS = 100_000


class StudySection(Section):
    type: StudyType = "tpe"
    trials: Annotated[int, Field(ge=0, le=MAX_TRIALS, strict=True)] = 20
    """Sampled runs, after the presets; "predefined" has none."""
    seed: NaturalInt = 42
    message: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    """A line that is printed when the study starts."""


class BudgetSection(Section):
    """Lengths in sequences seen, the measure that all sampled runs share."""

    sequences: Length
    full_sequences: Length
    num_evaluations: PositiveInt = 20
    """Points of the evaluation grid in ``sequences``."""
    scale: Scale = 1.0
    """Factor on every length of the sweep, for quick trials of a study file."""


class PrunerSection(Section):
    kind: PrunerKind = "median"
    percentile: Annotated[Number, Field(gt=0, lt=100)] = 25.0
    """Where kind is "percentile": the best so many per cent are kept."""
    startup: NaturalInt = 5
    """Complete runs before the first is pruned."""
    warmup_fraction: Annotated[Number, Field(ge=0, le=1)] = 0.3
    """Share of the budget up to which nothing is pruned; at least the longest warmup or preschool."""
    minimum: PositiveInt = 3
    """Complete runs that must have a value at the same grid point."""


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
    """Sequences that each run trains on, a fixed sample of the subset's; all where it is left out."""
    num_validation: PositiveInt | None = None
    """Validation sequences that each evaluation scores; all where it is left out."""
    noise_seed: NaturalInt = 0


class NotifySection(Section):
    """A command that is told what happens; see `optsweep.report.notify`."""

    command: Annotated[str, Field(pattern=r"^[^\x00]*$")] = ""
    """For the shell; nothing is told where it is empty."""


class TrackersSection(Section):
    """Which trackers every run is mirrored to while it trains; see `optsweep.report.trackers`."""

    tensorboard: Switch = False
    wandb: Switch = False
    mlflow: Switch = False

    @property
    def chosen(self) -> list[str]:
        return [name for name, on in self if on]


class Lengths(Section):
    """How long a preset trains, in iterations; no preschool means no curriculum."""

    iterations: Length
    warmup: NaturalInt
    preschool: NaturalInt = 0

    @model_validator(mode="after")
    def _phases_fit(self) -> Lengths:
        for name in ("warmup", "preschool"):
            if getattr(self, name) > self.iterations:
                raise ValueError(f"{name} {getattr(self, name)} is longer than iterations {self.iterations}")
        return self


class Preset(Section):
    """A named predefined configuration: every parameter of the space, and its own lengths."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,80}$")]
    hidden_size: PositiveInt
    n_heads: PositiveInt
    n_blocks: PositiveInt
    dropout: Number
    cond_dim: PositiveInt
    effective_batch: PositiveInt
    micro_batch: PositiveInt
    lr: Number
    weight_decay: Number
    ema_fraction: Number
    beta2: Number
    grad_clip: Number
    schedule: Schedule
    sweep: Lengths
    full: Lengths

    @model_validator(mode="after")
    def _consistent(self) -> Preset:
        if self.hidden_size % self.n_heads:
            raise ValueError(f"hidden_size {self.hidden_size} is not divisible by n_heads {self.n_heads}")
        if self.micro_batch > self.effective_batch:
            raise ValueError(f"micro_batch {self.micro_batch} is larger than effective_batch {self.effective_batch}")
        if bool(self.sweep.preschool) != bool(self.full.preschool):
            raise ValueError("preschool must be given in both of sweep and full, or in neither")
        return self

    @property
    def parameters(self) -> dict[str, Any]:
        """Every parameter of the space, as a sampled run has them."""
        values = {
            **self.model_dump(),
            "head_dim": self.hidden_size // self.n_heads,
            "warmup_fraction": self.sweep.warmup / self.sweep.iterations,
            "curriculum": self.sweep.preschool > 0,
            "preschool_fraction": self.sweep.preschool / self.sweep.iterations,
        }
        return {name: values[name] for name in active(values)}


DERIVED = {
    "head_dim": "hidden_size / n_heads",
    "warmup_fraction": "sweep.warmup / sweep.iterations",
    "preschool_fraction": "sweep.preschool / sweep.iterations",
}
"""Parameters that a preset gives by way of others."""


class StudyDefinition(Section):
    """A whole study file. ``model_dump`` holds plain JSON values only, and ``model_validate`` reads them back."""

    name: str
    """Stem of the file that it was read from."""
    study: StudySection = StudySection()
    budget: BudgetSection
    pruner: PrunerSection = PrunerSection()
    sampler: SamplerSection = SamplerSection()
    settings: SettingsSection = SettingsSection()
    notify: NotifySection = NotifySection()
    trackers: TrackersSection = TrackersSection()
    space: Space = Space()
    presets: Annotated[list[Preset], Field(default_factory=list)]

    @property
    def num_sampled(self) -> int:
        """How many sampled runs follow the presets."""
        return 0 if self.study.type == "predefined" else self.study.trials

    def with_overrides(
        self,
        *,
        type: StudyType | None = None,
        trials: int | None = None,
        seed: int | None = None,
        pruner: PrunerKind | None = None,
    ) -> StudyDefinition:
        """The same study with what the command line gave in place of the file's values; raises `ConfigError`."""
        given = {"type": type, "trials": trials, "seed": seed}
        contents = self.model_dump()
        contents["study"] |= {name: value for name, value in given.items() if value is not None}
        contents["pruner"] |= {"kind": pruner} if pruner is not None else {}
        changed = validate(StudyDefinition, contents, "command line")
        if mistakes := changed.mistakes():
            raise ConfigError("command line", mistakes)
        return changed

    def preset(self, name: str) -> Preset:
        """The preset of that name; raises `KeyError`."""
        return {preset.name: preset for preset in self.presets}[name]

    def mistakes(self) -> list[str]:
        """What is wrong between sections that are right by themselves."""
        found = preset_mistakes(self.presets, self.space)
        if self.study.type == "predefined" and not self.presets:
            found.append('study.type = "predefined" needs at least one [[preset]]')
        if self.num_sampled + len(self.presets) > self.space.size:
            found.append(f"study.trials = {self.study.trials}: the space has only {self.space.size:g} different runs")
        fraction, longest = self.pruner.warmup_fraction, self.space.longest_phase
        if fraction < longest:
            found.append(
                f"pruner.warmup_fraction = {fraction:g} is below {longest:g}, the space's longest warmup or preschool"
            )
        return found


def preset_mistakes(presets: Iterable[Preset], space: Space) -> list[str]:
    """Presets that stand twice or that the space does not hold."""
    presets = list(presets)
    repeated = [name for name, times in Counter(preset.name for preset in presets).items() if times > 1]
    found = [f"preset {name}: the name is used twice" for name in repeated]
    for preset in presets:
        for mistake in space.check(preset.parameters, f"preset {preset.name}"):
            origins = [f" ({name} is {origin})" for name, origin in DERIVED.items() if f": {name} = " in mistake]
            found.append(mistake + "".join(origins))
    return found
