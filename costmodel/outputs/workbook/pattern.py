"""A pattern's sheet: totals, bill, loads at peak and all steps, the scenarios side by side, periods as columns."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from costmodel.book import Page
from costmodel.components import SOURCE
from costmodel.outputs.lines import LIST_TOTAL
from costmodel.outputs.prose import in_names
from costmodel.outputs.words import plural
from costmodel.outputs.workbook.amounts import unit_of
from costmodel.outputs.workbook.blocks import LEFT, Block, Lines, blocks_of, cells_of, label_of, lines_of, structure_of
from costmodel.outputs.workbook.formats import AMOUNT, COUNTED, MONEY, MONEY_4, PRICE, USED_THEN
from costmodel.outputs.workbook.formulas import Cell
from costmodel.outputs.workbook.limits import Limit, limits_of, used_by_period
from costmodel.outputs.workbook.names import cell, in_sheet
from costmodel.outputs.workbook.places import AT_LIST, BILL, COST, MONTH, PEAK, Key, columns_of_bill
from costmodel.outputs.workbook.sheets import TOTALS, Figure, Sheets, make_room, set_up
from costmodel.quantities import BY_PERIOD, value_of

TOTAL, AT_LIST_PRICES, PER_MILLION, PER_YEAR, RECORDS = (
    "Total per month",
    LIST_TOTAL,
    "Per million records",
    "Per year (12 such months)",
    "Records of the month",
)
_FIGURES = 15  # the width of their columns
_MOST_SHOWN, _SHOWN = 24, 8  # of more periods than the one, as many columns as the other are open at first
_SCENARIOS = 3  # the row with their names
_TOP = _SCENARIOS + 1  # where the lines begin
_RECORDS = Key(SOURCE, SOURCE, "records of the month")


class Line(NamedTuple):
    """A row of the sheet: a heading, a total, a service of the bill, a component, or a row of figures (`key`)."""

    kind: str
    words: str = ""
    key: Key | None = None


class Figures(NamedTuple):
    """What the summary and the plan need of an estimate; `by_service` has the part of each service."""

    page: Page
    title: str
    total: Figure
    records: Figure
    by_service: dict[str, Figure]
    limits: list[Limit]


class _Sheet(NamedTuple):
    """A pattern's sheet while it is written. `at` has the row number of each line, `how` is the column of words."""

    sheet: Any
    sheets: Sheets
    name: str
    blocks: list[Block]
    lines: Lines
    at: dict[Line, int]
    how: int

    @property
    def rows(self) -> dict[Key, int]:
        return {line.key: row for line, row in self.at.items() if line.key}

    def text(self, row: int, column: int, words: str, style: str) -> None:
        self.sheet.write_string(row, column, words, self.sheets.formats(style))

    def across(self, row: int, style: str) -> None:
        for column in range(self.how + 1):
            self.sheet.write_blank(row, column, None, self.sheets.formats(style))

    def formula(self, row: int, column: int, text: str, value: float, style: str, number: str) -> None:
        self.sheet.write_formula(row, column, f"={text}", self.sheets.formats(style, number), value)


def write(sheet: Any, sheets: Sheets, name: str, pages: list[Page]) -> list[Figures]:
    """Writes the sheet of one pattern; gives what the summary and the plan need of each of its estimates."""
    blocks = blocks_of(pages, sheets)
    lines = lines_of(blocks)
    at = {line: row for row, line in enumerate(_plan(lines, any(page.result.list_costs for page in pages)), _TOP)}
    page = _Sheet(sheet, sheets, name, blocks, lines, at, blocks[-1].left + blocks[-1].width + 1)
    _write_top(page)
    for line, row in at.items():
        _WRITERS[line.kind](page, row, line)
    for block, figure in cells_of(blocks, page.rows, sheets):
        _write_cell(page, block, figure)
    for block in blocks:
        for used in used_by_period(block, page.rows):
            row, column = page.rows[used.row], block.left + used.column
            page.formula(row, column, used.formula, used.value, "number", USED_THEN)
    _finish(page)
    return [_figures(page, block) for block in blocks]


def _plan(lines: Lines, discounted: bool) -> Iterator[Line]:
    yield Line("section", "Totals")
    for words in (TOTAL, *([AT_LIST_PRICES] if discounted else []), PER_MILLION, PER_YEAR, RECORDS):
        yield Line("total", words)
    yield Line("gap", "before the bill")
    yield Line("section", "Bill")
    yield Line("head", BILL)
    for service, keys in lines.bill.items():
        yield Line("service", service)
        yield from (Line("row", label_of(key), key) for key in keys)
    yield Line("gap", "before the loads")
    yield Line("section", "Loads at peak")
    yield Line("head", PEAK)
    yield from (Line("row", label_of(key), key) for key in lines.loads)
    yield Line("gap", "before the steps")
    yield Line("section", "Steps")
    yield Line("head", "steps")
    for section, keys in lines.steps.items():
        yield Line("component", section)
        yield from (Line("row", label_of(key), key) for key in keys)


