"""The columns of a pattern's sheet: one block for each scenario, side by side, and the rows that they share."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from costmodel.book import Page
from costmodel.components import SOURCE, Component
from costmodel.errors import InputError
from costmodel.outputs.workbook.formulas import Cell, Formulas
from costmodel.outputs.workbook.places import ALL, BILL, Key, Places, columns_of_bill
from costmodel.outputs.workbook.sheets import Sheets
from costmodel.settings import GivenBatch
from costmodel.shapes import Given

_Row = TypeVar("_Row")
_MOST_COLUMNS = 16384
LEFT = 3  # where the blocks begin: after the item, its component and its unit


class Block(NamedTuple):
    """A scenario's columns, `width` of them from `left` on."""

    page: Page
    title: str
    places: Places
    left: int
    width: int

    @property
    def periods(self) -> list[str]:
        return [steady.name for steady in self.places.steady]


def blocks_of(pages: list[Page], sheets: Sheets) -> list[Block]:
    """A block for each page, with a narrow column between two. Raises InputError if a sheet cannot hold them."""
    left, blocks = LEFT, []
    for page in pages:
        places = Places(page)
        width = max(len(columns_of_bill(page)), 1 + len(places.steady))
        blocks.append(Block(page, sheets.title_of(page), places, left, width))
        left += width + 1
    if left >= _MOST_COLUMNS:
        raise InputError(
            f"{pages[0].model.pattern.title}: so many periods do not fit on one sheet; put fewer scenarios in a workbook"
        )
    return blocks


class Lines(NamedTuple):
    """The rows of a sheet in order: lines of the bill by service, loads at peak by component, steps by component."""

    bill: dict[str, list[Key]]
    loads: list[Key]
    steps: dict[str, list[Key]]


def lines_of(blocks: list[Block]) -> Lines:
    services: dict[str, list[Key]] = {}
    for row in merged(list(block.places.charges) for block in blocks):
        charge = next(b.places.charges[row] for b in blocks if row in b.places.charges)
        services.setdefault(charge.usage.service, []).append(row)
    flow = [SOURCE, *dict.fromkeys(c.name for block in blocks for c in block.page.model.pattern.flow)]
    steps: dict[str, list[Key]] = {section: [] for section in flow}
    for row in merged(block.places.steps() for block in blocks):
        steps[row.section].append(row)
    return Lines(services, merged(block.places.loads() for block in blocks), steps)


def merged(lists: Iterable[list[_Row]]) -> list[_Row]:
    """All rows once; what only a later scenario has stands after what comes before it there."""
    result: list[_Row] = []
    for rows in lists:
        at = 0
        for row in rows:
            if row in result:
                at = result.index(row) + 1
            else:
                result.insert(at, row)
                at += 1
    return result


def cells_of(blocks: list[Block], rows: dict[Key, int], sheets: Sheets) -> Iterator[tuple[Block, Cell]]:
    """Every formula of the sheet, its rows by number."""
    for block in blocks:
        for cell in Formulas(sheets.book, sheets.names, block.places, rows, block.left).cells():
            yield block, cell


def label_of(row: Key) -> str:
    """A row's name for a reader."""
    if row.section == BILL:
        return row.name + (f", tier {row.tier}" if row.tier else "")
    if row.scope == ALL:  # "Requests (kms.symmetric_requests)"
        return f"{row.name.partition('.')[0]})"
    words = row.name.replace("_", " ").replace("bytes per second", "data per second")
    month, _, rest = row.scope.partition(".")
    over = ", over the average month" if month == "month" and rest else ""
    number = row.scope.rpartition(".")[2]
    which = f", input {number}" if number.isdigit() else ""
    return words[:1].upper() + words[1:] + which + over


def structure_of(component: Component) -> str:
    """What of a component is no number: its service, where its records come from, how they are metered, its choices."""
    origins = " + ".join(dict.fromkeys(str(edge.origin) for edge in component.edges))
    words = [component.name, component.service.name, f"from {origins}" if origins else "sees no records, only time"]
    if component.by_month:
        words.append("metered over the month as one average period")
    for name, value in component.settings.items():
        if isinstance(value, GivenBatch):
            words.append(f"{name} of {'bytes' if value.by_size else 'records'}")
        elif value is not None and not isinstance(value, Given | dict):
            words.append(f"{name.replace('_', ' ')}: {str(value).lower()}")
    return " · ".join(words)
