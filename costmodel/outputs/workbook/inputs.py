"""The sheet of inputs: the traffic of each scenario and the settings of each pattern, in blue cells."""

from collections.abc import Callable
from typing import Any, NamedTuple

from costmodel.book import Page
from costmodel.components import QUOTAS, RESERVED
from costmodel.inputs import Input
from costmodel.outputs.bounds import allowed, is_open
from costmodel.outputs.workbook.amounts import in_cell, number
from costmodel.outputs.workbook.formats import PRICE, of_input
from costmodel.outputs.workbook.names import cell, in_sheet
from costmodel.outputs.workbook.sheets import Sheets, make_room, set_up, table_head
from costmodel.traffic import TRAFFIC

SHEET = "Inputs"
_TRAFFIC, _QUOTAS = ("", ""), "(quotas)"  # sections of inputs; no pattern is called so
_LEFT = 2  # where the columns of values begin
_VALUE, _WORDS, _SOURCE = 15, 56, 56  # widths of columns
_LONGEST_HINT, _LONGEST_TITLE = 250, 32  # characters that spreadsheets allow


class _Row(NamedTuple):
    """An input, with the keys of its cells by column of values."""

    path: str
    keys: dict[int, str]


def write(sheet: Any, sheets: Sheets) -> None:
    """Writes the sheet, and defines the names of its cells."""
    formats, scenarios = sheets.formats, sheets.scenarios()
    values = [*scenarios.values()] if len(scenarios) == 1 else ["Every scenario", *scenarios.values()]
    after = _LEFT + len(values)
    sheet.write_string(0, 0, "Inputs", formats("title"))
    words = "Change any blue cell, here or among the rates, and every figure of the book follows."
    sheet.write_string(1, 0, words, formats("subtitle"))
    head = ["Input", "Unit", *values, "Allowed", "What it is", "Path for --set", "Source"]
    table_head(sheet, 2, head, formats, range(_LEFT, after))
    make_room(sheet, 2, [(title, _VALUE) for title in values])
    row = 3
    for title, inputs in _sections(sheets):
        for column in range(after + 4):
            sheet.write_blank(row, column, None, formats("group"))
        sheet.write_string(row, 0, title, formats("group"))
        for number_, line in enumerate(inputs, row + 1):
            _write_row(sheet, sheets, number_, after, line)
        row += 1 + len(inputs)
    for first, last, width in ((0, 0, 44), (1, 1, 13), (_LEFT, after - 1, _VALUE), (after, after, 20)):
        sheet.set_column(first, last, width)
    for column, width in enumerate((_WORDS, 40, _SOURCE), after + 1):
        sheet.set_column(column, column, width)
    set_up(sheet, (3, _LEFT), (row, after + 4), (2, 2))


def _sections(sheets: Sheets) -> list[tuple[str, list[_Row]]]:
    """The traffic of all scenarios side by side, then the settings of each component, as records flow."""
    columns = {label: n for n, label in enumerate(sheets.scenarios(), 1)}
    if len(columns) == 1:
        columns = dict.fromkeys(columns, 0)
    titles = {_TRAFFIC: "Traffic"}
    several_cards = len(sheets.book.cards()) > 1
    sections: dict[tuple[str, str], dict[tuple[str, str], _Row]] = {_TRAFFIC: {}}
    for page in sheets.book.pages:
        for path in sorted((path for path in page.keys if not path.startswith("rates.")), key=_order(page)):
            key = page.keys[path]
            section, shared = _section(page, path)
            titles.setdefault(section, _title(page, section, several_cards))
            rows = sections.setdefault(section, {})
            row = rows.setdefault((path, sheets.book.inputs[key].unit.name), _Row(path, {}))
            row.keys[0 if shared else columns[page.scenario]] = key
    in_order = sorted(sections, key=lambda section: section[0] == _QUOTAS)  # quotas are of all patterns: at the end
    return [(titles[section], list(sections[section].values())) for section in in_order]


def _section(page: Page, path: str) -> tuple[tuple[str, str], bool]:
    """To what an input belongs (the traffic, a card's region, a component), and whether all of its scenarios share it."""
    key, first = page.keys[path], path.partition(".")[0]
    if first == QUOTAS and key != f"{page.pattern}.{page.scenario}.{path}":
        return (_QUOTAS, page.card), True
    return (_TRAFFIC, False) if key == f"{page.scenario}.{path}" else ((page.pattern, first), key == f"{page.pattern}.{path}")


