"""The plan of a design: every check with its verdict, and for what breaks the remedies, with what they cost."""

import math
from collections.abc import Iterator, Mapping as Map
from typing import NamedTuple

from costmodel.capacity.chances import Chances, chances
from costmodel.capacity.checks import BREAKS, TIGHT, Check, checks_of, identity, judged, limit_in, utilisation, without_limit
from costmodel.capacity.quotas import Quota, QuotaSheet
from costmodel.capacity.seconds import Second, busiest_seconds
from costmodel.capacity.steps import Step, steps
from costmodel.components import SOURCE
from costmodel.errors import InputError
from costmodel.estimating import Floats, run
from costmodel.flow import Metered, PeakLoad
from costmodel.models import Changed, Model
from costmodel.settings import GivenBatch
from costmodel.shapes import Given
from costmodel.traffic import OFF_PEAK, PEAK
from costmodel.uncertainty.inputs import CERTAIN, Uncertainty
from costmodel.units import KB

SET, RAISE, AGGREGATE = "set", "raise", "aggregate"
OF_USERS = ("api_gateway", "step_functions")  # what comes in there is one user's, and cannot wait for another's


class Remedy(NamedTuple):
    """What would mend a check, as changes of the estimate, and what these add to a month's cost.

    SET `what` (a path) to `value`; RAISE the quota `what` to `value` of `unit`; AGGREGATE `value` records into one.
    `breaks` is what would break then and does not now. `more_work`: a function then gets other lots, for which it may need
    another time. `is_tight`: the check does not break then, but less than the headroom is left.
    """

    kind: str
    what: str
    value: float | str
    changes: dict[str, object]
    cost: float = 0.0
    breaks: tuple[Check, ...] = ()
    more_work: bool = False
    is_tight: bool = False
    unit: str = ""


class Judged(NamedTuple):
    """`period` is that of the load, where it is not one in which the load is largest."""

    check: Check
    utilisation: float
    verdict: str
    remedies: tuple[Remedy, ...]
    period: str = ""


class Plan(NamedTuple):
    """Whether a design holds at the peak. `headroom` is what should be left of every limit; `chances` are None without ranges.

    `steps` are those of loads that cannot grow by any amount at once. What `breaks_in_bursts` holds at the mean of an hour.
    """

    model: Model
    sheet: QuotaSheet
    headroom: float
    judged: tuple[Judged, ...]
    without_limit: tuple[PeakLoad, ...]
    seconds: tuple[Second, ...]
    steps: tuple[Step, ...]
    chances: Chances | None
    breaks_in_bursts: tuple[Judged, ...] = ()

    @property
    def breaks(self) -> tuple[Judged, ...]:
        return tuple(each for each in self.judged if each.verdict == BREAKS)

    def waits(self, check: Check) -> bool:
        """Whether what is above the limit of a check waits, and is worked off some time."""
        found = next((second.waiting for second in self.seconds if identity(second.check) == identity(check)), None)
        return found is not None and found.drains

    @property
    def slow_steps(self) -> tuple[Step, ...]:
        """Those that take a while; of what breaks, all of a step never runs."""
        broken = {(name, each.check.item) for each in self.breaks for name in each.check.components}
        return tuple(step for step in self.steps if step.seconds > 0 and (step.component, step.item) not in broken)

    @property
    def failing(self) -> tuple[Judged, ...]:
        """What breaks, by the hour or by the second. What bursts only make wait does not."""
        return (*self.breaks, *self.breaks_in_bursts)


class _Measured(NamedTuple):
    """A design's cost and checks; those of nothing, of which nothing is used, are left out."""

    total: float
    metered: Metered
    checks: list[Check]
    seconds: tuple[Second, ...]

    def worst(self) -> dict[tuple[str, str, str], Check]:
        """Each check with the most that is asked for: at the mean of an hour, or in the busiest second."""
        found = {identity(check): check for check in self.checks}
        return found | {identity(second.check): second.check for second in self.seconds if second.waiting is None}

    def broken(self) -> dict[tuple[str, str, str], Check]:
        return {key: check for key, check in self.worst().items() if _verdict(check, 0) == BREAKS}


