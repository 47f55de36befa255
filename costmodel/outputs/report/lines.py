"""The lines of a report: each with a cell for every scenario, and how it came about in each."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from costmodel.bill import Line
from costmodel.book import Book, Page, figures_of
from costmodel.outputs.lines import usage_words
from costmodel.outputs.prose import Reader, explained
from costmodel.outputs.report.script import Script, script_of
from costmodel.outputs.report.values import Marker, as_html
from costmodel.outputs.words import money
from costmodel.published.statement import CORRECTED, Statement
from costmodel.quantities import Quantity, in_order
from costmodel.rating import Charge, charged_words, tier_words
from costmodel.traffic import SOURCE_SCOPE

Key = tuple[str, str, int]


class Estimate(NamedTuple):
    """A model of the report; `number` is its place among them, which the page's script knows it by; `title` is its scenario's.

    `statement` is on the corrected basis; `printed` the same on the paper's where it prints this estimate. `command`
    estimates it again: what stands before the scenario's file, and after.
    """

    number: int
    title: str
    page: Page
    statement: Statement
    printed: Statement
    script: Script
    command: tuple[str, str]


def estimates_of(book: Book, statements: list[Statement], commands: Sequence[tuple[str, str]]) -> list[Estimate]:
    estimates: list[Estimate] = []
    titles = book.scenario_titles()
    for page, printed, command in zip(book.pages, statements, commands, strict=True):
        corrected = printed._replace(basis=CORRECTED, errata=())
        script = script_of(page, figures_of(page))
        estimates.append(Estimate(len(estimates), titles[page.scenario], page, corrected, printed, script, command))
    return estimates


class Explained(NamedTuple):
    """How a line, or what comes in, came about in one estimate. `billed` is what is billed of the line, at its `price`."""

    estimate: Estimate
    billed: str
    price: str
    steps: list[Markup]
    inputs: list[Markup]


class Row(NamedTuple):
    """A line of the bill in every scenario: costs as text ("" where there is none), and their explanations."""

    key: Key
    service: str
    description: str
    component: str
    costs: list[str]
    explanations: list[Explained]


def key_of(charge: Charge) -> Key:
    """What makes a line of one estimate the same as that of another of its pattern."""
    return (charge.usage.component, charge.usage.item, charge.tier)


def rows_of(estimates: list[Estimate]) -> list[Row]:
    """The lines of all estimates of a pattern, also those that nothing is used of, in the order of the first."""
    told = [set(_traffic_steps(estimate)) for estimate in estimates]
    charges = [{key_of(charge): charge for charge in e.page.result.charges} for e in estimates]
    rows = []
    for key in dict.fromkeys(key for of_one in charges for key in of_one):
        found = [of_one.get(key) for of_one in charges]
        bills = [None if c is None else _billed(e, c) for e, c in zip(estimates, found, strict=True)]
        first = next(charge for charge in found if charge is not None)
        rows.append(
            Row(
                key,
                first.usage.service,
                _description([charge for charge in found if charge is not None]),
                first.usage.component,
                ["" if line is None else money(line.cost) for line in bills],
                [_explained(e, c, line, t) for e, c, line, t in zip(estimates, found, bills, told, strict=True) if c is not None],
            )
        )
    return rows


def _billed(estimate: Estimate, charge: Charge) -> Line | None:
    """The line of the bill that a charge became; None where nothing was used."""
    usage, tier = charge.usage, tier_words(charge.rate, charge.tier) or None
    lines = estimate.statement.bill.lines
    return next((x for x in lines if (x.component, x.description, x.tier) == (usage.component, usage.item, tier)), None)


def _description(charges: list[Charge]) -> str:
    """The line and its tier, by number where the estimates' cards have other bounds."""
    words = dict.fromkeys(tier_words(charge.rate, charge.tier) for charge in charges)
    tier = next(iter(words)) if len(words) == 1 else f"tier {charges[0].tier}"
    return charges[0].usage.item + (f", {tier}" if tier else "")


def _explained(estimate: Estimate, charge: Charge, line: Line | None, told: set[Quantity]) -> Explained:
    explanation = explained(charge, estimate.page.model, Marker(estimate.script.slots), told)
    steps, inputs = (list(map(as_html, texts)) for texts in (explanation.steps, explanation.inputs))
    billed = "nothing" if line is None else usage_words(line)
    return Explained(estimate, billed, charged_words(charge), steps, inputs)


def _traffic_steps(estimate: Estimate) -> list[Quantity]:
    """The steps from the scenario to what comes in, which are explained once for all lines; what rests on others first."""
    every = in_order(figures_of(estimate.page))
    return [q for q in reversed(every) if q.name and (q.scope == SOURCE_SCOPE or q.scope.startswith("traffic."))]


def traffic_of(estimate: Estimate) -> Explained:
    """How the traffic comes about, down to the scenario's file."""
    reader = Reader(SOURCE_SCOPE, estimate.page.model, Marker(estimate.script.slots))
    steps = reader.steps([quantity for quantity in _traffic_steps(estimate) if quantity.scope == SOURCE_SCOPE])
    return Explained(estimate, "", "", list(map(as_html, steps)), list(map(as_html, reader.inputs())))
