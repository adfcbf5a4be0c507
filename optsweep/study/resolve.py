"""From parameters to a TrainConfig: how long a run trains, warms up and goes to preschool, and what it costs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from optsweep.config import TrainConfig
from optsweep.errors import ConfigError
from optsweep.study.definition import BuiltinStudy, StudyDefinition
from optsweep.study.presets import Lengths, NamedPreset, Preset

MINIMUM_ITERATIONS = 10
"""Floor under a scaled run; fewer steps than this say nothing about a configuration."""


def resolve(
    definition: StudyDefinition,
    parameters: Mapping[str, Any],
    *,
    preset: NamedPreset | None,
    seed: int,
    threads: int | None = None,
) -> TrainConfig:
    """The config of a run of the sweep: a preset's own lengths, or the study's budget in sequences; times its scale.

    ``threads`` is what the worker may use; the study file's own number goes before it. Raises `ConfigError` where
    the study trains with somebody else's script.
    """
    definition, preset = _builtin(definition, preset)
    budget = definition.budget
    lengths = _scaled(preset.sweep, budget.scale) if preset else _sampled(parameters, budget.sequences * budget.scale)
    training = {"threads": definition.settings.threads or threads}
    config = _config(definition, parameters, preset, lengths, seed, training, {"every_sequences": _grid(definition)})
    data = config.data.model_copy(update={"num_sequences": definition.settings.num_training})
    return config.model_copy(update={"data": data})


def resolve_full(
    definition: StudyDefinition, parameters: Mapping[str, Any], *, preset: NamedPreset | None, seed: int
) -> TrainConfig:
    """The full-length config of the same parameters; the sweep's ``scale`` does not touch it.

    Raises `ConfigError` where the study trains with somebody else's script.
    """
    definition, preset = _builtin(definition, preset)
    lengths = preset.full if preset else _sampled(parameters, definition.budget.full_sequences)
    evaluation = {"num_evaluations": definition.budget.num_evaluations}
    return _config(definition, parameters, preset, lengths, seed, {}, evaluation)


def lengthened(config: TrainConfig, times: float) -> TrainConfig:
    """A run of the sweep, so many times as long, warmup, preschool and evaluation grid with it."""

    def part(length: int) -> int:
        return max(1, round(length * times)) if length else 0

    every = config.evaluation.every_sequences
    assert every is not None, "a run of a sweep is evaluated every so many sequences"
    changed: dict[str, dict[str, Any]] = {
        "training": {"n_iters": part(config.training.n_iters)},
        "optim": {"warmup": part(config.optim.warmup)},
        "curriculum": {"preschool_time": part(config.curriculum.preschool_time)},
        "evaluation": {"every_sequences": part(every)},
    }
    return config.model_copy(
        update={name: getattr(config, name).model_copy(update=values) for name, values in changed.items()}
    )


def _builtin(definition: StudyDefinition, preset: NamedPreset | None) -> tuple[BuiltinStudy, Preset | None]:
    if not isinstance(definition, BuiltinStudy):
        what = "trains with a script of its own ([trainer]): only that script knows how long its runs are"
        raise ConfigError(f"study {definition.name!r}", [what])
    assert preset is None or isinstance(preset, Preset)
    return definition, preset


def _config(
    definition: BuiltinStudy,
    parameters: Mapping[str, Any],
    preset: Preset | None,
    lengths: Lengths,
    seed: int,
    training: Mapping[str, Any],
    evaluation: Mapping[str, Any],
) -> TrainConfig:
    settings = definition.settings
    pick = parameters.__getitem__
    return TrainConfig.model_validate(
        {
            "model": {
                **{name: pick(name) for name in ("hidden_size", "n_blocks", "dropout", "cond_dim")},
                "n_heads": pick("hidden_size") // pick("head_dim"),
            },
            "training": {
                "n_iters": lengths.iterations,
                "effective_batch": pick("effective_batch"),
                "micro_batch": preset.micro_batch if preset else "auto",
                "ema_fraction": pick("ema_fraction"),
                "seed": seed,
                "precision": settings.precision,
                "compile": settings.compile,
                **training,
            },
            "optim": {
                **{name: pick(name) for name in ("lr", "weight_decay", "beta2", "grad_clip")},
                "warmup": lengths.warmup,
            },
            "noise": {"schedule": pick("schedule")},
            "curriculum": {"enabled": pick("curriculum"), "preschool_time": lengths.preschool},
            "data": {"max_protein_len": settings.max_protein_len},
            "evaluation": {
                "num_sequences": settings.num_validation,
                "noise_seed": settings.noise_seed,
                **evaluation,
            },
            "provenance": {"study": definition.name} | ({"preset": preset.name} if preset else {}),
        }
    )


def _sampled(parameters: Mapping[str, Any], sequences: float) -> Lengths:
    """A budget in sequences as iterations, with warmup and preschool as their fractions of it."""
    iterations = max(MINIMUM_ITERATIONS, round(sequences / parameters["effective_batch"]))

    def part(fraction: float) -> int:
        return max(1, round(fraction * iterations)) if fraction else 0

    return Lengths(
        iterations=iterations,
        warmup=part(parameters["warmup_fraction"]),
        preschool=part(parameters["preschool_fraction"] if parameters["curriculum"] else 0.0),
    )


def _scaled(lengths: Lengths, scale: float) -> Lengths:
    """All three lengths times ``scale``, not below their floors."""

    def part(length: int) -> int:
        return max(1, round(length * scale)) if length else 0

    return Lengths(
        iterations=max(MINIMUM_ITERATIONS, round(lengths.iterations * scale)),
        warmup=part(lengths.warmup),
        preschool=part(lengths.preschool),
    )


def _grid(definition: BuiltinStudy) -> int:
    """Sequences from one point of the evaluation grid to the next."""
    budget = definition.budget
    return max(1, round(budget.sequences * budget.scale / budget.num_evaluations))


def scaling_notes(definition: StudyDefinition) -> list[str]:
    """One line for everything that ``[budget] scale`` changed; none where it is 1."""
    if not isinstance(definition, BuiltinStudy) or definition.budget.scale == 1:
        return []
    budget = definition.budget
    notes = [
        f"Lengths of the sweep are scaled by {budget.scale:g} (full lengths are not):",
        f"  sampled runs: {budget.sequences} -> {round(budget.sequences * budget.scale)} sequences, "
        f"evaluated every {_grid(definition)}",
    ]
    for preset in definition.presets:
        before, after = preset.sweep, _scaled(preset.sweep, budget.scale)
        parts = [
            f"{name} {getattr(before, name)} -> {getattr(after, name)}"
            for name in ("iterations", "warmup", "preschool")
            if getattr(before, name)
        ]
        notes.append(f"  {preset.name}: {', '.join(parts)}")
    return notes


def training_seed(study_seed: int, run_index: int) -> int:
    """Seed of a run's training: differs between runs and studies, the same on every machine."""
    return derived_seed(study_seed, run_index)


def derived_seed(*parts: object) -> int:
    """A seed of 31 bits that depends on all of ``parts``."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1
