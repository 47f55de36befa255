"""The plan of a design: every check with its verdict, and for what breaks the remedies, with what they cost."""

import math
from collections.abc import Iterator, Mapping as Map
from types import MappingProxyType
from typing import NamedTuple

from costmodel.capacity.chances import Chances, Changed, chances, ranges_of
from costmodel.capacity.checks import BREAKS, Check, checks_of, identity, judged, utilisation, without_limit
from costmodel.capacity.quotas import QuotaSheet
from costmodel.capacity.seconds import Second, busiest_seconds
from costmodel.capacity.steps import Step, steps
from costmodel.errors import InputError
from costmodel.estimating import Floats, run
from costmodel.flow import Metered, PeakLoad
from costmodel.models import Model
from costmodel.settings import GivenBatch
from costmodel.shapes import Given
from costmodel.traffic import OFF_PEAK, PEAK
from costmodel.units import KB

SET, RAISE, AGGREGATE = "set", "raise", "aggregate"


class Remedy(NamedTuple):
    """What would mend a check, as changes of the estimate, and what these add to a month's cost.

    SET `what` (a path) to `value`; RAISE the quota `what` to `value` of the check's unit; AGGREGATE `value` records into one.
    `breaks` is what would break then and does not now.
    """

    kind: str
    what: str
    value: float | str
    changes: dict[str, object]
    cost: float = 0.0
    breaks: tuple[Check, ...] = ()


class Judged(NamedTuple):
    check: Check
    utilisation: float
    verdict: str
    remedies: tuple[Remedy, ...]


class Plan(NamedTuple):
    """Whether a design holds at the peak. `headroom` is what should be left of every limit; `chances` are None without ranges.

    `steps` are those of loads that cannot grow by any amount at once.
    """

    model: Model
    sheet: QuotaSheet
    headroom: float
    judged: tuple[Judged, ...]
    without_limit: tuple[PeakLoad, ...]
    seconds: tuple[Second, ...]
    steps: tuple[Step, ...]
    chances: Chances | None

    @property
    def breaks(self) -> tuple[Judged, ...]:
        return tuple(each for each in self.judged if each.verdict == BREAKS)

    @property
    def breaks_in_bursts(self) -> tuple[Second, ...]:
        """What holds on average over an hour, but not in its busiest seconds."""
        already = {identity(each.check) for each in self.breaks}
        return tuple(each for each in self.seconds if each.verdict == BREAKS and identity(each.check) not in already)


class _Measured(NamedTuple):
    """A design's cost and checks; those of nothing, of which nothing is used, are left out."""

    total: float
    metered: Metered
    checks: list[Check]

    def broken(self) -> dict[tuple[str, str, str], Check]:
        return {identity(check): check for check in self.checks if _verdict(check, 0) == BREAKS}


def plan(model: Model, headroom: float, changed: Changed, ranges: Map[str, str] = MappingProxyType({})) -> Plan:
    """The plan of a model opened with quotas; remedies are tried on the `changed` design.

    `ranges` of inputs, by path, are added to those of the scenario: "100 ms .. 900 ms". Raises InputError for one that is none.
    """
    sheet = model.sheet
    assert sheet is not None  # it was opened with quotas
    now = _measured(model)
    likely = chances(model, now.metered, ranges_of(model, ranges, changed))
    rows = []
    for check in now.checks:
        said = _verdict(check, headroom)
        remedies = tuple(_remedies(check, model, 1 - headroom, now, changed)) if said == BREAKS else ()
        rows.append(Judged(check, utilisation(check.load, check.limit), said, remedies))
    loads, region = now.metered.loads, model.card.region
    return Plan(
        model,
        sheet,
        headroom,
        tuple(rows),
        tuple(without_limit(loads, sheet, region)),
        busiest_seconds(model, now.metered, headroom),
        tuple(steps(loads, model.scenario.traffic, sheet, region)),
        likely,
    )


