"""Parameters as a person types them: NAME=VALUE."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from optsweep.errors import ConfigError
from optsweep.study.parameter import MAX_EXACT, Scalar
from optsweep.study.space import KIND_WORDS, did_you_mean


def parse_assignments(assignments: Iterable[str], kinds: Mapping[str, type]) -> dict[str, Scalar]:
    """Parameters from words like ``lr=1e-4``; raises `ConfigError` with every mistake (ranges are `Space.check`'s)."""
    parameters: dict[str, Scalar] = {}
    mistakes = []
    for assignment in assignments:
        name, equals, text = (part.strip() for part in assignment.partition("="))
        if not equals:
            mistakes.append(f"{assignment!r} is not NAME=VALUE")
        elif name in parameters:
            mistakes.append(f"{name} is given twice")
        elif name not in kinds:
            mistakes.append(f"{name} is not a known name{did_you_mean(name, kinds)}")
        else:
            try:
                parameters[name] = _PARSERS[kinds[name]](text)
            except (ValueError, KeyError):
                mistakes.append(f"{name} = {text!r} is not {KIND_WORDS[kinds[name]]}")
                continue
            if kinds[name] is int and abs(int(parameters[name])) > MAX_EXACT:
                mistakes.append(f"{name} = {text}: integers beyond 2**53 = {MAX_EXACT} cannot be stored exactly")
    if mistakes:
        raise ConfigError("parameters", mistakes)
    return parameters


_PARSERS: dict[type, Callable[[str], Scalar]] = {
    float: float,
    int: int,
    str: str,
    bool: {"true": True, "false": False}.__getitem__,
}
