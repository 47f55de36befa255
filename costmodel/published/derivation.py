"""Derives the paper's figures from estimates, with or without its errata in place."""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from costmodel.library import Library
from costmodel.models import Model, Terms, open_models
from costmodel.published.expressions import Expression, evaluate, formatted
from costmodel.published.figures import Figures
from costmodel.published.paper import Erratum, Paper, Row, Table, read_paper, read_table


class Amount(NamedTuple):
    """What an erratum adds to a total (after those before it), unrounded."""

    erratum: Erratum
    amount: float


class Derivation:
    """The paper, its tables and the estimates they stand on, each read and computed when first asked for.

    `errata` are the ids of those whose replacements are in place: none for what is right, all for what is printed.
    """

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}
        self._figures: dict[tuple[str, str], Figures] = {}

    @cached_property
    def paper(self) -> Paper:
        return read_paper()

    @cached_property
    def all_errata(self) -> tuple[str, ...]:
        return tuple(erratum.id for erratum in self.paper.errata)

    def table(self, name: str) -> Table:
        if name not in self._tables:
            self._tables[name] = read_table(self.paper, name)
        return self._tables[name]

    def use(self, model: Model) -> Figures:
        """Takes an estimate of the user's, which is one of the paper's, as it is."""
        figures = self._figures[model.pattern.name, model.scenario.name] = Figures(model)
        return figures

    def _figures_of(self, pattern: str, scenario: str) -> Figures:
        if (pattern, scenario) not in self._figures:
            library = Library(environment=False)  # the paper stands on the shipped files
            (model,) = open_models(pattern, [scenario], terms=Terms(rates=self.paper.rates), library=library)
            self.use(model)
        return self._figures[pattern, scenario]

    def value(self, table: Table, row: Row, scenario: str, errata: tuple[str, ...]) -> float:
        """A row's figure in a scenario."""
        return evaluate(_expression(table, row, scenario, errata), self._value_of(table, errata), scenario)

    def _value_of(self, table: Table, errata: tuple[str, ...]) -> Callable[[str, str], float]:
        def value_of(name: str, scenario: str) -> float:
            other, _, rest = name.partition(".")
            if other in self.paper.tables:
                there = self.table(other)
                return self.value(there, there.row(rest), scenario, errata)
            if table.has_row(name):
                return self.value(table, table.row(name), scenario, errata)
            return self._figures_of(table.pattern, scenario).value(name)

        return value_of

    def text(self, table: Table, row: Row, scenario: str, errata: tuple[str, ...]) -> str:
        """The figure as the paper formats it."""
        column = self.paper.scenarios.index(scenario)
        return formatted(self.value(table, row, scenario, errata), row.formats[column if len(row.formats) > 1 else 0])

    def amounts(self, table: Table, scenario: str) -> tuple[Amount, ...]:
        """What each erratum adds to the table's total; in order they lead from the right total to the printed one."""
        total = table.row("total")
        amounts = []
        before = self.value(table, total, scenario, ())
        for number, erratum in enumerate(self.paper.errata, 1):
            if erratum.id in table.printed:
                after = self.value(table, total, scenario, self.all_errata[:number])
                if after != before:
                    amounts.append(Amount(erratum, after - before))
                before = after
        return tuple(amounts)


def _expression(table: Table, row: Row, scenario: str, errata: tuple[str, ...]) -> Expression:
    for erratum in reversed(errata):
        replaced = table.printed.get(erratum, {}).get((row.id, scenario))
        if replaced is not None:
            return replaced
    return row.expression
