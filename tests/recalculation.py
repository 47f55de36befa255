"""Workbooks recalculated by programs that had no part in writing them, after their stored values were made nonsense."""

import csv
import math
import re
import subprocess
import zipfile
from collections.abc import Callable
from functools import cache, partial
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

import ironcalc
import openpyxl

from costmodel.book import Page
from costmodel.capacity.checks import checks_of, judged, utilisation
from costmodel.estimating import Floats, run
from costmodel.outputs.limits import name as name_of_check

NONSENSE = "987654321"
RECALCULATE_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
EVERY_SHEET_UNROUNDED = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"


class Names(NamedTuple):
    """Where the cell of each defined name stands: (sheet's number from 0, row from 1, column from 1)."""

    sheets: list[str]
    places: dict[str, tuple[int, int, int]]


@cache
def names_of(book: bytes) -> Names:
    opened = openpyxl.load_workbook(BytesIO(book))
    places = {}
    for name, defined in opened.defined_names.items():
        ((sheet, address),) = defined.destinations
        cell = opened[sheet][address.replace("$", "")]
        places[name] = (opened.sheetnames.index(sheet), cell.row, cell.column)
    return Names(opened.sheetnames, places)


_CELL = re.compile(r'(<c r="([A-Z]+[0-9]+)"[^>]*>)(<f>[^<]*</f>)?<v>([^<]*)</v>')


def edited(book: bytes, values: dict[str, float]) -> bytes:
    """The workbook with other numbers in its named input cells, and nonsense as the stored value of every formula."""
    places = names_of(book).places
    left = {(places[name][0], coordinate(*places[name][1:])): value for name, value in values.items()}
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as old, zipfile.ZipFile(target, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if match := re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", item.filename):
                data = _CELL.sub(partial(_edited_cell, int(match[1]) - 1, left), data.decode()).encode()
            new.writestr(item, data)
    assert not left, left
    return target.getvalue()


def _edited_cell(sheet: int, left: dict[tuple[int, str], float], cell: re.Match) -> str:
    value = NONSENSE if cell[3] else left.pop((sheet, cell[2]), cell[4])
    return f"{cell[1]}{cell[3] or ''}<v>{value}</v>"


def coordinate(row: int, column: int) -> str:
    return f"{openpyxl.utils.get_column_letter(column)}{row}"


Values = Callable[[int, int, int], object]
Engine = Callable[[bytes, Path], Values]


def by_ironcalc(book: bytes, folder: Path) -> Values:
    (folder / "book.xlsx").write_bytes(book)
    model = ironcalc.load_from_xlsx(str(folder / "book.xlsx"))
    model.evaluate()
    return model.get_cell_value


def by_libreoffice(program: str) -> Engine:
    def calculate(book: bytes, folder: Path) -> Values:
        profile = folder / "profile" / "user" / "registrymodifications.xcu"
        profile.parent.mkdir(parents=True, exist_ok=True)
        profile.write_text(RECALCULATE_ALWAYS, encoding="utf-8")
        (folder / "book.xlsx").write_bytes(book)
        command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", EVERY_SHEET_UNROUNDED]
        subprocess.run(
            [*command, "--outdir", str(folder), str(folder / "book.xlsx")], check=True, capture_output=True, timeout=120
        )
        texts = [(folder / f"book-{name}.csv").read_text(encoding="utf-8") for name in names_of(book).sheets]
        sheets = [list(csv.reader(StringIO(text))) for text in texts]

        def value(sheet: int, row: int, column: int) -> object:
            text = sheets[sheet][row - 1][column - 1]
            try:
                return float(text[:-1]) / 100 if text.endswith("%") else float(text)
            except ValueError:
                return text

        return value

    return calculate


class Sheet(NamedTuple):
    """Where things are on a pattern's sheet: rows by (section, component, label), columns by (section, scenario, heading)."""

    number: int
    rows: dict[tuple[str, str, str], int]
    columns: dict[tuple[str, str, str], int]


@cache
def sheet_of(book: bytes, name: str) -> Sheet:
    opened = openpyxl.load_workbook(BytesIO(book))
    sheet = opened[name]
    starts = {cell.column: cell.value for cell in sheet[4] if cell.value}
    rows, columns, section = {}, {}, ""
    for row in sheet.iter_rows(min_row=5):
        label, component = row[0].value, row[1].value
        if label in ("Totals", "Bill", "Loads at peak", "Steps"):
            section = label
        elif component == "Component":
            scenario = ""
            for cell in row[3:]:
                scenario = starts.get(cell.column, scenario)
                if cell.value:
                    columns[section, scenario, cell.value] = cell.column
        elif label:
            rows[section, component or "", label] = row[0].row
    return Sheet(opened.sheetnames.index(name), rows, columns)


class PlanSheet(NamedTuple):
    """Where things are on the plan: rows by (pattern, service and components, what is compared), first columns by scenario."""

    number: int
    rows: dict[tuple[str, str, str], int]
    columns: dict[str, int]


@cache
def plan_of(book: bytes) -> PlanSheet:
    opened = openpyxl.load_workbook(BytesIO(book))
    sheet = opened["Plan"]
    columns = {cell.value: cell.column for cell in sheet[5] if cell.value}
    rows, pattern, group = {}, "", ""
    for row in sheet.iter_rows(min_row=7):
        words, unit = row[0].value, row[1].value
        if unit:
            rows[pattern, group, words] = row[0].row
        elif row[2].value:  # how many break
            pattern = words
            rows[pattern, "", ""] = row[0].row
        elif words:
            group = words
    return PlanSheet(opened.sheetnames.index("Plan"), rows, columns)


def assert_plans(value: Values, book: bytes, pages: list[Page], headroom: float) -> None:
    """The recalculated plan has the loads, limits and verdicts of fresh checks of the models, and counts what breaks."""
    plan = plan_of(book)
    for page in pages:
        model, left = page.model, plan.columns[page.model.scenario.title]
        component = model.pattern.component
        found = checks_of(model, run(model, Floats()).metered.loads, Floats())
        said = []
        for check in found:
            group = f"{component(check.components[0]).service.name} · {', '.join(check.components)}"
            row = plan.rows[model.pattern.title, group, name_of_check(check)]
            shown = [value(plan.number, row, left + n) for n in range(4)]
            share = utilisation(check.load, check.limit)
            said.append(judged(check, share, headroom))
            expected = [_amount(check.load, check.unit), _amount(check.limit, check.unit), share, said[-1]]
            if not check.limit:
                expected = [expected[0], 0.0, "-", "breaks"] if check.load else [0.0, 0.0, "", ""]
            where = f"{model.pattern.name}, {model.scenario.name}, {check.components}, {check.item}"
            assert all(map(_same, shown, expected)), f"{where}: {shown} instead of {expected}"
        words = value(plan.number, plan.rows[model.pattern.title, "", ""], left)
        assert words == _count_in_words(said.count("breaks"), said.count("tight"))


def _amount(amount: float, unit: str) -> float:
    return amount / 1024 if unit in ("bytes", "bytes/s") else amount


def _same(shown: object, expected: float | str) -> bool:
    if isinstance(expected, str):
        return (shown or "") == expected
    return isinstance(shown, int | float) and math.isclose(shown, expected, rel_tol=1e-9, abs_tol=1e-12)


def _count_in_words(breaks: int, tight: int) -> str:
    broken = [] if not breaks else ["1 breaks"] if breaks == 1 else [f"{breaks} break"]
    return ", ".join([*broken, *([f"{tight} tight"] if tight else [])]) or "all hold"
