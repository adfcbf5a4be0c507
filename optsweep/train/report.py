"""What a run tells: each evaluation, and how it ended; imports no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optsweep.train.metrics_file import MetricsLine

Outcome = Literal["complete", "stopped", "interrupted", "diverged", "out_of_memory"]


@dataclass(frozen=True)
class Evaluation:
    """The EMA weights' score on the validation sequences at one moment of the run."""

    index: int | None
    """Grid point, 1, 2, 3, ...; None for the run's end where that is off the grid."""
    step: int
    sequences: int
    value: float
    """NELBO, nats per residue."""
    progress: float
    """Share of the run's iterations that are done, 0..1."""
    seconds: float
    """Time on the device up to here, over all attempts, without what a crash threw away."""
    restored: bool = False
    """Read from the checkpoint, not computed just now."""


OnEval: TypeAlias = Callable[[Evaluation], bool]
"""Is given every evaluation; says whether to go on."""
OnMetrics: TypeAlias = Callable[[MetricsLine], None]
"""Is given every line of metrics.jsonl."""


@dataclass(frozen=True)
class TrainReport:
    """How a run, or this attempt at it, ended."""

    outcome: Outcome
    evaluations: list[Evaluation]
    step: int
    sequences: int
    seconds: float
    micro_batch: int
    losses: NDArray[np.float32] | None
    """[num_validation] mean cross-entropy of each validation sequence at the best evaluation; those of the confirmation
    sequences follow if the data asks for them."""

    @property
    def best(self) -> Evaluation | None:
        """The lowest value, the earliest of equals."""
        return min(self.evaluations, key=lambda evaluation: evaluation.value, default=None)
