"""What is expected to be best at a longer training: lines for people, a document for programs."""

from __future__ import annotations

from optsweep.plain import Plain
from optsweep.results.run_table import RunTable
from optsweep.results.words import counted
from optsweep.trust.transfer import Estimate, Transfer

METHODS = {
    "rule": "by a published rule, batch ~ length^0.383 and lr ~ length^0.19, not measured here",
    "fit": "fitted over your lengths",
}
CAVEAT = "intervals measured on language models, not on proteins (docs/transfer.md)"


def document(found: Transfer) -> dict[str, Plain]:
    """For programs; the keys are promised (docs/transfer.md)."""
    return {
        "length": found.length,
        "runs": found.runs,
        "lengths": list(found.lengths),
        "method": found.method,
        "optimum": {"lr": _numbers(found.lr), "batch": _numbers(found.batch)},
        "refused": found.refused,
    }


def lines(found: Transfer, table: RunTable) -> list[str]:
    """For people."""
    lengths = ", ".join(f"{length:g}" for length in found.lengths)
    told = [f"{counted(found.runs, 'run')} of length {lengths}, for length {found.length:g}{_times(found)}"]
    if table.left_out:
        told.append(f"left out: {counted(table.left_out, 'run')} without a finite value")
    if few := len(table) - found.runs:
        told.append(f"left out: {counted(few, 'run')} of lengths that have too few")
    if found.refused is None:
        told += [_line("lr", found.lr), _line("batch", found.batch), METHODS[found.method], CAVEAT]
    else:
        told.append(f"refused: {found.refused}")
        if found.lr and found.batch:
            told.append(
                f"the best run of the longest, as it is: lr {found.lr.value:.3g}, batch {found.batch.value:.3g}"
            )
    return told


def _times(found: Transfer) -> str:
    return f", {found.length / found.lengths[-1]:.3g} times the longest" if found.lengths else ""


def _line(name: str, found: Estimate | None) -> str:
    assert found is not None
    return f"{name:6} {found.value:<10.3g} 90 % interval {found.low:.3g} to {found.high:.3g}"


def _numbers(found: Estimate | None) -> dict[str, Plain]:
    if found is None:
        return {"value": None, "low": None, "high": None}
    return {"value": found.value, "low": found.low, "high": found.high}
