"""Estimates as text for a terminal, a pipe or a mail: plain characters, at least 80 columns, no colour."""

from costmodel.bill import Line
from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.outputs.lines import (
    by_service,
    context,
    free_words,
    headline,
    line_words,
    measures,
    notes,
    service_words,
    small_money,
    usage_words,
)
from costmodel.outputs.words import money, number
from costmodel.published.statement import PRINTED, Statement

NARROWEST = 80
WIDEST = 160


def render(statements: list[Statement], width: int) -> str:
    width = min(max(width, NARROWEST), WIDEST)
    text = _one(statements[0], width) if len(statements) == 1 else _side_by_side(statements, width)
    return "\n".join(text) + "\n"


_COLUMNS = [Column("", 22), Column("Usage", 20), Column("Rate", 14), Column("Cost", 10, right=True)]


def _one(statement: Statement, width: int) -> list[str]:
    groups = by_service(statement.bill.lines)
    rows = {
        service: [_row(line, len({other.component for other in group}) > 1) for line in group]
        for service, group in groups.items()
    }
    every = [row for group in rows.values() for row in group]
    sizes = widths(_COLUMNS, [["  " + row[0], *row[1:]] for row in every], width)
    total_width = sum(sizes) + 2 * (len(sizes) - 1)
    text = [headline(statement), *wrapped(context(statement), width), ""]
    text += lines([column.title for column in _COLUMNS], _COLUMNS, sizes)
    text.append("-" * total_width)
    for service, group in groups.items():
        text.append(_ends(service_words(group), money(sum(line.cost for line in group)), total_width))
        for row in rows[service]:
            text += lines(row, _COLUMNS, sizes, indent=2)
    text.append("-" * total_width)
    text += _totals(statement, total_width)
    return text + _afterword(statement, width)


def _row(line: Line, several: bool) -> list[str]:
    return [line_words(line, several), usage_words(line), line.price, money(line.cost)]


def _ends(left: str, right: str, width: int) -> str:
    """Text at the left end and a figure at the right; the text wraps before it touches the figure."""
    indent = " " * (len(left) - len(left.lstrip()))
    first, *rest = wrapped(left.lstrip(), width - len(right) - 2 - len(indent))
    head = f"{indent}{first}"
    return "\n".join([f"{head}{right.rjust(width - len(head))}", *(f"{indent}  {line}" for line in rest)])


def _totals(statement: Statement, width: int) -> list[str]:
    """The sums, each with its figure at the right end."""
    rows = []
    if statement.basis == PRINTED:
        rows += [(f"erratum {e.id}: {_first_sentence(e.what)}", small_money(amount)) for e, amount in statement.errata]
        rows.append((f"Total per month, as printed in {statement.table}", money(statement.total)))
        rows.append(("Corrected total", money(statement.corrected_total)))
    else:
        rows.append(("Total per month" + (", corrected" if statement.table else ""), money(statement.total)))
        if statement.printed_total is not None:
            rows.append((f"As printed in {statement.table}", money(statement.printed_total)))
    rows += [(words, value) for words, (value,) in measures([statement])]
    return [_ends(left, right, width) for left, right in rows]


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".").partition(": ")[0]


def _afterword(statement: Statement, width: int) -> list[str]:
    return ["", *(line for note in notes([statement]) for line in wrapped(note, width))]


def _side_by_side(statements: list[Statement], width: int) -> list[str]:
    """One column for each scenario, as the paper's tables have it; with the usage where there is room."""
    from costmodel.outputs import comparison

    with_usage = width >= 44 * len(statements)
    columns = [Column("", 20)]
    for s in statements:
        columns += [Column("", 14, right=True)] * with_usage + [Column(s.bill.scenario_title, 10, right=True)]

    def cells(row: comparison.Row) -> list[str]:
        if not with_usage:
            return row.cells
        return [text for pair in zip(row.usage, row.cells, strict=True) for text in pair]

    upper, lower = comparison.services(statements), comparison.sums(statements)
    sizes = widths(columns, [["  " * row.level + row.words, *cells(row)] for row in upper + lower], width)
    rule = "-" * (sum(sizes) + 2 * (len(sizes) - 1))
    months = " / ".join(dict.fromkeys(number(s.bill.month_hours) for s in statements))
    bill = statements[0].bill
    cards = " / ".join(dict.fromkeys(s.bill.rate_card for s in statements))
    text = [
        bill.pattern_title,
        *wrapped(f"a month of {months} hours · prices {cards}{free_words(bill)}", width),
        "",
    ]
    text += [*lines([column.title for column in columns], columns, sizes), rule]
    for row in upper:
        text += lines([row.words, *cells(row)], columns, sizes, indent=2 * row.level)
    text.append(rule)
    for row in lower:
        text += lines([row.words, *cells(row)], columns, sizes, indent=2 * row.level)
    return [*text, "", *(line for note in notes(statements) for line in wrapped(note, width))]