def plan(model: Model, headroom: float, changed: Changed, uncertain: Uncertainty = CERTAIN) -> Plan:
    """The plan of a model opened with quotas; remedies are tried on the `changed` design.

    With inputs that are `uncertain`, every limit has the chance that it holds.
    """
    sheet = model.sheet
    assert sheet is not None  # it was opened with quotas
    now = _measured(model, headroom)
    likely = chances(model, now.metered, uncertain)
    worst = now.worst()
    by_check = _Remedies(model, headroom, now, changed)
    rows = [_judged(check, _verdict(check, headroom), by_check.of(worst[identity(check)]), model) for check in now.checks]
    rows = _with_the_most(rows)
    broken = {identity(row.check) for row in rows if row.verdict == BREAKS}
    in_bursts = [s for s in now.seconds if s.verdict == BREAKS and identity(s.check) not in broken]
    loads, region = now.metered.loads, model.card.region
    return Plan(
        model,
        sheet,
        headroom,
        tuple(rows),
        tuple(without_limit(loads, sheet, region)),
        now.seconds,
        tuple(steps(loads, model.scenario.traffic, sheet, region)),
        likely,
        tuple(_with_the_most([_judged(each.check, BREAKS, by_check.of(each.check), model) for each in in_bursts])),
    )


def _judged(check: Check, verdict: str, remedies: Iterator[Remedy], model: Model) -> Judged:
    offered = tuple(remedies) if verdict == BREAKS else ()
    return Judged(check, utilisation(check.load, check.limit), verdict, offered, _period(check, model))


def _period(check: Check, model: Model) -> str:
    """The period of a check's load, where in another one the load is larger."""
    loads = [load for load, _ in check.by_period]
    if check.load >= max(loads) or len(loads) == 1:
        return ""
    return model.scenario.traffic.steady[check.by_period.index((check.load, check.limit))].name


def _with_the_most(rows: list[Judged]) -> list[Judged]:
    """Where several checks ask for more of one setting, each is given what the one that asks for most needs."""
    most: dict[str, Remedy] = {}
    for remedy in (remedy for row in rows for remedy in row.remedies):
        if remedy.kind == SET and isinstance(remedy.value, int):
            other = most.setdefault(remedy.what, remedy)
            most[remedy.what] = max(other, remedy, key=lambda each: each.value)
    return [row._replace(remedies=tuple(_the_most(remedy, most) for remedy in row.remedies)) for row in rows]


def _the_most(remedy: Remedy, most: Map[str, Remedy]) -> Remedy:
    return most.get(remedy.what, remedy) if isinstance(remedy.value, int) and remedy.kind == SET else remedy


def _measured(model: Model, headroom: float) -> _Measured:
    result = run(model, Floats())
    found = checks_of(model, result.metered.loads, Floats())
    seconds = busiest_seconds(model, result.metered, headroom)
    return _Measured(result.total, result.metered, [check for check in found if check.load or check.limit], seconds)


def _verdict(check: Check, headroom: float) -> str:
    return judged(check, utilisation(check.load, check.limit), headroom)


class _Remedies(NamedTuple):
    """Finds what mends a check of a design: another setting, a raised quota, several records in one."""

    model: Model
    headroom: float
    now: _Measured
    changed: Changed

    def of(self, check: Check) -> Iterator[Remedy]:
        target, quota = 1 - self.headroom, check.quota
        if check.setting and (remedy := _provided(check, self.model, target)):
            yield from self._tried(remedy, check)
        if quota is not None and quota.asked_for.adjustable:
            yield _raised(quota, check, target)
        if quota is not None and check.unit.endswith("/s"):
            for remedy in _aggregated(check, self.model, target):
                yield from (tried for tried in self._tried(remedy, check) if not tried.breaks)

    def _tried(self, remedy: Remedy, check: Check) -> Iterator[Remedy]:
        """With its cost and what it breaks; nothing where the design cannot be so changed, or the check breaks on."""
        try:
            then = _measured(self.changed(remedy.changes), self.headroom)
        except InputError:  # a setting beyond its bounds
            return
        broken, worst = then.broken(), then.worst().get(identity(check))
        if identity(check) not in broken:
            new = tuple(each for key, each in broken.items() if key not in self.now.broken())
            is_tight = worst is not None and _verdict(worst, self.headroom) == TIGHT
            yield remedy._replace(cost=then.total - self.now.total, breaks=new, is_tight=is_tight)


