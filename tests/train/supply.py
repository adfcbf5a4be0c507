"""Small runs for the tests of training: a config, random proteins, and a callable that notes what it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from optsweep.config import TrainConfig
from optsweep.data.sequences import Sequences, from_arrays
from optsweep.data.training_data import TrainingData
from optsweep.data.vocabulary import FIRST_RESIDUE, UNK, VOCABULARY_SIZE
from optsweep.train.execution import Execution
from optsweep.train.report import Evaluation

CPU = torch.device("cpu")
PADDED = Execution(CPU, bfloat16=False, packed=False, short_residual=False)
PACKED = Execution(CPU, bfloat16=False, packed=True, short_residual=False)
"""As on a GPU, but for the number format; wants the fixture ``varlen``."""


def make_config(**changes: Any) -> TrainConfig:
    """A tiny run of 12 iterations, evaluated every 16 sequences; ``section__name=value`` changes one thing."""
    values: dict[str, dict[str, Any]] = {
        "model": {"hidden_size": 16, "n_heads": 2, "n_blocks": 2, "dropout": 0.1, "cond_dim": 8},
        "training": {"n_iters": 12, "effective_batch": 4, "micro_batch": 2, "precision": "fp32", "compile": False},
        "optim": {"lr": 1e-2, "warmup": 3},
        "noise": {},
        "curriculum": {},
        "data": {"max_protein_len": 40},
        "evaluation": {"every_sequences": 16},
    }
    values["training"]["threads"] = 1
    for name, value in changes.items():
        section, key = name.split("__")
        values[section][key] = value
    return TrainConfig.model_validate(values)


def make_sequences(num: int, seed: int = 0, shortest: int = 1, longest: int = 80) -> Sequences:
    """Ragged random proteins, one letter in twenty unknown."""
    random = np.random.default_rng(seed)
    arrays = []
    for _ in range(num):
        tokens = random.integers(FIRST_RESIDUE, VOCABULARY_SIZE, random.integers(shortest, longest + 1))
        tokens[random.random(len(tokens)) < 0.05] = UNK
        arrays.append(tokens.astype(np.uint8))
    return from_arrays(arrays)


def make_data(num_train: int = 21, num_validation: int = 9) -> TrainingData:
    return TrainingData(
        train=make_sequences(num_train, seed=1),
        validation=make_sequences(num_validation, seed=2, shortest=20),
        confirmation=make_sequences(num_validation, seed=3),
        manifest={},
        path=Path("random.pt"),
    )


class Listener:
    """An ``on_eval`` that remembers, and stops the run at the ``stop_at``-th call."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.heard: list[Evaluation] = []
        self._stop_at = stop_at

    def __call__(self, evaluation: Evaluation) -> bool:
        self.heard.append(evaluation)
        return len(self.heard) != self._stop_at

    @property
    def values(self) -> list[float]:
        return [evaluation.value for evaluation in self.heard]


class InterruptAt:
    """An ``interrupted`` that says yes before iteration ``step`` (from 0), where the run began at 0."""

    def __init__(self, step: int) -> None:
        self._left = step

    def __call__(self) -> bool:
        self._left -= 1
        return self._left < 0
