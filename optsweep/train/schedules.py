"""What a training step gets by its number alone: mask ratio, curriculum, EMA decay, random numbers.

A run goes on anywhere without a stored random state: every number follows from the seed, its purpose and the step.

Time t runs over (0, 1]; the mask ratio m(t) over (0, 1). Arrays are numpy float64, so that a time of 1e-40 is still
told from zero.
"""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from optsweep.config import CurriculumConfig, Schedule

FloatArray = NDArray[np.float64]

LOGLINEAR_EPS = 1e-3
"""Sahoo et al. 2024 (arXiv:2406.07524): loglinear stops this far below full masking."""
CURRICULUM_BOOST = 2.0
"""b of p = 1 + b exp(-b step / preschool_time)."""


def mask_ratio(schedule: Schedule, time: FloatArray) -> FloatArray:
    """m(t): the share of a sequence's residues that is masked at time ``time`` in (0, 1]."""
    if schedule == "loglinear":
        return (1 - LOGLINEAR_EPS) * time
    # 2 sin^2(x/2) is 1 - cos(x) without its cancellation at small x.
    return 2 * np.sin(np.pi * time / 4) ** 2


def mask_ratio_slope(schedule: Schedule, time: FloatArray) -> FloatArray:
    """m'(t), the weight of a sequence in the loss; bounded by pi/2."""
    if schedule == "loglinear":
        return np.full_like(time, 1 - LOGLINEAR_EPS)
    return np.pi / 2 * np.sin(np.pi * time / 2)


def curriculum_exponent(curriculum: CurriculumConfig, step: int) -> float:
    """p of t = u^p at ``step`` (from 0): more than 1 during preschool (lightly masked sequences first), then 1."""
    if not curriculum.enabled or step >= curriculum.preschool_time:
        return 1.0
    return 1 + CURRICULUM_BOOST * math.exp(-CURRICULUM_BOOST * step / curriculum.preschool_time)


def stratified_uniform(count: int, random: np.random.Generator) -> FloatArray:
    """``count`` numbers, each uniform over (0, 1], spread evenly: one in each interval of 1/count, one common offset.

    Low-variance sampling of times within a batch (Kingma et al. 2021, arXiv:2107.00630, appendix I.1).
    """
    return (np.arange(1, count + 1) - random.random()) / count


def ema_decay(ema_fraction: float, n_iters: int, step: int) -> float:
    """Decay of the weight average at ``step`` (from 0), warmed up so that it soon forgets the initial weights."""
    return min(max(0.0, 1 - 1 / (ema_fraction * n_iters)), (1 + step) / (10 + step))


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
