"""A traced model as a JavaScript function: the same operations, in the same order, on the same float64 numbers.

The function takes the inputs in base units and gives every value of the graph, a number or one for each period:
`(i, sum, largest) => v`. Equal models (one pattern under several scenarios, as a rule) have equal functions.
"""

from typing import Any, NamedTuple

from costmodel.book import Page
from costmodel.quantities import ATOM, BY_PERIOD, LARGEST, OPERATIONS, SUM, Quantity, in_order

_JOINS = {SUM: "sum", LARGEST: "largest"}


class Script(NamedTuple):
    """`inputs` are keys of the book in the order of `i`; `slots` say where in `v` a quantity's value is."""

    function: str
    inputs: list[str]
    slots: dict[Any, int]


def script_of(page: Page, roots: list[Quantity]) -> Script:
    """The function that computes `roots` and all they are made of."""
    inputs: dict[str, int] = {}
    slots: dict[Quantity, int] = {}
    lines: list[str] = []
    periods = 1
    for quantity in in_order(roots):
        if not quantity.operation and not quantity.path:
            continue  # a constant: it stands where it is used
        slots[quantity] = len(slots)
        key = page.keys.get(quantity.path)
        text = _computed(quantity, slots) if key is None else f"i[{inputs.setdefault(key, len(inputs))}]"
        if isinstance(quantity.value, tuple):
            periods = len(quantity.value)
        lines.append(f"v[{slots[quantity]}] = {text};")
    head = f"const v = [], each = f => Array.from({{length: {periods}}}, (_, p) => f(p));"
    return Script("\n".join(["(i, sum, largest) => {", head, *lines, "return v;", "}"]), list(inputs), slots)


def _computed(quantity: Quantity, slots: dict[Quantity, int]) -> str:
    if quantity.operation == BY_PERIOD:
        return f"[{', '.join(_value(operand, slots)[0] for operand in quantity.operands)}]"
    if quantity.operation in _JOINS:
        return f"{_JOINS[quantity.operation]}({_value(quantity.operands[0], slots)[0]})"
    left, right = (_value(operand, slots, by_period=isinstance(operand.value, tuple)) for operand in quantity.operands)
    text, _ = OPERATIONS[quantity.operation].script.of(left, right)
    return f"each(p => {text})" if isinstance(quantity.value, tuple) else text


def _value(quantity: Quantity, slots: dict[Quantity, int], by_period: bool = False) -> tuple[str, int]:
    """A value's text in an expression, and how tightly it binds."""
    if quantity not in slots:
        return repr(quantity.value), ATOM
    return f"v[{slots[quantity]}]" + ("[p]" if by_period else ""), ATOM
