"""The paper's cells on the printed and on the corrected basis, and the check of all its printed figures."""

from collections.abc import Iterator
from typing import NamedTuple

from costmodel.published.derivation import Derivation
from costmodel.published.paper import Row, Table, read_printed


class Cell(NamedTuple):
    """A figure as text, and the ids of the errata that touch it."""

    text: str
    errata: tuple[str, ...]


class Recomputed(NamedTuple):
    """A printed figure and what is derived for it with all errata in place; `misprint` is the id of one that nothing derives."""

    table: str
    row: str
    scenario: str
    printed: str
    derived: str
    misprint: str


class Check(NamedTuple):
    """What became of the printed figures: derived to the last digit, known misprints, and those that are neither."""

    derived: int
    misprints: int
    neither: tuple[Recomputed, ...]


def cell(derivation: Derivation, table: Table, row: Row, scenario: str, basis: str) -> Cell:
    """A cell on a basis, "printed" or "corrected". On the printed one, a misprint shows what is printed."""
    right = derivation.value(table, row, scenario, ())
    touching = tuple(
        erratum
        for erratum in derivation.all_errata
        if (row.id, scenario) in table.misprints.get(erratum, ()) or derivation.value(table, row, scenario, (erratum,)) != right
    )
    if basis == "corrected":
        return Cell(derivation.text(table, row, scenario, ()), touching)
    if _misprint(table, row, scenario):
        return Cell(read_printed()[table.id][row.id][derivation.paper.scenarios.index(scenario)], touching)
    return Cell(derivation.text(table, row, scenario, derivation.all_errata), touching)


def _misprint(table: Table, row: Row, scenario: str) -> str:
    """The erratum that calls this cell a misprint, or ""."""
    return next((erratum for erratum, cells in table.misprints.items() if (row.id, scenario) in cells), "")


def recomputed(derivation: Derivation) -> Iterator[Recomputed]:
    """Every printed figure beside its derivation."""
    for name, rows in read_printed().items():
        table = derivation.table(name)
        for row_id, figures in rows.items():
            row = table.row(row_id)
            for scenario, printed in zip(derivation.paper.scenarios, figures, strict=True):
                text = derivation.text(table, row, scenario, derivation.all_errata)
                yield Recomputed(name, row_id, scenario, printed, text, _misprint(table, row, scenario))


def check(derivation: Derivation) -> Check:
    """Recomputes every printed figure. A misprint counts as one only if nothing derives what is printed."""
    figures = list(recomputed(derivation))
    others = [figure for figure in figures if figure.derived != figure.printed]
    neither = tuple(figure for figure in others if not figure.misprint)
    return Check(len(figures) - len(others), len(others) - len(neither), neither)
