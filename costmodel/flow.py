"""Runs a pattern under a scenario's traffic: every component's usage of the month and its load at peak.

The engine goes component by component in flow order, all steady periods inside each, and joins what the periods gave.
A component with `meter: month` takes its input and usage from a second run, over the month as one average period.
"""

from functools import reduce
from operator import mul
from typing import TYPE_CHECKING, Any, NamedTuple

from costmodel.choosing import chosen, with_choice
from costmodel.components import AFTER, AGGREGATE, SOURCE, Component, Edge
from costmodel.errors import InputError, Problem, did_you_mean
from costmodel.metering import Batch, Load, Output, Past, Scaling, Span, Stream, Usage
from costmodel.quantities import Number, Numbers, Quantity, by_period, largest_over_periods, named, sum_over_periods, total
from costmodel.ratecard import MissingFact, RateCard
from costmodel.rating import MonthUsage
from costmodel.scenario import Scenario
from costmodel.settings import GivenBatch, Service
from costmodel.shapes import Given
from costmodel.sizing import Limits, with_sizes
from costmodel.traffic import OFF_PEAK, PEAK, Period
from costmodel.units import COUNT, RATE, SIZE, load_unit

if TYPE_CHECKING:
    from costmodel.models import Model

MONTH = "month"


class PeakLoad(NamedTuple):
    """The largest load of a component over the periods, against a quota (by name) or what is provisioned.

    `amount` and `provisioned` are counted in `unit`: 5,000 records/s are 5000.0. `by_period` has the load of each period and what
    is provisioned then, `of_copies` the load of all copies of the component. `setting`, `waits` and `gathered` are those of
    metering.Load. `scaling` has what is started in each period, of a load that cannot grow by any amount at once.
    """

    component: str
    item: str
    amount: Number
    unit: str
    quota: str
    provisioned: Number | None
    setting: str = ""
    by_period: tuple[tuple[Number, Number | None], ...] = ()
    of_copies: tuple[Number, ...] = ()
    waits: bool = False
    exact: bool = False
    scaling: tuple[Scaling, ...] = ()
    gathered: bool = False


class Metered(NamedTuple):
    """`flows` are the records a second on each edge (by its path, "enrich.input") in the period when most of them flow.

    `sized` has, for each component with settings that are auto, what they came to in each period. `delay` is the longest time
    (ms) that a record waits in buffers on its path, in the period in which that is longest; None where nothing buffers.
    """

    usages: list[MonthUsage]
    loads: list[PeakLoad]
    records: Number
    flows: dict[str, Number]
    sized: dict[str, list[dict[str, Number]]]
    delay: Number | None


class Lane(NamedTuple):
    """What a rule is run on at once: one of the `periods`, or all of them (traced), or the month's average (`scope`)."""

    period: Period
    span: Span
    periods: list[Period]
    traced: bool
    scope: str


def meter(model: "Model", numbers: Numbers, past: Past | None = None) -> Metered:
    """Usage of the month in the pattern's order, peak loads, and the records that come in, in a reading's numbers.

    `past` gives what is stored of amounts that have changed from month to month (see Span).
    """
    pattern, scenario = model.pattern, model.scenario
    months = None if model.after is None else numbers.number(AFTER, model.after)
    month = Span(1.0, 1.0, numbers.number("month", scenario.month), months, past)  # for all of its periods
    periods = scenario.traffic.periods(month.month, numbers)
    lanes = _lanes(periods, month, numbers)
    runs = {False: _run(model, lanes, numbers)}
    if any(component.by_month for component in pattern.components):
        runs[True] = _run(model, [_average(periods, month)], numbers)
    usages: list[MonthUsage] = []
    loads: list[PeakLoad] = []
    for component in pattern.components:
        usages += _usage_of_month(component, runs[component.by_month].yielded[component.name], numbers)
        loads += _peak_loads(component, runs[False].yielded[component.name], numbers)
    records = sum_over_periods([lane.period.rate * lane.period.duration for lane in lanes])
    flows = {path: _peak_flow(path, rates, numbers) for path, rates in runs[False].flows.items()}
    records = named(records, SOURCE, "records of the month")
    return Metered(usages, loads, records, flows, runs[False].sized, _longest(runs[False].delays))


