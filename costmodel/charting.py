"""What charts show, computed apart from their drawing: plain numbers, rates in records a second, costs of a month.

Whoever draws (outputs/charts on paper, a report in the page) takes it from here, so that all say the same.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from costmodel.bill import Bill
from costmodel.capacity.checks import Check, checks
from costmodel.components import SOURCE, GivenSize
from costmodel.estimating import Arrays, Floats, Result, run
from costmodel.layout import Spot, Wire, laid_out
from costmodel.models import Model
from costmodel.units import HOUR, SECOND

TO_TEN_TIMES = (0.0, 10.0)
MOST_STEPS = 1000  # of traffic over time; what is finer cannot be seen


class ScenarioCosts(NamedTuple):
    """`costs` are in the order of the services."""

    name: str
    title: str
    costs: tuple[float, ...]
    total: float


class CostByService(NamedTuple):
    title: str
    currency: str
    services: tuple[str, ...]
    scenarios: tuple[ScenarioCosts, ...]


def cost_by_service(bills: Sequence[Bill]) -> CostByService:
    """The cost of each service in each bill of one pattern; services in the order in which they first appear."""
    services = tuple(dict.fromkeys(line.service for bill in bills for line in bill.lines))
    scenarios = []
    for bill in bills:
        costs = tuple(sum(line.cost for line in bill.lines if line.service == service) for service in services)
        scenarios.append(ScenarioCosts(bill.scenario, bill.scenario_title, costs, bill.total))
    return CostByService(bills[0].pattern_title, bills[0].currency, services, tuple(scenarios))


class TrafficStep(NamedTuple):
    """Steady traffic from `start` to `end`, in hours; `rate` in records a second."""

    start: float
    end: float
    rate: float


class TrafficLimit(NamedTuple):
    """A limit, and the records a second at the peak that use all of it."""

    check: Check
    rate: float


class TrafficOverTime(NamedTuple):
    """A day, a week, or what else repeats, of `hours`; `axis` says which. `mean` and `peak` in records a second.

    `limits` are those that its records reach first, the lowest first.
    """

    title: str
    axis: str
    hours: float
    peak: float
    mean: float
    steps: tuple[TrafficStep, ...]
    limits: tuple[TrafficLimit, ...] = ()


def traffic_over_time(model: Model, limits: tuple[TrafficLimit, ...] = ()) -> TrafficOverTime:
    """The scenario's rate, step by step in the order of the file."""
    scenario = model.scenario
    timeline = scenario.traffic.timeline
    periods = scenario.traffic.periods(scenario.month.value, Floats())
    shares = [period.duration / scenario.month.value for period in periods]
    hours = timeline.length / HOUR
    rates = [period.rate * SECOND for period in periods]
    steps, at = [], 0.0
    for number, share in timeline.steps:
        until = at + share * shares[number] * hours
        steps.append(TrafficStep(at, until, rates[number]))
        at = until
    mean = sum(rate * share for rate, share in zip(rates, shares, strict=True))
    return TrafficOverTime(scenario.title, timeline.axis, hours, max(rates), mean, tuple(_few(steps, hours)), limits)


def traffic_limits(model: Model) -> tuple[TrafficLimit, ...]:
    """The limits of a design, opened with quotas, that its traffic reaches, the one that is reached first before the others.

    They are those of what is done each second, or at once, as far as it is proportional to the traffic beside what the rest
    of the account does: what twice the traffic doubles.
    """
    import numpy as np

    sheet = model.sheet
    assert sheet is not None  # it was opened with quotas
    traffic = model.scenario.traffic
    numbers = Arrays({"traffic.times": np.array([1.0, 2.0]) * traffic.times.value})
    loads, other_usage = run(model, numbers).metered.loads, sheet.other_usage(model.scenario.other_usage)
    peak = max(period.rate for period in traffic.periods(model.scenario.month.value, Floats())) * SECOND
    found = []
    for check in checks(loads, sheet, model.card.region, numbers, other_usage):
        (once, twice), (limit, limit_of_twice) = (np.broadcast_to(each, 2).tolist() for each in (check.load, check.limit))
        other = float(check.other or 0.0)
        doubles = math.isclose(twice - other, 2 * (once - other), rel_tol=1e-9) and once > other and limit == limit_of_twice
        if doubles and (check.unit.endswith("/s") or check.unit == "executions"):
            found.append(TrafficLimit(check, max(0.0, peak * (limit - other) / (once - other))))
    return tuple(sorted(found, key=lambda limit: limit.rate))


