"""The paper's tables, computed: what each cell holds on the printed and on the corrected basis, and why they differ."""

from collections.abc import Callable
from typing import NamedTuple

from costmodel.errors import InputError, Problem, did_you_mean
from costmodel.estimating import Model, open_models
from costmodel.published.expressions import Expression, evaluate, formatted
from costmodel.published.figures import Figures
from costmodel.published.paper import FOLDER, Erratum, Row, Table, read_paper, read_printed, read_table

Errata = tuple[Erratum, ...]


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


class Amount(NamedTuple):
    """What an erratum adds to a total (after those before it), unrounded."""

    erratum: Erratum
    amount: float


class Appendix:
    """The paper with its tables and the estimates they stand on, each read and computed when first asked for."""

    def __init__(self) -> None:
        self.paper = read_paper()
        self._tables: dict[str, Table] = {}
        self._figures: dict[tuple[str, str], Figures] = {}

    def table(self, name: str) -> Table:
        if name not in self._tables:
            self._tables[name] = read_table(self.paper, name)
            self._check_errata(self._tables[name])
        return self._tables[name]

    def _check_errata(self, table: Table) -> None:
        named = {(e.id, row) for e in self.paper.errata for at, row, _ in (*e.rows, *e.misprints) if at == table.id}
        rows = [row.id for row in table.rows]
        wrong = [(erratum, row) for erratum, row in sorted(named) if row not in rows]
        if wrong:
            where = f"{FOLDER}/paper.yaml"
            raise InputError(
                *(Problem(None, f"{where}: {e} names a row '{row}' of {table.id}.{did_you_mean(row, rows)}") for e, row in wrong)
            )

    def figures(self, pattern: str, scenario: str) -> Figures:
        if (pattern, scenario) not in self._figures:
            (model,) = open_models(pattern, [scenario], rates=self.paper.rates)
            self.use(model)
        return self._figures[pattern, scenario]

    def use(self, model: Model) -> None:
        """Takes an estimate that is already there."""
        self._figures[model.pattern.name, model.scenario.name] = Figures(model)

    def value(self, table: Table, row: Row, scenario: str, errata: Errata) -> float:
        """A row's figure in a scenario, with the replacements of `errata` in place."""
        return evaluate(_expression(table, row, scenario, errata), self._value_of(table, errata), scenario)

    def _value_of(self, table: Table, errata: Errata) -> Callable[[str, str], float]:
        def value_of(name: str, scenario: str) -> float:
            other, _, rest = name.partition(".")
            if other in self.paper.tables:
                there = self.table(other)
                return self.value(there, self._row(there, rest), scenario, errata)
            row = table.row(name)
            return self.figures(table.pattern, scenario).value(name) if row is None else self.value(table, row, scenario, errata)

        return value_of

    def _row(self, table: Table, name: str) -> Row:
        row = table.row(name)
        if row is None:
            raise InputError(f"{table.id} has no row '{name}'.{did_you_mean(name, [r.id for r in table.rows])}")
        return row

    def text(self, table: Table, row: Row, scenario: str, errata: Errata) -> str:
        column = self.paper.scenarios.index(scenario)
        return formatted(self.value(table, row, scenario, errata), row.formats[column if len(row.formats) > 1 else 0])

    def cell(self, table: Table, row: Row, scenario: str, basis: str) -> Cell:
        """The cell on a basis. On the printed one, a misprint shows what is printed."""
        right = self.value(table, row, scenario, ())
        where = (table.id, row.id, scenario)
        touching = tuple(
            erratum.id
            for erratum in self.paper.errata
            if where in erratum.misprints or self.value(table, row, scenario, (erratum,)) != right
        )
        if basis == "corrected":
            return Cell(self.text(table, row, scenario, ()), touching)
        if any(where in erratum.misprints for erratum in self.paper.errata):
            return Cell(read_printed()[table.id][row.id][self.paper.scenarios.index(scenario)], touching)
        return Cell(self.text(table, row, scenario, self.paper.errata), touching)

    def check(self) -> Check:
        """Recomputes every printed figure. A misprint is one only if nothing derives what is printed."""
        derived, misprints, neither = 0, 0, []
        for name, rows in read_printed().items():
            table = self.table(name)
            for row_id, figures in rows.items():
                for scenario, printed in zip(self.paper.scenarios, figures, strict=True):
                    text = self.text(table, self._row(table, row_id), scenario, self.paper.errata)
                    if text == printed:
                        derived += 1
                    elif any((name, row_id, scenario) in erratum.misprints for erratum in self.paper.errata):
                        misprints += 1
                    else:
                        neither.append(Mismatch(name, row_id, scenario, printed, text))
        return Check(derived, misprints, tuple(neither))

    def amounts(self, table: Table, scenario: str) -> tuple[Amount, ...]:
        """What each erratum adds to the table's total, in order; together they lead from the corrected to the printed total."""
        total = self._row(table, "total")
        amounts = []
        before = self.value(table, total, scenario, ())
        for number, erratum in enumerate(self.paper.errata, 1):
            if any(at == table.id for at, _, _ in erratum.rows):
                after = self.value(table, total, scenario, self.paper.errata[:number])
                if after != before:
                    amounts.append(Amount(erratum, after - before))
                before = after
        return tuple(amounts)


def _expression(table: Table, row: Row, scenario: str, errata: Errata) -> Expression:
    for erratum in reversed(errata):
        replaced = erratum.rows.get((table.id, row.id, scenario))
        if replaced is not None:
            return replaced
    return row.expression