# Headings


def _write_top(page: _Sheet) -> None:
    first, formats = page.blocks[0].page, page.sheets.formats
    pattern, card = first.model.pattern, first.model.card
    cards = "; ".join(dict.fromkeys(block.page.model.card.name for block in page.blocks))
    free = " · free tier: " + first.model.free_tier if first.model.free_tier != "none" else ""
    page.text(0, 0, pattern.title, "title")
    page.text(1, 0, f"Prices {cards}, {card.currency} before tax{free} · amounts in KB and seconds", "subtitle")
    page.text(2, 0, pattern.description, "subtitle")
    for column in range(page.how):
        page.sheet.write_blank(_SCENARIOS, column, None, formats("band"))
    for block in page.blocks:
        page.text(_SCENARIOS, block.left, block.title, "band")
        page.sheet.write_blank(_SCENARIOS, block.left + block.width, None, formats("gap"))
    page.sheet.set_row(_SCENARIOS, 20)


def _write_section(page: _Sheet, row: int, line: Line) -> None:
    page.across(row, "section")
    page.text(row, 0, line.words, "section")


def _write_head(page: _Sheet, row: int, line: Line) -> None:
    page.across(row, "head")
    for column, words in enumerate(({BILL: "Line", PEAK: "Load"}.get(line.words, "Step"), "Component", "Unit")):
        page.text(row, column, words, "head_in" if column else "head")
    for block in page.blocks:
        columns = {
            BILL: columns_of_bill(block.page),
            PEAK: ["At peak", *block.periods],
        }.get(line.words, ["Month", *block.periods])
        for column, words in enumerate(columns, block.left):
            page.text(row, column, _heading(words), "head_right")
    make_room(page.sheet, row, [(_heading(period), _FIGURES) for block in page.blocks for period in block.periods])
    page.text(row, page.how, "" if line.words == BILL else "How", "head_in")


def _heading(words: str) -> str:
    return (words[:1].upper() + words[1:]).replace("_", " ")


def _write_component(page: _Sheet, row: int, line: Line) -> None:
    page.across(row, "group")
    structures = {}
    for block in page.blocks:
        component = block.page.model.pattern.component(line.words)
        structures[block.title] = structure_of(component) if component else "Traffic"
    page.text(row, 0, _of_each(structures), "group")


def _of_each(words: dict[str, str]) -> str:
    """What is said of all scenarios, or of each where they differ."""
    return next(iter(words.values())) if len(set(words.values())) == 1 else "; ".join(f"{k}: {v}" for k, v in words.items())


def _write_gap(page: _Sheet, row: int, line: Line) -> None:
    pass


# Figures


def _write_total(page: _Sheet, row: int, line: Line) -> None:
    style = "total" if line.words == TOTAL else "text"
    page.text(row, 0, line.words, style)
    for block in page.blocks:
        total, records = (cell(page.at[Line("total", words)], block.left + COST) for words in (TOTAL, RECORDS))
        cost, count = block.page.result.total, block.page.result.metered.records
        text, value, number = {
            TOTAL: (_sum_of_services(page, block), value_of(cost), MONEY),
            AT_LIST_PRICES: (*_list_total(page, block, total), MONEY),
            PER_MILLION: (
                f'IF({records}=0,"",{total}/{records}*1000000)',
                _per_million(value_of(cost), value_of(count)),
                MONEY_4,
            ),
            PER_YEAR: (f"{total}*12", value_of(cost) * 12, MONEY),
            RECORDS: (cell(page.rows[_RECORDS], block.left + MONTH), value_of(count), AMOUNT),
        }[line.words]
        page.formula(row, block.left + COST, text, value, style, number)
        if line.words in (TOTAL, PER_MILLION):
            key = page.sheets.key_of(block.page, TOTALS[line.words == PER_MILLION])
            address = in_sheet(page.name, cell(row, block.left + COST, fixed=True))
            page.sheets.workbook.define_name(page.sheets.names[key], f"={address}")


def _per_million(cost: float, records: float) -> Any:
    return cost / records * 1000000 if records else ""


def _list_total(page: _Sheet, block: Block, total: str) -> tuple[str, float]:
    """The sum of the bill's column without discounts, or the total where there are none."""
    columns = columns_of_bill(block.page)
    if AT_LIST not in columns:
        return total, value_of(block.page.result.total)
    column = block.left + columns.index(AT_LIST)
    rows = [page.rows[key] for keys in page.lines.bill.values() for key in keys]
    listed = sum(value_of(cost) for cost in block.page.result.list_costs)
    return f"SUM({cell(min(rows), column)}:{cell(max(rows), column)})", listed


def _sum_of_services(page: _Sheet, block: Block) -> str:
    cells = [cell(page.at[Line("service", service)], block.left + COST) for service in page.lines.bill]
    return f"SUM({','.join(cells)})" if cells else "0"


