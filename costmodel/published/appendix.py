"""The paper's cells on the printed and on the corrected basis, and the check of all its printed figures."""

from typing import NamedTuple

from costmodel.published.derivation import Derivation
from costmodel.published.paper import Row, Table, read_printed


class Cell(NamedTuple):
    """A figure as text, and the ids of the errata that touch it."""

    text: str
    errata: tuple[str, ...]


class Mismatch(NamedTuple):
    table: str
    row: str
    scenario: str
    printed: str
    derived: str


class Check(NamedTuple):
    """What became of the printed figures: derived to the last digit, known misprints, and those that are neither."""

    derived: int
    misprints: int
    neither: tuple[Mismatch, ...]


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
    if _is_misprint(table, row, scenario):
        return Cell(read_printed()[table.id][row.id][derivation.paper.scenarios.index(scenario)], touching)
    return Cell(derivation.text(table, row, scenario, derivation.all_errata), touching)


def _is_misprint(table: Table, row: Row, scenario: str) -> bool:
    return any((row.id, scenario) in cells for cells in table.misprints.values())


def check(derivation: Derivation) -> Check:
    """Recomputes every printed figure. A misprint counts as one only if nothing derives what is printed."""
    derived, misprints, neither = 0, 0, []
    for name, rows in read_printed().items():
        table = derivation.table(name)
        for row_id, figures in rows.items():
            row = table.row(row_id)
            for scenario, printed in zip(derivation.paper.scenarios, figures, strict=True):
                text = derivation.text(table, row, scenario, derivation.all_errata)
                if text == printed:
                    derived += 1
                elif _is_misprint(table, row, scenario):
                    misprints += 1
                else:
                    neither.append(Mismatch(name, row_id, scenario, printed, text))
    return Check(derived, misprints, tuple(neither))
