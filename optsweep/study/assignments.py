"""Parameters as a person types them: NAME=VALUE."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optsweep.errors import ConfigError, did_you_mean
from optsweep.study.parameter import Parameter
from optsweep.study.scalar import Scalar


def parse_assignments(assignments: Iterable[str], known: Mapping[str, Parameter]) -> dict[str, Scalar]:
    """Parameters from words like ``lr=1e-4``; raises `ConfigError` with every mistake (ranges are `Space.check`'s)."""
    parameters: dict[str, Scalar] = {}
    mistakes = []
    for assignment in assignments:
        name, equals, text = (part.strip() for part in assignment.partition("="))
        if not equals:
            mistakes.append(f"{assignment!r} is not NAME=VALUE")
        elif name in parameters:
            mistakes.append(f"{name} is given twice")
        elif name not in known:
            mistakes.append(f"{name} is not a known name{did_you_mean(name, known)}")
        else:
            try:
                parameters[name] = known[name].read(text)
            except ValueError as error:
                mistakes.append(f"{name} = {error}")
    if mistakes:
        raise ConfigError("parameters", mistakes)
    return parameters
