"""Several models side by side, traced, with every number that they share held once: the ground of workbooks and reports.

A number of the traffic belongs to its scenario, a setting to its pattern (or, where scenarios decide it, to both), a
price to its card. A reader who changes one changes every estimate that uses it.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

from costmodel.capacity.checks import Check, checks_of
from costmodel.components import OF_SCENARIO, QUOTAS, RESERVED
from costmodel.estimating import Result, Traced, run
from costmodel.inputs import Input, described
from costmodel.models import Model
from costmodel.quantities import Quantity, in_order
from costmodel.ratecard import RateCard


class Page(NamedTuple):
    """A model of the book and its traced result. `keys` are those of its inputs, by path.

    `checks` hold its loads against their limits, where the model was opened with quotas. `pattern`, `scenario` and `card` are
    labels: names made of small letters, digits and underscores, unique in the book.
    """

    model: Model
    result: Result
    keys: dict[str, str]
    pattern: str
    scenario: str
    card: str
    checks: tuple[Check, ...] = ()


class Book(NamedTuple):
    """`pages` in the order asked for, `inputs` by key: "large.traffic.peak_rate", "itl.ingest.buffer_size"."""

    pages: tuple[Page, ...]
    inputs: dict[str, Input]

    def scenario_titles(self) -> dict[str, str]:
        """Titles of the scenarios by their label; the label stands beside a title that several have."""
        return _told_apart({page.scenario: page.model.scenario.title for page in self.pages})

    def pattern_titles(self) -> dict[str, str]:
        """Titles of the patterns by their label, told apart in the same way."""
        return _told_apart({page.pattern: page.model.pattern.title for page in self.pages})

    def cards(self) -> list[tuple[RateCard, bool]]:
        """The rate cards, each once, and whether discounts are taken off its prices here."""
        cards = {page.model.card.name: page.model.card for page in self.pages}
        discounted = {page.model.card.name for page in self.pages if page.result.list_costs}
        return [(card, name in discounted) for name, card in cards.items()]

    def by_pattern(self) -> dict[str, list[Page]]:
        """Pages by their pattern's label."""
        groups: dict[str, list[Page]] = {}
        for page in self.pages:
            groups.setdefault(page.pattern, []).append(page)
        return groups


def book_of(models: Iterable[Model], done: Callable[[], None] = lambda: None) -> Book:
    """Traces each model once and finds what they share; one that comes twice has one page.

    `done` is called after each model, for a progress bar.
    """
    models = list(models)
    patterns = _labels((m.pattern.name, os.path.realpath(m.pattern.path)) for m in models)
    scenarios = _labels((m.scenario.name, os.path.realpath(m.scenario.path)) for m in models)
    cards = _labels((m.card.name, m.card.place) for m in models)
    pages: dict[tuple[str, ...], Page] = {}
    for model, pattern, scenario, card in zip(models, patterns, scenarios, cards, strict=True):
        if (pattern, scenario, card) not in pages:
            numbers = Traced()
            result = run(model, numbers)
            found = checks_of(model, result.metered.loads, numbers)
            pages[pattern, scenario, card] = Page(model, result, {}, pattern, scenario, card, tuple(found))
        done()
    inputs: dict[str, Input] = {}
    _share_inputs(list(pages.values()), inputs)
    return Book(tuple(pages.values()), inputs)


def _share_inputs(pages: list[Page], inputs: dict[str, Input]) -> None:
    """Gives each page the keys of its inputs: shared where all pages that could share a number have it and agree on it."""
    given = [{q.path: q.given for q in in_order(figures_of(page)) if q.path} for page in pages]
    several_cards = len({page.card for page in pages}) > 1
    says: dict[str, list[Hashable]] = {}
    for page, numbers in zip(pages, given, strict=True):
        for path, number in numbers.items():
            says.setdefault(_candidates(page, path, several_cards)[0], []).append(number)
    of_pattern = Counter(page.pattern for page in pages)
    for page, numbers in zip(pages, given, strict=True):
        for path, number in numbers.items():
            shared, own = _candidates(page, path, several_cards)
            is_setting = path.partition(".")[0] not in RESERVED
            all_have_it = not is_setting or len(says[shared]) == of_pattern[page.pattern]
            key = page.keys[path] = shared if all_have_it and len(set(says[shared])) == 1 else own
            if inputs.setdefault(key, described(page.model, path, number)).given != number:
                raise ValueError(f"two numbers would share the cell '{key}'")


def _told_apart(titles: dict[str, str]) -> dict[str, str]:
    every = [*titles.values()]
    return {label: f"{title} ({label})" if every.count(title) > 1 else title for label, title in titles.items()}


def figures_of(page: Page) -> list[Quantity]:
    """What a page says that was computed: quantities, costs, loads, limits, what flows, the month's records."""
    result = page.result
    figures = [result.metered.records, result.total, *result.metered.flows.values()]
    for usage in result.metered.usages:
        figures += [usage.amount, usage.consumed]
    for charge in result.charges:
        figures += [charge.quantity, charge.free, charge.cost, charge.consumed]
    figures += result.list_costs
    for load in result.metered.loads:
        figures += [load.amount, load.provisioned]
    for check in page.checks:
        figures += [check.load, check.limit, *(figure for pair in check.by_period for figure in pair)]
    return [figure for figure in figures if isinstance(figure, Quantity)]


def _candidates(page: Page, path: str, several_cards: bool) -> tuple[str, str]:
    """The key that `path` has where all who could share the number agree on it, and the key of this model alone."""
    head = path.partition(".")[0]
    own = f"{page.pattern}.{page.scenario}.{path}"
    if head in ("rates", QUOTAS):  # a sheet's quotas are those of its card's region
        return (f"{page.card}.{path}" if several_cards else path), own
    return f"{page.scenario if head in OF_SCENARIO else page.pattern}.{path}", own


def _labels(identities: Iterable[tuple[str, str]]) -> list[str]:
    """A label for each (name, file): the name as far as a label can be it, numbered where two files have one name."""
    labels: dict[tuple[str, str], str] = {}
    order = list(identities)
    for identity in order:
        if identity not in labels:
            plain = re.sub(r"[^a-z0-9]+", "_", identity[0].lower()).strip("_") or "unnamed"
            taken = labels.values()
            labels[identity] = next(
                label for n in range(1, len(order) + 2) if (label := plain if n == 1 else f"{plain}_{n}") not in taken
            )
    return [labels[identity] for identity in order]
