"""Arithmetic that computes, and remembers how.

Rules are written once, over quantities, and read several ways: on plain floats (an estimate), on numpy arrays (a sweep)
and on `Quantity` objects, which carry their value, dimension and name and remember what they were made from. A traced
quantity has one value, or one for each steady period (a tuple); `sum_over_periods` and `largest_over_periods` join them.
"""

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Any, NamedTuple, Protocol

from costmodel.units import COUNT, Dimension, Unit

# A rule's numbers are annotated as what they are in an estimate. Arrays and traced quantities take the same places.
Number = float
Values = float | tuple[float, ...]

SLACK = 1 - 1e-12  # binary noise must not round up: (0.1 + 0.2) / 0.1 is 3, as in every spreadsheet


ATOM = 9  # binds tighter than every operation


class Written(NamedTuple):
    """How an operation is written in a language: {0} and {1} stand for the operands.

    `needs` is how tightly each operand must bind to go without brackets, `strength` how tightly the whole binds.
    """

    template: str
    needs: tuple[int, int]
    strength: int

    def of(self, left: tuple[str, int], right: tuple[str, int]) -> tuple[str, int]:
        """Two operands, each (text, strength), as one."""
        texts = [
            f"({text})" if strength < need else text for (text, strength), need in zip((left, right), self.needs, strict=True)
        ]
        return self.template.format(*texts), self.strength


def _between(sign: str, strength: int) -> Written:
    """A sign between its operands; the right one needs brackets where it binds no tighter."""
    return Written(f"{{0}}{sign}{{1}}", (strength, strength + 1), strength)


def _phrase(template: str) -> Written:
    return Written(template, (ATOM, ATOM), 0)


def _function(template: str) -> Written:
    return Written(template, (0, 0), ATOM)


class Operation(NamedTuple):
    """One row of the table of operations: how it computes on floats and on arrays, and how it reads.

    In words (explanations), as a spreadsheet's formula and as JavaScript. A reading that is added is one more column.
    """

    on_floats: Callable[..., float]
    on_arrays: Callable[..., Any]
    words: Written
    formula: Written
    script: Written


def _ceil_floats(value: float, to: float) -> float:
    return math.ceil(value / to * SLACK) * to


def _ceil_arrays(value: Any, to: Any) -> Any:
    import numpy as np

    return np.ceil(value / to * SLACK) * to


def _larger_arrays(a: Any, b: Any) -> Any:
    import numpy as np

    return np.maximum(a, b)


def _smaller_arrays(a: Any, b: Any) -> Any:
    import numpy as np

    return np.minimum(a, b)


def _add_up(values: Iterable[float]) -> float:
    """As floats of each period are added; sum() may compensate and differ in the last digit."""
    return reduce(operator.add, values)


OPERATIONS: dict[str, Operation] = {
    "add": Operation(operator.add, operator.add, _between(" + ", 1), _between("+", 1), _between(" + ", 1)),
    "subtract": Operation(operator.sub, operator.sub, _between(" - ", 1), _between("-", 1), _between(" - ", 1)),
    "multiply": Operation(operator.mul, operator.mul, _between(" × ", 2), _between("*", 2), _between(" * ", 2)),
    "divide": Operation(operator.truediv, operator.truediv, _between(" / ", 2), _between("/", 2), _between(" / ", 2)),
    "larger": Operation(
        max, _larger_arrays, _phrase("the larger of {0} and {1}"), _function("MAX({0},{1})"), _function("Math.max({0}, {1})")
    ),
    "smaller": Operation(
        min, _smaller_arrays, _phrase("the smaller of {0} and {1}"), _function("MIN({0},{1})"), _function("Math.min({0}, {1})")
    ),
    "round_up": Operation(
        _ceil_floats,
        _ceil_arrays,
        _phrase("{0} rounded up to a multiple of {1}"),
        Written(f"ROUNDUP({{0}}/{{1}}*{SLACK!r},0)*{{1}}", (2, 3), 2),
        Written(f"Math.ceil({{0}} / {{1}} * {SLACK!r}) * {{1}}", (2, 3), 2),
    ),
}
# These have one operand for each period, or one that has a value for each.
BY_PERIOD, SUM, LARGEST = "by_period", "sum_over_periods", "largest_over_periods"
_JOINS: dict[str, Callable[[Iterable[float]], float]] = {SUM: _add_up, LARGEST: max}


