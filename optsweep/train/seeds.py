"""Every random number of a run, from its seed, what it is for and the step: a run goes on anywhere without a state."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What random numbers are for; no two streams share any."""

    EPOCHS = 0
    WEIGHTS = 1
    STEP = 2
    DROPOUT = 3
    STRATA = 4
    MASKS = 5


def generator(seed: int, stream: Stream, index: int = 0) -> np.random.Generator:
    """A fresh generator for one stream of a seed, at one step or for one sequence."""
    return np.random.default_rng([seed, stream, index])


def torch_seed(seed: int, stream: Stream, index: int = 0) -> int:
    """The same for `torch.manual_seed`."""
    return int(np.random.SeedSequence([seed, stream, index]).generate_state(1, np.uint64)[0] >> 1)