def _write_service(page: _Sheet, row: int, line: Line) -> None:
    page.across(row, "group")
    page.text(row, 0, line.words, "group")
    last = row + len(page.lines.bill[line.words])
    for block in page.blocks:
        column = block.left + COST
        text = f"SUM({cell(row + 1, column)}:{cell(last, column)})"
        page.formula(row, column, text, _of_service(page, block, line.words), "group", MONEY)


def _of_service(page: _Sheet, block: Block, service: str) -> float:
    charges = (block.places.charges.get(key) for key in page.lines.bill[service])
    return sum(value_of(charge.cost) for charge in charges if charge)


def _write_row(page: _Sheet, row: int, line: Line) -> None:
    key = line.key
    assert key is not None
    page.text(row, 0, line.words, "indented")
    if key.section in (BILL, PEAK):
        page.text(row, 1, key.scope, "faint")
    page.text(row, 2, _unit(page, key), "faint")
    if key.section not in (BILL, PEAK):
        page.sheet.set_row(row, None, None, {"level": 1})
    if key.section != BILL:
        page.text(row, page.how, _how(page, key), "faint")


def _unit(page: _Sheet, key: Key) -> str:
    for block in page.blocks:
        if key in block.places.charges:
            return plural(block.places.charges[key].rate.per.unit.name)
        if key in block.places.load_units:
            return block.places.load_units[key]
        if key in block.places.shares:
            return "of it"
        shown = [quantity for spot, quantity in block.places.shown.items() if spot.row == key]
        if shown:
            return unit_of(shown[0])
    return ""


def _how(page: _Sheet, key: Key) -> str:
    """The step in words, of each scenario that has it where they differ."""
    if any(key in block.places.shares for block in page.blocks):
        return "of what is provisioned in the period"
    owner = key.scope.removeprefix("month.").partition(".")[0]
    words: dict[str, str] = {}
    for block in page.blocks:
        for quantity, spot in block.places.spots.items():
            if spot.row == key and quantity.operation and quantity.operation != BY_PERIOD and quantity.name:
                words.setdefault(block.title, in_names(quantity, owner, block.page.model))
    return _of_each(words) if words else ""


def _write_cell(page: _Sheet, block: Block, figure: Cell) -> None:
    number = AMOUNT
    if figure.row.section == BILL:
        heading = columns_of_bill(block.page)[figure.column]
        number = {"Unit price": PRICE, "Cost": MONEY, AT_LIST: MONEY}.get(heading, COUNTED)
    row, column = page.at[Line("row", label_of(figure.row), figure.row)], block.left + figure.column
    if figure.quantity.operation or figure.quantity.path or figure.row.section == BILL:
        page.formula(row, column, figure.formula, figure.value, "number", number)
    else:  # a number that a file gives
        page.sheet.write_number(row, column, figure.value, page.sheets.formats("number", number))


def _figures(page: _Sheet, block: Block) -> Figures:
    def figure(line: Line, value: float) -> Figure:
        return Figure(in_sheet(page.name, cell(page.at[line], block.left + COST)), value)

    return Figures(
        block.page,
        block.title,
        figure(Line("total", TOTAL), value_of(block.page.result.total)),
        figure(Line("total", RECORDS), value_of(block.page.result.metered.records)),
        {s: figure(Line("service", s), _of_service(page, block, s)) for s in page.lines.bill},
        list(limits_of(block, page.rows, page.sheets, page.name)),
    )


def _finish(page: _Sheet) -> None:
    sheet = page.sheet
    for column, width in enumerate((38, 15, 12)):
        sheet.set_column(column, column, width)
    for block in page.blocks:
        sheet.set_column(block.left, block.left + block.width - 1, _FIGURES)
        sheet.set_column(block.left + block.width, block.left + block.width, 2)
        if len(block.periods) > _MOST_SHOWN:  # the others open with the + above them
            last = block.left + block.width
            sheet.set_column(block.left + _SHOWN, last - 1, _FIGURES, None, {"level": 1, "hidden": True})
            sheet.set_column(last, last, 2, None, {"collapsed": True})
    sheet.set_column(page.how, page.how, 70)
    sheet.outline_settings(True, False, True, False)
    last = max(page.at.values()) + 1
    columns = page.how + 1 if len(page.blocks) == 1 else page.how - 1  # words are printed where there is room
    folded = sum(block.width - _SHOWN for block in page.blocks if len(block.periods) > _MOST_SHOWN)
    set_up(sheet, (_TOP, LEFT), (last, columns), (_SCENARIOS, _SCENARIOS), folded)


_WRITERS = {
    "section": _write_section,
    "head": _write_head,
    "total": _write_total,
    "service": _write_service,
    "component": _write_component,
    "row": _write_row,
    "gap": _write_gap,
}
