"""Transfer over training length, replayed on public runs: what the short winner, the rule and the fit cost at the end.

    python -m benchmarks.transfer FILE.csv [--sizes 214663680,429260800 | --other-sizes] [--sweeps 60]

FILE is a grid of Step Law (github.com/step-law/steplaw, `data/`; it has no licence: fetch it, and commit it nowhere):
columns lr, bs, D, N and `smooth loss`. A cell is a model size, one or two short lengths, and a longer one. A sweep
draws 24 runs of a short length at random; one of two lengths takes 17 of them and, for the other 7's tokens, runs of a
shorter length. Regret is 0 at the best run of the long length and 1 at the median one; between runs, losses are
interpolated in (log lr, log batch): by piecewise cubics, and by planes, which lie above a bowl. A refusal counts as the
winner.
"""

from __future__ import annotations

import argparse
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks._grids import Array, Cell, cells, read
from benchmarks._machine import print_machine
from optsweep.results.run_table import RunTable
from optsweep.trust.surface import Exponents
from optsweep.trust.transfer import Transfer, transfer

RUNS, AT_LONGER = 24, 17
CHOSEN_ON = (214663680, 429260800)
"""The sizes on which everything was chosen."""
BINS = ((1.0, 1.4), (1.4, 2.5), (2.5, 4.0), (4.0, 7.0), (2.5, 7.0), (7.0, 30.0))
METHODS = ("winner", "rule", "fit")
PLANES = " planes"
PRIORS = {"published exponents": Exponents(), "lr's exponent with the opposite sign": Exponents(lr=-Exponents().lr)}


@dataclass(frozen=True, eq=False)
class Replayed:
    """A cell's sweeps, one row each."""

    cell: Cell
    regret: dict[str, Array]
    """By method; a refusal counts as the winner."""
    refused: NDArray[np.bool_]
    covered: NDArray[np.bool_]
    """[sweeps, 2]: whether the interval of lr, of batch holds the optimum."""
    octaves: Array
    """[sweeps, 2]: the intervals' widths; NaN where refused."""


def replay(cell: Cell, sweeps: int, exponents: Exponents) -> Replayed:
    """Random sweeps of a cell: the winner as it is and the rule, of 24 runs; the fit, if there are two lengths."""
    rng = np.random.default_rng([cell.long.size % 2**32, int(cell.short.length / 1e6), int(cell.long.length / 1e6)])
    rows = [_sweep(cell, exponents, rng) for _ in range(sweeps)]
    optimum = cell.long.optimum
    methods = list(rows[0][0])
    bounds = np.array([_bounds(found) for _, found in rows])
    return Replayed(
        cell=cell,
        regret={method: np.array([regret[method] for regret, _ in rows]) for method in methods},
        refused=np.array([found.refused is not None for _, found in rows]),
        covered=(bounds[:, :, 0] <= optimum) & (optimum <= bounds[:, :, 1]),
        octaves=bounds[:, :, 1] - bounds[:, :, 0],
    )


def _sweep(cell: Cell, exponents: Exponents, rng: np.random.Generator) -> tuple[dict[str, float], Transfer]:
    """Regrets by method, and what is transferred from all lengths."""
    order = rng.permutation(len(cell.short.value))
    runs = cell.short.runs(order[:RUNS])
    found = {"rule": transfer(runs, cell.long.length, exponents)}
    best = int(runs.value.argmin())
    choices = {"winner": np.log2([runs.lr[best], runs.batch[best]]), "rule": _choice(found["rule"])}
    if cell.shorter:
        tokens = (RUNS - AT_LONGER) * cell.short.length
        count = min(round(tokens / cell.shorter.length), len(cell.shorter.value))
        shorter = cell.shorter.runs(rng.permutation(len(cell.shorter.value))[:count])
        both = joined(shorter, cell.short.runs(order[:AT_LONGER]))
        found["fit"] = transfer(both, cell.long.length, exponents)
        choices["fit"] = _choice(found["fit"])
    regrets = {}
    for method, (lr, batch) in choices.items():
        regrets[method] = cell.long.regret(lr, batch, cell.long.smooth)
        regrets[method + PLANES] = cell.long.regret(lr, batch, cell.long.planes)
    return regrets, found.get("fit", found["rule"])


