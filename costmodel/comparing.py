"""Compares estimates: lines and totals side by side, and how much of a change is traffic, design and price."""

import math
from collections.abc import Iterable, Mapping as Map
from types import MappingProxyType
from typing import NamedTuple

from costmodel.compared import CostLine, Estimate, of_bill, saved
from costmodel.errors import InputError, Mistakes
from costmodel.estimating import Floats, bill_of_model, run
from costmodel.library import Library
from costmodel.models import Model, Terms, open_models

Costs = tuple[float | None, ...]


class Operand(NamedTuple):
    """What stands for one estimate: names or paths of its files, or of the JSON it was saved as. `name` is how users wrote it.

    `changes` are its own, beside those that hold for all.
    """

    name: str
    pattern: str | None = None
    scenario: str | None = None
    rates: str | None = None
    saved: str | None = None
    changes: Map[str, str] = MappingProxyType({})


class Common(NamedTuple):
    """What holds for all operands; `otherwise` has what one does not say itself."""

    otherwise: Operand
    terms: Terms
    library: Library


class Row(NamedTuple):
    """A line of the estimates: a cost for each, None where an estimate has no such line."""

    components: tuple[str, ...]
    description: str
    tier: str | None
    costs: Costs


class ServiceRows(NamedTuple):
    """The lines of a service, and what they come to in each estimate."""

    service: str
    costs: Costs
    rows: tuple[Row, ...]


class Split(NamedTuple):
    """A change in money a month by its cause, each estimated on top of those before it."""

    traffic: float
    design: float
    price: float


class Change(NamedTuple):
    """From the first estimate to another: `share` is of the first's total, None where that is nothing.

    Where there is no `split`, `split_reason` says why.
    """

    difference: float
    share: float | None
    split: Split | None
    split_reason: str | None


class Comparison(NamedTuple):
    """Estimates side by side. `changes` has one for each estimate after the first; `models` are of those not saved."""

    estimates: tuple[Estimate, ...]
    services: tuple[ServiceRows, ...]
    changes: tuple[Change, ...]
    models: tuple[Model, ...]


class _Opened(NamedTuple):
    """An operand with its estimate, and its model if it is no saved one."""

    operand: Operand
    estimate: Estimate
    model: Model | None


def compare(
    operands: Iterable[Operand],
    *,
    otherwise: Operand | None = None,
    terms: Terms = Terms(),
    library: Library | None = None,
) -> Comparison:
    """Two or more estimates compared with the first. `otherwise` fills in what operands do not say, `terms` hold for all.

    Raises InputError with the mistakes of all operands.
    """
    common = Common(otherwise or Operand(""), terms, library or Library())
    mistakes = Mistakes()
    opened: list[_Opened] = []
    for operand in operands:
        with mistakes.noted():
            opened.append(_open(operand, common))
    if mistakes.problems:
        raise InputError(*dict.fromkeys(mistakes.problems))
    estimates = tuple(each.estimate for each in opened)
    changes = tuple(_change(opened[0], other, common) for other in opened[1:])
    return Comparison(estimates, _services(estimates), changes, tuple(each.model for each in opened if each.model))


def difference(before: float | None, after: float | None) -> float:
    """What was added; what only the order of additions makes is no difference."""
    before, after = before or 0.0, after or 0.0
    return 0.0 if math.isclose(before, after, rel_tol=1e-12) else after - before


def share_of_change(before: float | None, after: float | None) -> float | None:
    """The difference as a share of what was before; None where that was nothing."""
    return difference(before, after) / before if before else None


def exceeds(first: Estimate, other: Estimate, most: float) -> bool:
    """Whether `other` costs over the share `most` more than the first. Over nothing, any increase is."""
    return other.total > first.total * (1 + most) * (1 + 1e-12)


def _open(operand: Operand, common: Common) -> _Opened:
    if operand.saved is not None:
        estimate = saved(operand.saved, operand.name, operand.scenario, common.otherwise.scenario)
        return _Opened(operand, estimate, None)
    model = _model(operand, common, operand.rates)
    return _Opened(operand, of_bill(bill_of_model(model), operand.name), model)


