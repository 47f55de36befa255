"""What the report's template shows: patterns, their scenarios side by side, lines that open to their explanations."""

from collections.abc import Callable
from typing import NamedTuple

from markupsafe import Markup

from costmodel.bill import Bill
from costmodel.book import Book, Page
from costmodel.capacity.forecasts import Forecast
from costmodel.capacity.plans import Plan
from costmodel.charting import TrafficOverTime, cost_against_traffic, cost_by_service, diagram, traffic_limits, traffic_over_time
from costmodel.components import ALREADY_USED, COUNT_OF_COPIES, OTHER_USAGE, QUOTAS
from costmodel.estimating import Floats, run
from costmodel.flow import MONTH
from costmodel.inputs import Input
from costmodel.models import Model
from costmodel.outputs.charts import cost, diagram as diagram_chart, forecast as forecast_chart, growth, traffic
from costmodel.outputs.charts.drawing import PAGE, inline
from costmodel.outputs.forecast import events, tiers
from costmodel.outputs.lines import driver, notes, small_money
from costmodel.outputs.report.limits import Limits, limits_of
from costmodel.outputs.report.lines import Estimate, Explained, Row, rows_of, traffic_of
from costmodel.outputs.report.studies import Studied, Study, studies_of
from costmodel.outputs.words import money, share
from costmodel.traffic import TRAFFIC


class Group(NamedTuple):
    """Inputs that stand together, by their numbers in the book: a scenario's traffic or a component's settings.

    Beside each the label of the scenario that it belongs to; "" where it belongs to all.
    """

    title: str
    note: str
    inputs: dict[int, tuple[Input, str]]


class Ahead(NamedTuple):
    """What is known of an estimate beside its cost: whether it holds, what comes as traffic grows, and what if."""

    plan: Plan | None
    forecast: Forecast | None
    studied: Studied


class Grown(NamedTuple):
    """An estimate whose traffic grows: the cost of the first month and the last, what gives way, tiers reached."""

    estimate: Estimate
    words: str
    last: int
    costs: tuple[str, str]
    chart: Markup
    events: list[str]
    tiers: list[str]


class WhatIf(NamedTuple):
    """What-if questions of an estimate."""

    estimate: Estimate
    studies: list[Study]


class Section(NamedTuple):
    """A pattern of the report; `limits`, `grown` and `what_if` are of its estimates that have a plan, a forecast or studies."""

    label: str
    title: str
    description: str
    estimates: list[Estimate]
    services: list[tuple[str, list[int]]]
    rows: list[Row]
    traffic: list[Explained]
    limits: list[Limits]
    grown: list[Grown]
    what_if: list[WhatIf]
    groups: list[Group]
    charts: dict[str, Markup]
    notes: list[str]

    @property
    def shown(self) -> Estimate:
        """The estimate in front where only one can be shown: the dearest."""
        return max(self.estimates, key=lambda estimate: estimate.statement.bill.total)


def sections_of(estimates: list[Estimate], ahead: list[Ahead], book: Book, done: Callable[[], None]) -> list[Section]:
    """The sections of the patterns, with what is ahead of each estimate; `done` is called as charts are drawn."""
    by_pattern: dict[str, list[Estimate]] = {}
    for estimate in estimates:
        by_pattern.setdefault(estimate.page.pattern, []).append(estimate)
    return [_section(label, own, ahead, book, done) for label, own in by_pattern.items()]


def _section(label: str, estimates: list[Estimate], ahead: list[Ahead], book: Book, done: Callable[[], None]) -> Section:
    pattern = estimates[0].page.model.pattern
    rows = rows_of(estimates)
    services: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        services.setdefault(row.service, []).append(number)
    return Section(
        label,
        book.pattern_titles()[label],
        pattern.description,
        estimates,
        list(services.items()),
        rows,
        [traffic_of(estimate) for estimate in estimates],
        [limits_of(estimate, plan) for estimate in estimates if (plan := ahead[estimate.number].plan)],
        [_grown(estimate, forecast) for estimate in estimates if (forecast := ahead[estimate.number].forecast)],
        [_what_if(estimate, studied) for estimate in estimates if any(studied := ahead[estimate.number].studied)],
        _groups(label, estimates, book),
        _charts(estimates, done),
        notes([estimate.statement for estimate in estimates]),
    )


# Inputs


def is_editable(path: str) -> bool:
    """Whether a scenario's file can say it. Prices are the card's, quotas a sheet's, copies of a whole pattern the pattern's."""
    return path == MONTH or ("." in path and not path.startswith(("rates.", f"{QUOTAS}.")))


