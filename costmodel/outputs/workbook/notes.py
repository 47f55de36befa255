"""The last sheet: what the figures rest on, what they leave out, and where a paper prints them otherwise."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from costmodel import __version__
from costmodel.components import YOURS
from costmodel.models import Model
from costmodel.outputs.lines import kind_of_prices
from costmodel.outputs.workbook.formats import MONEY, MONEY_4
from costmodel.outputs.workbook.sheets import Sheets, make_room, set_up
from costmodel.published.statement import PRINTED, statements
from costmodel.quantities import SLACK
from costmodel.units import HOUR

SHEET = "Notes"
_ABOUT, _WORDS = 40, 110  # widths of columns


class _Note(NamedTuple):
    """A row: a section's heading (`head`), or what a note is about, its words, and a printed amount where it has one."""

    about: str
    words: str = ""
    amount: float | None = None
    head: bool = False


def write(sheet: Any, sheets: Sheets, command: str) -> None:
    formats = sheets.formats
    sheet.write_string(0, 0, "Notes", formats("title"))
    row = 2
    for note in _notes(sheets, command):
        if note.head:
            row += 1
            for column in range(3):
                sheet.write_blank(row, column, None, formats("section"))
            sheet.write_string(row, 0, note.about, formats("section"))
        else:
            sheet.write_string(row, 0, note.about, formats("wrapped"))
            sheet.write_string(row, 1, note.words, formats("wrapped"))
            make_room(sheet, row, [(note.about, _ABOUT), (note.words, _WORDS)])
            if note.amount is not None:
                sheet.write_number(row, 2, note.amount, formats("number", MONEY if abs(note.amount) >= 1 else MONEY_4))
        row += 1
    for column, width in enumerate((_ABOUT, _WORDS, 16)):
        sheet.set_column(column, column, width)
    set_up(sheet, (2, 0), (row, 3), (0, 0))


def _notes(sheets: Sheets, command: str) -> Iterator[_Note]:
    models = [page.model for page in sheets.book.pages]
    yield _Note("Assumptions (as the book was written; they do not follow changed cells)", head=True)
    yield from _assumptions(sheets)
    yield _Note("How the book computes", head=True)
    yield from (_Note(about, words) for about, words in _WAYS.items())
    yield _Note("Not priced", head=True)
    for pattern in {model.pattern.name: model.pattern for model in models}.values():
        yield _Note(pattern.title, "; ".join(pattern.not_priced) or "nothing is named")
    errata = list(_errata(models))
    if errata:
        yield _Note("As the whitepaper prints it (with the inputs as written)", head=True)
        yield from errata
    yield _Note("Made by", head=True)
    yield _Note("costmodel", __version__)
    if command:
        yield _Note("command", command)


def _assumptions(sheets: Sheets) -> Iterator[_Note]:
    models = [page.model for page in sheets.book.pages]
    for card, discounted in sheets.book.cards():
        of = f"{card.provider.upper()} {kind_of_prices(discounted).lower()} of {card.region} as of {card.as_of}"
        words = f"{card.name}: {of}, in {card.currency}, before tax."
        yield _Note("Prices", words)
    for words in dict.fromkeys(_quotas(model) for model in models if model.sheet):
        yield _Note("Quotas", words)
    policy = models[0].free_tier
    yield _Note("Free tier", "Nothing is taken off." if policy == "none" else f"The allowances of {policy} are taken off.")
    of_label = {page.scenario: page.model.scenario for page in sheets.book.pages}
    for label, title in sheets.scenarios().items():
        scenario = of_label[label]
        words = " ".join([f"A month of {scenario.month.value / HOUR:g} hours.", *scenario.traffic.notes])
        yield _Note(f"Scenario {title}", words)
    yield _Note("Scope", "One account, one region, one month. Tiers and free quantities count from the month's beginning.")
    yield _Note("Basis", "The corrected basis: what the prices and assumptions give.")


def _quotas(model: Model) -> str:
    sheet = model.sheet
    assert sheet is not None  # it was opened with quotas
    yours = ", ".join(key for key, said in sheet.quotas.items() if YOURS in said)
    whose = f"yours are {yours}" if yours else "none is yours: an account's own values stand in a quota sheet of its own"
    return f"{sheet.name}: as of {sheet.as_of}, in {model.card.region}. AWS's defaults unless they are yours; {whose}."


_WAYS = {
    "Blue cells": "Inputs, on the sheets Inputs and Rates, and the headroom of a plan. All other figures are formulas over "
    "them, unrounded.",
    "Units": "Steps are in KB and seconds (1 MB is 1,024 KB); inputs are in the unit beside them; lines of the bill in the "
    "unit they are priced in.",
    "Rounding up": f"ROUNDUP(amount/step*{SLACK!r},0)*step is up to a whole number of steps. The factor keeps what binary "
    "fractions add in the last digit from becoming a step of its own.",
    "Black numbers": "Numbers that files give and no path of --set changes (a profile, a file of rates, sizes of records) "
    "stand on the pattern's sheet as they are.",
    "Structure": "Which services there are, how they are wired and which period is the busiest is fixed in a book. Where "
    "it changes, make another.",
    "Left out": "What is fixed and what grows with traffic: costmodel estimate says both.",
}


def _errata(models: list[Model]) -> Iterator[_Note]:
    for model, shown in zip(models, statements(models, None), strict=True):
        if shown.basis == PRINTED:
            about = f"{model.pattern.title}, {model.scenario.title}"
            printed = Decimal(repr(shown.printed_total)).quantize(Decimal("0.01"), ROUND_HALF_UP)  # as the paper prints it
            yield _Note(about, f"Printed total, {shown.table}", float(printed))
            for erratum, amount in shown.errata:
                yield _Note("", f"of which erratum {erratum.id}: {erratum.what}", amount)
