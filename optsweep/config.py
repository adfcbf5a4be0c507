"""TrainConfig: everything that decides one training run; its TOML file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo

from optsweep.files import write_text
from optsweep.toml_files import read_toml, validate

Schedule = Literal["loglinear", "cosine"]
Auto = Literal["auto"]
MAX_INTEGER = 2**63 - 1
"""TOML's integers have 64 bits, and so have torch's seeds."""
PositiveInt = Annotated[int, Field(gt=0, le=MAX_INTEGER, strict=True)]
MAX_DRAWS = 1024
NaturalInt = Annotated[int, Field(ge=0, le=MAX_INTEGER, strict=True)]
Threads = Annotated[int, Field(gt=0, le=4096, strict=True)]
FiniteFloat = Annotated[float, Field(allow_inf_nan=False, strict=True)]


class Section(BaseModel):
    """Base of every table of our TOML files: frozen, unknown names are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, kw_only=True)
class Searched:
    """Makes the config's field that is annotated with it a hyperparameter: what sweeps search unless a study file
    says otherwise.

    The name, the place in the config, the legal values and the value in older studies are the field's own; the search
    space, the presets, the resolved configs, the dry run and the report's axes follow (`study/builtin`).
    """

    choices: tuple[float | str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    """Ends of a range of real numbers, if there are no choices."""
    log: bool = False
    """Whether the range, and an axis of its values, is logarithmic."""
    added_later: bool = False
    """Whether studies were planned before it was searched. Their runs have the field's default, with which the training
    code must do what it did without the field."""


@dataclass(frozen=True)
class AddedLater:
    """Marks a field of the config that earlier versions lacked; with its default a run is what it was without it."""


class ModelConfig(Section):
    hidden_size: Annotated[PositiveInt, Searched(choices=(512, 768, 1024))]
    n_heads: PositiveInt
    n_blocks: Annotated[PositiveInt, Searched(choices=(6, 8, 12))]
    dropout: Annotated[FiniteFloat, Field(ge=0, lt=1), Searched(low=0.0, high=0.3)] = 0.1
    cond_dim: Annotated[PositiveInt, Searched(choices=(128, 256, 512))] = 128

    @model_validator(mode="after")
    def _heads_divide_hidden_size(self) -> ModelConfig:
        if self.hidden_size % self.n_heads:
            raise ValueError(f"hidden_size {self.hidden_size} is not divisible by n_heads {self.n_heads}")
        if self.hidden_size // self.n_heads % 2:
            raise ValueError(
                f"hidden_size / n_heads is {self.hidden_size // self.n_heads}; rotary positions need an even number"
            )
        return self


class TrainingConfig(Section):
    n_iters: PositiveInt
    effective_batch: Annotated[PositiveInt, Searched(choices=(64, 128, 256, 512))]
    micro_batch: PositiveInt | Auto = "auto"
    ema_fraction: Annotated[FiniteFloat, Field(gt=0, le=1), Searched(choices=(0.01, 0.03, 0.1))] = 0.03
    seed: NaturalInt = 0
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    compile: Annotated[bool, Field(strict=True)] | Auto = "auto"
    threads: Threads | None = None
    patience: Annotated[bool, Field(strict=True), AddedLater()] = False
    """Whether the run ends once it overfits; see `optsweep.train.patience`."""


class OptimConfig(Section):
    lr: Annotated[FiniteFloat, Field(gt=0), Searched(low=1e-5, high=1e-3, log=True)]
    warmup: NaturalInt
    weight_decay: Annotated[FiniteFloat, Field(ge=0), Searched(low=0.005, high=0.2, log=True)] = 0.01
    beta2: Annotated[FiniteFloat, Field(gt=0, lt=1), Searched(choices=(0.95, 0.99, 0.999))] = 0.999
    grad_clip: Annotated[FiniteFloat, Field(gt=0), Searched(choices=(0.5, 1.0, 2.0))] = 1.0


class NoiseConfig(Section):
    schedule: Annotated[Schedule, Searched(choices=("loglinear", "cosine"))] = "loglinear"


class CurriculumConfig(Section):
    enabled: Annotated[bool, Field(strict=True)] = False
    preschool_time: NaturalInt = 0

    @model_validator(mode="after")
    def _length_if_enabled(self) -> CurriculumConfig:
        if self.enabled and not self.preschool_time:
            raise ValueError("an enabled curriculum needs preschool_time > 0 (iterations)")
        return self


class DataConfig(Section):
    max_protein_len: Annotated[int, Field(ge=32, le=65536, strict=True)] = 512
    num_sequences: PositiveInt | None = None
    """How many training sequences, a fixed sample, are trained on; all of them if it is left out."""


class EvaluationConfig(Section):
    """When and on what a run is scored: at intervals of sequences seen, or evenly spaced; and always at its end."""

    every_sequences: PositiveInt | None = None
    num_evaluations: PositiveInt | None = None
    num_sequences: PositiveInt | None = None
    noise_seed: NaturalInt = 0
    draws: Annotated[int, Field(ge=1, le=MAX_DRAWS, strict=True), AddedLater()] = 1
    """How often each sequence is scored, every time with other masks and at another mask ratio."""

    @model_validator(mode="after")
    def _one_grid(self) -> EvaluationConfig:
        if (self.every_sequences is None) == (self.num_evaluations is None):
            raise ValueError("give one of every_sequences and num_evaluations")
        return self


class TrainConfig(Section):
    """One training run. The same file is a run's config.toml, what `promote` writes and what `train` reads."""

    model: ModelConfig
    training: TrainingConfig
    optim: OptimConfig
    noise: NoiseConfig = NoiseConfig()
    curriculum: CurriculumConfig = CurriculumConfig()
    data: DataConfig = DataConfig()
    evaluation: EvaluationConfig
    provenance: dict[str, Any] = {}

    @model_validator(mode="after")
    def _phases_fit(self) -> TrainConfig:
        for name, value in [
            ("optim.warmup", self.optim.warmup),
            ("curriculum.preschool_time", self.curriculum.preschool_time),
        ]:
            if value > self.training.n_iters:
                raise ValueError(f"{name} = {value} is longer than training.n_iters = {self.training.n_iters}")
        return self

    @property
    def seed(self) -> int:
        return self.training.seed

    @property
    def compared(self) -> dict[str, dict[str, float | str | None]]:
        """The sections that a person compares; data and evaluation are the same for a whole study."""
        return {name: dict(getattr(self, name)) for name in ("model", "training", "optim", "noise", "curriculum")}

    @property
    def total_sequences(self) -> int:
        """How many sequences the run sees: iterations times effective batch."""
        return self.training.n_iters * self.training.effective_batch


def searched_fields() -> Iterator[tuple[str, str, FieldInfo, Searched]]:
    """(section, name, field, what is searched) of every hyperparameter that a `TrainConfig` has as it is."""
    for section, inner in TrainConfig.model_fields.items():
        for name, field in getattr(inner.annotation, "model_fields", {}).items():
            for mark in field.metadata:
                if isinstance(mark, Searched):
                    yield section, name, field, mark


def course(config: TrainConfig) -> dict[str, dict[str, Any]]:
    """What decides how a run goes, in the words of the earliest version that could have said it.

    Checkpoints and results that it left behind stay those of the run.
    """
    values = config.model_dump(mode="json", exclude={"provenance"})
    for section, inner in TrainConfig.model_fields.items():
        for name, field in getattr(inner.annotation, "model_fields", {}).items():
            later = any(isinstance(mark, AddedLater) or getattr(mark, "added_later", False) for mark in field.metadata)
            if later and values[section][name] == field.default:
                del values[section][name]
    return values


def read_config(path: Path) -> TrainConfig:
    """Read a training config; raises `ConfigError` with every mistake."""
    return validate(TrainConfig, read_toml(path), str(path))


def config_to_toml(config: Section) -> str:
    """The config as TOML; `read_config` reads a `TrainConfig` back to an equal one."""
    import tomli_w

    return tomli_w.dumps(config.model_dump(mode="python", exclude_none=True))


def write_config(path: Path, config: Section, *, private: bool = False) -> None:
    """Write a run's config, whole or not at all; if it is ``private``, only its owner can read it."""
    write_text(path, config_to_toml(config), private=private)