def _model(operand: Operand, common: Common, rates: str | None) -> Model:
    pattern = operand.pattern or common.otherwise.pattern
    scenario = operand.scenario or common.otherwise.scenario
    if pattern is None:
        raise InputError(f"'{operand.name}' names no pattern: add --pattern, or join one with a comma, as in itl,{operand.name}")
    terms = common.terms._replace(changes={**common.terms.changes, **operand.changes})
    models = open_models(
        pattern,
        [scenario] if scenario else [],
        terms=terms if rates is None else terms._replace(rates=rates, region=None),
        library=common.library,
    )
    if len(models) > 1:
        names = ", ".join(model.scenario.name for model in models)
        one = models[0].scenario.name
        raise InputError(
            f"'{operand.name}' names no scenario, and its pattern several ({names}): add --scenario {one}, "
            f"or join one with a comma, as in {operand.name},{one}"
        )
    return models[0]


def _change(first: _Opened, other: _Opened, common: Common) -> Change:
    before, after = first.estimate.total, other.estimate.total
    split = reason = None
    try:
        split = _split(first, other, common)
    except InputError as error:
        reason = f"A step of the change cannot be estimated: {error.problems[0].message.rstrip('.')}."
    if split is None and reason is None:
        reason = "A saved estimate has no inputs to estimate the steps of the change with."
    return Change(difference(before, after), share_of_change(before, after), split, reason)


def _split(first: _Opened, other: _Opened, common: Common) -> Split | None:
    """None if one of them is saved. Raises InputError if a step between them has no estimate."""
    if first.model is None or other.model is None:
        return None
    other_traffic = _total(first.model._replace(scenario=other.model.scenario))
    other_design = _total(_model(other.operand, common, first.model.card_path))
    return Split(
        traffic=difference(first.estimate.total, other_traffic),
        design=difference(other_traffic, other_design),
        price=difference(other_design, other.estimate.total),
    )


def _total(model: Model) -> float:
    return float(run(model, Floats()).total)


class _Key(NamedTuple):
    """What makes lines of several estimates the same; `component` is "" for those that are added up over components."""

    service: str
    component: str
    description: str
    tier: str | None


def _services(estimates: tuple[Estimate, ...]) -> tuple[ServiceRows, ...]:
    """Services in the order they first appear, their lines in the bills' order (a larger bill has tiers that others lack)."""
    alone = _components_alone(estimates)
    position: dict[_Key, int] = {}
    costs: dict[_Key, list[float | None]] = {}
    components: dict[_Key, list[str]] = {}
    for number, estimate in enumerate(estimates):
        for at, line in enumerate(estimate.lines):
            key = _Key(line.service, line.component if _whose(line) in alone else "", line.description, line.tier)
            position[key] = max(at, position.get(key, 0))
            cells = costs.setdefault(key, [None] * len(estimates))
            cells[number] = (cells[number] or 0.0) + line.cost
            components.setdefault(key, []).append(line.component)
    grouped: dict[str, list[Row]] = {key.service: [] for key in position}
    for key in sorted(position, key=position.__getitem__):
        row = Row(tuple(dict.fromkeys(components[key])), key.description, key.tier, tuple(costs[key]))
        grouped[key.service].append(row)
    return tuple(ServiceRows(service, _sums(rows), tuple(rows)) for service, rows in grouped.items())


def _whose(line: CostLine) -> tuple[str, str]:
    return line.service, line.component


def _components_alone(estimates: tuple[Estimate, ...]) -> set[tuple[str, str]]:
    """Components whose lines are not added up: all of them in one pattern, else those that every estimate has."""
    found = [{_whose(line) for line in estimate.lines} for estimate in estimates]
    one_pattern = len({estimate.pattern for estimate in estimates}) == 1
    return set.union(*found) if one_pattern else set.intersection(*found)


def _sums(rows: list[Row]) -> Costs:
    """The sum of each estimate's costs; None where it has no line."""
    columns = zip(*(row.costs for row in rows), strict=True)
    return tuple(None if set(column) == {None} else sum(cost or 0.0 for cost in column) for column in columns)
