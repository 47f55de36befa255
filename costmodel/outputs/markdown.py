"""Estimates as Markdown tables, for a pull request or a wiki."""

from costmodel.outputs import comparison
from costmodel.outputs.lines import by_service, context, headline, line_words, measures, notes, small_money, usage_words
from costmodel.outputs.words import money
from costmodel.published.statement import PRINTED, Statement


def render(statements: list[Statement], width: int) -> str:
    text = _one(statements[0]) if len(statements) == 1 else _side_by_side(statements)
    return "\n".join([*text, "", *notes(statements)]) + "\n"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _one(statement: Statement) -> list[str]:
    text = [f"## {headline(statement)}", "", context(statement), ""]
    text += [_row("Service", "Line", "Usage", "Rate", "Cost"), "|---|---|---|---|---:|"]
    for service, group in by_service(statement.bill.lines).items():
        several = len({line.component for line in group}) > 1
        text += [_row(service, line_words(line, several), usage_words(line), line.price, money(line.cost)) for line in group]
    text += [_row("", f"erratum {e.id}", "", "", small_money(amount)) for e, amount in statement.errata]
    if statement.basis == PRINTED:
        text.append(_row(f"**Total, as printed in {statement.table}**", "", "", "", f"**{money(statement.total)}**"))
        text.append(_row("Corrected total", "", "", "", money(statement.corrected_total)))
    else:
        corrected = ", corrected" if statement.table else ""
        text.append(_row(f"**Total{corrected}**", "", "", "", f"**{money(statement.total)}**"))
    return text + [_row(words.strip(), "", "", "", value) for words, value in measures(statement)]


def _side_by_side(statements: list[Statement]) -> list[str]:
    text = [f"## {statements[0].bill.pattern_title}", ""]
    text += [_row("", *(s.bill.scenario_title for s in statements)), "|---|" + "---:|" * len(statements)]
    for row in comparison.services(statements) + comparison.sums(statements):
        text.append(_row(row.words if row.level else f"**{row.words}**", *row.cells))
    return text
