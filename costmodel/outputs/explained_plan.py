"""The checks of a plan in words: what is used of each limit, how load and limit came about, and where the limit stands."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from costmodel.bursts import Bursts
from costmodel.capacity.checks import BREAKS, HOLDS, TIGHT, identity, judged, utilisation
from costmodel.capacity.quotas import QuotaSheet
from costmodel.capacity.seconds import Second
from costmodel.capacity.traced import TracedCheck, TracedPlan
from costmodel.components import QUOTAS, YOURS
from costmodel.errors import InputError, did_you_mean
from costmodel.flow import PeakLoad
from costmodel.models import Model
from costmodel.outputs.grid import wrapped
from costmodel.outputs.limits import name, no_limit, used as as_share
from costmodel.outputs.prose import DIGITS, Reader, block, component_of
from costmodel.outputs.seconds import consequence, share_over
from costmodel.outputs.words import amount, exact, number
from costmodel.quantities import ATOM, BY_PERIOD, Quantity
from costmodel.units import SIZE, singular


class ExplainedCheck(NamedTuple):
    """One check of the plan: `steps` are lines of text, `inputs` what they rest on and where it stands."""

    title: str
    used: float
    verdict: str
    steps: list[str]
    inputs: list[str]


def text(plan: TracedPlan, headroom: float, what: str, width: int) -> str:
    """The checks of all components, of one, or of one load ("ingest.records"), for a terminal. Raises InputError."""
    checks, loads = _chosen(plan, what)
    lines: list[str] = []
    for e in (explained(each, plan.model, headroom, plan.seconds.get(identity(each.check))) for each in checks):
        lines += block(e.title, f"{as_share(e.used)}  {e.verdict}", e.steps, e.inputs, width)
    if loads:
        lines += [*wrapped(no_limit(loads), width), ""]
    return "\n".join(lines or ["Nothing here has a limit that is known.", ""])


def _chosen(plan: TracedPlan, what: str) -> tuple[list[TracedCheck], list[PeakLoad]]:
    """The checks asked for, and the loads asked for that have no limit."""
    component, load = component_of(what, plan.model)
    checks = [each for each in plan.checks if component in ("", *each.check.components)]
    loads = [each for each in plan.without_limit if component in ("", each.component)]
    if not load:
        return checks, loads
    known = dict.fromkeys([*(_load_name(each.check.item) for each in checks), *(_load_name(each.item) for each in loads)])
    if load not in known:
        raise InputError(f"{component} has no load '{load}'.{did_you_mean(load, known)}")
    return [e for e in checks if _load_name(e.check.item) == load], [e for e in loads if _load_name(e.item) == load]


def _load_name(item: str) -> str:
    return item.lower().replace(" ", "_")


def explained(traced: TracedCheck, model: Model, headroom: float, second: Second | None = None) -> ExplainedCheck:
    """One check of a model's plan. `headroom` is what should be left of the limit, `second` the busiest one."""
    check = traced.check
    component = model.pattern.component(check.components[0])
    assert component is not None  # loads are of the pattern's components
    bearers = ", ".join(f"{bearer}.{_load_name(check.item)}" for bearer in check.components)
    reader = Reader(component.name, model, most=traced.most)
    used = utilisation(check.load, check.limit)
    said = judged(check, used, headroom)
    steps = [
        *_steps_of_use(traced, reader),
        _reason(said, headroom),
        *(_steps_of_second(second, model.scenario.traffic.bursts) if second else ()),
        *_steps_of_load(traced, reader),
        *_steps_of_limit(traced, reader),
        *reader.steps([root for side in (traced.load, traced.limit) for root in _roots(side)]),
    ]
    return ExplainedCheck(f"{component.service.name} · {name(check)} · {bearers}", used, said, steps, _inputs(reader, model))


def _steps_of_use(traced: TracedCheck, reader: Reader) -> Iterator[str]:
    """The share that is used; in each period where the limit differs between them."""
    check = traced.check
    yield f"used = load / limit = {_share(check.load, check.limit, check.unit)}{_when(traced, reader)}"
    if isinstance(traced.limit.value, tuple):
        for n in reader.shown:
            load, limit = check.by_period[n]
            yield f"  in {reader.periods[n]}: {_share(load, limit, check.unit)}"
        yield from reader.and_more(" ")


def _share(load: float, limit: float, unit: str) -> str:
    used = utilisation(load, limit)
    result = ", where there is nothing that bears it" if used == math.inf else f" = {exact(used * 100, DIGITS)}%"
    return f"{_counted(load, unit)} / {_counted(limit, unit)}{result}"


def _when(traced: TracedCheck, reader: Reader) -> str:
    return "" if traced.most is None else f", in {reader.periods[traced.most]}"


def _reason(said: str, headroom: float) -> str:
    left = f"{number(headroom * 100)}% of the limit"
    return {
        HOLDS: f"holds: at least {left} is left",
        TIGHT: f"tight: less than {left} is left",
        BREAKS: "breaks: more than the limit",
    }[said]


