"""Runs as plain values for programs."""

from __future__ import annotations

from optsweep.plain import Plain
from optsweep.results.records import RunRecord
from optsweep.results.words import finite


def run_values(run: RunRecord, *names: str) -> dict[str, Plain]:
    """These fields of a run, in this order; numbers that are not finite, which JSON does not have, are None."""
    values = {name: getattr(run, name) for name in names}
    return {name: finite(value) if isinstance(value, float) else value for name, value in values.items()}
