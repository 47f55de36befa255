"""What an estimate says in words, in every textual output: its head, its lines, its measures and its notes."""

from costmodel.bill import Bill, Line
from costmodel.outputs.words import count_of, money, number, quantity
from costmodel.published.statement import PRINTED, Statement


def headline(statement: Statement) -> str:
    return f"{statement.bill.pattern_title} · {statement.bill.scenario_title}"


def context(statement: Statement) -> str:
    bill = statement.bill
    traffic = f"{count_of(bill.records, 'record')} in a month of {number(bill.month_hours)} hours"
    return f"{traffic} · prices {bill.rate_card}{free_words(bill)}"


def free_words(bill: Bill) -> str:
    return "" if bill.free_tier == "none" else f" · free tier: {bill.free_tier}"


def usage_words(line: Line) -> str:
    """What is billed, and what was really used where rounding makes it differ."""
    priced = line.pricing_quantity + line.free_quantity
    words = quantity(line.pricing_quantity, line.pricing_unit)
    if abs(line.consumed_quantity - priced) > 1e-9 * priced:
        words += f" billed for {quantity(line.consumed_quantity, line.consumed_unit)}"
    if line.free_quantity:
        words += f" after {number(line.free_quantity)} free"
    return words


def line_words(line: Line, several: bool) -> str:
    tier = f", {line.tier}" if line.tier else ""
    return f"{line.description}{tier}" + (f" ({line.component})" if several else "")


def by_service(bill_lines: tuple[Line, ...]) -> dict[str, list[Line]]:
    """Lines by service, services in the order they first appear."""
    groups: dict[str, list[Line]] = {}
    for line in bill_lines:
        groups.setdefault(line.service, []).append(line)
    return groups


def costs_by_service(bill: Bill) -> dict[str, float]:
    return {service: sum(line.cost for line in lines) for service, lines in by_service(bill.lines).items()}


def driver(bill: Bill) -> tuple[str, float] | None:
    """The service that most of the cost is for, and its share of it; None where nothing is charged."""
    costs = costs_by_service(bill)
    if not bill.total:
        return None
    service = max(costs, key=costs.__getitem__)
    return service, costs[service] / bill.total


def service_words(group: list[Line]) -> str:
    components = list(dict.fromkeys(line.component for line in group))
    return f"{group[0].service} · {', '.join(components)}"


def small_money(value: float) -> str:
    """An erratum's amount: cents, or where it is small, hundredths of them."""
    return money(value, 2 if abs(value) >= 0.1 else 4)


def measures(statement: Statement) -> list[tuple[str, str]]:
    """What one compares estimates by, always on the corrected basis."""
    bill = statement.bill
    each = bill.per_million_records
    rows = [("at list prices, without discounts", money(bill.list_total))] if any(line.discount for line in bill.lines) else []
    rows += [
        ("per million records", "no records" if each is None else money(each, 4)),
        ("per year (12 such months)", money(bill.total * 12)),
        ("fixed, whatever the traffic", money(bill.fixed)),
        ("grows with traffic", money(bill.total - bill.fixed)),
    ]
    if statement.basis == PRINTED:
        return [(f"  {words}", value) for words, value in rows]  # they belong to the corrected total above them
    return [(words.capitalize(), value) for words, value in rows]


def notes(statements: list[Statement]) -> list[str]:
    """What a reader must know beside the figures."""
    words = [note for s in statements for note in s.bill.notes]
    left_out = statements[0].bill.not_priced
    words.append(f"Not priced: {'; '.join(left_out)}." if left_out else "Not priced: nothing that costmodel knows of.")
    return list(dict.fromkeys([*words, *_prices([statement.bill for statement in statements])]))


def _prices(bills: list[Bill]) -> list[str]:
    """Of when the prices are; where bills have different cards, of which bills."""
    titles: dict[tuple[str, str, str], list[str]] = {}
    for bill in bills:
        titles.setdefault((bill.rate_card, bill.as_of, bill.currency), []).append(bill.scenario_title)
    if len(titles) == 1:
        return [f"{_kind(bills)} of {as_of}, in {currency}, before tax." for _, as_of, currency in titles]
    return [
        f"{', '.join(of)}: {_kind(bills).lower()} of {as_of} ({card}), in {currency}, before tax."
        for (card, as_of, currency), of in titles.items()
    ]


def _kind(bills: list[Bill]) -> str:
    return "Discounted prices" if any(line.discount for bill in bills for line in bill.lines) else "List prices"