class Quantity:
    """A traced amount: `value` (one, or one for each period), its `dimension`, and the operation that made it.

    An input has no operation; `given` is what a file or a rate card says (shapes.Given), `path` its name for users.
    `label` is what it is counted in ("request"), or for a unit that another is divided by, the unit's name.
    """

    __slots__ = ("dimension", "given", "label", "name", "operands", "operation", "path", "scope", "value")
    __array_ufunc__ = None  # numpy must not take a quantity apart

    def __init__(self, operation: str, operands: tuple["Quantity", ...], value: Values, dimension: Dimension) -> None:
        self.operation, self.operands, self.value, self.dimension = operation, operands, value, dimension
        self.name = self.scope = self.path = self.label = ""
        self.given: Any = None

    def __add__(self, other: Any) -> "Quantity":
        return _apply("add", self, other)

    def __radd__(self, other: Any) -> "Quantity":
        return _apply("add", other, self)

    def __sub__(self, other: Any) -> "Quantity":
        return _apply("subtract", self, other)

    def __rsub__(self, other: Any) -> "Quantity":
        return _apply("subtract", other, self)

    def __mul__(self, other: Any) -> "Quantity":
        return _apply("multiply", self, other)

    def __rmul__(self, other: Any) -> "Quantity":
        return _apply("multiply", other, self)

    def __truediv__(self, other: Any) -> "Quantity":
        return _apply("divide", self, other)

    def __rtruediv__(self, other: Any) -> "Quantity":
        return _apply("divide", other, self)

    def _no_branching(self, *_: object) -> Any:
        raise TypeError("an amount cannot be compared or branched on: its figure changes; use larger() or smaller()")

    __bool__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _no_branching
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<Quantity {self.scope}.{self.name or self.path or self.operation} {self.value}>"


def constant(value: float, dimension: Dimension = COUNT) -> Quantity:
    return Quantity("", (), value, dimension)


def value_of(number: Any) -> float:
    """The float that a number is: a traced one's value (one that does not differ between periods), or itself."""
    return float(number.value if isinstance(number, Quantity) else number)  # type: ignore[arg-type]


def _lift(x: Any) -> Quantity:
    return x if isinstance(x, Quantity) else constant(float(x))


def _dimension(operation: str, a: Quantity, b: Quantity) -> Dimension:
    if operation in ("multiply", "divide"):
        sign = 1 if operation == "multiply" else -1
        size, time, money = (x + sign * y for x, y in zip(a.dimension, b.dimension, strict=True))
        return (size, time, money)
    if a.dimension != b.dimension and not (_is_zero(a) or _is_zero(b)):
        raise TypeError(f"{operation} takes two of a kind, not {a!r} {a.dimension} and {b!r} {b.dimension}")
    return b.dimension if _is_zero(a) else a.dimension


def _is_zero(q: Quantity) -> bool:
    return not q.operation and q.given is None and q.value == 0


def _apply(operation: str, *operands: Any) -> Quantity:
    a, b = map(_lift, operands)
    compute = OPERATIONS[operation].on_floats
    value: Values
    if isinstance(a.value, tuple) or isinstance(b.value, tuple):
        length = len(a.value if isinstance(a.value, tuple) else b.value)  # type: ignore[arg-type]
        value = tuple(map(compute, _spread(a.value, length), _spread(b.value, length)))
    else:
        value = compute(a.value, b.value)
    return Quantity(operation, (a, b), value, _dimension(operation, a, b))