def _order(page: Page) -> Callable[[str], tuple[int, int]]:
    """Paths in the order in which their files would say them: the traffic, then each component's settings."""
    flow = {component.name: component for component in page.model.pattern.flow}
    names = ["traffic", *RESERVED, *flow]

    def place(path: str) -> tuple[int, int]:
        first, _, rest = path.partition(".")
        fields = ["input", *flow[first].service.setting_fields()] if first in flow else [*TRAFFIC.fields]
        name = rest.partition(".")[0]
        return names.index(first) if first in names else len(names), fields.index(name) if name in fields else 0

    return place


def _title(page: Page, section: tuple[str, str], several_cards: bool) -> str:
    """A section's heading; `page` is the first that has inputs in it."""
    if section[0] == _QUOTAS:
        return f"Quotas · {page.model.card.name}" if several_cards else "Quotas"
    component = page.model.pattern.component(section[1])
    of = f"{component.name} ({component.service.name})" if component else "quotas" if section[1] == QUOTAS else "traffic"
    return f"{page.model.pattern.title} · {of}"


def _write_row(sheet: Any, sheets: Sheets, row: int, after: int, line: _Row) -> None:
    formats, inputs = sheets.formats, [sheets.book.inputs[key] for key in line.keys.values()]
    first = inputs[0]
    sheet.write_string(row, 0, first.words[:1].upper() + first.words[1:], formats("indented"))
    sheet.write_string(row, 1, first.unit.name, formats("faint"))
    for column, key in line.keys.items():
        write_input(sheet, sheets, SHEET, (row, _LEFT + column), key)
    sheet.write_string(row, after, allowed(first), formats("faint"))
    sheet.write_string(row, after + 1, first.doc, formats("faint_wrapped"))
    sheet.write_string(row, after + 2, line.path, formats("faint"))
    sheet.write_string(row, after + 3, _sources(inputs), formats("faint"))
    make_room(sheet, row, [(first.doc, _WORDS)])


def _sources(inputs: list[Input]) -> str:
    """Where the numbers of a row stand, a folder once: "scenarios/small.yaml:5:14, large.yaml:5:14"."""
    said, folder = [], ""
    for source in dict.fromkeys(given.source for given in inputs):
        here, slash, name = source.rpartition("/")
        said.append(name if slash and here == folder else source)
        folder = here
    return ", ".join(said)


def write_input(sheet: Any, sheets: Sheets, title: str, place: tuple[int, int], key: str, rule: str = "") -> None:
    """A blue cell with its name, its bounds and a hint. `rule` is a formula that must hold instead of the bounds."""
    given = sheets.book.inputs[key]
    number_format = PRICE if given.unit.name.startswith("USD") else of_input(given.number, given.unit.name == "%")
    sheet.write_number(*place, in_cell(given, given.number), sheets.formats("input", number_format))
    sheets.workbook.define_name(sheets.names[key], f"={in_sheet(title, cell(*place, fixed=True))}")
    sheet.conditional_format(*place, *place, {"type": "blanks", "format": sheets.formats("empty")})
    hint = f"{allowed(given)}. {given.source}"
    sheet.data_validation(
        *place,
        *place,
        {
            **_validation(given, cell(*place), rule),
            "ignore_blank": False,
            "input_title": given.words[:_LONGEST_TITLE],
            "input_message": (hint[:1].upper() + hint[1:])[:_LONGEST_HINT],
            "error_title": "Not allowed",
            "error_message": f"Write a number: {allowed(given)}."[:_LONGEST_HINT],
        },
    )


def _validation(given: Input, address: str, rule: str) -> dict[str, Any]:
    if 0 < len(rule) < _LONGEST_HINT:
        return {"validate": "custom", "value": f"={rule}"}
    least, most = in_cell(given, given.least), in_cell(given, given.most)
    if is_open(given):
        return {"validate": "decimal", "criteria": ">" if given.above else ">=", "value": least}
    if given.above or given.below:
        above, below = ">" if given.above else ">=", "<" if given.below else "<="
        inside = f"=AND(ISNUMBER({address}),{address}{above}{number(least)},{address}{below}{number(most)})"
        return {"validate": "custom", "value": inside}
    return {"validate": "decimal", "criteria": "between", "minimum": least, "maximum": most}
