"""Row expressions: + - * /, numbers, names of quantities, round(x, digits), round_up(x, to), at(scenario, expression)."""

import ast
import operator
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from costmodel.quantities import round_up

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")
_FUNCTIONS = ("round", "round_up", "at")
_OPERATORS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class Expression(NamedTuple):
    """A parsed expression; `names` are what its placeholders n0, n1 ... stand for."""

    text: str
    tree: ast.expr
    names: tuple[str, ...]


def parse(text: str) -> Expression:
    """Raises ValueError where the text is not an expression of this language."""
    names: list[str] = []

    def placeholder(match: re.Match[str]) -> str:
        if match[0] in _FUNCTIONS:
            return match[0]
        names.append(match[0])
        return f"n{len(names) - 1}"

    try:
        tree = ast.parse(_NAME.sub(placeholder, text), mode="eval").body
        _check(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"'{text}' is not an expression; write for example round(ingest.cost, 2) + enrich.cost") from None
    return Expression(text, tree, tuple(names))


def _check(node: ast.expr) -> None:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        _check(node.left)
        _check(node.right)
    elif isinstance(node, ast.Call) and _is_function(node.func) and len(node.args) == 2 and not node.keywords:
        first, second = node.args
        if node.func.id == "at" and not _is_quantity(first):  # type: ignore[attr-defined]
            raise ValueError("at() takes the name of a scenario")
        if node.func.id == "round" and not isinstance(second, ast.Constant):  # type: ignore[attr-defined]
            raise ValueError("round() takes a number of digits")
        _check(first)
        _check(second)
    elif not _is_quantity(node) and not (isinstance(node, ast.Constant) and type(node.value) in (int, float)):
        raise ValueError(type(node).__name__)


def _is_function(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in _FUNCTIONS


def _is_quantity(node: ast.expr) -> bool:
    """Whether it is the placeholder of a name."""
    return isinstance(node, ast.Name) and node.id not in _FUNCTIONS


def evaluate(expression: Expression, value_of: Callable[[str, str], float], scenario: str) -> float:
    """The value in a scenario; `value_of(name, scenario)` gives the quantities."""

    def of(node: Any, scenario: str) -> float:
        if isinstance(node, ast.BinOp):
            return _OPERATORS[type(node.op)](of(node.left, scenario), of(node.right, scenario))
        if isinstance(node, ast.Name):
            return value_of(expression.names[int(node.id[1:])], scenario)
        if isinstance(node, ast.Constant):
            return float(node.value)  # type: ignore[arg-type]
        first, second = node.args
        if node.func.id == "at":
            return of(second, expression.names[int(first.id[1:])])
        if node.func.id == "round_up":
            return round_up(of(first, scenario), of(second, scenario))
        return float(half_up(of(first, scenario), int(of(second, scenario))))

    return of(expression.tree, scenario)


def half_up(value: float, digits: int) -> Decimal:
    """`value` as it prints, rounded half up to `digits` decimals."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def formatted(value: float, form: str) -> str:
    """A figure in a spreadsheet's number format: General, or 0 and #,##0 with decimals and a dollar sign."""
    if form == "General":
        return _general(value)
    sign, pattern = ("$", form[1:]) if form.startswith("$") else ("", form)
    digits = len(pattern.partition(".")[2])
    rounded = half_up(value, digits)
    return sign + (f"{rounded:,f}" if "," in pattern else f"{rounded:f}")


def _general(value: float) -> str:
    """As many decimals as fit into 11 characters, without trailing zeros."""
    whole = len(str(int(abs(value)))) + (value < 0)
    text = f"{half_up(value, max(0, 11 - whole - 1)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