def _lanes(periods: list[Period], of: Span, numbers: Numbers) -> list[Lane]:
    def span(duration: Number) -> Span:
        share = named(duration / of.month, SOURCE, "share_of_month") if numbers.traced else duration / of.month
        return of._replace(duration=duration, share_of_month=share)

    if not numbers.traced:
        return [Lane(period, span(period.duration), periods, False, "") for period in periods]
    rate = named(by_period([period.rate for period in periods]), SOURCE, "rate")
    duration = named(by_period([period.duration for period in periods]), SOURCE, "period_duration")
    return [Lane(Period("", False, rate, duration), span(duration), periods, True, "")]


def _average(periods: list[Period], of: Span) -> Lane:
    records = total(period.rate * period.duration for period in periods)
    average = Period(MONTH, False, named(records / of.month, MONTH, "average_rate"), of.month)
    span = of._replace(duration=of.month, share_of_month=of.month / of.month)
    return Lane(average, span, periods, False, MONTH)


class Run(NamedTuple):
    """For each lane: what each component yielded, the rate (per ms) at which records flow on each edge (by its path), and what
    settings that are auto came to. `delays` are those of the records that come out of what buffers, or is behind that."""

    yielded: dict[str, list[list[Usage | Load]]]
    flows: dict[str, list[Number]]
    sized: dict[str, list[dict[str, Number]]]
    delays: list[Number]


def _run(model: "Model", lanes: list[Lane], numbers: Numbers) -> Run:
    streams: list[dict[str, Stream]] = [{SOURCE: _source(model.scenario, lane, numbers)} for lane in lanes]
    run = Run({}, {}, {}, [])
    for component in model.pattern.flow:
        rates = _rates(component.service, model.card, numbers)
        coming = []
        for lane, flowing in zip(lanes, streams, strict=True):
            arriving = _arriving(component, flowing, lane, numbers)
            for edge, stream in zip(component.edges, arriving, strict=True):
                run.flows.setdefault(edge.path, []).append(stream.rate)
            coming.append(_joined(component, arriving, lane, numbers))
        for stream in coming:
            stream.periods = coming
        given = with_choice(component, model.card.facts_of(component.service))
        settings = [_settings(component, given, lane, numbers) for lane in lanes]
        if component.auto:
            settings = with_sizes(component, coming, settings, rates, Limits(model, component.service, numbers))
            run.sized[component.name] = [{name: of_period[name] for name in component.auto} for of_period in settings]
        run.yielded[component.name] = []
        for lane, flowing, stream, own in zip(lanes, streams, coming, settings, strict=True):
            yielded, output = _yielded(component, stream, component.service.settings(**own), rates, lane)
            run.yielded[component.name].append(yielded)
            flowing[component.name] = output
            if output.delay is not None:
                run.delays.append(output.delay)
    return run


def _longest(delays: list[Number]) -> Number | None:
    return largest_over_periods([largest_over_periods([delay]) for delay in delays]) if delays else None


def _rates(service: Service, card: RateCard, numbers: Numbers) -> Any:
    """What the card says of a service, as its rules see it: facts as numbers, prices by name."""
    facts = {
        name: given if isinstance(given, MissingFact) else numbers.number(f"rates.{service.key}.{name}", given)
        for name, given in card.facts_of(service).items()
    }
    return service.card(**facts, **service.price_names())


def _source(scenario: Scenario, lane: Lane, numbers: Numbers) -> Stream:
    sizes = scenario.traffic.record_sizes(numbers)
    flows = tuple((lane.period.rate if of is None else lane.period.rate * of, size) for of, size in sizes)
    return Stream(flows, lane.span, _scope(lane, SOURCE))


def _scope(lane: Lane, name: str) -> str:
    return f"{lane.scope}.{name}" if lane.scope else name


