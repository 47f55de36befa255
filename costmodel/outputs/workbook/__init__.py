"""Estimates as an Excel workbook: every figure a formula over input cells, its value stored beside it.

A reading of the traced graph (book.py): `places.py` gives each quantity a cell, `formulas.py` writes its formula, the
other modules are sheets. It uses only functions that Excel 2010 and LibreOffice 7.4 both have.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from io import BytesIO

from costmodel.book import book_of
from costmodel.models import Model
from costmodel.outputs.workbook import inputs, notes, pattern, plan, rates, summary
from costmodel.outputs.workbook.names import sheet_names
from costmodel.outputs.workbook.sheets import Sheets

_BEFORE, _AFTER = (summary.SHEET, plan.SHEET, inputs.SHEET, rates.SHEET), notes.SHEET
HEADROOM = 0.2  # of every limit should be left: AWS's own line for a warning


def render(
    models: Iterable[Model], command: str = "", done: Callable[[], None] = lambda: None, headroom: float = HEADROOM
) -> bytes:
    """The estimates of the models, on the corrected basis, as the bytes of an .xlsx file.

    `command` is what the notes say it was made by; `done` is called twice for each model, for a progress bar.
    Models that were opened with quotas have a plan, `headroom` of every limit left free at first.
    """
    import xlsxwriter  # type: ignore[import-untyped]

    book = book_of(models, done)
    target = BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    # Not the time it is written: the same input gives the same bytes.
    created = datetime.fromisoformat(book.pages[0].model.card.as_of)
    workbook.set_properties({"title": "Cost estimate", "comments": "Written by costmodel", "created": created})
    groups = book.by_pattern()
    titles = [pages[0].model.pattern.name for pages in groups.values()]
    of_pattern = dict(zip(groups, sheet_names(titles, (*_BEFORE, _AFTER)), strict=True))
    sheets = Sheets.of(workbook, book, of_pattern)
    has_plan = any(page.checks for page in book.pages)
    before = [name for name in _BEFORE if name != plan.SHEET or has_plan]
    sheet = {name: workbook.add_worksheet(name) for name in (*before, *of_pattern.values(), _AFTER)}
    figures = []
    for label, name in of_pattern.items():
        figures += pattern.write(sheet[name], sheets, name, groups[label])
        for _ in groups[label]:
            done()
    said = plan.write(sheet[plan.SHEET], sheets, figures, headroom) if has_plan else {}
    summary.write(sheet[summary.SHEET], sheets, figures, said)
    inputs.write(sheet[inputs.SHEET], sheets)
    rates.write(sheet[rates.SHEET], sheets)
    notes.write(sheet[notes.SHEET], sheets, command)
    workbook.close()
    return target.getvalue()
