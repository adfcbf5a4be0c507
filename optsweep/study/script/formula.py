"""Formulas over a run's parameters in study files: arithmetic and conditions in Python's syntax, never executed.

`n_head * head_dim`, `round(0.01 * total)`, `model == 'Transformer' and n_blocks > 6`. A name that is no Python name is
written in braces: `{weight-decay} / 10`.
"""

from __future__ import annotations

import ast
import functools
import graphlib
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator

from optsweep.study.scalar import MAX_EXACT, Parameters, Scalar, Text
from optsweep.study.script.arithmetic import ARITHMETIC, CONSTANTS, FUNCTIONS, worked_out

LONGEST = 1000
"""Characters of a formula."""
MOST_LEVELS = 50

_IN_BRACES = re.compile(r"\{([^{}\s]+)\}")


@dataclass(frozen=True)
class Formula:
    """One formula that has been read, and can be worked out for any run."""

    text: str
    names: frozenset[str]
    """The parameters on which it depends."""
    _tree: ast.expr = field(compare=False, repr=False)

    @classmethod
    @functools.lru_cache(maxsize=4096)
    def read(cls, text: str) -> Formula:
        """Raises `ValueError` for anything but numbers, texts, names, arithmetic, comparisons, min, max and round."""
        if len(text) > LONGEST:
            raise ValueError(f"is longer than {LONGEST} characters")
        quoted: list[str] = []

        def stand_in(found: re.Match[str]) -> str:
            quoted.append(found[1])
            return f" __{len(quoted) - 1}__ "

        try:
            tree = ast.parse(_IN_BRACES.sub(stand_in, text).strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise ValueError(f"{text!r} is no formula, such as n_head * head_dim or model == 'lstm'") from None
        names = {f"__{place}__": name for place, name in enumerate(quoted)}
        checked = _Reading(text, names)
        checked.visit(tree, MOST_LEVELS)
        return cls(text, frozenset(checked.found), _Named(names).visit(tree))

    @property
    def compared(self) -> list[tuple[str, Scalar]]:
        """The names that it compares with values, by ==, != or in, and those values."""
        return list(_compared_names(self._tree))

    def value(self, parameters: Parameters) -> Scalar:
        """What it is for a run with these parameters, which have all its ``names``; raises `ValueError`."""
        try:
            found = worked_out(self._tree, parameters)
        except (ArithmeticError, TypeError, ValueError) as error:
            given = ", ".join(f"{name} = {parameters[name]!r}" for name in sorted(self.names))
            raise ValueError(f"{self.text}: {error}" + (f" ({given})" if given else "")) from None
        if isinstance(found, float):
            if not math.isfinite(found):
                raise ValueError(f"{self.text}: is {found}")
            # lr / 10 is to be read as a person would write it: 3e-05, not 2.9999999999999997e-05.
            return float(f"{found:.15g}")
        if isinstance(found, int) and abs(found) > MAX_EXACT:
            raise ValueError(f"{self.text}: {found:.3g} is beyond 2**53")
        assert isinstance(found, bool | int | str), "a list is no formula by itself"
        return found

    def holds(self, parameters: Parameters) -> bool:
        """Whether a condition is true; one about a parameter that the run does not have is not. Raises `ValueError`."""
        return self.names <= parameters.keys() and bool(self.value(parameters))


def _is_formula(text: str) -> str:
    Formula.read(text)
    return text


FormulaText = Annotated[Text, AfterValidator(_is_formula)]


def in_order(needs: Mapping[str, Iterable[str]]) -> list[str]:
    """The names, each after those that its formula needs; raises `ValueError` with the circle that they go round in."""
    try:
        return list(graphlib.TopologicalSorter(needs).static_order())
    except graphlib.CycleError as error:
        raise ValueError(" -> ".join(reversed(error.args[1]))) from None


class _Named(ast.NodeTransformer):
    """Puts whole names ("optim.lr", what stood in braces) where Python has attributes and stand-ins."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._names.get(node.id, node.id), node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.Name:
        return ast.Name(_dotted(node), node.ctx)


class _Reading:
    """Checks a formula's tree, and finds its names."""

    def __init__(self, text: str, names: dict[str, str]) -> None:
        self._text, self._names = text, names
        self.found: set[str] = set()

    def visit(self, node: ast.AST, levels: int) -> None:
        if not levels:
            raise ValueError(f"{self._text!r} is nested too deep")
        inside: Sequence[ast.AST] = ()
        match node:
            case ast.Constant(value=bool() | int() | float() | str()):
                pass
            case ast.Name(id=name):
                if name not in CONSTANTS:
                    self.found.add(self._names.get(name, name))
            case ast.Attribute() if _dotted(node):
                self.found.add(_dotted(node))
            case ast.BinOp() if type(node.op) in ARITHMETIC:
                inside = (node.left, node.right)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not()):
                inside = (node.operand,)
            case ast.BoolOp():
                inside = node.values
            case ast.Compare():
                self._check_comparison(node)
                listed = (part.elts if isinstance(part, ast.List | ast.Tuple) else [part] for part in node.comparators)
                inside = (node.left, *itertools.chain.from_iterable(listed))
            case ast.Call(func=ast.Name(id=name), keywords=[]) if name in FUNCTIONS and node.args:
                inside = node.args
            case _:
                raise self._refusal(node)
        for each in inside:
            self.visit(each, levels - 1)

    def _check_comparison(self, node: ast.Compare) -> None:
        for kind, right in zip(node.ops, node.comparators, strict=True):
            listed = isinstance(right, ast.List | ast.Tuple)
            if isinstance(kind, ast.Is | ast.IsNot) or listed != isinstance(kind, ast.In | ast.NotIn):
                raise self._refusal(node)

    def _refusal(self, node: ast.AST) -> ValueError:
        part = ast.unparse(node)
        allowed = "numbers, texts, names, + - * / // % **, comparisons, in [...], and, or, not, min, max, round"
        return ValueError(f"{part[:60]!r} is not understood here; there are {allowed}")


def _dotted(node: ast.expr) -> str:
    """The name "optim.lr" of nested attributes; empty if it is something else."""
    if isinstance(node, ast.Name):
        return node.id
    above = _dotted(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{above}.{node.attr}" if above and isinstance(node, ast.Attribute) else ""


def _compared_names(tree: ast.expr) -> Iterator[tuple[str, Scalar]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for left, kind, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
                if isinstance(kind, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
                    yield from itertools.chain(_named(left, right), _named(right, left))


def _named(name: ast.expr, other: ast.expr) -> Iterator[tuple[str, Scalar]]:
    parts = other.elts if isinstance(other, ast.List | ast.Tuple) else [other]
    for part in parts:
        if isinstance(name, ast.Name) and name.id not in CONSTANTS and isinstance(part, ast.Constant):
            value = part.value
            if isinstance(value, bool | int | float | str):
                yield name.id, value
