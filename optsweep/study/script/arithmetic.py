"""What a formula can do: its operators, comparisons and functions, worked out on the tree of one that was checked."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence

from optsweep.study.scalar import Parameters, Scalar

Result = Scalar | Sequence[Scalar]


def _power(base: float, exponent: float) -> float:
    # Whole numbers of millions of digits would keep us for hours.
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * abs(exponent) > 4096:
        raise OverflowError("the power is too large")
    found: float | complex = base**exponent
    if isinstance(found, complex):
        raise ValueError("a root of a negative number")
    return found


def _round(value: float, digits: float = 0) -> float:
    """To the nearest integer, or to a number of decimals."""
    return round(value, int(digits)) if digits else round(value)


ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
}
_ORDER: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "round": _round,
}
CONSTANTS = {"true": True, "false": False}


def worked_out(node: ast.expr, parameters: Parameters) -> Result:
    """What a formula's tree is for these parameters; raises `ArithmeticError`, `TypeError` or `ValueError`."""

    def inner(part: ast.expr) -> Result:
        return worked_out(part, parameters)

    match node:
        case ast.Constant(value=bool() | int() | float() | str() as value):
            return value
        case ast.Name(id=name):
            return CONSTANTS[name] if name in CONSTANTS else parameters[name]
        case ast.List() | ast.Tuple():
            return [_scalar(inner(each)) for each in node.elts]
        case ast.UnaryOp(op=ast.Not()):
            return not inner(node.operand)
        case ast.UnaryOp():
            number = _number(inner(node.operand))
            return -number if isinstance(node.op, ast.USub) else number
        case ast.BinOp():
            return ARITHMETIC[type(node.op)](_number(inner(node.left)), _number(inner(node.right)))
        case ast.BoolOp():
            parts = (bool(inner(each)) for each in node.values)
            return all(parts) if isinstance(node.op, ast.And) else any(parts)
        case ast.Call(func=ast.Name(id=name)):
            return FUNCTIONS[name](*(_number(inner(each)) for each in node.args))
        case ast.Compare():
            return _compared(node, parameters)
    raise AssertionError("Formula.read refuses anything else")


def _compared(node: ast.Compare, parameters: Parameters) -> bool:
    left = worked_out(node.left, parameters)
    for kind, part in zip(node.ops, node.comparators, strict=True):
        right = worked_out(part, parameters)
        match kind:
            case ast.Eq() | ast.NotEq():
                holds = (left == right) == isinstance(kind, ast.Eq)
            case ast.In() | ast.NotIn():
                assert isinstance(right, list), "Formula.read allows nothing else"
                holds = (left in right) == isinstance(kind, ast.In)
            case _:
                holds = _ORDER[type(kind)](_number(left), _number(right))
        if not holds:
            return False
        left = right
    return True


def _scalar(value: Result) -> Scalar:
    if not isinstance(value, bool | int | float | str):
        raise TypeError("a list inside a list")
    return value


def _number(value: Result) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a number")
    return value
