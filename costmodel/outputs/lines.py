"""What an estimate says in words, in every textual output: its head, its lines, its measures and its notes."""

from costmodel.bill import Bill, Line
from costmodel.outputs.words import count_of, money, number, quantity
from costmodel.published.statement import PRINTED, Statement

LIST_TOTAL = "At list prices, without discounts"


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
    words = quantity(line.pricing_quantity, line.pricing_unit)
    used = quantity(line.consumed_quantity, line.consumed_unit)
    if used != quantity(line.pricing_quantity + line.free_quantity, line.pricing_unit):
        words += f" billed for {used}"
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


def measures(statements: list[Statement]) -> list[tuple[str, list[str]]]:
    """What one compares estimates by, a figure for each, always on the corrected basis."""
    bills = [statement.bill for statement in statements]
    each = (bill.per_million_records for bill in bills)
    rows = [
        (LIST_TOTAL.lower(), [money(bill.list_total) for bill in bills]),
        ("per million records", ["no records" if value is None else money(value, 4) for value in each]),
        ("per year (12 such months)", [money(bill.total * 12) for bill in bills]),
        ("fixed, whatever the traffic", [money(bill.fixed) for bill in bills]),
        ("grows with traffic", [money(bill.total - bill.fixed) for bill in bills]),
    ]
    if not any(bill.discounted for bill in bills):
        del rows[0]
    if statements[0].basis == PRINTED:
        return [(f"  {words}", values) for words, values in rows]  # they belong to the corrected total above them
    return [(words.capitalize(), values) for words, values in rows]


def notes(statements: list[Statement]) -> list[str]:
    """What a reader must know beside the figures."""
    words = [note for s in statements for note in s.bill.notes]
    left_out = statements[0].bill.not_priced
    words.append(f"Not priced: {'; '.join(left_out)}." if left_out else "Not priced: nothing that costmodel knows of.")
    return list(dict.fromkeys([*words, *_prices([statement.bill for statement in statements])]))


def _prices(bills: list[Bill]) -> list[str]:
    """Of when the prices are; where bills have different cards, of which bills."""
    of_card: dict[tuple[str, str, str], list[Bill]] = {}
    for bill in bills:
        of_card.setdefault((bill.rate_card, bill.as_of, bill.currency), []).append(bill)
    said = []
    for (card, as_of, currency), of in of_card.items():
        kind = kind_of_prices(any(bill.discounted for bill in of))
        if len(of_card) == 1:
            said.append(f"{kind} of {as_of}, in {currency}, before tax.")
        else:
            titles = ", ".join(bill.scenario_title for bill in of)
            said.append(f"{titles}: {kind.lower()} of {as_of} ({card}), in {currency}, before tax.")
    return said


def kind_of_prices(discounted: bool) -> str:
    """What prices an estimate is at, as the beginning of a sentence: those of a list, or what discounts leave of them."""
    return "Discounted prices" if discounted else "List prices"
