"""Where a pattern's sheet has what the plan compares: the cells of each load and of the limit that it is held to.

What is provisioned may differ between periods. How much of it is used has then a row of its own, with a cell for each
period, and the plan shows the period that uses most.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from costmodel.capacity.checks import Check, utilisation
from costmodel.outputs.workbook.amounts import factor_of, in_book, times
from costmodel.outputs.workbook.blocks import Block
from costmodel.outputs.workbook.names import cell, in_sheet
from costmodel.outputs.workbook.places import MONTH, PROVISIONED, Key
from costmodel.outputs.workbook.sheets import Figure, Sheets

_NOTHING_BEARS = 1e99  # the share of nothing that a load uses: MAX takes no text


class Limit(NamedTuple):
    """A check, with its load and its limit counted in `unit`."""

    check: Check
    load: Figure
    limit: Figure
    unit: str


class Used(NamedTuple):
    """A cell of a row of shares: that of a period, or in the month's column the largest."""

    row: Key
    column: int
    formula: str
    value: float


class _OfPeriod(NamedTuple):
    """What is used of what is provisioned in a period, as a share."""

    share: float
    load: float
    limit: float


def limits_of(block: Block, rows: dict[Key, int], sheets: Sheets, name: str) -> Iterator[Limit]:
    """The checks of a block, for other sheets. `rows` are the row numbers on its sheet, `name` is what that is called."""
    shares = {id(check): row for row, check in block.places.shares.items()}
    for check in block.page.checks:
        row, unit = block.places.row_of(check), check.unit.replace("bytes", "KB")
        at_peak = Figure(in_sheet(name, cell(rows[row], block.left + MONTH)), _in_book(check.load))
        if check.quota:
            yield Limit(check, at_peak, _quota(check, block, sheets), unit)
        elif id(check) in shares:
            yield Limit(check, *_worst(block, rows, name, check, shares[id(check)]), unit)
        else:
            provided = Figure(in_sheet(name, cell(rows[_provided(row)], block.left + MONTH)), _in_book(check.limit))
            yield Limit(check, at_peak, provided, unit)


def used_by_period(block: Block, rows: dict[Key, int]) -> Iterator[Used]:
    """The cells of a block's rows of shares."""
    for row, check in block.places.shares.items():
        periods, load = _periods(check), block.places.row_of(check)
        yield Used(row, MONTH, f"MAX({_all_periods(block, rows, row)})", max(period.share for period in periods))
        for n, period in enumerate(periods, 1):
            bears, limit = (cell(rows[key], block.left + block.places.column_of(key, n)) for key in (load, _provided(load)))
            formula = f"IF({limit}=0,IF({bears}=0,0,1E+99),{bears}/{limit})"
            yield Used(row, n, formula, period.share)


def _quota(check: Check, block: Block, sheets: Sheets) -> Figure:
    assert check.quota is not None  # it is checked against one
    keys = [block.page.keys[quota.path] for quota in (check.quota, check.quota.times) if quota]
    factors = (times(sheets.names[key], factor_of(sheets.book.inputs[key]))[0] for key in keys)
    return Figure("*".join(factors), _in_book(check.limit))


def _worst(block: Block, rows: dict[Key, int], name: str, check: Check, share: Key) -> tuple[Figure, Figure]:
    """Load and limit in the period that uses most of its limit."""
    periods, load = _periods(check), block.places.row_of(check)
    worst = max(periods, key=lambda period: period.share)
    largest = in_sheet(name, cell(rows[share], block.left + MONTH))
    found = f"MATCH({largest},{in_sheet(name, _all_periods(block, rows, share))},0)"

    def figure(key: Key, value: float) -> Figure:
        if block.places.column_of(key, 1) == MONTH:
            return Figure(in_sheet(name, cell(rows[key], block.left + MONTH)), value)
        return Figure(f"INDEX({in_sheet(name, _all_periods(block, rows, key))},{found})", value)

    return figure(load, worst.load), figure(_provided(load), worst.limit)


def _provided(load: Key) -> Key:
    """The row of what is provisioned for a load."""
    return load._replace(name=f"{load.name}{PROVISIONED}")


def _all_periods(block: Block, rows: dict[Key, int], key: Key) -> str:
    return f"{cell(rows[key], block.left + 1)}:{cell(rows[key], block.left + len(block.periods))}"


def _periods(check: Check) -> list[_OfPeriod]:
    """What a load uses in each period of what is provisioned then."""
    load, limit = check.by_period[0]
    limits = _in_book_by_period(limit)
    loads = _in_book_by_period(load)
    loads = loads * len(limits) if len(loads) == 1 else loads
    pairs = zip(loads, limits, strict=True)
    return [_OfPeriod(min(utilisation(*pair), _NOTHING_BEARS), *pair) for pair in pairs]


def _in_book(number: Any) -> float:
    """What a traced number is, in the workbook's unit."""
    (value,) = _in_book_by_period(number)
    return value


def _in_book_by_period(number: Any) -> list[float]:
    values = number.value if isinstance(number.value, tuple) else (number.value,)
    return [in_book(value, number.dimension) for value in values]
