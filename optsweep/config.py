"""TrainConfig: everything that decides one training run, and the strict TOML reader and writer."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from optsweep.errors import ConfigError
from optsweep.files import open_regular, write_text

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


SectionType = TypeVar("SectionType", bound=BaseModel)
MAX_FILE = 1 << 16
"""Bytes; ours have a few thousand. A corpus that is given by mistake is not read into memory."""
MAX_FILE_LINE = 4096
MAX_DEPTH = 20


def read_toml(path: Path) -> dict[str, Any]:
    """Parse a TOML file; every way in which that can fail is a `ConfigError`."""
    text = read_text(path)
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(str(path), [f"is not valid TOML: {error}"]) from None
    if _is_deeper(values, MAX_DEPTH):
        raise ConfigError(str(path), [f"is nested more than {MAX_DEPTH} levels deep, which no study file or config is"])
    return values


def read_text(path: Path) -> str:
    """The text of a small file; every way in which that can fail is a `ConfigError`."""
    try:
        return _content(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), [f"is not UTF-8 text (byte {error.start})"]) from None


def _content(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            content = file.read(MAX_FILE + 1)
    except FileNotFoundError:
        raise ConfigError(str(path), ["no such file"]) from None
    except OSError as error:
        raise ConfigError(str(path), [f"cannot be read: {error.strerror}"]) from None
    if len(content) > MAX_FILE:
        raise ConfigError(str(path), [f"is larger than {MAX_FILE // 1024} KiB, which no study file or config is"])
    # tomllib's time grows with the square of the number of dots in a key.
    if any(len(line) > MAX_FILE_LINE for line in content.splitlines()):
        raise ConfigError(str(path), [f"has a line of more than {MAX_FILE_LINE} bytes"])
    return content


def _is_deeper(value: Any, levels: int) -> bool:
    # Without recursion: one line of dotted keys makes thousands of levels.
    level = [value]
    for _ in range(levels):
        containers = [part for part in level if isinstance(part, dict | list)]
        level = [child for part in containers for child in (part.values() if isinstance(part, dict) else part)]
    return bool(level)


def validate(schema: type[SectionType], values: dict[str, Any], place: str) -> SectionType:
    """Build ``schema`` from parsed values; all mistakes are reported in one `ConfigError`."""
    try:
        return schema.model_validate(values)
    except ValidationError as error:
        raise ConfigError(place, list(dict.fromkeys(describe(mistake) for mistake in error.errors()))) from None


def describe(mistake: Any) -> str:
    """One mistake of pydantic's in the words of the file: dotted name, value, what would be right."""
    is_unknown = mistake["type"] == "extra_forbidden"
    *above, last = mistake["loc"] or ("file",)
    # Branches of a union appear in pydantic's location ("micro_batch", "int"); the file has no such names.
    names = [str(part) for part in above if not _is_union_branch(part)]
    names += [str(last)] if is_unknown or not _is_union_branch(last) else []
    name = ".".join(names) or "file"
    if mistake["type"] == "missing":
        return f"{name} is missing"
    if is_unknown:
        return f"{name} is not a known name"
    message = mistake["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    if mistake["type"] == "value_error":
        return f"{name}: {message}"
    return f"{name} = {_shown(mistake['input'])}: {message}"


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        # Python writes out neither an integer of thousands of digits nor what is nested too deep.
        return f"(a {type(value).__name__} too large to be shown)"
    return text if len(text) <= 80 else text[:77] + "..."


def _is_union_branch(part: object) -> bool:
    return isinstance(part, str) and (part in {"int", "bool", "float"} or "[" in part)


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
