"""Estimates as Markdown for a comment on a pull request: the answer, a table of services, and the lines folded away."""

import re
from html import escape

from costmodel.bill import Bill
from costmodel.outputs.lines import (
    by_service,
    context,
    costs_by_service,
    driver,
    headline,
    line_words,
    measures,
    notes,
    usage_words,
)
from costmodel.outputs.words import money, share
from costmodel.published.statement import Statement

_MARKUP = re.compile(r"[\\`*<>\[\]|~&#]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])|\$(?![0-9])")


def render(statements: list[Statement], width: int) -> str:
    parts = [_one(statements[0])] if len(statements) == 1 else [_side_by_side(statements)]
    parts += [_folded_lines(statement, len(statements) > 1) for statement in statements]
    parts.append([f"- {plain(note)}" for note in [*_contexts(statements), *notes(statements)]])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def plain(text: str) -> str:
    """`text` so that Markdown shows it as it is: nothing in it is markup, a cell's end or a formula between dollars.

    Never the first word of a line: there a dash would begin a list.
    """
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def table(head: list[str], rows: list[list[str]], figures: int) -> list[str]:
    """A table of texts that are Markdown already; its last `figures` columns are aligned to the right."""
    rule = ["---"] * (len(head) - figures) + ["---:"] * figures
    return [_row(head), f"|{'|'.join(rule)}|", *map(_row, rows)]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def bold(cells: list[str]) -> list[str]:
    return [f"**{cell}**" if cell else "" for cell in cells]


def folded(summary: str, text: list[str]) -> list[str]:
    """Text that opens on a click; GitHub reads it as Markdown only between empty lines."""
    return ["<details>", f"<summary>{escape(summary)}</summary>", "", *text, "", "</details>"]


def _one(statement: Statement) -> list[str]:
    bill = statement.bill
    each = bill.per_million_records
    costs = costs_by_service(bill)
    rows = [[plain(service), money(cost), _share(cost, bill)] for service, cost in costs.items()]
    rows.append(bold(["Total per month", money(bill.total), _share(bill.total, bill)]))
    rows += [[plain(words), value, ""] for words, (value,) in measures([statement])]
    answer = f"**{money(bill.total)} a month**{'' if each is None else f', {money(each, 4)} per million records'}"
    answer += f".{_driver(bill)}"
    return [f"## {plain(headline(statement))}", "", answer, "", *table(["Service", "Cost", "Share"], rows, figures=2)]


def _side_by_side(statements: list[Statement]) -> list[str]:
    """A column for each scenario."""
    bills = [statement.bill for statement in statements]
    costs = [costs_by_service(bill) for bill in bills]
    services = dict.fromkeys(service for of_bill in costs for service in of_bill)
    rows = [[plain(service), *(money(of_bill.get(service, 0.0)) for of_bill in costs)] for service in services]
    rows.append(bold(["Total per month", *(money(bill.total) for bill in bills)]))
    rows += [[plain(words), *values] for words, values in measures(statements)]
    answers = [f"- **{money(bill.total)} a month** · {plain(bill.scenario_title)}.{_driver(bill)}" for bill in bills]
    head = ["Service", *(plain(bill.scenario_title) for bill in bills)]
    return [f"## {plain(bills[0].pattern_title)}", "", *answers, "", *table(head, rows, figures=len(bills))]


def _share(cost: float, bill: Bill) -> str:
    return share(cost / bill.total) if bill.total else ""


def _driver(bill: Bill) -> str:
    found = driver(bill)
    return "" if found is None else f" {share(found[1])} of it is {plain(found[0])}."


def _folded_lines(statement: Statement, several: bool) -> list[str]:
    bill = statement.bill
    rows = [
        [*map(plain, (service, line.component, line_words(line, False), usage_words(line), line.price)), money(line.cost)]
        for service, group in by_service(bill.lines).items()
        for line in group
    ]
    head = ["Service", "Component", "Line", "Usage", "Rate", "Cost"]
    return folded(f"Lines: {bill.scenario_title}" if several else "Lines", table(head, rows, figures=1))


def _contexts(statements: list[Statement]) -> list[str]:
    if len(statements) == 1:
        return [context(statements[0])]
    return [f"{context(statement)} ({statement.bill.scenario_title})" for statement in statements]
