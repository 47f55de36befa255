"""A plan's checks with the graph behind them: what is used of each limit, and how load and limit came about."""

from typing import NamedTuple

from costmodel.capacity.checks import Check, checks_of, identity, utilisation, without_limit
from costmodel.capacity.seconds import Second, busiest_seconds
from costmodel.estimating import Floats, Traced, run
from costmodel.flow import PeakLoad
from costmodel.models import Model
from costmodel.quantities import Number, Quantity, constant


class TracedCheck(NamedTuple):
    """`check` is the plan's, in floats; `load` and `limit` are the quantities behind it, in its unit, for all periods.

    `most` is the period that uses most of the limit, by its place among the steady ones; None where all use as much.
    """

    check: Check
    load: Quantity
    limit: Quantity
    most: int | None


class TracedPlan(NamedTuple):
    """`seconds` are the busiest ones of checks that bursts change or before which records wait, by the checks' identity."""

    model: Model
    checks: tuple[TracedCheck, ...]
    without_limit: tuple[PeakLoad, ...]
    seconds: dict[tuple[str, str, str], Second]


def traced_plan(model: Model, headroom: float) -> TracedPlan:
    """The checks of a model opened with quotas. The model runs twice: figures are the plan's own floats."""
    sheet, traced = model.sheet, Traced()
    assert sheet is not None  # it was opened with quotas
    metered = run(model, Floats()).metered
    loads = metered.loads
    figures = checks_of(model, loads, Floats())
    behind = checks_of(model, run(model, traced).metered.loads, traced)
    found = [_traced(check, of) for check, of in zip(figures, behind, strict=True) if check.load or check.limit]
    seconds = {identity(second.check): second for second in busiest_seconds(model, metered, headroom)}
    return TracedPlan(model, tuple(found), tuple(without_limit(loads, sheet, model.card.region)), seconds)


def _traced(check: Check, behind: Check) -> TracedCheck:
    ((load, limit),) = behind.by_period
    used = {utilisation(*pair) for pair in check.by_period}
    most = check.by_period.index((check.load, check.limit)) if len(used) > 1 else None
    return TracedCheck(check, _quantity(load), _quantity(limit), most)


def _quantity(number: Number) -> Quantity:
    return number if isinstance(number, Quantity) else constant(number)
