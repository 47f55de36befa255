"""The plan of a design: every check with its verdict, and for what breaks the remedies, with what they cost."""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from costmodel.capacity.checks import BREAKS, Check, checks, verdict, without_limit
from costmodel.capacity.quotas import QuotaSheet
from costmodel.errors import InputError
from costmodel.estimating import Floats, run
from costmodel.flow import PeakLoad
from costmodel.models import Model
from costmodel.settings import GivenBatch
from costmodel.shapes import Given

# Estimates the design with changes, path to value, and gives what a month then costs.
Repriced = Callable[[dict[str, object]], float]
SET, RAISE, AGGREGATE = "set", "raise", "aggregate"
_OF_RECORDS = ("records/s", "messages/s", "publishes/s", "evaluations/s", "requests/s", "invocations/s", "calls/s")


class Remedy(NamedTuple):
    """What would mend a check, as changes of the estimate, and what these add to a month's cost.

    SET `what` (a path) to `value`; RAISE the quota `what` to `value` of the check's unit; AGGREGATE `value` records into one.
    """

    kind: str
    what: str
    value: float | str
    changes: dict[str, object]
    cost: float


class Judged(NamedTuple):
    check: Check
    verdict: str
    remedies: tuple[Remedy, ...]


class Plan(NamedTuple):
    """Whether a design holds at the peak. `headroom` is what should be left of every limit."""

    model: Model
    sheet: QuotaSheet
    headroom: float
    judged: tuple[Judged, ...]
    without_limit: tuple[PeakLoad, ...]

    @property
    def breaks(self) -> tuple[Judged, ...]:
        return tuple(each for each in self.judged if each.verdict == BREAKS)


def plan(model: Model, headroom: float, repriced: Repriced) -> Plan:
    """The plan of a model opened with quotas; `repriced` estimates it with changes, for what remedies cost."""
    sheet = model.sheet
    assert sheet is not None  # it was opened with quotas
    result = run(model, Floats())
    loads, region = result.metered.loads, model.card.region
    judged = []
    other_usage = sheet.other_usage(model.scenario.other_usage)
    for check in checks(loads, sheet, region, Floats(), other_usage):
        if not check.load and not check.limit:
            continue  # nothing is provisioned, for nothing
        said = verdict(check.utilisation, headroom)
        remedies = _remedies(check, model, headroom, result.total, repriced) if said == BREAKS else []
        judged.append(Judged(check, said, tuple(remedies)))
    return Plan(model, sheet, headroom, tuple(judged), tuple(without_limit(loads, sheet, region)))


def _remedies(check: Check, model: Model, headroom: float, total: float, repriced: Repriced) -> list[Remedy]:
    """What would mend a check that breaks: another setting, a raised quota, several records in one."""
    found: list[Remedy] = []
    quota, target = check.quota, 1 - headroom
    if check.setting:
        found += [Remedy(SET, path, value, {path: value}, 0.0) for path, value in _provided(check, model, target)]
    if quota is not None and quota.adjustable:
        found.append(Remedy(RAISE, quota.key, math.ceil(check.load / target), {}, 0.0))
    if quota is not None and check.unit in _OF_RECORDS:
        records = math.ceil(check.utilisation / target)
        found += [Remedy(AGGREGATE, "", records, changes, 0.0) for changes in _aggregated(records, model)]
    return [priced for remedy in found for priced in _priced(remedy, total, repriced)]


def _priced(remedy: Remedy, total: float, repriced: Repriced) -> list[Remedy]:
    """The remedy with its cost; none where the design cannot be so changed."""
    try:
        return [remedy._replace(cost=repriced(remedy.changes) - total) if remedy.changes else remedy]
    except InputError:
        return []


def _provided(check: Check, model: Model, target: float) -> Iterator[tuple[str, float | str]]:
    """The setting that provides for a load, by its path, and the value at which it is used up to the target."""
    component = model.pattern.component(check.components[0])
    now = component.settings[check.setting] if component else None
    path = f"{check.components[0]}.{check.setting}"
    if isinstance(now, dict):  # by period: the largest is that of the peak
        key, now = max(now.items(), key=lambda item: item[1].value)
        path = f"{path}.{key}"
    if isinstance(now, GivenBatch):
        records = math.floor(check.limit)
        yield path, f"{records} record{'s' * (records > 1)}"
    elif isinstance(now, Given):  # what is provisioned is counted as its setting is
        needed = check.load if check.quota is None else now.value * check.utilisation
        yield path, math.ceil(needed / target)


def _aggregated(records: int, model: Model) -> Iterator[dict[str, object]]:
    """The changes that make fewer, larger records come in, where all are of one size."""
    traffic = model.scenario.traffic
    (share, size), *_ = traffic.sizes
    if share is None:
        larger: dict[str, object] = {"traffic.record_size": f"{size.value * records!r} bytes"}
        fewer = {} if traffic.scale == "monthly_volume" else {"traffic.times": repr(traffic.times.value / records)}
        yield {**larger, **fewer}
