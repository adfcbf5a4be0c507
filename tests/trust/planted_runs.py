"""Runs on a planted surface over lr and batch, whose optimum moves with the length by known exponents."""

from __future__ import annotations

import numpy as np

from optsweep.results.run_table import RunTable

LR_EXPONENT, BATCH_EXPONENT = 0.25, 0.6


def LR(length: float) -> float:  # noqa: N802
    return 1e-3 * (length / 1e9) ** LR_EXPONENT


def BATCH(length: float) -> float:  # noqa: N802
    return 64 * (length / 1e9) ** BATCH_EXPONENT


def planted(length: float, count: int, *, seed: int, lowest_batch: float = 16) -> RunTable:
    """Random runs of that length."""
    rng = np.random.default_rng(seed)
    lr = np.exp2(np.round(rng.uniform(np.log2(1e-4), np.log2(1e-2), count) * 2) / 2)
    batch = np.exp2(np.round(rng.uniform(np.log2(lowest_batch), np.log2(2048), count)))
    off_lr, off_batch = np.log2(lr / LR(length)), np.log2(batch / BATCH(length))
    excess = 0.03 * off_lr**2 + 0.02 * off_batch**2 - 0.01 * off_lr * off_batch
    value = 3 - 0.1 * np.log2(length / 1e9) + excess + 0.005 * rng.standard_normal(count)
    return RunTable(np.full(count, length), lr, batch, value)


def joined(*tables: RunTable) -> RunTable:
    return RunTable(
        np.concatenate([table.length for table in tables]),
        np.concatenate([table.lr for table in tables]),
        np.concatenate([table.batch for table in tables]),
        np.concatenate([table.value for table in tables]),
    )
