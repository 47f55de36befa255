"""What the report's template shows: patterns, their scenarios side by side, lines that open to their explanations."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from costmodel.bill import Bill, Line
from costmodel.book import Book, Page, figures_of
from costmodel.charting import cost_against_traffic, cost_by_service, diagram, traffic_over_time
from costmodel.estimating import Floats, run
from costmodel.inputs import Input
from costmodel.outputs.charts import cost, diagram as diagram_chart, growth, traffic
from costmodel.outputs.charts.drawing import PAGE, inline
from costmodel.outputs.lines import by_service, notes, small_money, usage_words
from costmodel.outputs.prose import Reader, explained
from costmodel.outputs.report.script import Script, script_of
from costmodel.outputs.report.values import Marker, as_html
from costmodel.outputs.words import money, share
from costmodel.published.statement import CORRECTED, Statement
from costmodel.quantities import Quantity, in_order
from costmodel.rating import Charge, tier_words
from costmodel.traffic import SOURCE_SCOPE, TRAFFIC


class Estimate(NamedTuple):
    """A model of the report; `number` is its place among them, which the page's script knows it by.

    `statement` is on the corrected basis; `printed` the same on the paper's where it prints this estimate. `command`
    estimates it again, but for the scenario's file.
    """

    number: int
    page: Page
    statement: Statement
    printed: Statement
    script: Script
    command: str

    @property
    def title(self) -> str:
        return self.page.model.scenario.title


class Explained(NamedTuple):
    """How a line came about in one estimate."""

    estimate: Estimate
    steps: list[Markup]
    inputs: list[Markup]


class Row(NamedTuple):
    """A line of the bill in every scenario: costs and usage as text ("" where there is none), and their explanations."""

    key: "Key"
    description: str
    component: str
    price: str
    source: str
    costs: list[str]
    usages: list[str]
    explanations: list[Explained]


class Group(NamedTuple):
    """Inputs that stand together: a scenario's traffic or a component's settings. (number of the input, input, scenario)"""

    title: str
    note: str
    items: list[tuple[int, Input, str]]


class Section(NamedTuple):
    """A pattern of the report."""

    label: str
    title: str
    description: str
    estimates: list[Estimate]
    services: list[tuple[str, list[int]]]
    rows: list[Row]
    traffic: list[Explained]
    groups: list[Group]
    charts: dict[str, Markup]
    notes: list[str]

    @property
    def shown(self) -> Estimate:
        """The estimate in front where only one can be shown: the dearest."""
        return max(self.estimates, key=lambda estimate: estimate.statement.bill.total)


def estimates_of(book: Book, statements: list[Statement], commands: Sequence[str]) -> list[Estimate]:
    estimates: list[Estimate] = []
    for page, printed, command in zip(book.pages, statements, commands, strict=True):
        corrected = printed._replace(basis=CORRECTED, errata=())
        script = script_of(page, figures_of(page.result))
        estimates.append(Estimate(len(estimates), page, corrected, printed, script, command))
    return estimates


def section_of(label: str, estimates: list[Estimate], book: Book, done: Callable[[], None]) -> Section:
    """The section of a pattern; `done` is called as charts are drawn."""
    pattern = estimates[0].page.model.pattern
    rows = _rows(estimates)
    services: dict[str, list[int]] = {}
    for number_of_row, key in enumerate(_keys(estimates)):
        services.setdefault(_service(estimates, key), []).append(number_of_row)
    return Section(
        label,
        pattern.title,
        pattern.description,
        estimates,
        list(services.items()),
        rows,
        [_traffic(estimate) for estimate in estimates],
        _groups(label, estimates, book),
        _charts(estimates, done),
        notes([estimate.statement for estimate in estimates]),
    )


# The lines of a bill, each with a cell for every scenario

Key = tuple[str, str, int]


def key_of(charge: Charge) -> Key:
    """What makes a line of one estimate the same as that of another of its pattern."""
    return (charge.usage.component, charge.usage.item, charge.tier)


def _keys(estimates: list[Estimate]) -> list[Key]:
    """The lines of all estimates, those of a service together as they first appear."""
    charges = [charge for estimate in estimates for charge in estimate.page.result.charges]
    keys = dict.fromkeys(key_of(charge) for charge in charges)
    return list(keys)


def _service(estimates: list[Estimate], key: Key) -> str:
    return next(c.usage.service for e in estimates for c in e.page.result.charges if key_of(c) == key)


def _rows(estimates: list[Estimate]) -> list[Row]:
    told = [_traffic_steps(estimate) for estimate in estimates]
    lines = [{(line.component, line.description, line.tier): line for line in e.statement.bill.lines} for e in estimates]
    rows = []
    for key in _keys(estimates):
        charges = [next((c for c in e.page.result.charges if key_of(c) == key), None) for e in estimates]
        first = next(charge for charge in charges if charge)
        found = [_line(charge, of) for charge, of in zip(charges, lines, strict=True)]
        words = tier_words(first.rate, first.tier)
        usd = first.rate.tiers[first.tier - 1].usd.text.strip()
        rows.append(
            Row(
                key,
                first.usage.item + (f", {words}" if words else ""),
                first.usage.component,
                f"${usd} per {first.rate.per.text}",
                first.rate.source,
                ["" if line is None else money(line.cost) for line in found],
                ["" if line is None else usage_words(line) for line in found],
                [_explained(e, c, t) for e, c, t in zip(estimates, charges, told, strict=True) if c],
            )
        )
    return rows


def _line(charge: Charge | None, lines: dict[tuple[str, str, str | None], Line]) -> Line | None:
    if charge is None:
        return None
    return lines.get((charge.usage.component, charge.usage.item, tier_words(charge.rate, charge.tier) or None))


def _explained(estimate: Estimate, charge: Charge, told: list[Quantity]) -> Explained:
    steady = estimate.page.model.scenario.traffic.steady
    explanation = explained(charge, steady, Marker(estimate.script.slots), set(told))
    return Explained(estimate, list(map(as_html, explanation.steps)), list(map(as_html, explanation.inputs)))


def _traffic_steps(estimate: Estimate) -> list[Quantity]:
    """The steps from the scenario to what comes in, which are explained once for all lines; what rests on others first."""
    every = in_order(figures_of(estimate.page.result))
    return [q for q in reversed(every) if q.name and (q.scope == SOURCE_SCOPE or q.scope.startswith("traffic."))]


def _traffic(estimate: Estimate) -> Explained:
    reader = Reader(SOURCE_SCOPE, estimate.page.model.scenario.traffic.steady, Marker(estimate.script.slots))
    steps = reader.steps(_traffic_steps(estimate))
    return Explained(estimate, list(map(as_html, steps)), list(map(as_html, reader.inputs())))


# Inputs


def is_editable(path: str) -> bool:
    """Whether a scenario's file can say it; prices are the card's."""
    return not path.startswith("rates.")


def _groups(label: str, estimates: list[Estimate], book: Book) -> list[Group]:
    """The inputs of the pattern's components; those that differ between scenarios once for each."""
    numbers = {key: number for number, key in enumerate(book.inputs)}
    groups = []
    for component in estimates[0].page.model.pattern.components:
        items: dict[str, tuple[int, Input, str]] = {}
        for setting in ("input", *component.service.setting_fields()):
            for page in (estimate.page for estimate in estimates):
                for path, key in page.keys.items():
                    if f"{path}.".startswith(f"{component.name}.{setting}."):
                        owner = "" if key == f"{label}.{path}" else page.scenario
                        items.setdefault(key, (numbers[key], book.inputs[key], owner))
        if items:
            groups.append(Group(component.name, component.service.name, list(items.values())))
    return groups


