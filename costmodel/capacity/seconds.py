"""A design in its busiest seconds: what is above a limit then, and whether it is refused or waits."""

import math
from typing import NamedTuple

from costmodel.bursts import EVEN
from costmodel.capacity.checks import BREAKS, ROUNDING, Check, checks_of, judged, utilisation
from costmodel.capacity.queues import Levels, Peak, Queue, backlog_over, queue, refused, share_over
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

    @property
    def drains(self) -> bool:
        """Whether what waits is worked off some time."""
        return math.isfinite(self.in_hours.longest_delay)


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
    """A steady period of the month for one check: the loads of its seconds without the `rest` of the account, and the limit.

    `grows` says whether twice the traffic asks for more: what does not is a size, or what is provisioned.
    """

    name: str
    share_of_month: float
    levels: Levels
    limit: float
    rest: float
    grows: bool

    @property
    def left(self) -> float:
        """What the rest of the account leaves of the limit."""
        return max(self.limit - self.rest, 0.0)

    @property
    def mean(self) -> float:
        return sum(share * load for share, load in self.levels)


def busiest_seconds(model: Model, metered: Metered, headroom: float) -> tuple[Second, ...]:
    """The checks that bursts change; where the scenario has none, those before which records wait from hour to hour.

    `metered` is the model's run on floats, opened with quotas.
    """
    import numpy as np

    bursts = model.scenario.traffic.bursts
    levels = EVEN if bursts is None else bursts.levels
    times = np.array([1.0, 2.0, *(level for _, level in levels)])  # the mean, twice as much, and what really comes
    numbers = Arrays({"traffic.times": times * model.scenario.traffic.times.value})
    queued = behind_queues(model.pattern)
    seconds = []
    for check in checks_in_bursts(with_fixed_sizes(model, metered.sized), metered.loads, numbers):
        periods = _periods(check, model, [share for share, _ in levels])
        if any(of.grows for of in periods):
            second = _second(check, periods, model, check.waits or queued.issuperset(check.components), headroom)
            if bursts is not None or second.waiting is not None:
                seconds.append(second)
    return tuple(seconds)


def checks_in_bursts(model: Model, mean: list[PeakLoad], numbers: Arrays) -> list[Check]:
    """The checks where bursts come as `numbers` say. What they do not reach has its `mean` load."""
    reached = _reached(model.pattern)
    in_bursts = run(model, numbers).metered.loads
    loads = [
        burst if burst.component in reached and not burst.gathered else of for burst, of in zip(in_bursts, mean, strict=True)
    ]
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


def behind_queues(pattern: Pattern) -> set[str]:
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
    steady, rest = model.scenario.traffic.periods(month, Floats()), float(check.other or 0.0)
    pairs = check.by_period * len(steady) if len(check.by_period) == 1 else check.by_period
    periods = []
    for period, (load, limit) in zip(steady, pairs, strict=True):
        mean, twice, *loads = (float(amount) - rest for amount in np.broadcast_to(load, 2 + len(shares)))
        levels, grows = [*zip(shares, loads, strict=True)], twice > mean * (1 + ROUNDING)
        periods.append(_Period(period.name, period.duration / month, levels, float(np.max(limit)), rest, grows))
    return periods


def _second(check: Check, periods: list[_Period], model: Model, waits: bool, headroom: float) -> Second:
    busiest = tuple((max(load for _, load in of.levels) + of.rest, of.limit) for of in periods)
    load, limit = max(busiest, key=lambda pair: utilisation(*pair))
    used = utilisation(load, limit)
    verdict = judged(check, used, headroom)
    over = sum(of.share_of_month * share_over(of.levels, of.left) for of in periods)
    of_second = check._replace(load=load, limit=limit, by_period=busiest)
    if verdict != BREAKS:
        return Second(of_second, used, verdict, over, 0.0, None)
    if waits:
        return Second(of_second, used, WAITS, over, 0.0, _waiting(periods, model))
    return Second(of_second, used, verdict, over, _refused(periods), None)


def _refused(periods: list[_Period]) -> float:
    """The share of the month's load that comes above the limit."""
    above = sum(of.share_of_month * refused(of.levels, of.left) for of in periods)
    return above / sum(of.share_of_month * of.mean for of in periods)


def _waiting(periods: list[_Period], model: Model) -> Waiting:
    traffic = model.scenario.traffic
    length = 1.0 if traffic.bursts is None else traffic.bursts.length.value / SECOND
    queues = [queue(of.levels, of.left, length) for of in periods]
    worst = max(range(len(periods)), key=lambda n: queues[n].delay_99)
    stretch = traffic.timeline.length / SECOND
    steps = [
        (stretch * periods[n].share_of_month * share, periods[n].mean, periods[n].left) for n, share in traffic.timeline.steps
    ]
    return Waiting(periods[worst].name, queues[worst], backlog_over(steps))
