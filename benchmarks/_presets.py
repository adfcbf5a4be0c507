"""The presets of studies/uniref50.toml as the runs that a sweep makes of them, and the arithmetic that they need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optsweep.config import ModelConfig, TrainConfig
from optsweep.data.batches import NUM_SPECIAL
from optsweep.study.builtin.study import BuiltinStudy
from optsweep.study.file import load_study
from optsweep.train.sizes import MLP_RATIO
from optsweep.trainers.builtin import BuiltinTrainer

STUDY = Path(__file__).parents[1] / "studies" / "uniref50.toml"
FORWARD_AND_BACKWARD = 3
TINY_MODEL = {"hidden_size": 32, "n_heads": 2, "n_blocks": 2, "cond_dim": 16}


def preset_configs() -> dict[str, TrainConfig]:
    """Each preset's run in the sweep, by its name."""
    definition = load_study(str(STUDY))
    assert isinstance(definition, BuiltinStudy)
    trainer = BuiltinTrainer(definition)
    return {
        preset.name: trainer.resolve(preset.parameters, preset=preset.name, seed=0) for preset in definition.presets
    }


def changed(config: TrainConfig, section: str, **values: Any) -> TrainConfig:
    """``config`` with other values in one of its sections."""
    return config.model_copy(update={section: getattr(config, section).model_copy(update=values)})


def model_flops(model: ModelConfig, residues: NDArray[np.int64]) -> float:
    """Of an iteration over sequences of so many ``residues``, forward and backward; padding is not counted."""
    tokens, times = np.unique(residues + NUM_SPECIAL, return_counts=True)
    flops = np.array([length * forward_flops_per_residue(model, length) for length in tokens.tolist()])
    return FORWARD_AND_BACKWARD * float(flops @ times)


def forward_flops_per_residue(model: ModelConfig, length: int) -> float:
    """Floating-point operations of one forward pass per token of a sequence of ``length`` tokens.

    Two for each multiply-add of the matrix products; a training iteration takes three times as many. Half of the tokens
    are scored, as on average over all mask ratios; what the last block leaves out of the others is not counted.
    """
    hidden = model.hidden_size
    before, after = 2 * 3 * hidden * hidden, 2 * (1 + 2 * MLP_RATIO) * hidden * hidden
    attention = 4 * length * hidden
    conditioning = 2 * model.cond_dim * 6 * hidden / length
    return model.n_blocks * (before + attention + conditioning + after) - after / 2