def _groups(label: str, estimates: list[Estimate], book: Book) -> list[Group]:
    """The inputs of the pattern's components; those that differ between scenarios once for each."""
    groups = []
    for component in estimates[0].page.model.pattern.components:
        group = Group(component.name, component.service.name, {})
        lines = (line.key for line in component.service.companions)
        for setting in ("input", COUNT_OF_COPIES, *component.service.setting_fields(), *lines):
            for page in (estimate.page for estimate in estimates):
                for path, key in _below(f"{component.name}.{setting}", page):
                    owner = "" if key == f"{label}.{path}" else page.scenario
                    group.inputs[_number(book, key)] = (book.inputs[key], owner)
        if group.inputs:
            groups.append(group)
    return groups


def traffic_groups(book: Book) -> dict[str, Group]:
    """The inputs of each scenario's traffic, by the scenario's label."""
    groups: dict[str, Group] = {}
    for page in book.pages:
        group = groups.setdefault(page.scenario, Group(book.scenario_titles()[page.scenario], "", {}))
        for name in (*(f"traffic.{field}" for field in TRAFFIC.fields), MONTH, ALREADY_USED, OTHER_USAGE):
            for _, key in _below(name, page):
                group.inputs[_number(book, key)] = (book.inputs[key], page.scenario)
    return groups


def _below(name: str, page: Page) -> list[tuple[str, str]]:
    """(path, key) of the page's inputs at this path or below it."""
    return [(path, key) for path, key in page.keys.items() if f"{path}.".startswith(f"{name}.")]


def _number(book: Book, key: str) -> int:
    """Which of the book's inputs it is."""
    return list(book.inputs).index(key)


# Charts for pages without a script, and the diagram


def _charts(estimates: list[Estimate], done: Callable[[], None]) -> dict[str, Markup]:
    """SVG by name: "cost" and "traffic" of all scenarios, "growth-" with a scenario's label, and "diagram"."""
    label = estimates[0].page.pattern
    drawings = {
        "cost": cost.draw(cost_by_service([e.statement.bill for e in estimates]), PAGE),
        "traffic": traffic.draw([_traffic(e.page.model) for e in estimates], PAGE),
    }
    for estimate in estimates:
        drawings[f"growth-{estimate.page.scenario}"] = growth.draw(cost_against_traffic(estimate.page.model), PAGE)
        done()
    shown = max(estimates, key=lambda e: e.statement.bill.total)
    drawings["diagram"] = diagram_chart.draw(diagram(shown.page.model, run(shown.page.model, Floats())), PAGE, heading=False)
    return {name: Markup(inline(drawn, f"{label}-{name}")) for name, drawn in drawings.items()}


def _traffic(model: Model) -> TrafficOverTime:
    return traffic_over_time(model, traffic_limits(model) if model.sheet else ())


def _grown(estimate: Estimate, forecast: Forecast) -> Grown:
    drawn = inline(forecast_chart.draw(forecast, PAGE), f"{estimate.page.pattern}-forecast-{estimate.page.scenario}")
    costs = money(forecast.totals[0]), money(forecast.totals[-1])
    words, last = forecast.growth.words, forecast.months[-1]
    return Grown(estimate, words, last, costs, Markup(drawn), events(forecast), tiers(forecast))


def _what_if(estimate: Estimate, studied: Studied) -> WhatIf:
    return WhatIf(estimate, studies_of(studied, f"{estimate.page.pattern}-{estimate.page.scenario}"))


# Texts about an estimate


def driver_words(bill: Bill) -> str:
    """What most of the cost is for."""
    found = driver(bill)
    return "nothing is charged" if found is None else f"{share(found[1])} of it is {found[0]}"


def each(bill: Bill) -> str:
    value = bill.per_million_records
    return "no records" if value is None else f"{money(value, 4)} per million records"


class Printed(NamedTuple):
    """What the paper prints of a pattern's estimates: `columns` are their titles, `rows` what is printed and why.

    `errata` have an amount for each column, what leads from the right total to the printed one.
    """

    table: str
    columns: list[str]
    totals: list[tuple[str, list[str]]]
    errata: list[tuple[str, list[str]]]


def printed(estimates: list[Estimate]) -> Printed | None:
    """None where the paper prints none of these estimates."""
    statements = [(estimate.title, estimate.printed) for estimate in estimates if estimate.printed.printed_total is not None]
    if not statements:
        return None
    amounts = {
        (amount.erratum.what, title): small_money(amount.amount) for title, statement in statements for amount in statement.errata
    }
    columns = [title for title, _ in statements]
    totals = [
        ("as printed", [money(statement.printed_total or 0.0) for _, statement in statements]),
        ("right", [money(statement.corrected_total) for _, statement in statements]),
    ]
    errata = [(what, [amounts.get((what, title), "-") for title in columns]) for what in dict.fromkeys(w for w, _ in amounts)]
    return Printed(statements[0][1].table, columns, totals, errata)
