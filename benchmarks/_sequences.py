"""Random proteins with the lengths of UniRef50, so that no data set is needed: speed does not depend on the letters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from optsweep.data.sequences import Sequences
from optsweep.data.training_data import TrainingData
from optsweep.data.vocabulary import FIRST_RESIDUE, VOCABULARY_SIZE

MEDIAN_LENGTH, LENGTH_SPREAD = 230, 0.7
SHORTEST, LONGEST = 30, 5000


def lengths_like_uniref50(num: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Log-normal, int64[num]."""
    drawn = MEDIAN_LENGTH * np.exp(random.normal(0, LENGTH_SPREAD, num))
    lengths: NDArray[np.int64] = np.clip(drawn, SHORTEST, LONGEST).astype(np.int64)
    return lengths


def random_sequences(num: int, seed: int = 0) -> Sequences:
    random = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(lengths_like_uniref50(num, random))])
    tokens = random.integers(FIRST_RESIDUE, VOCABULARY_SIZE, offsets[-1], dtype=np.uint8)
    return Sequences(tokens, offsets)


def random_training_data(num: int, num_held_out: int = 500) -> TrainingData:
    return TrainingData(
        train=random_sequences(num),
        validation=random_sequences(num_held_out, seed=1),
        confirmation=random_sequences(num_held_out, seed=2),
        manifest={},
        path=Path("random.pt"),
    )