def _arriving(component: Component, flowing: dict[str, Stream], lane: Lane, numbers: Numbers) -> list[Stream]:
    """What comes in on each of the component's edges."""
    streams = []
    for edge in component.edges:
        arriving = _scope(lane, component.name if len(component.edges) == 1 else edge.path)
        stream = flowing[edge.origin]
        streams.append(_changed(stream, edge, arriving, numbers))
    return streams


def _changed(stream: Stream, edge: Edge, arriving: str, numbers: Numbers) -> Stream:
    """What an edge makes of a stream: lots as records, a share of them, of another size, several as one, of all copies."""
    if edge.each_batch:
        stream = stream.of_batches(arriving)
    if edge.keep is not None:
        stream = stream.kept(arriving, numbers.number(f"{edge.path}.share", edge.keep))
    if edge.size is not None:
        size = numbers.number(edge.size_path, edge.size.given)
        stream = stream.of_size(arriving, size) if edge.size.whole else stream.scaled(arriving, size)
    if edge.aggregate is not None:
        stream = stream.aggregated(arriving, numbers.number(f"{edge.path}.{AGGREGATE}", edge.aggregate))
    for path, copies in edge.copies:
        stream = stream.times(arriving, numbers.number(path, copies))
    return stream


def _joined(component: Component, streams: list[Stream], lane: Lane, numbers: Numbers) -> Stream:
    scope = _scope(lane, component.name)
    if not streams:  # it sees no records, only time
        nothing = ((numbers.constant(0.0, RATE), numbers.constant(0.0, SIZE)),)
        return Stream(nothing, lane.span, scope)
    return streams[0] if len(streams) == 1 else Stream.joined(streams, scope)


def _yielded(component: Component, stream: Stream, settings: Any, rates: Any, lane: Lane) -> tuple[list[Usage | Load], Stream]:
    """Runs the rule; at each yield the names of its local variables become the names of the steps."""
    rule: Any = component.service.rule(stream, settings, rates)
    yielded: list[Usage | Load] = []
    output = stream.passed_on()
    for item in rule:
        if lane.traced or lane.scope:
            _name_steps(rule, _scope(lane, component.name))
        if isinstance(item, Output):
            output = item.stream
        else:
            _must_scale_with_time(item, component, lane)
            yielded.append(item)
    return yielded, output


def _name_steps(rule: Any, scope: str) -> None:
    """The local variables of a rule where it yields, and of what it yields from, name its steps."""
    while rule is not None and hasattr(rule, "gi_frame"):
        for name, value in rule.gi_frame.f_locals.items():
            if isinstance(value, Quantity) and not name.startswith("_"):
                named(value, scope, name)
        rule = rule.gi_yieldfrom


def _must_scale_with_time(item: Usage | Load, component: Component, lane: Lane) -> None:
    """Usage is summed over periods: what does not depend on their length would change with their number."""
    if lane.traced and isinstance(item, Usage):
        for amount in (item.amount, item.consumed):
            if isinstance(amount, Quantity) and not isinstance(amount.value, tuple):
                raise TypeError(
                    f"{component.service.key}: the usage '{item.item}' does not scale with the period's time or records"
                )


def _settings(component: Component, given: dict[str, Any], lane: Lane, numbers: Numbers) -> dict[str, Any]:
    paths = {name: f"{component.name}.{name}" for name in given} | dict.fromkeys(chosen(component), "")
    return {name: _setting(paths[name], value, lane, numbers) for name, value in given.items()}


def _setting(path: str, value: Any, lane: Lane, numbers: Numbers) -> Any:
    if isinstance(value, dict):
        return _by_period(path, value, lane, numbers)
    if isinstance(value, GivenBatch):  # whether it is of bytes or of records is structure
        return Batch(value.by_size, numbers.number(path, value.given))
    return numbers.number(path, value) if isinstance(value, Given) else value