def _raised(quota: Quota, check: Check, target: float) -> Remedy:
    """A raised quota; where it is for each of another, as many of that one."""
    if quota.times is None:
        return Remedy(RAISE, quota.key, _whole(check.load / target), {}, unit=check.unit)
    each = limit_in(check.unit, quota._replace(times=None), Floats())
    return Remedy(RAISE, quota.times.key, _whole(check.load / target / each), {}, unit=quota.times.counts)


def _provided(check: Check, model: Model, target: float) -> Remedy | None:
    """The setting that provides for a load, with the value, or the values of periods, at which the target of it is used."""
    component = model.pattern.component(check.components[0])
    now = component.settings[check.setting] if component else None
    path = f"{check.components[0]}.{check.setting}"
    if isinstance(now, dict):
        return _by_period(path, _of_periods(check, model, now, target))
    if isinstance(now, GivenBatch):
        batch = _batch(check, now, target)
        return None if batch is None else Remedy(SET, path, batch, {path: batch}, more_work=True)
    if isinstance(now, Given) and (check.limit or not check.unit.startswith("bytes")):  # of bytes, 0 units say nothing
        number = _enough(now.value, check.load, check.limit, check.other or 0.0, target)
        return None if number is None else Remedy(SET, path, number, {path: number})
    return None


def _by_period(path: str, values: Map[str, int]) -> Remedy | None:
    changes: dict[str, object] = {f"{path}.{key}": value for key, value in values.items()}
    if len(values) == 1:
        ((key, value),) = values.items()
        return Remedy(SET, f"{path}.{key}", value, changes)
    said = ", ".join(f"{key}: {value}" for key, value in values.items())
    return Remedy(SET, path, f"{{{said}}}", changes) if values else None


def _of_periods(check: Check, model: Model, now: dict[str, Given], target: float) -> dict[str, int]:
    """By the names under which a setting differs between periods, what is enough in each that uses more than the target."""
    steady = model.scenario.traffic.steady
    busiest = max(period.weight.value for period in steady)
    enough: dict[str, int] = {}
    for period, (load, limit) in zip(steady, check.by_period, strict=True):
        key = period.name if period.name in now else PEAK if period.weight.value == busiest else OFF_PEAK
        if utilisation(load, limit) > target:
            number = _enough(now[key].value, load, limit, check.other or 0.0, target)
            enough[key] = max(enough.get(key, 0), number or 0)
    return enough


def _enough(now: float, load: float, limit: float, other: float, target: float) -> int | None:
    """The value of a setting at which the target is used of what it provides for; None where the rest leaves nothing."""
    if not limit:
        return _whole(load / target)
    room = limit * target - other
    return _whole(now * (load - other) / room) if room > 0 else None


def _batch(check: Check, now: GivenBatch, target: float) -> str | None:
    """The batch that mends a check: as many records as can come together, less of a size, or more where there are too many."""
    if check.exact:
        return _records(math.floor(check.limit))
    if check.unit == "bytes":
        part = now.given.value * check.limit * target / check.load
        return f"{math.floor(part / KB)} KB" if now.by_size else _records(math.floor(part))
    more = _enough(now.given.value / (KB if now.by_size else 1), check.load, check.limit, check.other or 0.0, target)
    return None if more is None else f"{more} KB" if now.by_size else _records(more)


def _records(number: int) -> str:
    return f"{number} record{'s' * (number > 1)}"


def _aggregated(check: Check, model: Model, target: float) -> Iterator[Remedy]:
    """How many records to put into one, where all are of one size, and the changes that make fewer, larger ones come in."""
    traffic, other = model.scenario.traffic, check.other or 0.0
    (share, size), *_ = traffic.sizes
    room = check.limit * target - other
    takers = {c.service.key for c in model.pattern.components for edge in c.edges if edge.origin == SOURCE}
    if share is None and room > 0 and not takers & {*OF_USERS}:
        records = int(_whole((check.load - other) / room))
        larger: dict[str, object] = {"traffic.record_size": f"{size.value * records!r} bytes"}
        fewer = {} if traffic.scale == "monthly_volume" else {"traffic.times": repr(traffic.times.value / records)}
        yield Remedy(AGGREGATE, "", records, {**larger, **fewer})


def _whole(amount: float) -> int:
    """Rounded up, but not for what arithmetic adds."""
    return math.ceil(amount * (1 - 1e-12))
