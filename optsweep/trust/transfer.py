"""Hyperparameter transfer over training length: the best lr and batch of a longer training, from short runs.

One length: the mean of the best three, moved by published exponents. Two and more: a fit over the lengths
(`trust/surface.py`), for which the exponents are a prior. Either has an interval, or is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from optsweep.results.run_table import RunTable
from optsweep.trust.surface import Exponents, fit

Array = NDArray[np.float64]

LEAST_RUNS = 8
"""Of all lengths that count; a rule needs them at one."""
LEAST_AT_A_LENGTH = 4
LEAST_SETTINGS = 3
"""Different values of lr and of batch."""
MOST_LENGTHS = 12
SAME_LENGTH = 1.1
"""Lengths nearer than this factor count as one: whole numbers of steps make them differ a little."""
BEST = 3
NINETY = 1.645
"""Deviations of a normal distribution to either side that hold 90 %."""
SHARE_OF_TRIED = 1 / 3
"""How far the best three of a length are off its optimum, in deviations of what was tried."""
WIDENING = 2.0
"""The posterior's interval is too narrow by this: the surface is not quite what the model takes it for."""
MOST_OCTAVES = 5.0
"""The widest interval that is of use: 32-fold."""
SEED = 0
NAMES = ("lr", "batch")


@dataclass(frozen=True)
class Estimate:
    """A hyperparameter's expected optimum, with a 90 % interval where one can be given."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Transfer:
    """What is expected to be best at a longer length."""

    length: float
    runs: int
    """That counted."""
    lengths: tuple[float, ...]
    """That counted, the shortest first."""
    method: Literal["rule", "fit"]
    lr: Estimate | None
    """Where refused, the best run's at the longest length, as it is, without an interval; None without any run."""
    batch: Estimate | None
    refused: str | None
    """Why nothing can be said."""


class _Refused(Exception):
    """Why nothing can be said."""


def transfer(table: RunTable, length: float, exponents: Exponents | None = None) -> Transfer:
    """The optimum at ``length``, which is no shorter than the table's longest.

    The order of the runs does not matter, and the same runs always give the same answer.
    """
    exponents = exponents or Exponents()
    runs = _ordered(_grouped(table))
    lengths = [at for at in np.unique(runs.length) if (runs.length == at).sum() >= LEAST_AT_A_LENGTH]
    counted = runs.only(np.isin(runs.length, lengths))
    used = np.unique(counted.length)
    method: Literal["rule", "fit"] = "fit" if len(used) > 1 else "rule"
    about = (length, len(counted), tuple(map(float, used)), method)
    try:
        _check(counted)
        found = (_fitted if method == "fit" else _ruled)(counted, length, exponents)
    except _Refused as why:
        return Transfer(*about, *_as_it_is(counted if len(counted) else runs), refused=str(why))
    return Transfer(*about, *found, refused=None)


def rule(runs: RunTable, length: float, exponents: Exponents) -> Array:
    """log2 of the lr and batch: the mean of the best three of one length, moved by the exponents."""
    best = np.argsort(runs.value, kind="stable")[:BEST]
    moved = np.log2(length) - np.log2(runs.length[0])
    return np.array(
        [
            np.log2(runs.lr[best]).mean() + exponents.lr * moved,
            np.log2(runs.batch[best]).mean() + exponents.batch * moved,
        ]
    )


def _ruled(runs: RunTable, length: float, exponents: Exponents) -> tuple[Estimate, Estimate]:
    expected = rule(runs, length, exponents)
    best = np.argsort(runs.value, kind="stable")[:BEST]
    moved = np.log2(length) - np.log2(runs.length[0])
    found = []
    for middle, tried, name in zip(expected, (runs.lr, runs.batch), NAMES, strict=True):
        if len(set(tried[best])) == 1 and tried[best[0]] in (tried.min(), tried.max()):
            raise _beyond(name, tried, lowest=tried[best[0]] == tried.min())
        own = SHARE_OF_TRIED * np.log2(tried).std()
        half = NINETY * np.hypot(own, exponents.deviation * moved)
        found.append(_estimate(name, middle, middle - half, middle + half))
    return found[0], found[1]


def _fitted(runs: RunTable, length: float, exponents: Exponents) -> tuple[Estimate, Estimate]:
    posterior = fit(runs, exponents, np.random.default_rng(SEED))
    longest = runs.length.max()
    there = np.exp2(np.median(posterior.optimum(longest), axis=0))
    optimum = posterior.optimum(length)
    low, middle, high = np.quantile(optimum, (0.05, 0.5, 0.95), axis=0)
    low, high = middle + WIDENING * (low - middle), middle + WIDENING * (high - middle)
    expected = optimum.mean(axis=0)
    found = []
    for place, (tried, name) in enumerate(zip((runs.lr, runs.batch), NAMES, strict=True)):
        if not tried.min() <= there[place] <= tried.max():
            raise _beyond(name, tried, lowest=there[place] < tried.min())
        found.append(_estimate(name, expected[place], low[place], high[place]))
    return found[0], found[1]


def _estimate(name: str, value: float, low: float, high: float) -> Estimate:
    """From log2; raises `_Refused` if the interval is of no use."""
    if high - low > MOST_OCTAVES:
        factor = 2 ** min(high - low, 1000)
        raise _Refused(f"{name} is known to no better than a factor of {factor:.2g} between its bounds")
    return Estimate(float(2**value), float(2**low), float(2**high))


def _beyond(name: str, tried: Array, *, lowest: bool) -> _Refused:
    edge, bound, way = ("smallest", tried.min(), "smaller") if lowest else ("largest", tried.max(), "larger")
    return _Refused(f"the best {name} lies at or beyond the {edge} that was tried, {bound:g}; try {way} ones")


def _check(runs: RunTable) -> None:
    """Raises `_Refused` if no method can say anything."""
    if len(runs) < LEAST_RUNS:
        raise _Refused(
            f"{len(runs)} runs count, and it needs {LEAST_RUNS} or more, {LEAST_AT_A_LENGTH} at each of their lengths"
        )
    if (lengths := len(np.unique(runs.length))) > MOST_LENGTHS:
        raise _Refused(
            f"{lengths} lengths have {LEAST_AT_A_LENGTH} runs or more, and at most {MOST_LENGTHS} are fitted"
        )
    for name, tried in zip(NAMES, (runs.lr, runs.batch), strict=True):
        if (different := len(np.unique(tried))) < LEAST_SETTINGS:
            raise _Refused(f"{name} has {different} different values, and it needs {LEAST_SETTINGS} or more")
    for at in np.unique(runs.length):
        if np.ptp(runs.value[runs.length == at]) == 0:
            raise _Refused(f"all runs of length {at:g} have the same value")


def _as_it_is(runs: RunTable) -> tuple[Estimate | None, Estimate | None]:
    """The best run of the longest length."""
    if not len(runs):
        return None, None
    own = runs.only(runs.length == runs.length.max())
    best = int(own.value.argmin())
    return Estimate(float(own.lr[best]), None, None), Estimate(float(own.batch[best]), None, None)


def _grouped(table: RunTable) -> RunTable:
    """The runs with nearly equal lengths made equal: the longest of each group."""
    length = table.length.copy()
    rest = np.ones(len(length), dtype=bool)
    while rest.any():
        longest = length[rest].max()
        group = rest & (length > longest / SAME_LENGTH)
        length[group] = longest
        rest &= ~group
    return replace(table, length=length)


def _ordered(table: RunTable) -> RunTable:
    return table.only(np.lexsort((table.batch, table.lr, table.value, table.length)))
