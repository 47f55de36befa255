"""A comparison as a table, JSON or Markdown: every estimate's costs, and what came on top of the first one's."""

import json
from typing import Any, NamedTuple

from costmodel.compared import Estimate
from costmodel.comparing import Change, Comparison, Costs, Row, difference, share_of_change
from costmodel.outputs import markdown
from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.outputs.lines import LIST_TOTAL, kind_of_prices
from costmodel.outputs.words import count_of, money, number, share

FORMATS = ("table", "json", "markdown")
_LONGEST_OF_TWO, _LONGEST_OF_SEVERAL = 21, 12
_NARROWEST, _WIDEST = 80, 160


def render(form: str, comparison: Comparison, width: int = 80) -> str:
    """The comparison in a format, one of FORMATS; `width` in columns is for the table."""
    if form == "json":
        return json.dumps(as_object(comparison), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return _markdown(comparison) if form == "markdown" else _table(comparison, min(max(width, _NARROWEST), _WIDEST))


class _Said(NamedTuple):
    """A row in words; level 1 is for the lines of a service."""

    words: str
    cells: list[str]
    level: int = 0


def _cells(costs: Costs) -> list[str]:
    """Each cost with its difference from the first behind it; of two, the difference also as a share."""
    first, *others = costs
    cells = ["-" if first is None else money(first)]
    for cost in others:
        change = "-" if first is cost is None else _signed(difference(first, cost))
        cells += ["-" if cost is None else money(cost), change]
    return [*cells, _signed_share(first, others[0])] if len(others) == 1 else cells


def _cells_per_million(costs: Costs) -> list[str]:
    """As _cells(), to the hundredth of a cent; without records there is no such cost, and nothing to compare with it."""
    first, *others = costs
    cells = ["no records" if first is None else money(first, 4)]
    for cost in others:
        change = "-" if None in (first, cost) else _signed(difference(first, cost), 4)
        cells += ["no records" if cost is None else money(cost, 4), change]
    if len(others) > 1:
        return cells
    return [*cells, "-" if None in costs else _signed_share(first, others[0])]


def _signed(value: float, digits: int = 2) -> str:
    return f"+{money(value, digits)}" if value > 0 else money(value, digits)


def _signed_share(before: float | None, after: float | None) -> str:
    of_change = share_of_change(before, after)
    if of_change is None:
        return "new" if after else "-"
    return f"+{share(of_change)}" if of_change > 0 else share(of_change)


def _heads(headings: list[str]) -> list[str]:
    first, *others = headings
    heads = [first, *(cell for heading in others for cell in (heading, "change"))]
    return [*heads, "in %"] if len(others) == 1 else heads


def _headings(comparison: Comparison) -> list[str]:
    """The operands as they were written, or letters where these would be too wide for columns."""
    names = [estimate.name for estimate in comparison.estimates]
    longest = _LONGEST_OF_TWO if len(names) == 2 else _LONGEST_OF_SEVERAL
    if max(map(len, names)) <= longest and len(set(names)) == len(names):
        return names
    return [chr(ord("A") + n) if n < 26 else str(n + 1) for n in range(len(names))]


def _services(comparison: Comparison, with_lines: bool) -> list[_Said]:
    said = []
    for service in comparison.services:
        said.append(_Said(service.service, _cells(service.costs)))
        several = len({row.components for row in service.rows}) > 1
        said += [_Said(_line_words(row, several), _cells(row.costs), 1) for row in service.rows if with_lines]
    return said


def _line_words(row: Row, several: bool) -> str:
    tier = f", {row.tier}" if row.tier else ""
    return f"{row.description}{tier}" + (f" ({', '.join(row.components)})" if several else "")


def _totals(comparison: Comparison) -> list[_Said]:
    estimates = comparison.estimates
    each = tuple(estimate.per_million_records for estimate in estimates)
    rows = [_Said("Total per month", _cells(tuple(estimate.total for estimate in estimates)))]
    if any(estimate.discounted for estimate in estimates):
        rows.append(_Said(LIST_TOTAL, _cells(tuple(estimate.list_total for estimate in estimates))))
    rows.append(_Said("Per million records", _cells_per_million(each)))
    rows.append(_Said("Fixed, whatever the traffic", _cells(tuple(estimate.fixed for estimate in estimates))))
    return rows


def _what(estimate: Estimate) -> str:
    saved = f", saved in {estimate.saved}" if estimate.saved else ""
    traffic = f"{count_of(estimate.records, 'record')} in {number(estimate.month_hours)} hours"
    return f"{estimate.pattern} under {estimate.scenario} ({traffic}) at {estimate.rate_card}{saved}"


def _causes(first: Estimate, other: Estimate, change: Change) -> list[tuple[str, str, str]]:
    """Each step of the split: its name, from what to what, and what it adds."""
    if change.split is None:
        return []
    named = (first.scenario, other.scenario), (first.pattern, other.pattern), (first.rate_card, other.rate_card)
    return [
        (cause, before if before == after else f"{before} to {after}", _signed(amount))
        for (cause, amount), (before, after) in zip(change.split._asdict().items(), named, strict=True)
    ]


def _headline(other: Estimate, first: Estimate, change: Change) -> tuple[str, str]:
    """How the two differ: the amount, and the rest of the sentence without the names."""
    amount = f"{_signed(change.difference)} a month"
    rest = f"{_signed_share(first.total, other.total)}, {money(first.total)} to {money(other.total)}"
    return amount, rest


def _notes(comparison: Comparison) -> list[str]:
    """What is beside the figures: once for all, or with the names of those that it is of."""
    estimates = comparison.estimates
    words = [(note, estimate.name) for estimate in estimates for note in estimate.notes]
    words += [(f"Not priced: {'; '.join(e.not_priced)}.", e.name) for e in estimates if e.not_priced]
    words += [(f"{kind_of_prices(e.discounted)} of {e.as_of}, in USD, before tax.", e.name) for e in estimates if e.as_of]
    said: dict[str, list[str]] = {}
    for note, name in words:
        said.setdefault(note, []).append(name)
    every = len(comparison.estimates)
    return [note if len(names) == every else f"{note.removesuffix('.')} ({', '.join(names)})." for note, names in said.items()]


def _table(comparison: Comparison, width: int) -> str:
    headings = _headings(comparison)
    text = [*_legend(comparison, headings, width), "", *_figures(comparison, headings, width, with_lines=True)]
    first, *others = comparison.estimates
    for other, heading, change in zip(others, headings[1:], comparison.changes, strict=True):
        text += ["", *_split_text(first, other, change, f"From {headings[0]} to {heading}", width)]
    text += ["", *(line for note in _notes(comparison) for line in wrapped(note, width))]
    return "\n".join(text) + "\n"


def by_service(comparison: Comparison, headings: list[str], width: int) -> list[str]:
    """Lines of text: what is compared, and what each service and all of them cost in columns with these headings."""
    first, *others = comparison.estimates
    changes = (_headline(other, first, change) for other, change in zip(others, comparison.changes, strict=True))
    said = "; ".join(f"{amount} ({rest})" for amount, rest in changes)
    head = wrapped(f"{first.pattern} under {first.scenario}: {said}", width)
    return [*head, "", *_figures(comparison, headings, width, with_lines=False)]


def _figures(comparison: Comparison, headings: list[str], width: int, with_lines: bool) -> list[str]:
    columns = [Column("", 20), *(Column(head, 8, right=True) for head in _heads(headings))]
    upper, lower = _services(comparison, with_lines), _totals(comparison)
    sizes = widths(columns, [["  " * row.level + row.words, *row.cells] for row in upper + lower], width)
    rule = "-" * (sum(sizes) + 2 * (len(sizes) - 1))
    text = [*lines([column.title for column in columns], columns, sizes), rule]
    for row in upper:
        text += lines([row.words, *row.cells], columns, sizes, indent=2 * row.level)
    text.append(rule)
    for row in lower:
        text += lines([row.words, *row.cells], columns, sizes)
    return text


def _legend(comparison: Comparison, headings: list[str], width: int) -> list[str]:
    text = []
    for heading, estimate in zip(headings, comparison.estimates, strict=True):
        name = "" if heading == estimate.name else f"{estimate.name}: "
        first, *rest = wrapped(f"{heading}: {name}{_what(estimate)}", width - 2)
        text += [first, *(f"  {line}" for line in rest)]
    return text


def _split_text(first: Estimate, other: Estimate, change: Change, words: str, width: int) -> list[str]:
    amount, rest = _headline(other, first, change)
    text = wrapped(f"{words}: {amount} ({rest})", width)
    causes = _causes(first, other, change)
    if not causes:
        return [*text, *wrapped(change.split_reason or "", width)]
    longest = max(len(what) for _, what, _ in causes)
    return [*text, *(f"  {cause:8}{what:{longest}}  {amount:>12}" for cause, what, amount in causes)]


def _markdown(comparison: Comparison) -> str:
    first, *others = comparison.estimates
    headings = [markdown.plain(estimate.name) for estimate in comparison.estimates]
    heads = _heads(headings)
    parts = [[f"## {' and '.join(headings[1:])} compared with {headings[0]}"]]
    for other, heading, change in zip(others, headings[1:], comparison.changes, strict=True):
        parts += _change_in_markdown(first, other, change, heading)
    rows = [[markdown.plain(row.words), *row.cells] for row in _services(comparison, with_lines=False)]
    total, *measures = _totals(comparison)
    rows += [markdown.bold([total.words, *total.cells]), *([row.words, *row.cells] for row in measures)]
    parts.append(markdown.table(["Service", *heads], rows, figures=len(heads)))
    parts.append(markdown.folded("Lines", markdown.table(["Service", "Line", *heads], _lines(comparison), figures=len(heads))))
    legend = [f"{estimate.name}: {_what(estimate)}" for estimate in comparison.estimates]
    parts.append([f"- {markdown.plain(note)}" for note in [*legend, *_notes(comparison)]])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _lines(comparison: Comparison) -> list[list[str]]:
    """Every line with its service and its components, as cells of a table in Markdown."""
    return [
        [markdown.plain(service.service), markdown.plain(_line_words(row, several=True)), *_cells(row.costs)]
        for service in comparison.services
        for row in service.rows
    ]


def _change_in_markdown(first: Estimate, other: Estimate, change: Change, heading: str) -> list[list[str]]:
    amount, rest = _headline(other, first, change)
    answer = [f"**{amount}** ({rest}): {heading}."]
    causes = [[cause, markdown.plain(what), figure] for cause, what, figure in _causes(first, other, change)]
    if not causes:
        return [[*answer, markdown.plain(change.split_reason or "")]]
    return [answer, markdown.table(["Cause", "From and to", "Change"], causes, figures=1)]


def as_object(comparison: Comparison) -> dict[str, Any]:
    """The comparison as what JSON has."""
    first, *others = comparison.estimates
    return {
        "basis": "corrected",
        "currency": "USD",
        "estimates": [_estimate_object(estimate) for estimate in comparison.estimates],
        "lines": [_line_object(service.service, row) for service in comparison.services for row in service.rows],
        "changes": [_change_object(first, *pair) for pair in zip(others, comparison.changes, strict=True)],
    }


def _estimate_object(estimate: Estimate) -> dict[str, Any]:
    names = (
        "name",
        "pattern",
        "scenario",
        "rate_card",
        "saved",
        "month_hours",
        "records",
        "total",
        "list_total",
        "per_million_records",
        "fixed",
    )
    return {name: getattr(estimate, name) for name in names}


def _line_object(service: str, row: Row) -> dict[str, Any]:
    before, *after = row.costs
    return {
        "service": service,
        "components": list(row.components),
        "description": row.description,
        "tier": row.tier,
        "costs": list(row.costs),
        "differences": [difference(before, cost) for cost in after],
    }


def _change_object(first: Estimate, other: Estimate, change: Change) -> dict[str, Any]:
    return {
        "from": first.name,
        "to": other.name,
        "difference": change.difference,
        "share": change.share,
        "split": None if change.split is None else change.split._asdict(),
        "split_reason": change.split_reason,
    }