def joined(*tables: RunTable) -> RunTable:
    columns = zip(*((table.length, table.lr, table.batch, table.value) for table in tables), strict=True)
    length, lr, batch, value = map(np.concatenate, columns)
    return RunTable(length, lr, batch, value)


def _choice(found: Transfer) -> Array:
    """log2 of lr and batch; where refused, the winner's."""
    assert found.lr
    assert found.batch
    return np.log2([found.lr.value, found.batch.value])


def _bounds(found: Transfer) -> list[tuple[float, float]]:
    """log2 of the intervals of lr and batch."""
    both = [found.lr, found.batch]
    return [(np.log2(one.low), np.log2(one.high)) if one and one.low and one.high else (np.nan, np.nan) for one in both]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--sizes", type=lambda words: [int(word) for word in words.split(",")])
    parser.add_argument("--other-sizes", action="store_true", help="all but those on which everything was chosen")
    parser.add_argument("--sweeps", type=int, default=60)
    given = parser.parse_args()
    print_machine("numpy", "scipy")
    grids = read(given.file)
    if given.other_sizes:
        grids = [grid for grid in grids if grid.size not in CHOSEN_ON]
    if given.sizes:
        grids = [grid for grid in grids if grid.size in given.sizes]
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        for prior, exponents in PRIORS.items():
            work = partial(replay, sweeps=given.sweeps, exponents=exponents)
            for lengths in (1, 2):
                print(f"\n{given.sweeps} sweeps a cell, from {('one length', 'two lengths')[lengths - 1]}; {prior}")
                replayed = list(pool.map(work, cells(grids, lengths)))
                show(replayed)


def show(replayed: Sequence[Replayed]) -> None:
    """Tables by cell and by ratio of lengths."""
    methods = [method for method in METHODS if replayed and method in replayed[0].regret]
    heads = "".join(f"{head:>16}" for head in (*methods, "- winner", "- rule"))
    print(f"{'regret, mean / 90 %':32}{'ratio':>6}{heads}{'refused':>9}{'lr in':>7}{'batch in':>9}{'octaves':>13}")
    for one in replayed:
        print(_line(one.cell.name, f"{one.cell.ratio:.1f}", [one]))
    for low, high in BINS:
        if within := [one for one in replayed if low <= one.cell.ratio < high]:
            print(_line(f"{low:g} to {high:g} times", "", within))
            print(_line("  between planes", "", within, PLANES))
    print(_line("all", "", replayed))


def _line(name: str, ratio: str, replayed: Sequence[Replayed], kind: str = "") -> str:
    """Regrets of pooled sweeps, the best method's paired differences, and, but for ``kind``, the intervals."""
    methods = [method for method in METHODS if method in replayed[0].regret]
    regret = {method: np.concatenate([one.regret[method + kind] for one in replayed]) for method in methods}
    line = f"{name:32}{ratio:>6}" + "".join(
        f"{f'{own.mean():.3f} / {np.quantile(own, 0.9):.2f}':>16}" for own in regret.values()
    )
    for other in ("winner", "rule"):
        line += f"{_paired(regret[methods[-1]] - regret[other]) if other != methods[-1] else '':>16}"
    if kind:
        return line
    refused = np.concatenate([one.refused for one in replayed])
    line += f"{refused.mean():9.0%}"
    if refused.all():
        return line
    covered = np.concatenate([one.covered for one in replayed])[~refused].mean(axis=0)
    octaves = np.median(np.concatenate([one.octaves for one in replayed])[~refused], axis=0)
    return line + f"{covered[0]:7.0%}{covered[1]:9.0%}{f'{octaves[0]:.1f}, {octaves[1]:.1f}':>13}"


def _paired(difference: Array) -> str:
    """Mean and standard error."""
    return f"{difference.mean():+.3f} ± {difference.std(ddof=1) / len(difference) ** 0.5:.3f}"


if __name__ == "__main__":
    main()
