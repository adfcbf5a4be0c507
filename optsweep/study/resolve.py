"""From parameters to a TrainConfig: how long a run trains, warms up and goes to preschool, and what it costs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TypeAlias

from optsweep.config import TrainConfig
from optsweep.study.definition import BuiltinStudy
from optsweep.study.hyperparameters import HYPERPARAMETERS
from optsweep.study.parameter import Parameters
from optsweep.study.presets import Lengths, Preset
from optsweep.toml_files import Toml

MINIMUM_ITERATIONS = 10
"""Floor under a scaled run; fewer steps than this say nothing about a configuration."""

Sections: TypeAlias = "Mapping[str, Mapping[str, Toml | None]]"


def resolve(
    definition: BuiltinStudy, parameters: Parameters, *, preset: Preset | None, seed: int, threads: int = 0
) -> TrainConfig:
    """The config of a run of the sweep: a preset's own lengths, or the study's budget in sequences; times its scale.

    ``threads`` is what the worker may use, 0 if unknown; the study file's own number goes before it.
    """
    budget, settings = definition.budget, definition.settings
    lengths = _scaled(preset.sweep, budget.scale) if preset else _sampled(parameters, budget.sequences * budget.scale)
    own: Sections = {
        "training": {"threads": settings.threads or threads or None},
        "data": {"num_sequences": settings.num_training},
        "evaluation": {"every_sequences": _grid(definition)},
    }
    return _config(definition, parameters, preset, lengths, seed, own)


def resolve_full(definition: BuiltinStudy, parameters: Parameters, *, preset: Preset | None, seed: int) -> TrainConfig:
    """The full-length config of the same parameters; the sweep's ``scale`` does not touch it."""
    lengths = preset.full if preset else _sampled(parameters, definition.budget.full_sequences)
    own: Sections = {"evaluation": {"num_evaluations": definition.budget.num_evaluations}}
    return _config(definition, parameters, preset, lengths, seed, own)


def lengthened(config: TrainConfig, times: float) -> TrainConfig:
    """A run of the sweep that is ``times`` as long, and so are its warmup, its preschool and its evaluation grid."""

    every = config.evaluation.every_sequences
    assert every is not None, "a run of a sweep is evaluated every so many sequences"
    changed = {
        "training": {"n_iters": _part(config.training.n_iters, times)},
        "optim": {"warmup": _part(config.optim.warmup, times)},
        "curriculum": {"preschool_time": _part(config.curriculum.preschool_time, times)},
        "evaluation": {"every_sequences": _part(every, times)},
    }
    return config.model_copy(
        update={name: getattr(config, name).model_copy(update=values) for name, values in changed.items()}
    )


def _config(
    definition: BuiltinStudy,
    parameters: Parameters,
    preset: Preset | None,
    lengths: Lengths,
    seed: int,
    own: Sections,
) -> TrainConfig:
    """``own`` is what goes into the sections besides what every config has."""
    settings = definition.settings
    common: Sections = {
        "model": {"n_heads": int(_number(parameters, "hidden_size") // _number(parameters, "head_dim"))},
        "training": {
            "n_iters": lengths.iterations,
            "micro_batch": preset.micro_batch if preset else "auto",
            "seed": seed,
            "precision": settings.precision,
            "compile": settings.compile,
        },
        "optim": {"warmup": lengths.warmup},
        "curriculum": {"enabled": parameters["curriculum"], "preschool_time": lengths.preschool},
        "data": {"max_protein_len": settings.max_protein_len},
        "evaluation": {"num_sequences": settings.num_validation, "noise_seed": settings.noise_seed},
        "provenance": {"study": definition.name} | ({"preset": preset.name} if preset else {}),
    }
    sections = {name: {**common.get(name, {}), **own.get(name, {})} for name in TrainConfig.model_fields}
    for one in HYPERPARAMETERS.values():
        # Without a younger one the config has its default: what runs had before it.
        if one.place is not None and (one.name in parameters or one.before is None):
            section, name = one.place
            sections[section][name] = parameters[one.name]
    return TrainConfig.model_validate(sections)


def _number(parameters: Parameters, name: str) -> float:
    value = parameters[name]
    assert isinstance(value, int | float), f"{name} = {value!r}"
    return value


def _sampled(parameters: Parameters, sequences: float) -> Lengths:
    """A budget in sequences as iterations, with warmup and preschool as their fractions of it."""
    iterations = max(MINIMUM_ITERATIONS, round(sequences / _number(parameters, "effective_batch")))

    preschool = _number(parameters, "preschool_fraction") if parameters["curriculum"] else 0.0
    warmup = _number(parameters, "warmup_fraction")
    return Lengths(iterations=iterations, warmup=_part(iterations, warmup), preschool=_part(iterations, preschool))


def _scaled(lengths: Lengths, scale: float) -> Lengths:
    """All three lengths times ``scale``, not below their floors."""

    iterations = max(MINIMUM_ITERATIONS, round(lengths.iterations * scale))
    warmup, preschool = _part(lengths.warmup, scale), _part(lengths.preschool, scale)
    return Lengths(iterations=iterations, warmup=warmup, preschool=preschool)


def _part(length: int, times: float) -> int:
    """A part of a length, or a multiple; nothing stays nothing, and something is at least 1."""
    return max(1, round(length * times)) if length * times else 0


def _grid(definition: BuiltinStudy) -> int:
    """Sequences from one point of the evaluation grid to the next."""
    budget = definition.budget
    return max(1, round(budget.sequences * budget.scale / budget.num_evaluations))


def scaling_notes(definition: BuiltinStudy) -> list[str]:
    """One line for everything that ``[budget] scale`` changed; none if it is 1."""
    budget = definition.budget
    if budget.scale == 1:
        return []
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
