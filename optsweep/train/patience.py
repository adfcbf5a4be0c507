"""When a run has overfitted: it ends there, with its best value; a plateau, however long, ends no run.

At the peak of its learning rate a run may stand still, or get a little worse, and fall once the rate is low. The
training sequences tell the two apart: their loss goes on falling only where the network learns them by heart.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optsweep.config import TrainConfig
from optsweep.train.precision import difference_error, weighted_mean

ERRORS = 2.0
"""Standard errors of the difference to its best value by which a run must be worse, ..."""
POINTS = 3
"""... at so many evaluations in a row."""
NUM_TRAINING = 500
"""Training sequences that are scored, at the most: no more than are validated with."""
FEWEST_EPOCHS = 1.0
"""Nothing is learnt by heart that is seen no more than once."""


@dataclass(frozen=True)
class PatienceState:
    """What a run remembers between two evaluations."""

    training_loss: float | None = None
    """Of the training sequences at the best value so far, in nats per residue."""
    worse: int = 0
    """Evaluations in a row at which the run was worse than that."""
    overfits: bool = False


class Patience:
    """Follows the evaluations of one run."""

    def __init__(
        self,
        config: TrainConfig,
        num_training: int,
        weights: NDArray[np.int64],
        *,
        errors: float = ERRORS,
        points: int = POINTS,
    ) -> None:
        """``weights``: residues of the validation sequences."""
        self._errors, self._points = errors, points
        curriculum, batch = config.curriculum, config.training.effective_batch
        self._first = max(config.optim.warmup, curriculum.preschool_time if curriculum.enabled else 0)
        self.weights, self._last = weights, config.training.n_iters
        self.is_on = config.training.patience and config.training.n_iters * batch > FEWEST_EPOCHS * num_training

    def after(
        self,
        state: PatienceState,
        step: int,
        losses: NDArray[np.float32],
        best: NDArray[np.float32] | None,
        training_loss: Callable[[], float],
    ) -> PatienceState:
        """The state after an evaluation with these losses; ``best`` are the best one's, None if that is this one.

        ``training_loss`` scores the training sequences, which takes as long as an evaluation.
        """
        if not self.is_on:
            return state
        if best is None:
            return PatienceState(training_loss=training_loss())
        num = len(self.weights)
        # Those of the confirmation sequences may follow, and decide nothing.
        losses, best = losses[:num], best[:num]
        behind = weighted_mean(losses, self.weights) - weighted_mean(best, self.weights)
        if step < self._first or not behind > self._errors * difference_error(losses, best, self.weights):
            return dataclasses.replace(state, worse=0)
        worse = state.worse + 1
        assert state.training_loss is not None, "the best evaluation came before"
        asks = worse >= self._points and step < self._last
        overfits = asks and training_loss() < state.training_loss
        return dataclasses.replace(state, worse=worse, overfits=overfits)
