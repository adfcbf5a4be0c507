"""Synthetic studies whose right answers are known: values, and losses of sequences that add up to them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from optsweep.results.records import RunRecord
from tests.snapshots import CONFIG, make_run

SEQUENCES = 400
WEIGHTS = [int(length) for length in np.random.default_rng(7).integers(30, 300, SEQUENCES)]
HARDNESS = 2.8 + 0.3 * np.random.default_rng(8).standard_normal(SEQUENCES)
"""What sequences differ by, the same for all runs: a paired comparison does not see it."""

Losses = dict[str, NDArray[np.float32]]


def make_losses(shift: float, seed: int, spread: float = 0.02) -> NDArray[np.float32]:
    """A run that is ``shift`` nats worse than another on average, and a little better or worse on each sequence."""
    own = spread * np.random.default_rng(seed).standard_normal(SEQUENCES)
    own -= np.average(own, weights=WEIGHTS)
    return (HARDNESS + shift + own).astype(np.float32)


def value_of(losses: NDArray[np.float32]) -> float:
    return float(np.average(losses, weights=WEIGHTS))


def seeded(run: str, seed: int, value: float, **values: Any) -> RunRecord:
    """A complete run with that training seed."""
    config = {**CONFIG, "training": {**CONFIG["training"], "seed": seed}}
    return make_run(run, "complete", value=value, config=config, **values)
