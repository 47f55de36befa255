"""How fast a load grows from one period to the next, and how long it takes until what it asks for has been started."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from costmodel.capacity.checks import limit_in
from costmodel.capacity.quotas import QuotaSheet
from costmodel.estimating import Floats
from costmodel.flow import PeakLoad
from costmodel.traffic import Traffic


class Step(NamedTuple):
    """The largest step of a load from a period to the one that follows it: by how much it rises, in `unit`.

    Of that, `at_once` is started when it comes, and `per_second` in each second after.
    """

    component: str
    item: str
    unit: str
    before: str
    after: str
    rise: float
    at_once: float
    per_second: float

    @property
    def seconds(self) -> float:
        """How long it takes until all is started: 0 where all is at once."""
        return max(self.rise - self.at_once, 0) / self.per_second


def steps(loads: Sequence[PeakLoad], traffic: Traffic, sheet: QuotaSheet, region: str) -> Iterator[Step]:
    """The step of each load that cannot grow by any amount at once, where the sheet says how fast it may.

    The mean of a period stands for all of it, so that the whole difference comes when the period begins.
    """
    order = [number for number, _ in traffic.timeline.steps]
    following = list(zip(order, order[1:] + order[:1], strict=True))  # the day, the week or the month begins again
    for load in loads:
        if load.scaling:
            started = [scaling.started for scaling in load.scaling]
            before, after = max(following, key=lambda pair: started[pair[1]] - started[pair[0]])
            rise = started[after] - started[before]
            quotas = [sheet.quota(key, region) for key in (load.scaling[0].at_once, load.scaling[0].rate)]
            limits = [
                limit_in(unit, quota, Floats())
                for quota, unit in zip(quotas, (load.unit, f"{load.unit}/s"), strict=True)
                if quota is not None and quota.given is not None
            ]
            if rise > 0 and len(limits) == len(quotas):
                names = traffic.steady[before].name, traffic.steady[after].name
                yield Step(load.component, load.item, load.unit, *names, rise, *limits)
