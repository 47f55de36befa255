"""Estimates side by side: services, their lines and the sums, a cell for each estimate."""

from typing import NamedTuple

from costmodel.bill import Line
from costmodel.outputs.lines import line_words, measures, small_money
from costmodel.outputs.words import money, quantity
from costmodel.published.statement import PRINTED, Statement

Key = tuple[str, str, str | None]


class Row(NamedTuple):
    """A row of estimates side by side: level 0 for services and sums, 1 for lines. `usage` has one text for each cell."""

    words: str
    cells: list[str]
    usage: list[str]
    level: int = 0


def services(statements: list[Statement]) -> list[Row]:
    """Services and below each its lines."""
    nothing = [""] * len(statements)
    rows = []
    for service, keys in _all_lines(statements).items():
        groups = [[line for line in s.bill.lines if line.service == service] for s in statements]
        rows.append(Row(service, [money(sum(line.cost for line in group)) for group in groups], nothing))
        several = len({component for component, _, _ in keys}) > 1
        for key in keys:
            found = [next((line for line in group if _key(line) == key), None) for group in groups]
            words = line_words(next(line for line in found if line), several)
            usage = ["" if line is None else quantity(line.pricing_quantity, line.pricing_unit) for line in found]
            rows.append(Row(words, ["-" if line is None else money(line.cost) for line in found], usage, 1))
    return rows


def sums(statements: list[Statement]) -> list[Row]:
    """Errata where they make a difference, the totals, and what one compares by."""
    first = statements[0]
    rows = []
    for erratum in dict.fromkeys(amount.erratum.id for s in statements for amount in s.errata):
        amounts = [next((a.amount for a in s.errata if a.erratum.id == erratum), None) for s in statements]
        rows.append((f"erratum {erratum}", ["-" if amount is None else small_money(amount) for amount in amounts]))
    printed = ["-" if s.printed_total is None else money(s.printed_total) for s in statements]
    corrected = [money(s.corrected_total) for s in statements]
    if first.basis == PRINTED:
        rows += [(f"Total per month, as printed in {first.table}", printed), ("Corrected total", corrected)]
    elif any(s.table for s in statements):
        rows += [("Total per month, corrected", corrected), ("As printed", printed)]
    else:
        rows.append(("Total per month", corrected))
    rows += measures(statements)
    return [Row(words.strip(), cells, [""] * len(cells), int(words.startswith(" "))) for words, cells in rows]


def _key(line: Line) -> Key:
    return (line.component, line.description, line.tier)


def _all_lines(statements: list[Statement]) -> dict[str, list[Key]]:
    """Service -> its lines' keys over all estimates, in the bills' order (a larger one has tiers that smaller ones lack)."""
    order: dict[str, dict[Key, float]] = {}
    for statement in statements:
        for position, line in enumerate(statement.bill.lines):
            keys = order.setdefault(line.service, {})
            keys[_key(line)] = max(position, keys.get(_key(line), 0))
    return {service: sorted(keys, key=keys.__getitem__) for service, keys in order.items()}
