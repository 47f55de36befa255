"""Two rate cards side by side, as a table, JSON or CSV; in the first two also what that does to estimates."""

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from costmodel import services
from costmodel.cards.differences import DISCOUNT, FREE, PRICE, TIERS, Difference, Differences
from costmodel.cards.rows import name_of
from costmodel.comparing import Comparison
from costmodel.outputs import compare
from costmodel.outputs.cards import as_csv, grouped
from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.outputs.words import count_of, number, share

_NARROWEST, _WIDEST = 80, 160
_LONGEST_HEADING = 16
_SMALLEST_SHARE = 0.0005


def render(form: str, found: Differences, names: tuple[str, str], effects: Sequence[Comparison], width: int = 80) -> str:
    """The differences in a format, one of FORMATS; `names` are the cards as they were asked for. CSV is without effects."""
    if form == "json":
        content = {**_as_object(found), "effects": [compare.as_object(comparison) for comparison in effects]}
        return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if form == "csv":
        return as_csv([*Difference._fields], [row._asdict() for row in found.rows])
    width = min(max(width, _NARROWEST), _WIDEST)
    headings = ["A", "B"] if max(map(len, names)) > _LONGEST_HEADING else [*names]
    text = [*_legend(found, names, headings, width), "", *_table(found, headings, width)]
    for comparison in effects:
        text += ["", *compare.by_service(comparison, headings, width)]
    return "\n".join(text) + "\n"


def _legend(found: Differences, names: tuple[str, str], headings: list[str], width: int) -> list[str]:
    text = []
    for heading, name, card in zip(headings, names, found.cards, strict=True):
        said = name if card.title == "" else f"{card.title} ({name})" if heading != name else card.title
        first, *rest = wrapped(f"{heading}: {said}, {card.region}, as of {card.as_of}", width - 2)
        text += [first, *(f"  {line}" for line in rest)]
    return text


def _table(found: Differences, headings: list[str], width: int) -> list[str]:
    groups = [(_service_words(key), _group(key, found)) for key in found.services]
    groups.append(("Discounts", [_cells([row]) for row in found.rows if row.what == DISCOUNT]))
    columns = [Column("", 26), Column(headings[0], 12), Column(headings[1], 12), Column("change", 8, right=True)]
    sizes = widths(columns, [["  " + name, *cells] for _, group in groups for name, *cells in group], width)
    rule = "-" * (sum(sizes) + 2 * (len(sizes) - 1))
    text = [*lines([column.title for column in columns], columns, sizes), rule] if found.rows else []
    for words, group in groups:
        text += wrapped(words, width) if group else []
        text += [line for cells in group for line in lines(cells, columns, sizes, indent=2)]
    text += [rule] if found.rows else []
    return [*text, *(line for sentence in _counted(found, headings) for line in wrapped(sentence, width))]


def _service_words(key: str) -> str:
    service = services.find(key)
    return f"{service.name} ({key})" if service else key


def _group(key: str, found: Differences) -> list[list[str]]:
    """The rows of a service; one row for all of it where only one of the cards has prices of it."""
    rows = [row for row in found.rows if row.service == key]
    mine, theirs = (len(card.rates_of(key)) for card in found.cards)
    if rows and bool(mine) != bool(theirs):
        return [["prices", str(mine or "-"), str(theirs or "-"), "removed" if mine else "new"]]
    return [_cells([*tiers]) for _, tiers in groupby(rows, key=_together)]


def _together(row: Difference) -> tuple[str, ...]:
    """What makes rows one in the table: the tiers of a price that only one of the cards has."""
    return (row.what, row.key) if row.what == PRICE and None in (row.before, row.after) else (row.what, row.key, row.tier)


def _cells(rows: list[Difference]) -> list[str]:
    first, last = rows[0], rows[-1]
    of = {PRICE: first.tier if len(rows) == 1 else "", TIERS: "tiers", FREE: "free"}.get(first.what)
    name = first.key if first.what == DISCOUNT else name_of(first.key) + (f", {of}" if of else "")
    return [name, _said(first, first.before, last.before), _said(first, first.after, last.after), _change(first)]


def _said(row: Difference, value: str | None, last: str | None) -> str:
    if value is None:
        return "-"
    until = "" if last == value else f" to ${last}"
    if row.what == PRICE:
        return f"${value}{until} per {row.per}"
    return grouped(value) if row.what in (TIERS, FREE) else value


def _change(row: Difference) -> str:
    if row.change is None:
        return "new" if row.before is None else "removed" if row.after is None else "changed"
    # What would round to nothing shows its first digits.
    percent = share(row.change) if abs(row.change) >= _SMALLEST_SHARE else f"{number(row.change * 100)}%"
    return f"+{percent}" if row.change > 0 else percent


def _counted(found: Differences, headings: list[str]) -> list[str]:
    """What the rows come to, and which services only one of the regions has; of cards of one region, only one of them."""
    counts = [f"{count_of(found.changed, 'price')} changed", f"{found.unchanged} unchanged"]
    counts += [f"{prices} only in {heading}" for prices, heading in zip(found.only, headings, strict=True)]
    in_one_region = found.cards[0].region == found.cards[1].region
    offered = [
        f"Offered only in {heading if in_one_region else f'{card.region} ({heading})'}: {', '.join(keys)}."
        for heading, card, keys in zip(headings, found.cards, found.offered, strict=True)
        if keys
    ]
    return [", ".join(counts) + ".", *offered]


def _as_object(found: Differences) -> dict[str, Any]:
    before, after = found.cards
    return {
        "before": {"card": before.name, "region": before.region, "as_of": before.as_of, "offered_only_here": found.offered[0]},
        "after": {"card": after.name, "region": after.region, "as_of": after.as_of, "offered_only_here": found.offered[1]},
        "prices": {"changed": found.changed, "unchanged": found.unchanged, "removed": found.only[0], "new": found.only[1]},
        "differences": [_row_object(row) for row in found.rows],
    }


def _row_object(row: Difference) -> dict[str, Any]:
    """Prices are numbers here."""
    said = {**row._asdict(), "tier": row.tier or None, "per": row.per or None}
    if row.what == PRICE:
        said |= {name: None if said[name] is None else float(said[name]) for name in ("before", "after")}
    return said