def _steps_of_second(second: Second, bursts: Bursts | None) -> Iterator[str]:
    """What bursts ask for, how often that is too much, and what waits: by Little's law, what waits / what comes = how long."""
    check = second.check
    if bursts is not None:
        yield f"in the busiest second = {_share(check.load, check.limit, check.unit)}"
        levels = ", ".join(f"{exact(level, 4)} times in {exact(share * 100, 4)}% of it" for share, level in bursts.levels)
        yield f"  of its hour's mean, over time: {levels} · {bursts.given[0][1].place} (traffic.burst)"
        yield f"  above the limit {share_over(second)}: {second.verdict}"
    if said := consequence(second):
        yield f"  {said}"
    if second.waiting and second.waiting.in_seconds.mean_delay not in (0.0, math.inf):
        queue = second.waiting.in_seconds
        waits, comes = exact(queue.mean_backlog, 6), exact(queue.mean_backlog / queue.mean_delay, 6)
        yield f"  mean wait = mean of what waits / mean load = {waits} / {comes} = {exact(queue.mean_delay, 6)} s"


def _steps_of_load(traced: TracedCheck, reader: Reader) -> list[str]:
    return _came_about("load", traced.load, traced.check.load, traced, reader)


def _steps_of_limit(traced: TracedCheck, reader: Reader) -> list[str]:
    check, limit = traced.check, traced.limit
    if not (limit.operation or limit.path):  # only what comes in lots has a limit that no file gives
        return [f"limit = the records that come in together = {_counted(check.limit, check.unit)}"]
    return _came_about("limit", limit, check.limit, traced, reader)


def _came_about(what: str, quantity: Quantity, value: float, traced: TracedCheck, reader: Reader) -> list[str]:
    """A load or a limit: its formula in names, and in values for each period."""
    unit = traced.check.unit
    names, strength = reader.made_of(quantity)
    if strength == ATOM:  # a name, whose own steps follow
        of_periods = isinstance(quantity.value, tuple)
        return [f"{what} = {names} = {_counted(value, unit)}{_when(traced, reader) if of_periods else ''}"]
    if not isinstance(quantity.value, tuple):
        values, _ = reader.made_of(quantity, "values")
        return [f"{what} = {names} = {values} = {_counted(value, unit)}"]
    lines = [f"{what} = {names}"]
    for n in reader.shown:
        values, _ = reader.made_of(quantity, "values", n)
        lines.append(f"  in {reader.periods[n]}: {values} = {_counted(quantity.value[n], unit)}")
    return lines + reader.and_more(" ")


def _roots(quantity: Quantity) -> tuple[Quantity, ...]:
    """From where the steps go on: what has been made of others has been told."""
    return (quantity,) if quantity.operation in ("", BY_PERIOD) else quantity.operands


def _counted(value: float, unit: str) -> str:
    """ "5,000 records/s", "1 execution", "4.8828125 MB/s"."""
    if unit.startswith("bytes"):
        return amount(value, SIZE, DIGITS) + unit.removeprefix("bytes")
    what, slash, span = unit.partition("/")
    return f"{exact(value, DIGITS)} {singular(what) if value == 1 else what}{slash}{span}"


def _inputs(reader: Reader, model: Model) -> list[str]:
    """What files give, with their places; quotas last, with what the sheet says of them."""
    sheet = model.sheet
    assert sheet is not None  # it was opened with quotas
    quotas = [leaf for leaf in reader.leaves if leaf.path.startswith(f"{QUOTAS}.")]
    result = [*dict.fromkeys(reader.input(leaf) for leaf in reader.leaves if not leaf.path.startswith(f"{QUOTAS}."))]
    for leaf in quotas:
        result += _quota(reader.input(leaf), leaf.path.removeprefix(f"{QUOTAS}."), sheet, model.card.region)
    return result


def _quota(row: str, key: str, sheet: QuotaSheet, region: str) -> Iterator[str]:
    """A quota: where it stands and where AWS says so, whose it is and what it covers, and the sheet's note."""
    quota = sheet.quota(key, region)
    assert quota is not None  # it was compared with
    yield f"{row} · {quota.source}"
    raised = "AWS raises it on request" if quota.adjustable else "AWS does not raise it"
    yield f"  {_whose(sheet.quotas[key], region)}; one for each {quota.scope}; {raised}; confidence: {quota.confidence}"
    if quota.note:
        yield f"  {quota.note}"


def _whose(said: dict[str, object], region: str) -> str:
    by_region = said.get("by_region", {})
    assert isinstance(by_region, dict)
    default = by_region.get(region, said["value"])
    if YOURS in said:
        return f"yours, in place of AWS's default of {default}"
    if region in by_region:
        return f"AWS's default in {region}; {said['value']} where a region has none of its own"
    return "AWS's default"
