"""The units of a workbook: KB, seconds and dollars. Every amount in it is shown and computed in these.

The engine's bytes and milliseconds are nothing that one wants to read. As all arithmetic keeps dimensions, another base
gives the same counts and the same money.
"""

from fractions import Fraction

from costmodel.inputs import Input
from costmodel.outputs.words import plural
from costmodel.quantities import ATOM, OPERATIONS, Quantity
from costmodel.units import COUNT, KB, MONEY, RATE, SECOND, SIZE, TIME, Dimension

_WORDS = {SIZE: "KB", TIME: "s", RATE: "/s", MONEY: "USD", (1, -1, 0): "KB/s", (1, 1, 0): "KB·s"}
_PLAIN = 10**15  # up to here a whole number is written without an exponent
PRODUCT = OPERATIONS["multiply"].formula.strength

Text = tuple[str, int]  # a formula and how tightly it binds


def base(dimension: Dimension) -> Fraction:
    """How many of the engine's base units the workbook's unit of this dimension has."""
    size, time, _ = dimension
    return Fraction(int(KB)) ** size * Fraction(int(SECOND)) ** time


def in_book(value: float, dimension: Dimension) -> float:
    unit = base(dimension)
    return value / unit.numerator * unit.denominator


def number(value: float) -> str:
    """A number as a formula has it."""
    return repr(float(value)).removesuffix(".0").upper()


def factor_of(given: Input) -> Fraction:
    """What turns the number of an input cell, in the file's own unit, into the workbook's unit."""
    if given.unit.name == "%":  # the cell holds a fraction that is shown as a percentage
        return Fraction(1)
    scale = Fraction(given.unit.scale).limit_denominator(10**9)  # of 1/s, 0.001 in milliseconds is no binary fraction
    return scale / Fraction(given.unit.per) / base(given.given.dimension)


def in_cell(given: Input, value: float) -> float:
    """A number of an input as its cell holds it."""
    return value / given.unit.per if given.unit.name == "%" else value


def times(text: str, factor: Fraction) -> Text:
    """A cell or name multiplied by a factor: written as a product, a quotient or both, of whole numbers where it can be."""
    if factor == 1:
        return text, ATOM
    above, below = factor.numerator, factor.denominator
    if max(above, below) > _PLAIN:
        return f"{text}*{number(float(factor))}", PRODUCT
    return text + (f"*{above}" if above != 1 else "") + (f"/{below}" if below != 1 else ""), PRODUCT


def unit_of(quantity: Quantity) -> str:
    """The unit in which a quantity stands in a workbook."""
    if quantity.label and quantity.dimension == COUNT:
        return quantity.label if "/" in quantity.label else plural(quantity.label)
    if quantity.label:  # a load: bytes/s are bytes by their dimension
        return f"{_WORDS[quantity.dimension]}{quantity.label[quantity.label.index('/') :]}"
    if quantity.dimension == COUNT:
        return ""
    return _WORDS.get(quantity.dimension) or "·".join(
        f"{unit}^{power}" for unit, power in zip(("KB", "s", "USD"), quantity.dimension, strict=True) if power
    )