def _by_period(path: str, values: dict[Any, Any], lane: Lane, numbers: Numbers) -> Any:
    """A setting that differs between periods, in this lane: its own, all of them, or over a month their mean by time."""

    def of(period: Period) -> Any:
        key = next((key for key in (period.name, PEAK if period.busiest else OFF_PEAK) if key in values), None)
        if key is None:
            some = next(iter(values))
            known = " or ".join(dict.fromkeys((period.name, PEAK if period.busiest else OFF_PEAK)))
            raise InputError(Problem(some.place, f"{path} has no value for the period '{period.name}'; name {known}"))
        return _setting(f"{path}.{key}", values[key], lane, numbers)

    names = list(dict.fromkeys([*(period.name for period in lane.periods), PEAK, OFF_PEAK]))
    wrong = [key for key in values if key not in names]
    if wrong:
        raise InputError(*(Problem(key.place, f"{path}: there is no period '{key}'.{did_you_mean(key, names)}") for key in wrong))
    if not lane.traced and not lane.scope:
        return of(lane.period)
    scope, _, name = path.partition(".")
    if lane.traced:
        return named(by_period([of(period) for period in lane.periods]), scope, name)
    mean = total(of(period) * period.duration for period in lane.periods) / lane.period.duration
    return named(mean, _scope(lane, scope), name)


def _usage_of_month(component: Component, lanes: list[list[Usage | Load]], numbers: Numbers) -> list[MonthUsage]:
    copies = [numbers.number(path, given) for path, given in component.copies]
    rows = zip(*([item for item in lane if isinstance(item, Usage)] for lane in lanes), strict=True)
    usages = []
    for row in rows:
        first: Usage = row[0]
        amount = sum_over_periods([usage.amount for usage in row])
        consumed = amount if first.consumed is None else sum_over_periods([usage.consumed for usage in row])
        for copy in copies:
            amount, consumed = amount * copy, (amount if consumed is amount else consumed) * copy
        usages.append(MonthUsage(component.name, component.service.name, first.item, first.rate.key, amount, consumed))
    return usages


def _peak_loads(component: Component, lanes: list[list[Usage | Load]], numbers: Numbers) -> list[PeakLoad]:
    copies = [numbers.number(path, given) for path, given in component.copies]
    rows = zip(*([item for item in lane if isinstance(item, Load)] for lane in lanes), strict=True)
    loads = []
    for row in rows:
        first: Load = row[0]
        unit = load_unit(first.unit)
        amounts = [load.amount for load in row]
        largest = numbers.in_unit(largest_over_periods(amounts), unit)
        named(largest, component.name, f"{first.item.lower().replace(' ', '_')}_at_peak", first.unit)
        provided = [_number(load.provisioned, numbers) for load in row]
        provisioned = None if first.provisioned is None else numbers.in_unit(largest_over_periods(provided), unit)
        by_period = tuple(
            (numbers.in_unit(amount, unit), None if limit is None else numbers.in_unit(limit, unit))
            for amount, limit in zip(amounts, provided, strict=True)
        )
        of_copies = tuple(numbers.in_unit(reduce(mul, copies, amount), unit) for amount in amounts)
        scaling = tuple(s._replace(started=numbers.in_unit(s.started, unit)) for s in (load.scaling for load in row) if s)
        loads.append(
            PeakLoad(
                component.name,
                first.item,
                largest,
                first.unit,
                first.quota,
                provisioned,
                first.setting,
                by_period,
                of_copies,
                first.waits,
                first.exact,
                scaling,
                first.gathered,
            )
        )
    return loads


def _number(provisioned: Number | None, numbers: Numbers) -> Number | None:
    """What a rule says is provisioned; traced also where no file gives the number."""
    if isinstance(provisioned, float) and numbers.traced:
        return numbers.constant(provisioned, COUNT)  # type: ignore[no-any-return]
    return provisioned


def _peak_flow(path: str, rates: list[Number], numbers: Numbers) -> Number:
    unit = load_unit("records/s")
    return named(numbers.in_unit(largest_over_periods(rates), unit), path, "records_per_second_at_peak", unit.name)  # type: ignore[no-any-return]
