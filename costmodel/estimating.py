"""Runs a model in one of the readings, and makes the bill: scenario + pattern + rate card -> Bill."""

import os
from collections.abc import Iterable, Mapping as Map
from typing import Any, NamedTuple

from costmodel.bill import Bill, bill_of
from costmodel.errors import InputError, did_you_mean
from costmodel.flow import Metered, meter
from costmodel.library import Library
from costmodel.metering import Past
from costmodel.models import Model, Terms, months, open_account
from costmodel.quantities import Numbers, Quantity, constant, total
from costmodel.rating import Charge, charges, list_costs
from costmodel.settings import RETENTION
from costmodel.shapes import Given
from costmodel.units import Dimension, Unit

_Name = str | os.PathLike[str]  # of a file, or its path


class Floats:
    """The reading of an estimate: every number is the float that its file gives."""

    traced = False

    def number(self, path: str, given: Given) -> Any:
        return given.value

    def constant(self, value: float, dimension: Dimension) -> Any:
        return value

    def in_unit(self, amount: Any, unit: Unit) -> Any:
        return amount if unit.scale == unit.per else amount / (unit.scale / unit.per)

    def finish(self) -> None:
        pass


class Arrays(Floats):
    """The reading of a sweep: some numbers, by their path, are numpy arrays of one shape."""

    def __init__(self, columns: Map[str, Any]) -> None:
        self.columns = columns
        self.asked: set[str] = set()

    def number(self, path: str, given: Given) -> Any:
        self.asked.add(path)
        return self.columns.get(path, given.value)

    def finish(self) -> None:
        wrong = [path for path in self.columns if path not in self.asked]
        if wrong:
            known = sorted(path for path in self.asked if path)
            raise InputError(*(f"there is no number '{path}' to vary.{did_you_mean(path, known)}" for path in wrong))


class Traced:
    """The reading that remembers: every number is a Quantity, one for each path, that knows what gave it."""

    traced = True

    def __init__(self) -> None:
        self.inputs: dict[str, Quantity] = {}

    def number(self, path: str, given: Given) -> Any:
        if path in self.inputs:
            if self.inputs[path].given != given:
                raise ValueError(f"two numbers have the path '{path}': trace one model at a time")
            return self.inputs[path]
        quantity = constant(given.value, given.dimension)
        quantity.given, quantity.path = given, path
        if path:
            self.inputs[path] = quantity
        return quantity

    def constant(self, value: float, dimension: Dimension) -> Any:
        return constant(value, dimension)

    def in_unit(self, amount: Any, unit: Unit) -> Any:
        if unit.scale == unit.per:
            return amount
        one = constant(unit.scale / unit.per, unit.dimension)
        one.label = unit.name
        return amount / one

    def finish(self) -> None:
        pass


class Result(NamedTuple):
    """What one reading gives, in its numbers. `list_costs` are those of the charges without discounts, where there are any."""

    metered: Metered
    charges: list[Charge]
    total: Any
    list_costs: list[Any]


def run(model: Model, numbers: Numbers, past: Past | None = None) -> Result:
    """The model's usage, loads, charges and total on floats, arrays or traced quantities, as `numbers` says.

    `past` gives what is stored of amounts that have changed from month to month; where left out, they have not.
    """
    metered = meter(model, numbers, past)
    month = numbers.number("month", model.scenario.month)
    lines = charges(metered.usages, model.card, model.free_tier, month, numbers, model.already_used)
    numbers.finish()
    return Result(metered, lines, total(line.cost for line in lines), list_costs(lines))


def estimate(
    pattern: _Name | Iterable[_Name],
    scenario: _Name,
    *,
    rates: _Name | None = None,
    region: str | None = None,
    changes: Map[str, object] | None = None,
    free_tier: str = "none",
    after: str | int | None = None,
    library: _Name | Iterable[_Name] = (),
) -> Bill:
    """The bill of a month: a pattern under a scenario's traffic at a rate card's prices, on the corrected basis.

    pattern, scenario: names of shipped or own files, or paths to YAML files. Several patterns, as in ["sensor", "itl"], are
        one account's bill: they share tiers and free quantities.
    rates: the rate card ("aws/us-east-1/2018-06"); where left out, the newest of `region` ("eu-west-1"), else the
        scenario's, else the newest of us-east-1.
    changes: paths to values, {"traffic.peak_rate": "2000/s", "ingest.buffer_size": "64 MB"}; a text is read as YAML.
    free_tier: "none", "always" or "legacy-12-month".
    after: the month of the design's life, "12 months"; storage has its full retention where left out.
    library: folders searched before the shipped one.

    Money is in the card's currency, unrounded, before tax. Raises InputError, with every mistake of the input in
    `.problems`, and MissingPrice where the card lacks a price.
    """
    terms = Terms(None if rates is None else os.fspath(rates), region, changes or {}, free_tier, after)
    return bill_of_model(opened(pattern, scenario, terms, library))


def opened(pattern: _Name | Iterable[_Name], scenario: _Name, terms: Terms, library: _Name | Iterable[_Name] = ()) -> Model:
    """One account's model, of what a program gives. Raises InputError."""
    patterns = _names_of(pattern)
    if not patterns:
        raise InputError("there is no pattern to estimate: give at least one")
    (model,) = open_account(patterns, [os.fspath(scenario)], terms=terms, library=Library(_names_of(library)))
    return model


def _names_of(given: _Name | Iterable[_Name]) -> tuple[str, ...]:
    """One name or path, or several, as texts."""
    return tuple(os.fspath(name) for name in ([given] if isinstance(given, str | os.PathLike) else given))


def bill_of_model(model: Model, result: Result | None = None) -> Bill:
    """The bill; `result` is the model's run on floats, where there is one already."""
    result = result or run(model, Floats())
    fixed = run(model, Arrays({"traffic.times": 0.0})).total
    return bill_of(model, result, fixed, fills=fills(model))


def fills(model: Model) -> bool:
    """Whether the bill of a month depends on how many there were before, because something is kept for longer."""
    if not any(RETENTION in name and given for c in model.pattern.components for name, given in c.settings.items()):
        return False
    first, steady = (run(model._replace(after=month), Floats()).total for month in (months("1"), None))
    return bool(first != steady)