def _measured(model: Model) -> _Measured:
    result = run(model, Floats())
    found = checks_of(model, result.metered.loads, Floats())
    return _Measured(result.total, result.metered, [check for check in found if check.load or check.limit])


def _verdict(check: Check, headroom: float) -> str:
    return judged(check, utilisation(check.load, check.limit), headroom)


def _remedies(check: Check, model: Model, target: float, now: _Measured, changed: Changed) -> Iterator[Remedy]:
    """What mends a check that breaks: another setting, a raised quota, several records in one."""
    for path, value in _provided(check, model, target) if check.setting else ():
        yield from _tried(Remedy(SET, path, value, {path: value}), check, now, changed)
    quota = check.quota
    if quota is not None and quota.adjustable:
        yield Remedy(RAISE, quota.key, _whole(check.load / target), {})
    if quota is not None and check.unit.endswith("/s"):
        for records, changes in _aggregated(check, model, target):
            tried = _tried(Remedy(AGGREGATE, "", records, changes), check, now, changed)
            yield from (remedy for remedy in tried if not remedy.breaks)


def _tried(remedy: Remedy, check: Check, now: _Measured, changed: Changed) -> Iterator[Remedy]:
    """The remedy with its cost and what it breaks; nothing where the design cannot be so changed, or the check breaks on."""
    try:
        then = _measured(changed(remedy.changes))
    except InputError:  # a setting beyond its bounds
        return
    broken = then.broken()
    if identity(check) not in broken:
        new = tuple(each for key, each in broken.items() if key not in now.broken())
        yield remedy._replace(cost=then.total - now.total, breaks=new)


def _provided(check: Check, model: Model, target: float) -> Iterator[tuple[str, float | str]]:
    """The setting that provides for a load, by its path, and the value at which the target of it is used."""
    component = model.pattern.component(check.components[0])
    now = component.settings[check.setting] if component else None
    path = f"{check.components[0]}.{check.setting}"
    if isinstance(now, dict):
        key = _key_of_worst(check, model, now)
        path, now = f"{path}.{key}", now[key]
    used = utilisation(check.load, check.limit)
    if isinstance(now, GivenBatch):
        yield path, _smaller_batch(check, now, used / target)
    elif isinstance(now, Given) and (check.limit or not check.unit.startswith("bytes")):  # of bytes, 0 units say nothing
        yield path, _whole((now.value * used if check.limit else check.load) / target)


def _key_of_worst(check: Check, model: Model, by_period: dict[str, object]) -> str:
    """Under which name a setting that differs between periods has the one that uses most of its limit."""
    used = [utilisation(load, limit) for load, limit in check.by_period]
    steady = model.scenario.traffic.steady
    worst = steady[used.index(max(used))]
    busiest = worst.weight.value == max(period.weight.value for period in steady)
    return worst.name if worst.name in by_period else PEAK if busiest else OFF_PEAK


def _smaller_batch(check: Check, now: GivenBatch, times: float) -> str:
    """The largest batch that holds: as many records as can come together, or a part of what it is."""
    if check.quota is None or not now.by_size:
        records = math.floor(check.limit if check.quota is None else now.given.value / times)
        return f"{records} record{'s' * (records > 1)}"
    return f"{math.floor(now.given.value / times / KB)} KB"


def _aggregated(check: Check, model: Model, target: float) -> Iterator[tuple[int, dict[str, object]]]:
    """How many records to put into one, where all are of one size, and the changes that make fewer, larger ones come in."""
    traffic, other = model.scenario.traffic, check.other or 0.0
    (share, size), *_ = traffic.sizes
    room = check.limit * target - other
    if share is None and room > 0:
        records = int(_whole((check.load - other) / room))
        larger: dict[str, object] = {"traffic.record_size": f"{size.value * records!r} bytes"}
        fewer = {} if traffic.scale == "monthly_volume" else {"traffic.times": repr(traffic.times.value / records)}
        yield records, {**larger, **fewer}


def _whole(amount: float) -> int:
    """Rounded up, but not for what arithmetic adds."""
    return math.ceil(amount * (1 - 1e-12))