def _spread(value: Values, length: int) -> tuple[float, ...]:
    return value if isinstance(value, tuple) else (value,) * length


def _call(operation: str, a: Any, b: Any) -> Any:
    if isinstance(a, float | int) and isinstance(b, float | int):
        return OPERATIONS[operation].on_floats(a, b)
    if isinstance(a, Quantity) or isinstance(b, Quantity):
        return _apply(operation, a, b)
    return OPERATIONS[operation].on_arrays(a, b)


def larger(a: Number, b: Number) -> Number:
    """The larger of two amounts of a kind, element by element."""
    return _call("larger", a, b)  # type: ignore[no-any-return]


def smaller(a: Number, b: Number) -> Number:
    """The smaller of two amounts of a kind, element by element."""
    return _call("smaller", a, b)  # type: ignore[no-any-return]


def round_up(amount: Number, to: Number) -> Number:
    """`amount` rounded up to a multiple of `to`, of the same kind: ceil(amount / to * (1 - 1e-12)) * to in every reading."""
    return _call("round_up", amount, to)  # type: ignore[no-any-return]


def total(amounts: Iterable[Number]) -> Number:
    """The sum; 0 of none. Unlike sum() it adds no leading 0 to the steps of an explanation."""
    result: Any = None
    for amount in amounts:
        result = amount if result is None else result + amount
    return 0.0 if result is None else result


def by_period(values: Sequence[Any]) -> Quantity:
    """One traced quantity with a value for each period, from one quantity for each."""
    operands = tuple(map(_lift, values))
    scalars = tuple(q.value for q in operands)
    return Quantity(BY_PERIOD, operands, scalars, operands[0].dimension)  # type: ignore[arg-type]


def sum_over_periods(values: Sequence[Any]) -> Any:
    """The month's sum of what a rule gave in each period (or of one traced quantity that holds them all)."""
    return _join(SUM, values)


def largest_over_periods(values: Sequence[Any]) -> Any:
    """The largest of what a rule gave in each period."""
    return _join(LARGEST, values)


def _join(operation: str, values: Sequence[Any]) -> Any:
    first = values[0]
    if len(values) == 1:
        if isinstance(first, Quantity) and isinstance(first.value, tuple):
            return Quantity(operation, (first,), _JOINS[operation](first.value), first.dimension)
        return first
    if operation == LARGEST:
        result = first
        for value in values[1:]:
            result = larger(result, value)
        return result
    return total(values)


def in_order(roots: Iterable[Quantity]) -> list[Quantity]:
    """The quantities that traced ones were made of and they themselves, each once, operands before what they make."""
    done: dict[Quantity, None] = {}
    stack = [(root, False) for root in roots][::-1]
    while stack:  # no recursion: a sum over a year of hours is a long chain
        quantity, operands_are_done = stack.pop()
        if operands_are_done:
            done[quantity] = None
        elif quantity not in done:
            stack.append((quantity, True))
            stack += [(operand, False) for operand in reversed(quantity.operands)]
    return list(done)


class Numbers(Protocol):
    """A reading: what turns what files give into numbers that rules compute with."""

    traced: bool

    def number(self, path: str, given: Any) -> Any:
        """The number a file gives (shapes.Given), by its path; "" for one that no path changes."""

    def constant(self, value: float, dimension: Dimension) -> Any:
        """A number that no file gives."""

    def in_unit(self, amount: Any, unit: Unit) -> Any:
        """An amount in base units as a number of `unit`."""

    def finish(self) -> None:
        """Called when everything has been asked for."""


def named(amount: Any, scope: str, name: str, label: str = "") -> Any:
    """Gives a traced quantity its name (and the unit it is counted in), unless it has one; other amounts pass."""
    if isinstance(amount, Quantity) and not amount.name and amount.given is None:
        amount.name, amount.scope = name, scope
        amount.label = amount.label or label
    return amount
