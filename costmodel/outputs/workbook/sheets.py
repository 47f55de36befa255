"""What the sheets of a workbook share: the workbook being written, the names of its cells, how a sheet is set up."""

from collections.abc import Iterable
from math import ceil
from typing import Any, NamedTuple

from costmodel.book import Book, Page
from costmodel.outputs.workbook.formats import Formats
from costmodel.outputs.workbook.names import defined_names

TOTALS = ("total", "per_million_records")
HEADROOM = "headroom"  # the name of the cell that says what should be left of every limit
_WIDEST = 28  # columns; a wider sheet is printed on several pages side by side
_ROW_HEIGHT = 15  # points
_PROSE = 1.1  # characters of prose for one of a column's width, which is counted in digits


class Figure(NamedTuple):
    """A cell that other sheets refer to, or a formula over such, and what it holds."""

    cell: str
    value: float


class Sheets(NamedTuple):
    """`names` are the defined names, of the book's inputs by key; `of_pattern` the sheets' names by pattern label."""

    workbook: Any
    book: Book
    formats: Formats
    names: dict[str, str]
    of_pattern: dict[str, str]

    @classmethod
    def of(cls, workbook: Any, book: Book, of_pattern: dict[str, str]) -> "Sheets":
        """With a name for every input, for what each estimate costs, and for the headroom."""
        empty = cls(workbook, book, Formats(workbook), {}, of_pattern)
        totals = [empty.key_of(page, total) for page in book.pages for total in TOTALS]
        return empty._replace(names=defined_names([*book.inputs, *totals, HEADROOM]))

    def key_of(self, page: Page, total: str) -> str:
        """What the name of one of an estimate's TOTALS is made of."""
        twice = self._is_priced_twice(page)
        return ".".join([page.pattern, page.scenario, *([page.card] if twice else []), total])

    def title_of(self, page: Page) -> str:
        """What tells an estimate from others of its pattern."""
        title = self.scenarios()[page.scenario]
        return f"{title} ({page.model.card.name})" if self._is_priced_twice(page) else title

    def scenarios(self) -> dict[str, str]:
        """The titles of the book's scenarios by their label."""
        return self.book.scenario_titles()

    def _is_priced_twice(self, page: Page) -> bool:
        return sum(p.pattern == page.pattern and p.scenario == page.scenario for p in self.book.pages) > 1


def set_up(sheet: Any, frozen: tuple[int, int], size: tuple[int, int], repeat: tuple[int, int], folded: int = 0) -> None:
    """Print setup and view: rows and columns that are `frozen`, that are used (`size`), first and last row to `repeat`.

    `folded` of the columns are not shown, and so not printed.
    """
    rows, columns = size
    sheet.hide_gridlines(2)
    sheet.freeze_panes(*frozen)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&F&C&A&RPage &P of &N")
    sheet.repeat_rows(*repeat)
    sheet.print_area(0, 0, max(rows - 1, 0), columns - 1)
    if columns - folded <= _WIDEST:
        sheet.fit_to_pages(1, 0)
    elif frozen[1]:
        sheet.repeat_columns(0, frozen[1] - 1)


def table_head(sheet: Any, row: int, words: list[str], formats: Formats, numbers: Iterable[int]) -> None:
    """A row of column headings; those of the columns with `numbers` stand on the right."""
    on_the_right = set(numbers)
    for column, text in enumerate(words):
        style = "head_right" if column in on_the_right else "head_in" if column else "head"
        sheet.write_string(row, column, text, formats(style))


def make_room(sheet: Any, row: int, cells: Iterable[tuple[str, int]]) -> None:
    """Sets a row's height for wrapped texts, each with the width of its column in characters: not every program does."""
    lines = (sum(max(1, ceil(len(line) / (width * _PROSE))) for line in text.split("\n")) for text, width in cells)
    sheet.set_row(row, _ROW_HEIGHT * max(lines))
