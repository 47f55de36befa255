"""The paper's tables as text: its row labels, sections and number formats, with a letter on each cell an erratum touches."""

from itertools import groupby
from string import ascii_lowercase

from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.published.appendix import Check, cell
from costmodel.published.derivation import Derivation
from costmodel.published.paper import Table


def render(derivation: Derivation, tables: list[str], basis: str, width: int) -> str:
    width = max(80, min(width, 120))
    letters = {erratum.id: letter for erratum, letter in zip(derivation.paper.errata, ascii_lowercase, strict=False)}
    paper = derivation.paper
    words = {"printed": "as printed", "corrected": "the right figures"}[basis]
    text = wrapped(f'"{paper.title}" ({paper.publisher}, {paper.date[:7]}), {words}', width)
    touching: set[str] = set()
    for name in tables:
        text += ["", *_table(derivation, derivation.table(name), basis, width, letters, touching)]
    text += ["", "Errata"]
    for erratum in paper.errata:
        if erratum.id in touching or len(tables) > 1:
            words = f"{erratum.id} ({erratum.where}): printed {erratum.printed}; right {erratum.right}. {erratum.what}"
            first, *rest = wrapped(words, width - 3)
            text += [f"{letters[erratum.id]}  {first}", *("   " + line for line in rest)]
    return "\n".join(text) + "\n"


def _table(
    derivation: Derivation, table: Table, basis: str, width: int, letters: dict[str, str], touching: set[str]
) -> list[str]:
    scenarios = derivation.paper.scenarios
    columns = [Column("", 30), *(Column(scenario.title(), 12, right=True) for scenario in scenarios)]
    rows: dict[str, list[str]] = {}
    for row in table.rows:
        cells = [cell(derivation, table, row, scenario, basis) for scenario in scenarios]
        touching.update(erratum for figure in cells for erratum in figure.errata)
        marks = ["".join(letters[erratum] for erratum in figure.errata) for figure in cells]
        rows[row.id] = [f"{figure.text} {mark:<2}" for figure, mark in zip(cells, marks, strict=True)]
    sizes = widths(columns, [["  " + row.label, *rows[row.id]] for row in table.rows], width)
    name = table.words.capitalize()
    text = wrapped(f"{name}: {table.title}", width)
    text += lines(["", *(column.title + "   " for column in columns[1:])], columns, sizes)
    for section, members in groupby(table.rows, key=lambda row: row.section):
        text.append(section)
        for row in members:
            text += _padded(row.label, rows[row.id], columns, sizes)
    return text + [line for note in table.notes for line in wrapped(note, width)]


def _padded(label: str, cells: list[str], columns: list[Column], sizes: list[int]) -> list[str]:
    """A row whose figures keep their place beside their marks: blanks within a cell are not for wrapping."""
    hard = [cell.replace(" ", "\u00a0") for cell in cells]
    return [line.replace("\u00a0", " ").rstrip() for line in lines([label, *hard], columns, sizes, indent=2)]


def render_check(check: Check) -> str:
    every = check.derived + check.misprints + len(check.neither)
    text = [
        f"{every} printed figures recomputed",
        f"{check.derived:5} reproduced by derivation",
        f"{check.misprints:5} misprints without any derivation",
        f"{len(check.neither):5} neither",
    ]
    text += [f"{m.table}.{m.row} {m.scenario}: printed {m.printed}, derived {m.derived}" for m in check.neither]
    return "\n".join(text) + "\n"