def few_steps(steps: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """A timeline's (period, share of its time) with neighbours of one period joined, and no more than can be seen.

    Of more, every so-manieth stands for those beside it.
    """
    joined: list[tuple[int, float]] = []
    for period, share in steps:
        if joined and joined[-1][0] == period:
            share += joined.pop()[1]
        joined.append((period, share))
    if len(joined) <= MOST_STEPS:
        return joined
    kept = [joined[n * len(joined) // MOST_STEPS][0] for n in range(MOST_STEPS)]
    return [(period, 1 / kept.count(period)) for period in kept]


def _few(steps: list[TrafficStep], hours: float) -> list[TrafficStep]:
    """Neighbours of one rate as one step; what is then too fine to be seen, as the means of equal stretches."""
    joined: list[TrafficStep] = []
    for step in steps:
        if joined and joined[-1].rate == step.rate:
            joined[-1] = joined[-1]._replace(end=step.end)
        else:
            joined.append(step)
    if len(joined) <= MOST_STEPS:
        return joined
    import numpy as np

    ends = np.array([0.0, *(step.end for step in joined)])
    records = np.cumsum([0.0, *((step.end - step.start) * step.rate for step in joined)])
    bounds = np.linspace(0.0, hours, MOST_STEPS + 1)
    means = np.diff(np.interp(bounds, ends, records)) / np.diff(bounds)
    return [TrafficStep(start, end, rate) for (start, end), rate in zip(pairwise(bounds.tolist()), means.tolist(), strict=True)]


class CostAgainstTraffic(NamedTuple):
    """Cost of a month at `times` the scenario's traffic. `peaks` in records a second.

    `peak` and `cost` are the scenario's own; `fixed` is what no traffic costs.
    """

    title: str
    scenario: str
    currency: str
    times: tuple[float, ...]
    peaks: tuple[float, ...]
    totals: tuple[float, ...]
    peak: float
    cost: float
    fixed: float


def cost_against_traffic(model: Model, times: tuple[float, float] = TO_TEN_TIMES, points: int = 41) -> CostAgainstTraffic:
    """What the model costs between two multiples of its scenario's traffic, at so many evenly spaced points; one run."""
    import numpy as np

    traffic = model.scenario.traffic
    column = np.concatenate([[0.0, 1.0], np.linspace(*times, points)])  # none and the scenario's own, then the curve
    result = run(model, Arrays({"traffic.times": column * traffic.times.value}))
    peak = max(period.rate for period in traffic.periods(model.scenario.month.value, Floats())) * SECOND

    def over_column(amount: Any) -> tuple[float, ...]:
        """A cost that no traffic changes is one number."""
        return tuple(np.broadcast_to(amount, column.shape).tolist())

    fixed, cost, *totals = over_column(result.total)
    return CostAgainstTraffic(
        title=model.pattern.title,
        scenario=model.scenario.title,
        currency=model.card.currency,
        times=tuple(column[2:].tolist()),
        peaks=tuple((column[2:] * peak).tolist()),
        totals=tuple(totals),
        peak=peak,
        cost=cost,
        fixed=fixed,
    )


class DiagramNode(NamedTuple):
    """The source (service "") or a component."""

    name: str
    service: str
    spot: Spot


class DiagramEdge(NamedTuple):
    """Records from `origin` to `target`: `rate` a second at peak. `keep` is the share that passes, `size` what they become.

    So many as `aggregate` says become one. `bends` are the free places on the way in layers between.
    """

    path: str
    origin: str
    target: str
    rate: float
    keep: float | None
    each_batch: bool
    size: GivenSize | None
    aggregate: float | None
    bends: tuple[Spot, ...]


class Diagram(NamedTuple):
    """`layers` and `breadth` are the number of places along the flow and across it."""

    title: str
    scenario: str
    layers: int
    breadth: float
    nodes: tuple[DiagramNode, ...]
    edges: tuple[DiagramEdge, ...]


def diagram(model: Model, result: Result) -> Diagram:
    """The components and what flows between them at peak, laid out; `result` is the model's on floats."""
    flow = model.pattern.flow
    wires = [Wire(edge.path, edge.origin, component.name) for component in flow for edge in component.edges]
    layout = laid_out([SOURCE, *(component.name for component in flow)], wires)
    spots = [*layout.parts.values(), *(spot for bends in layout.bends.values() for spot in bends)]
    return Diagram(
        title=model.pattern.title,
        scenario=model.scenario.title,
        layers=1 + max(spot.layer for spot in spots),
        breadth=1 + max(spot.across for spot in spots),
        nodes=(
            DiagramNode(SOURCE, "", layout.parts[SOURCE]),
            *(DiagramNode(c.name, c.service.name, layout.parts[c.name]) for c in model.pattern.components),
        ),
        edges=tuple(
            DiagramEdge(
                path=edge.path,
                origin=str(edge.origin),
                target=component.name,
                rate=result.metered.flows[edge.path],
                keep=None if edge.keep is None else edge.keep.value,
                each_batch=edge.each_batch,
                size=edge.size,
                aggregate=None if edge.aggregate is None else edge.aggregate.value,
                bends=layout.bends[edge.path],
            )
            for component in model.pattern.components
            for edge in component.edges
        ),
    )
