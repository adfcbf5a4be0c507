"""Values that follow from a run's parameters by the formulas of [trainer.derive]."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from optsweep.errors import did_you_mean
from optsweep.study.scalar import Parameters, Scalar
from optsweep.study.script.formula import Formula, in_order


def derived_values(derive: Mapping[str, str], known: Parameters) -> dict[str, Scalar]:
    """The derived values of a run, by the order of the file; without those that need what the run does not have.

    Raises `ValueError` for a formula that cannot be worked out.
    """
    found: dict[str, Scalar] = {}
    for name in _order(tuple(derive.items())):
        formula, values = Formula.read(derive[name]), {**known, **found}
        if formula.names <= values.keys():
            try:
                found[name] = formula.value(values)
            except ValueError as error:
                raise ValueError(f"trainer.derive.{name}: {error}") from None
    return {name: found[name] for name in derive if name in found}


def derive_mistakes(derive: Mapping[str, str], names: list[str]) -> list[str]:
    """Formulas of names that are neither among ``names`` nor derived, or that need each other."""
    known, found = [*names, *derive], []
    for name, text in derive.items():
        for other in sorted(Formula.read(text).names - set(known)):
            found.append(f"trainer.derive.{name}: {other} is no parameter{did_you_mean(other, known)}")
    try:
        _order(tuple(derive.items()))
    except ValueError as circle:
        found.append(f"trainer.derive: formulas go round in a circle: {circle}")
    return found


@functools.cache
def _order(derive: tuple[tuple[str, str], ...]) -> list[str]:
    """The names, each after those that its formula needs."""
    needs = {name: [other for other in Formula.read(text).names if other in dict(derive)] for name, text in derive}
    return in_order(needs)
