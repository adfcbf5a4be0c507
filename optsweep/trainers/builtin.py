"""The built-in trainer, as the rest of the program sees it: what its runs are, how long, and what they cost.

Torch is loaded when it trains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from optsweep.config import TrainConfig
from optsweep.data.training_data import TrainingData
from optsweep.study.builtin.hyperparameters import HYPERPARAMETERS
from optsweep.study.builtin.preset import Preset
from optsweep.study.builtin.study import BuiltinStudy
from optsweep.study.lengths import Lengths, floored, part, sampled_lengths
from optsweep.study.run_config import RunConfig
from optsweep.study.scalar import Parameters, number
from optsweep.toml_files import Table, Toml
from optsweep.train.report import OnEval, OnMetrics, TrainReport
from optsweep.train.sizes import checkpoint_bytes, ema_bytes, parameter_count, relative_cost
from optsweep.trainers.run_lock import in_turn
from optsweep.trainers.trainer import KnownLengths, Trainer, Work

Sections: TypeAlias = "dict[str, dict[str, Toml | None]]"
_version = cache(version)


class BuiltinTrainer(Trainer, KnownLengths):
    anew = "their checkpoints are removed"
    unit = "nats per residue"
    quantity = "NELBO in nats per residue"
    title = "NELBO, nats per residue"
    short_title = "NELBO"
    metric = "NELBO (nats per residue)"
    smallest = " even with micro-batch 1"

    def __init__(self, definition: BuiltinStudy) -> None:
        self._definition = definition
        budget = definition.budget
        self.lengths, self.presets = self, definition.presets
        self.scale, self.sampled_sequences = budget.scale, budget.sequences * budget.scale
        self._every = max(1, round(self.sampled_sequences / budget.num_evaluations))

    def check(self) -> None:
        """It needs nothing that was not installed with it."""

    def check_device(self, device: str) -> None:
        from optsweep.train.device import resolve_device

        resolve_device(device, self._definition.settings.precision)

    def resolve(self, parameters: Parameters, *, preset: str | None, seed: int, threads: int = 0) -> TrainConfig:
        """A preset's own lengths, or the study's budget in sequences; times its scale.

        The study file's own number of threads goes before ``threads``.
        """
        settings, own = self._definition.settings, self._preset(preset)
        lengths = self._scaled(own) if own else sampled_lengths(parameters, self.sampled_sequences)
        config = self._sections(parameters, own, lengths, seed)
        config["training"]["threads"] = settings.threads or threads or None
        config["training"]["patience"] = settings.patience
        wanted = self._definition.sequences
        config["data"]["num_sequences"] = None if wanted == "all" else wanted
        config["evaluation"]["every_sequences"] = self._every
        full = self._full_lengths(parameters, own)
        column: Table = {"n_iters": full.iterations, "warmup": full.warmup, "preschool_time": full.preschool}
        config["provenance"] = {"torch": _version("torch"), "full": column}
        return TrainConfig.model_validate(config)

    def full(self, parameters: Parameters, *, preset: str | None, seed: int) -> TrainConfig:
        own = self._preset(preset)
        config = self._sections(parameters, own, self._full_lengths(parameters, own), seed)
        config["evaluation"]["num_evaluations"] = self._definition.budget.num_evaluations
        return TrainConfig.model_validate(config)

    def _preset(self, name: str | None) -> Preset | None:
        return {preset.name: preset for preset in self.presets}[name] if name else None

    def _full_lengths(self, parameters: Parameters, preset: Preset | None) -> Lengths:
        return preset.full if preset else sampled_lengths(parameters, self._definition.budget.full_sequences)

    def _scaled(self, preset: Preset) -> Lengths:
        """All three lengths of the sweep times the study's scale, not below their floors."""
        scale, own = self._definition.budget.scale, preset.sweep
        warmup, preschool = part(own.warmup, scale), part(own.preschool, scale)
        return Lengths(iterations=floored(own.iterations * scale), warmup=warmup, preschool=preschool)

    def _sections(self, parameters: Parameters, preset: Preset | None, lengths: Lengths, seed: int) -> Sections:
        """What the configs of the sweep and of the full run have in common."""
        settings = self._definition.settings
        sections: Sections = {
            "model": {"n_heads": int(number(parameters, "hidden_size") // number(parameters, "head_dim"))},
            "training": {
                "n_iters": lengths.iterations,
                "micro_batch": preset.micro_batch if preset else "auto",
                "seed": seed,
                "precision": settings.precision,
                "compile": settings.compile,
            },
            "optim": {"warmup": lengths.warmup},
            "noise": {},
            "curriculum": {"enabled": parameters["curriculum"], "preschool_time": lengths.preschool},
            "data": {"max_protein_len": settings.max_protein_len},
            "evaluation": {
                "num_sequences": settings.num_validation,
                "noise_seed": settings.noise_seed,
                # Before planning there is no number yet.
                "draws": 1 if (draws := self._definition.evaluation.draws) == "auto" else draws,
            },
        }
        values = self._definition.of_config(parameters, preset)
        for one in HYPERPARAMETERS.values():
            # Without a younger one the config has its default: what runs had before it.
            if one.place is not None and (one.name in values or one.before is None):
                section, name = one.place
                sections[section][name] = values[one.name]
        return sections

    @property
    def notes(self) -> list[str]:
        """One line for everything that ``[budget] scale`` changed."""
        if self.scale == 1:
            return []
        budget = self._definition.budget
        notes = [
            f"Lengths of the sweep are scaled by {budget.scale:g} (full lengths are not):",
            f"  sampled runs: {budget.sequences} -> {round(self.sampled_sequences)} sequences, "
            f"evaluated every {self._every}",
        ]
        for preset in self.presets:
            before, after = dict(preset.sweep), dict(self._scaled(preset))
            parts = [f"{name} {length} -> {after[name]}" for name, length in before.items() if length]
            notes.append(f"  {preset.name}: {', '.join(parts)}")
        return notes

    def with_threads(self, config: RunConfig, threads: int) -> RunConfig:
        training = _own(config).training
        if training.threads is not None or not threads:
            return config
        return config.model_copy(update={"training": training.model_copy(update={"threads": threads})})

    def training(self, held_until: Callable[[], float]) -> Callable[..., TrainReport]:
        return train_in_turn

    def set_aside(self, directory: Path) -> str | None:
        from optsweep.train.checkpoint import remove_checkpoints

        remove_checkpoints(directory)
        return "its checkpoints were removed"

    def sequences(self, config: RunConfig, step: int) -> int:
        return step * _own(config).training.effective_batch

    def share(self, config: RunConfig, step: int, progress: float) -> float:
        return step / _own(config).training.n_iters

    def work(self, config: RunConfig) -> Work:
        return Work(_own(config).training.n_iters, relative_cost(_own(config)))

    def start_lines(self, config: RunConfig, about_data: list[str], *, reduced: bool) -> list[str]:
        own = _own(config)
        length = "reduced for sweep" if reduced else f"{own.total_sequences:,} sequences"
        scaled = " (proportionally scaled)" if reduced else ""
        lines = [f"Training iterations: {own.training.n_iters} ({length})", f"Warmup steps: {own.optim.warmup}{scaled}"]
        if own.curriculum.enabled:
            lines.append(f"Preschool steps: {own.curriculum.preschool_time}{scaled}")
        return lines + about_data

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


def train_in_turn(
    config: TrainConfig,
    data: TrainingData,
    device: str,
    on_eval: OnEval,
    *,
    directory: Path,
    on_metrics: OnMetrics,
    interrupted: Callable[[], bool],
) -> TrainReport:
    """As `optsweep.train.loop.train`, after whoever trains the run in that folder now."""
    from optsweep.train.loop import train

    with in_turn(directory):
        return train(config, data, device, on_eval, directory=directory, on_metrics=on_metrics, interrupted=interrupted)


def _own(config: RunConfig) -> TrainConfig:
    assert isinstance(config, TrainConfig)
    return config


def lengthened(config: TrainConfig, times: float, *, lr: float | None = None, batch: int | None = None) -> TrainConfig:
    """A run that sees ``times`` the sequences, and whose warmup, preschool and evaluations keep their shares of it.

    With ``lr`` and ``batch`` in place of its own, if they are given.
    """
    before = config.training.effective_batch
    iterations = times * before / (batch or before)
    places = [
        ("training", "n_iters", iterations),
        ("optim", "warmup", iterations),
        ("curriculum", "preschool_time", iterations),
        ("evaluation", "every_sequences", times),
    ]
    changed = {section: getattr(config, section) for section, *_ in places}
    for section, name, factor in places:
        if (length := getattr(changed[section], name)) is not None:
            changed[section] = changed[section].model_copy(update={name: part(length, factor)})
    if lr is not None:
        changed["optim"] = changed["optim"].model_copy(update={"lr": lr})
    if batch is not None:
        changed["training"] = changed["training"].model_copy(update={"effective_batch": batch})
    return config.model_copy(update=changed)
