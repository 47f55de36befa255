"""The formula of each quantity of an estimate, once every one has its place: the second step from a graph to formulas."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from costmodel.book import Book
from costmodel.outputs.workbook.amounts import Text, base, factor_of, in_book, number, times
from costmodel.outputs.workbook.names import cell, column_name
from costmodel.outputs.workbook.places import BILL, EACH, Key, Places, Spot
from costmodel.quantities import ATOM, BY_PERIOD, LARGEST, OPERATIONS, SUM, Quantity

_HERE = "§"  # stands for the column of the period that a formula is of
_JOINS = {SUM: "SUM", LARGEST: "MAX"}


class Cell(NamedTuple):
    """A cell of a scenario's block: `column` counts within it."""

    row: Key
    column: int
    formula: str
    value: float
    quantity: Quantity


class Formulas:
    """Writes a page's formulas. `rows` are the sheet's row numbers, `left` is the column where the page's block begins."""

    def __init__(self, book: Book, names: dict[str, str], places: Places, rows: dict[Key, int], left: int) -> None:
        self._book, self._names, self._places, self._rows, self._left = book, names, places, rows, left
        self._texts: dict[Quantity, Text] = {}
        # A line of the bill is computed from what it shows itself: its cost from its quantity and its price.
        self._in_line = {(row, q): cell(rows[row], left + n) for (row, n), q in places.shown.items() if row.section == BILL}
        for quantity in places.order:
            if quantity.operation != BY_PERIOD and not places.is_inner(quantity):
                self._texts[quantity] = self._written(quantity)

    def cells(self) -> Iterator[Cell]:
        for spot, quantity in self._places.shown.items():
            own = self._places.spots.get(quantity) == spot
            text = (self._texts[quantity] if own else self._reference(quantity))[0]
            if spot.column != EACH:
                yield Cell(*spot, text, self._value(quantity), quantity)
                continue
            assert isinstance(quantity.value, tuple)  # only what differs between periods stands in each of them
            for period, value in enumerate(quantity.value, 1):
                formula = text.replace(_HERE, column_name(self._left + period))
                yield Cell(spot.row, period, formula, in_book(value, quantity.dimension), quantity)

    def _value(self, quantity: Quantity) -> float:
        assert not isinstance(quantity.value, tuple)
        return in_book(quantity.value, quantity.dimension)

    def _reference(self, quantity: Quantity, row_of: Key | None = None) -> Text:
        """How formulas (of a row) refer to a quantity: to its cell, or by all that makes it."""
        if row_of and (row_of, quantity) in self._in_line:
            return self._in_line[row_of, quantity], ATOM
        spot = self._places.spots.get(quantity)
        if spot is None:
            return self._texts[quantity]
        row = self._rows[spot.row]
        return (f"{_HERE}{row + 1}" if spot.column == EACH else cell(row, self._left + spot.column)), ATOM

    def _written(self, quantity: Quantity) -> Text:
        operation, operands = quantity.operation, quantity.operands
        if quantity.path:
            return self._input(quantity, Fraction(1))
        if not operation:
            return number(self._value(quantity)), ATOM
        if operation in _JOINS:
            return f"{_JOINS[operation]}({self._periods_of(operands[0])})", ATOM
        if operation == "add":
            return self._sum(self._places.terms(quantity))
        if operation == "divide" and operands[1].label and not operands[1].operation:
            return self._in_unit(*operands)
        spot = self._places.spots.get(quantity)
        left, right = (self._reference(operand, spot.row if spot else None) for operand in operands)
        return OPERATIONS[operation].formula.of(left, right)

    def _input(self, quantity: Quantity, factor: Fraction) -> Text:
        key = self._places.page.keys[quantity.path]
        return times(self._names[key], factor_of(self._book.inputs[key]) * factor)

    def _in_unit(self, amount: Quantity, unit: Quantity) -> Text:
        """An amount in the unit that something is priced or counted in."""
        assert not isinstance(unit.value, tuple)
        size = Fraction(unit.value).limit_denominator(10**9) / base(unit.dimension)
        if amount.path and amount not in self._places.spots:
            return self._input(amount, 1 / size)
        text, strength = self._reference(amount)
        if size == 1:
            return text, strength
        return times(text if strength >= OPERATIONS["divide"].formula.strength else f"({text})", 1 / size)

    def _periods_of(self, quantity: Quantity) -> str:
        row, last = self._rows[self._places.spots[quantity].row], len(self._places.steady)
        return f"{cell(row, self._left + 1)}:{cell(row, self._left + last)}"

    def _sum(self, terms: list[Quantity]) -> Text:
        spots = [self._places.spots.get(term) for term in terms]
        columns = range(1, len(self._places.steady) + 1)
        first = spots[0]
        if first is not None and len(terms) > 1 and spots == [Spot(first.row, column) for column in columns]:
            row = self._rows[first.row]
            return f"SUM({cell(row, self._left + 1)}:{cell(row, self._left + len(columns))})", ATOM
        result = self._reference(terms[0])
        for term in terms[1:]:
            result = OPERATIONS["add"].formula.of(result, self._reference(term))
        return result