def traffic_groups(book: Book) -> dict[str, Group]:
    """The inputs of each scenario's traffic, by the scenario's label."""
    numbers = {key: number for number, key in enumerate(book.inputs)}
    groups: dict[str, Group] = {}
    for page in book.pages:
        group = groups.setdefault(page.scenario, Group(page.model.scenario.title, "", []))
        for name in (*(f"traffic.{field}" for field in TRAFFIC.fields), "month"):
            for path, key in page.keys.items():
                item = (numbers[key], book.inputs[key], page.scenario)
                if f"{path}.".startswith(f"{name}.") and item not in group.items:
                    group.items.append(item)
    return groups


# Charts for pages without a script, and the diagram


def _charts(estimates: list[Estimate], done: Callable[[], None]) -> dict[str, Markup]:
    """SVG by name: "cost" and "traffic" of all scenarios, "growth-" and "diagram-" with a scenario's label."""
    label = estimates[0].page.pattern
    drawings = {
        "cost": cost.draw(cost_by_service([e.statement.bill for e in estimates]), PAGE),
        "traffic": traffic.draw([traffic_over_time(e.page.model) for e in estimates], PAGE),
    }
    for estimate in estimates:
        drawings[f"growth-{estimate.page.scenario}"] = growth.draw(cost_against_traffic(estimate.page.model), PAGE)
        done()
    shown = max(estimates, key=lambda e: e.statement.bill.total)
    drawings["diagram"] = diagram_chart.draw(diagram(shown.page.model, run(shown.page.model, Floats())), PAGE, heading=False)
    return {name: Markup(inline(drawn, f"{label}-{name}")) for name, drawn in drawings.items()}


# Texts about an estimate


def driver(statement: Statement) -> str:
    """What most of the cost is for."""
    costs = {service: sum(line.cost for line in lines) for service, lines in by_service(statement.bill.lines).items()}
    if not statement.bill.total:
        return "nothing is charged"
    service = max(costs, key=costs.__getitem__)
    return f"{share(costs[service] / statement.bill.total)} of it is {service}"


def each(bill: Bill) -> str:
    value = bill.per_million_records
    return "no records" if value is None else f"{money(value, 4)} per million records"


def cost_of(bill: Bill, service: str) -> float:
    return sum(line.cost for line in bill.lines if line.service == service)


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
