"""The learning rate of every step, and its sum over a run, which weight decay acts through. Loads no torch, no numpy.

AdamW takes ``lr x weight_decay`` of every weight at each step: a run leaves exp(-weight_decay x sum of lr) of what it
begins with.
"""

from __future__ import annotations

import math

from optsweep.config import OptimConfig, TrainConfig

FINAL_LR_FRACTION = 0.01


def learning_rate(optim: OptimConfig, n_iters: int, step: int) -> float:
    """Linear warmup, then a cosine down to 1 % of ``optim.lr``; ``step`` counts from 0."""
    if step < optim.warmup:
        return optim.lr * (step + 1) / optim.warmup
    done = (step - optim.warmup) / max(1, n_iters - optim.warmup)
    return optim.lr * (FINAL_LR_FRACTION + (1 - FINAL_LR_FRACTION) * (1 + math.cos(math.pi * done)) / 2)


def summed_learning_rate(lr: float, n_iters: int, warmup: int) -> float:
    """The sum of `learning_rate` over all steps of a run: about half of ``lr x n_iters``."""
    cooling = n_iters - warmup
    warming_steps = (warmup + 1) / 2 if warmup else 0.0
    # The cosines of k pi / n, k = 0 ... n - 1, add up to 1.
    cooling_steps = FINAL_LR_FRACTION * cooling + (1 - FINAL_LR_FRACTION) * (cooling + 1) / 2 if cooling else 0.0
    return lr * (warming_steps + cooling_steps)


def decay(config: TrainConfig) -> float:
    """``weight_decay`` times the sum of the learning rate over the run."""
    optim = config.optim
    return optim.weight_decay * summed_learning_rate(optim.lr, config.training.n_iters, optim.warmup)
