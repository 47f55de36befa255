"""The sheet of rates: the prices, tiers, increments and free quantities that the book's estimates use, in blue cells."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from costmodel import services
from costmodel.book import Page
from costmodel.discounts import DISCOUNTS
from costmodel.outputs.workbook.amounts import number
from costmodel.outputs.workbook.inputs import write_input
from costmodel.outputs.workbook.names import cell
from costmodel.outputs.workbook.sheets import Sheets, set_up, table_head
from costmodel.prices import Allowance, Rate
from costmodel.settings import Service

SHEET = "Rates"
_HEAD = [
    "Rate",
    "Tier",
    "Price or value",
    "Unit",
    "Up to",
    "Unit",
    "What it is",
    "Path for --set",
    "As of",
    "Source",
    "Rate code",
]
_WIDTHS = (46, 7, 15, 27, 16, 18, 58, 36, 12, 54, 42)
_VALUE, _BOUND, _WORDS = 2, 4, 6


class _Line(NamedTuple):
    """A price (with its tier and the key of where it ends), an increment or an allowance. `bound` is "" without an end."""

    words: str
    tier: int
    key: str
    bound: str
    code: str
    source: str
    as_of: str


def write(sheet: Any, sheets: Sheets) -> None:
    """Writes the sheet, and defines the names of its cells."""
    formats = sheets.formats
    cards = dict.fromkeys((page.model.card.name, page.model.card.as_of) for page in sheets.book.pages)
    sheet.write_string(0, 0, "Rates", formats("title"))
    listed = "; ".join(f"{name}, as of {as_of}" for name, as_of in cards)
    sheet.write_string(1, 0, f"{listed}, in USD, before tax. Blue cells may be changed.", formats("subtitle"))
    table_head(sheet, 2, _HEAD, formats, (1, _VALUE, _BOUND))
    row, has_codes = 3, False
    for title, lines in _by_service(sheets).items():
        for column in range(len(_HEAD)):
            sheet.write_blank(row, column, None, formats("group"))
        sheet.write_string(row, 0, title, formats("group"))
        for number_, line in enumerate(lines.values(), row + 1):
            _write_line(sheet, sheets, number_, line)
        row += 1 + len(lines)
        has_codes = has_codes or any(line.code for line in lines.values())
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    set_up(sheet, (3, 1), (row, len(_HEAD) if has_codes else len(_HEAD) - 1), (2, 2))


def _by_service(sheets: Sheets) -> dict[str, dict[str, _Line]]:
    """What the book uses of each service of each card, by key: what a rule rounds up to, then its prices; last its discounts."""
    several = len({page.card for page in sheets.book.pages}) > 1
    sections: dict[str, dict[str, _Line]] = {}
    for page in sheets.book.pages:
        for key in dict.fromkeys(path.split(".")[1] for path in page.keys if path.startswith("rates.")):
            service = services.find(key)
            if service is None:  # discounts are of none
                continue
            for line in _lines(page, service):
                own = line.key.startswith(f"{page.pattern}.{page.scenario}.")
                of = [page.model.card.name] * several + [f"only {page.pattern}, {page.scenario}"] * own
                sections.setdefault(" · ".join([service.name, *of]), {})[line.key] = line
    discounts = {line.key: line for page in sheets.book.pages for line in _of_discounts(page, sheets)}
    return {**sections, "Discounts": discounts} if discounts else sections


def _lines(page: Page, service: Service) -> Iterator[_Line]:
    card = page.model.card
    rates = card.rates_of(service.key)
    for name in service.card_fields():
        path = f"rates.{service.key}.{name}"
        if path in page.keys:
            yield _Line(name.replace("_", " "), 0, page.keys[path], "", "", rates[0].source if rates else "", card.as_of)
    for rate in rates:
        yield from _of_rate(page, rate)
    source = rates[0].source if rates else ""
    for given in dict.fromkeys(given for rate in rates for given in rate.free.values()):
        if given.path in page.keys:
            yield _Line(_free_words(given), 0, page.keys[given.path], "", "", source, card.as_of)


def _of_rate(page: Page, rate: Rate) -> Iterator[_Line]:
    words = rate.key.partition(".")[2].replace("_", " ")
    for n, tier in enumerate(rate.tiers, 1):
        path = f"rates.{rate.key}.{n}"
        if f"{path}.usd" in page.keys:
            bound = page.keys.get(f"{path}.up_to", "")
            yield _Line(
                words,
                n if len(rate.tiers) > 1 else 0,
                page.keys[f"{path}.usd"],
                bound,
                tier.rate_code,
                rate.source,
                page.model.card.as_of,
            )


def _of_discounts(page: Page, sheets: Sheets) -> Iterator[_Line]:
    for path, key in page.keys.items():
        if path.startswith(f"rates.{DISCOUNTS}."):
            yield _Line(sheets.book.inputs[key].words, 0, key, "", "", "", page.model.card.as_of)


def _free_words(given: Allowance) -> str:
    prices = " and ".join(key.partition(".")[2].replace("_", " ") for key in given.of)
    return f"{prices}, free quantity ({given.policy})"


def _write_line(sheet: Any, sheets: Sheets, row: int, line: _Line) -> None:
    formats, given = sheets.formats, sheets.book.inputs[line.key]
    sheet.write_string(row, 0, line.words[:1].upper() + line.words[1:], formats("indented"))
    if line.tier:
        sheet.write_number(row, 1, line.tier, formats("faint"))
    write_input(sheet, sheets, SHEET, (row, _VALUE), line.key)
    sheet.write_string(row, _VALUE + 1, given.unit.name, formats("faint"))
    if line.bound:
        write_input(sheet, sheets, SHEET, (row, _BOUND), line.bound, _rule(sheets, line, cell(row, _BOUND)))
        sheet.write_string(row, _BOUND + 1, sheets.book.inputs[line.bound].unit.name, formats("faint"))
    for column, text in enumerate((given.doc, given.path, line.as_of, line.source, line.code), _WORDS):
        sheet.write_string(row, column, text, formats("faint"))


def _rule(sheets: Sheets, line: _Line, address: str) -> str:
    """A tier ends above the one before it and below the one after it, wherever those end now."""
    head, _, _ = line.bound.removesuffix(".up_to").rpartition(".")
    scale = sheets.book.inputs[line.bound].unit.scale
    rules = [f"ISNUMBER({address})", f"{address}>0"]
    for neighbour, sign in ((line.tier - 1, ">"), (line.tier + 1, "<")):
        key = f"{head}.{neighbour}.up_to"
        if key in sheets.names:
            factor = sheets.book.inputs[key].unit.scale / scale
            rules.append(f"{address}{sign}{sheets.names[key]}{'' if factor == 1 else f'*{number(factor)}'}")
    return f"AND({','.join(rules)})"
