"""An estimate as it is shown: on the printed basis where the paper prints this very estimate, else corrected."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from costmodel.bill import Bill
from costmodel.errors import InputError
from costmodel.estimating import bill_of_model
from costmodel.models import Model

if TYPE_CHECKING:
    from costmodel.published.derivation import Amount, Derivation

PRINTED, CORRECTED = "printed", "corrected"


class Statement(NamedTuple):
    """A bill with its basis: its lines and the `errata` add up to `total`. `table` is "" where no paper prints it."""

    bill: Bill
    basis: str
    errata: "tuple[Amount, ...]"
    table: str
    printed_total: float | None

    @property
    def corrected_total(self) -> float:
        return self.bill.total

    @property
    def total(self) -> float:
        return self.corrected_total + sum(amount for _, amount in self.errata)

    @property
    def per_million_records(self) -> float | None:
        return self.total / self.bill.records * 1_000_000 if self.bill.records else None


def statements(models: Iterable[Model], basis: str | None) -> list[Statement]:
    """The estimates of models on a basis; None is the printed one where there is one.

    Raises InputError where the printed basis is asked for and the paper does not print an estimate.
    """
    models = list(models)
    if basis != PRINTED and not any(model.as_shipped for model in models):  # then there is no need to know the paper
        return [Statement(bill_of_model(model), CORRECTED, (), "", None) for model in models]
    from costmodel.published.derivation import Derivation

    derivation = Derivation()
    return [_statement(model, basis, derivation) for model in models]


def _statement(model: Model, basis: str | None, derivation: "Derivation") -> Statement:
    paper = derivation.paper
    name = next((table for table, pattern in paper.tables.items() if pattern == model.pattern.name), None)
    is_printed = (
        name is not None and model.as_shipped and model.scenario.name in paper.scenarios and model.card.name == paper.rates
    )
    if not is_printed or name is None:
        if basis == PRINTED:
            raise InputError(
                f"the paper prints no estimate of {model.pattern.name} with {model.scenario.name} as asked; "
                "--basis printed is for its nine, on its own rate card with nothing changed"
            )
        return Statement(bill_of_model(model), CORRECTED, (), "", None)
    bill = bill_of_model(model, derivation.use(model).result)
    table = derivation.table(name)
    amounts = derivation.amounts(table, model.scenario.name)
    printed_total = bill.total + sum(amount for _, amount in amounts)
    if basis == CORRECTED:
        return Statement(bill, CORRECTED, (), table.words, printed_total)
    return Statement(bill, PRINTED, amounts, table.words, printed_total)
