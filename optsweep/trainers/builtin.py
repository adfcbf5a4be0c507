"""The built-in trainer, as the rest of the program sees it; torch is loaded when it trains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version

from optsweep.config import TrainConfig
from optsweep.study.definition import BuiltinStudy
from optsweep.study.parameter import Parameters
from optsweep.study.presets import Preset
from optsweep.study.resolve import resolve, resolve_full, scaling_notes
from optsweep.study.run_config import RunConfig
from optsweep.train.report import TrainReport
from optsweep.train.sizes import checkpoint_bytes, ema_bytes, parameter_count, relative_cost
from optsweep.trainers.trainer import Lengths, Trainer, Work

_version = cache(version)


class BuiltinTrainer(Trainer, Lengths):
    unit = "nats per residue"
    quantity = "NELBO in nats per residue"
    title = "NELBO, nats per residue"
    metric = "NELBO (nats per residue)"
    smallest = " even with micro-batch 1"

    def __init__(self, definition: BuiltinStudy) -> None:
        self._definition = definition
        self.lengths = self
        self.notes = scaling_notes(definition)
        self.presets = definition.presets
        self.sampled_sequences = definition.budget.sequences * definition.budget.scale

    def check(self) -> None:
        """It needs nothing that was not installed with it."""

    def resolve(self, parameters: Parameters, *, preset: str | None, seed: int, threads: int = 0) -> TrainConfig:
        return resolve(self._definition, parameters, preset=self._preset(preset), seed=seed, threads=threads)

    def full(self, parameters: Parameters, *, preset: str | None, seed: int) -> TrainConfig:
        return resolve_full(self._definition, parameters, preset=self._preset(preset), seed=seed)

    def _preset(self, name: str | None) -> Preset | None:
        return {preset.name: preset for preset in self.presets}[name] if name else None

    def with_threads(self, config: RunConfig, threads: int) -> RunConfig:
        training = _own(config).training
        if training.threads is not None or not threads:
            return config
        return config.model_copy(update={"training": training.model_copy(update={"threads": threads})})

    def provenance(self, parameters: Parameters, *, preset: str | None, seed: int) -> dict[str, str | dict[str, int]]:
        full = self.full(parameters, preset=preset, seed=seed)
        lengths = {
            "n_iters": full.training.n_iters,
            "warmup": full.optim.warmup,
            "preschool_time": full.curriculum.preschool_time,
        }
        return {"torch": _version("torch"), "full": lengths}

    @property
    def train(self) -> Callable[..., TrainReport]:
        from optsweep.train.loop import train

        return train

    def sequences(self, config: RunConfig, step: int) -> int:
        return step * _own(config).training.effective_batch

    def share(self, config: RunConfig, step: int, progress: float) -> float:
        return step / _own(config).training.n_iters

    def work(self, config: RunConfig) -> Work:
        return Work(_own(config).training.n_iters, relative_cost(_own(config)))

    def start_lines(self, config: RunConfig, about_data: list[str]) -> list[str]:
        own = _own(config)
        lines = [
            f"Training iterations: {own.training.n_iters} (reduced for sweep)",
            f"Warmup steps: {own.optim.warmup} (proportionally scaled)",
        ]
        if own.curriculum.enabled:
            lines.append(f"Preschool steps: {own.curriculum.preschool_time} (proportionally scaled)")
        lines += about_data
        if own.data.num_sequences is not None:
            lines.append(f"Training on a fixed sample of {own.data.num_sequences} sequences")
        return lines

    def budget(self, config: RunConfig, progress: float, sequences: int) -> str:
        own = _own(config)
        return (
            f"{own.training.n_iters:,} iterations of {own.training.effective_batch} = "
            f"{own.total_sequences:,} sequences, {sequences:,} of them seen"
        )

    def cells(self, config: RunConfig) -> list[str]:
        own = _own(config)
        return [
            f"{own.training.n_iters:,}",
            f"{own.optim.warmup:,}",
            f"{own.curriculum.preschool_time:,}" if own.curriculum.enabled else "off",
            f"{own.training.effective_batch} ({own.training.micro_batch})",
            f"{parameter_count(own.model) / 1e6:.2f} M",
            f"{own.total_sequences:,}",
        ]

    def peak_disk(self, configs: Mapping[str, RunConfig], workers: int, kept: int) -> int:
        """Two checkpoints of the largest model a worker, and the EMA weights that stay (invariant 14)."""
        queued = [_own(configs[preset.name]) for preset in self.presets if preset.name in configs]
        models = [self.resolve(preset.parameters, preset=preset.name, seed=0).model for preset in self.presets]
        if self._definition.num_sampled:
            space = self._definition.space
            # The largest value of every parameter: those that make no model larger do no harm.
            largest = {name: space.parameter(name).limits[1] for name in space.names()}
            models.append(self.resolve(largest, preset=None, seed=0).model)
        model = max(models, key=checkpoint_bytes)
        return (
            2 * workers * checkpoint_bytes(model)
            + sum(ema_bytes(config.model) for config in queued)
            + kept * ema_bytes(model)
        )


def _own(config: RunConfig) -> TrainConfig:
    assert isinstance(config, TrainConfig)
    return config
