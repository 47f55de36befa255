"""A design in its busiest seconds: what is above a limit then, and whether it is refused or waits."""

import math
from typing import NamedTuple

from costmodel.bursts import EVEN
from costmodel.capacity.checks import BREAKS, ROUNDING, Check, checks_of, judged, utilisation
from costmodel.capacity.queues import Levels, Peak, Queue, backlog_over, queue, share_over
from costmodel.estimating import Arrays, Floats, run
from costmodel.flow import Metered, PeakLoad
from costmodel.models import Model
from costmodel.pattern import Pattern
from costmodel.settings import GATHERED, QUEUE
from costmodel.sizing import with_fixed_sizes
from costmodel.units import SECOND

WAITS = "waits"


class Waiting(NamedTuple):
    """What waits before a limit: in the seconds of the `period` in which it is longest, and over the day or the week."""

    period: str
    in_seconds: Queue
    in_hours: Peak


class Second(NamedTuple):
    """A check in the second of the month that uses most of its limit.

    `share_over` is the share of the month in which more comes than the limit. Where that is not `waiting`, `refused` is the share
    of all that comes.
    """

    check: Check
    utilisation: float
    verdict: str
    share_over: float
    refused: float
    waiting: Waiting | None


class _Period(NamedTuple):
    """A steady period of the month for one check: the loads of its seconds, and the limit."""

    name: str
    share_of_month: float
    levels: Levels
    limit: float

    @property
    def mean(self) -> float:
        return sum(share * load for share, load in self.levels)


def busiest_seconds(model: Model, metered: Metered, headroom: float) -> tuple[Second, ...]:
    """The checks that bursts change; where the scenario has none, those before which records wait from hour to hour.

    `metered` is the model's run on floats, opened with quotas.
    """
    import numpy as np

    bursts = model.scenario.traffic.bursts
    levels = ((0.0, 1.0), *(EVEN if bursts is None else bursts.levels))  # the mean first, which none of the time need be
    numbers = Arrays({"traffic.times": np.array([level for _, level in levels]) * model.scenario.traffic.times.value})
    queued = _behind_queues(model.pattern)
    seconds = []
    for check in checks_in_bursts(with_fixed_sizes(model, metered.sized), metered.loads, numbers):
        periods = _periods(check, model, [share for share, _ in levels])
        waits = check.waits or queued.issuperset(check.components)
        second = _second(check, periods, model, waits, headroom)
        if _differs(periods) or (bursts is None and second.waiting):
            seconds.append(second)
    return tuple(seconds)


def checks_in_bursts(model: Model, mean: list[PeakLoad], numbers: Arrays) -> list[Check]:
    """The checks where bursts come as `numbers` say. What they do not reach has its `mean` load."""
    reached = _reached(model.pattern)
    in_bursts = run(model, numbers).metered.loads
    loads = [burst if burst.component in reached else of for burst, of in zip(in_bursts, mean, strict=True)]
    return checks_of(model, loads, numbers)


def _reached(pattern: Pattern) -> set[str]:
    """The components before which nothing gathers what comes in bursts."""
    services = {component.name: component.service for component in pattern.components}
    reached: set[str] = set()
    for component in pattern.flow:
        origins = [edge.origin for edge in component.edges]
        if any(o not in services or (o in reached and services[o].buffer != GATHERED) for o in origins):
            reached.add(component.name)
    return reached


def _behind_queues(pattern: Pattern) -> set[str]:
    """The components of which all that comes in has waited in a queue, or can."""
    services = {component.name: component.service for component in pattern.components}
    queued: set[str] = set()
    for component in pattern.flow:
        origins = [edge.origin for edge in component.edges]
        if origins and all(o in services and (services[o].buffer == QUEUE or o in queued) for o in origins):
            queued.add(component.name)
    return queued


def _periods(check: Check, model: Model, shares: list[float]) -> list[_Period]:
    import numpy as np

    month = model.scenario.month.value
    steady = model.scenario.traffic.periods(month, Floats())
    pairs = check.by_period * len(steady) if len(check.by_period) == 1 else check.by_period
    periods = []
    for period, (load, limit) in zip(steady, pairs, strict=True):
        loads = [float(amount) for amount in np.broadcast_to(load, len(shares))]
        periods.append(_Period(period.name, period.duration / month, [*zip(shares, loads, strict=True)], float(np.max(limit))))
    return periods


def _differs(periods: list[_Period]) -> bool:
    """Whether a second can ask for more than the mean does."""
    return any(load > of.levels[0][1] * (1 + ROUNDING) for of in periods for _, load in of.levels)


def _second(check: Check, periods: list[_Period], model: Model, waits: bool, headroom: float) -> Second:
    pairs = [(load, of.limit) for of in periods for _, load in of.levels]
    load, limit = max(pairs, key=lambda pair: utilisation(*pair))
    used = utilisation(load, limit)
    verdict = judged(check, used, headroom)
    over = sum(of.share_of_month * share_over(of.levels, of.limit) for of in periods)
    of_second = check._replace(load=load, limit=limit)
    if verdict != BREAKS:
        return Second(of_second, used, verdict, over, 0.0, None)
    if waits:
        return Second(of_second, used, WAITS, over, 0.0, _waiting(periods, model))
    return Second(of_second, used, verdict, over, _refused(periods), None)


def _refused(periods: list[_Period]) -> float:
    """The share of the month's load that comes above the limit. What is sent again is not counted again."""
    above = sum(of.share_of_month * share * max(0.0, load - of.limit) for of in periods for share, load in of.levels)
    return above / sum(of.share_of_month * of.mean for of in periods)


def _waiting(periods: list[_Period], model: Model) -> Waiting:
    """Over hours it is reckoned in parts of the limit, which may differ between periods; a backlog is at the worst one's."""
    traffic = model.scenario.traffic
    length = 1.0 if traffic.bursts is None else traffic.bursts.length.value / SECOND
    queues = [queue(of.levels, of.limit, length) for of in periods]
    worst = max(range(len(periods)), key=lambda n: queues[n].delay_99)
    steps = []
    for number, share in traffic.timeline.steps:
        of = periods[number]
        seconds = traffic.timeline.length / SECOND * of.share_of_month * share
        steps.append((seconds, of.mean / of.limit if of.limit else math.inf))
    in_hours = backlog_over(steps, 1.0)
    in_hours = in_hours._replace(largest_backlog=in_hours.largest_backlog * periods[worst].limit)
    return Waiting(periods[worst].name, queues[worst], in_hours)
