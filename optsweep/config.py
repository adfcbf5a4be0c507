"""TrainConfig: everything that decides one training run; its TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from optsweep.files import write_text
from optsweep.toml_files import read_toml, validate

Schedule = Literal["loglinear", "cosine"]
Auto = Literal["auto"]
MAX_INTEGER = 2**63 - 1
"""TOML's integers have 64 bits, and so have torch's seeds."""
PositiveInt = Annotated[int, Field(gt=0, le=MAX_INTEGER, strict=True)]
NaturalInt = Annotated[int, Field(ge=0, le=MAX_INTEGER, strict=True)]
Threads = Annotated[int, Field(gt=0, le=4096, strict=True)]
FiniteFloat = Annotated[float, Field(allow_inf_nan=False, strict=True)]


class Section(BaseModel):
    """Base of every table of our TOML files: frozen, unknown names are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelConfig(Section):
    hidden_size: PositiveInt
    n_heads: PositiveInt
    n_blocks: PositiveInt
    dropout: Annotated[FiniteFloat, Field(ge=0, lt=1)] = 0.1
    cond_dim: PositiveInt = 128

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
    effective_batch: PositiveInt
    micro_batch: PositiveInt | Auto = "auto"
    ema_fraction: Annotated[FiniteFloat, Field(gt=0, le=1)] = 0.03
    seed: NaturalInt = 0
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    compile: Annotated[bool, Field(strict=True)] | Auto = "auto"
    threads: Threads | None = None


class OptimConfig(Section):
    lr: Annotated[FiniteFloat, Field(gt=0)]
    warmup: NaturalInt
    weight_decay: Annotated[FiniteFloat, Field(ge=0)] = 0.01
    beta2: Annotated[FiniteFloat, Field(gt=0, lt=1)] = 0.999
    grad_clip: Annotated[FiniteFloat, Field(gt=0)] = 1.0


class NoiseConfig(Section):
    schedule: Schedule = "loglinear"


class CurriculumConfig(Section):
    enabled: Annotated[bool, Field(strict=True)] = False
    preschool_time: NaturalInt = 0

    @model_validator(mode="after")
    def _length_where_enabled(self) -> CurriculumConfig:
        if self.enabled and not self.preschool_time:
            raise ValueError("an enabled curriculum needs preschool_time > 0 (iterations)")
        return self


class DataConfig(Section):
    max_protein_len: Annotated[int, Field(ge=32, le=65536, strict=True)] = 512
    num_sequences: PositiveInt | None = None
    """Train on a fixed sample of so many of the training sequences; on all where it is left out."""


class EvaluationConfig(Section):
    """When and on what a run is scored: every so many sequences seen, or evenly spaced; and always at its end."""

    every_sequences: PositiveInt | None = None
    num_evaluations: PositiveInt | None = None
    num_sequences: PositiveInt | None = None
    noise_seed: NaturalInt = 0

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
    def total_sequences(self) -> int:
        """How many sequences the run sees: iterations times effective batch."""
        return self.training.n_iters * self.training.effective_batch


def read_config(path: Path) -> TrainConfig:
    """Read a training config; raises `ConfigError` with every mistake."""
    return validate(TrainConfig, read_toml(path), str(path))


def config_to_toml(config: Section) -> str:
    """The config as TOML; `read_config` reads a `TrainConfig` back to an equal one."""
    import tomli_w

    return tomli_w.dumps(config.model_dump(mode="python", exclude_none=True))


def write_config(path: Path, config: Section) -> None:
    """Write a run's config, whole or not at all."""
    write_text(path, config_to_toml(config))
