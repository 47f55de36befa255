"""Finds, changes and reads what an estimate is made of: a pattern, a scenario and a rate card, together a Model."""

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping as Map
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from costmodel import services
from costmodel.changes import (
    argument_of,
    components_of,
    no_such_path,
    sorted_by_file,
    with_all,
    with_components,
    with_edge,
    with_prices,
    with_room,
    with_used,
)
from costmodel.components import AFTER, COUNT_OF_COPIES, RESERVED
from costmodel.errors import InputError, Mistakes, Place, Problem, did_you_mean
from costmodel.library import Found, Library
from costmodel.metering import PriceNames, price_key
from costmodel.pattern import Pattern, joined, labels, read_pattern
from costmodel.prices import FREE_TIERS, quantity
from costmodel.ratecard import RateCard, read_card
from costmodel.scenario import Scenario, read_scenario
from costmodel.shapes import Amount, Given, Word, read as read_shape
from costmodel.units import COUNT, ONE
from costmodel.yamlfile import Mapping, Node, find, scalar, with_value

if TYPE_CHECKING:
    from costmodel.capacity.quotas import QuotaSheet

DEFAULT_REGION = "us-east-1"


class Terms(NamedTuple):
    """On what an estimate stands, beside its pattern and its scenario.

    The card is `rates`, else the newest of `region`, else the scenario's, else the newest of us-east-1. Where both `rates` and
    `region` are given, they must agree.
    `after` is how many months the design has run, "12 months"; where left out, storage has its full retention.
    `quotas` is the quota sheet; else the one nearest in time to the card. It is read where a setting is auto, or `with_quotas`.
    `changes` maps paths ("ingest.buffer_size", "traffic.peak_rate", "rates.firehose.ingested.1.usd") to YAML values.
    """

    rates: str | None = None
    region: str | None = None
    changes: Map[str, object] = MappingProxyType({})
    free_tier: str = "none"
    after: str | int | None = None
    quotas: str | None = None
    with_quotas: bool = False


# The months of `after`: the first month is 1, and 100 years are enough.
AFTER_SHAPE = Amount(COUNT, ONE, at_least="1", at_most="1200")
_AFTER = re.compile(r"([0-9]+(?:\.[0-9]+)?) *(months?|years?)?")


class Model(NamedTuple):
    """A pattern under a scenario's traffic at a card's prices.

    `changes` are what the user set, path to YAML text. `as_shipped`: nothing of it was changed by the user, and the card is
    the scenario's. `card_named`: the user or the scenario named the card; else it is the newest there is; `card_path` is its
    file. `already_used` is what else the account has of prices, by key. `sheet` has the quotas, where they were asked for.
    """

    pattern: Pattern
    scenario: Scenario
    card: RateCard
    free_tier: str
    as_shipped: bool
    changes: Map[str, str]
    card_named: bool
    card_path: str
    after: Given | None
    already_used: Map[str, Given]
    sheet: "QuotaSheet | None" = None


def open_models(
    pattern: str,
    scenarios: Iterable[str] = (),
    *,
    terms: Terms = Terms(),
    library: Library | None = None,
    beside: Collection[str] = (),
) -> list[Model]:
    """The models of a pattern: one for each scenario, or for those that the pattern names. Raises InputError.

    `beside` are components of patterns outside the library, which a scenario may decide about.
    """
    library = library or Library()
    if terms.free_tier not in FREE_TIERS:
        raise InputError(f"there is no free-tier policy '{terms.free_tier}'; it is one of {', '.join(FREE_TIERS)}")
    found = library.find("patterns", pattern)
    node = library.load("patterns", found)
    texts = {path: _as_yaml(value) for path, value in terms.changes.items()}
    asked = _Asked(library, terms, texts, beside)
    models, mistakes = [], Mistakes()
    for name in list(scenarios) or _named_scenarios(node, found):
        with mistakes.noted():
            scenario = library.find("scenarios", name, getattr(name, "place", None))
            models.append(_open(asked, found, node, scenario))
    if mistakes.problems:
        raise InputError(*dict.fromkeys(mistakes.problems))
    return models


def open_several(
    patterns: Iterable[str],
    scenarios: Iterable[str] = (),
    *,
    terms: Terms = Terms(),
    library: Library | None = None,
) -> dict[str, list[Model]]:
    """The models of each of several patterns, by the pattern's name as given. Raises InputError with every mistake.

    A change of a component is made in the patterns that have it; one that no pattern has is a mistake, as in open_models.
    Where several patterns have it, "itl_ingest" is the one of itl.
    """
    library = library or Library()
    scenarios, mistakes = list(scenarios), Mistakes()
    found: dict[str, Found] = {}
    components: dict[str, dict[str, str]] = {}
    for name in patterns:
        with mistakes.noted():
            pattern = library.find("patterns", name)
            components[name] = {own: own for own in components_of(library.load("patterns", pattern))}
            found[name] = pattern
    for name, label in zip(found, labels([pattern.name for pattern in found.values()]), strict=True):
        with_label = {f"{label}_{own}": own for own in (*components[name], COUNT_OF_COPIES)}
        components[name] = with_label | components[name]  # a component's own name goes before
    every = list(dict.fromkeys(component for of in components.values() for component in of))
    if not mistakes.problems:  # else a pattern that could not be read may have what is asked for
        mistakes.problems += [
            no_such_path(path, Place(argument_of(path, value)), every)
            for path, value in terms.changes.items()
            if path.partition(".")[0] not in (*every, *RESERVED)
        ]
    models: dict[str, list[Model]] = {}
    for name, own in components.items():
        here = {}
        for path, value in terms.changes.items():
            head, dot, rest = path.partition(".")
            if head in own or head in RESERVED:
                here[own.get(head, head) + dot + rest] = value
        with mistakes.noted():
            models[name] = open_models(name, scenarios, terms=terms._replace(changes=here), library=library, beside=every)
    if mistakes.problems:
        raise InputError(*dict.fromkeys(mistakes.problems))
    return models


def open_account(
    patterns: Iterable[str],
    scenarios: Iterable[str] = (),
    *,
    terms: Terms = Terms(),
    library: Library | None = None,
) -> list[Model]:
    """The models of several patterns that one account runs, a single one for each scenario. Raises InputError."""
    names = list(patterns)
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(*(f"the pattern {name} is given twice; count: 2 in its file makes two of it" for name in twice))
    by_pattern = list(open_several(names, scenarios, terms=terms, library=library).values())
    paths = [os.path.realpath(of_pattern[0].pattern.path) for of_pattern in by_pattern]
    if again := [name for n, name in enumerate(names) if paths[n] in paths[:n]]:
        raise InputError(*(f"the pattern {name} is given twice, by another name" for name in again))
    if len(by_pattern) == 1:
        return by_pattern[0]
    shown = [[model.scenario.name for model in models] for models in by_pattern]
    if any(of_pattern != shown[0] for of_pattern in shown):
        raise InputError("the patterns are shown with different scenarios; name one to estimate them with")
    return [_one_account(models) for models in zip(*by_pattern, strict=True)]


# Opens a design with further changes, path to value; raises InputError where it cannot be so.
Changed = Callable[[Map[str, object]], "Model"]


def changed(patterns: Iterable[str], terms: Terms, library: Library, model: Model, changes: Map[str, object]) -> Model:
    """A model of open_account() with further changes. Raises InputError where it cannot be so."""
    (again,) = open_account(
        patterns, [model.scenario.path], terms=terms._replace(changes={**terms.changes, **changes}), library=library
    )
    return again


def _one_account(models: tuple[Model, ...]) -> Model:
    """Models of one scenario and one card as one; each has read only the prices that its own pattern needs."""
    first = models[0]
    rates = reduce(or_, (model.card.rates for model in models))
    facts = {key: given for model in models for key, given in model.card.facts.items()}
    return first._replace(
        pattern=joined(model.pattern for model in models),
        card=first.card._replace(rates=rates, facts=facts),
        as_shipped=False,
        changes={},  # they are of the single patterns' paths
        already_used={key: given for model in models for key, given in model.already_used.items()},
        sheet=next((model.sheet for model in models if model.sheet), None),
    )


def _as_yaml(value: object) -> str:
    """A change as YAML text; from Python it may also be a number, None, or a mapping or list of such."""
    if isinstance(value, str):
        return value
    import json

    return json.dumps(value, default=str)


def _named_scenarios(node: Mapping, found: Found) -> list[str]:
    pattern = read_pattern(node, found.name)
    if not pattern.scenarios:
        raise InputError(f"the pattern {found.name} names no scenarios; name one to estimate it with")
    return list(pattern.scenarios)  # with their places, for what is wrong with them


class _Asked(NamedTuple):
    """What open_models was asked for beside the pattern and the scenarios."""

    library: Library
    terms: Terms
    changes: Map[str, str]
    beside: Collection[str]


def _open(asked: _Asked, found: Found, pattern: Mapping, scenario: Found) -> Model:
    library, terms, changes, beside = asked
    mistakes = Mistakes()
    sorted_changes = sorted_by_file(changes, components_of(pattern), mistakes)
    read = model_pattern = read_rates = None
    already: dict[str, Given] = {}
    decided = pattern
    with mistakes.noted():
        tree = with_used(library.load("scenarios", scenario), sorted_changes.used)
        tree = with_all(tree, sorted_changes.scenario, mistakes)
        read = read_scenario(tree, scenario.name, scenario.path)
        decided = decided_by_scenario(library, pattern, read.settings, beside)
        for path in read.ranges:
            if path.partition(".")[0] not in RESERVED:
                _must_be_somewhere(library, path, components_of(pattern), beside)
    with mistakes.noted():
        whole = with_all(with_components(decided, sorted_changes.pattern, mistakes), sorted_changes.whole, mistakes)
        model_pattern = read_pattern(whole, found.name, found.path)
    with mistakes.noted():
        named = _named_card(terms, read)
        name = library.newest_card(DEFAULT_REGION if terms.region is None else terms.region) if named is None else named
        card = library.find("pricing", name, getattr(name, "place", None))
        used = {component.service.key for component in model_pattern.components} if model_pattern else set()
        unused = {*services.keys()} - used - {path[0] for path, _ in sorted_changes.card}
        files: list[Found] = []
        prices = library.load("pricing", card, unused, files)
        later = all(file.shipped for file in files) and not sorted_changes.card  # a test reads all that is shipped
        read_rates = read_card(with_prices(prices, sorted_changes.card, mistakes), card.name, later)
        _check_region(terms, read_rates)
        if model_pattern:
            _check_offered(model_pattern, read_rates)
        already = already_used(read, read_rates) if read else {}
    if mistakes.problems or read is None or model_pattern is None or read_rates is None:
        raise InputError(*mistakes.problems)
    as_shipped = not changes and terms.free_tier == "none" and found.shipped and scenario.shipped and card.shipped
    given = changes.get(AFTER, terms.after)
    as_shipped = as_shipped and given is None and card.name == read.rates
    after = None if given is None else months(str(given))
    sheet = None
    if terms.with_quotas or sorted_changes.quotas or any(component.auto for component in model_pattern.components):
        from costmodel.capacity.quotas import open_sheet

        sheet = open_sheet(library, terms.quotas, read_rates.as_of, sorted_changes.quotas)
    return Model(
        model_pattern, read, read_rates, terms.free_tier, as_shipped, changes, named is not None, card.path, after, already, sheet
    )


def months(text: str) -> Given:
    """The months of "12 months", "2 years" or "12". Raises InputError."""
    place = f"--after {text}"
    match = _AFTER.fullmatch(text.strip())
    if not match:
        raise InputError(Problem(Place(place), f"'{text}' is no number of months; write for example 12 months or 2 years"))
    number = f"{float(match[1]) * 12:.15g}" if (match[2] or "").startswith("year") else match[1]
    given: Given = read_shape(AFTER_SHAPE, scalar(number, place))
    return given


def already_used(scenario: Scenario, card: RateCard) -> dict[str, Given]:
    """What the scenario says the account has already used, of the prices that were read. Raises InputError."""
    problems: list[Problem] = []
    result = {}
    for key, word in scenario.already_used.items():
        service, _, rest = key.partition(".")
        price, _, kind = rest.partition(".")
        own = price_key(f"{service}.{price}", kind) if kind else str(key)
        if own in card.rates:
            result[own] = quantity(word, card.rates[own].per.unit, problems)
        elif card.rates_of_price(f"{service}.{price}") or (f"{service}.{price}", bool(kind)) not in _every_price():
            problems.append(Problem(key.place, f"there is no price '{key}'{_like(key, card)}"))
    if problems:
        raise InputError(*problems)
    return result


def _like(key: str, card: RateCard) -> str:
    """What to write in place of a price that is none: the kinds of one that has a price for each, or one that is like it."""
    if (key, True) in _every_price():
        kinds = ", ".join(sorted(own.removeprefix(f"{key}.") for own in card.rates_of_price(key)))
        return f": each kind of it has its own. Write '{key}.KIND'{f', of {kinds}' if kinds else ''}."
    return f".{did_you_mean(key, [*card.rates, *(name for name, _ in _every_price())])}"


def _every_price() -> list[tuple[str, bool]]:
    """All prices that services declare, and whether there is one for each kind of something."""
    every = ((service, name, price) for service in services.every() for name, price in service.price_names().items())
    return sorted((f"{service.key}.{name}", isinstance(price, PriceNames)) for service, name, price in every)


def _named_card(terms: Terms, scenario: Scenario | None) -> str | None:
    """The card that was asked for by name; None where the newest of a region is meant."""
    if terms.rates is not None or terms.region is not None:
        return terms.rates
    return scenario.rates if scenario else None


def _check_region(terms: Terms, card: RateCard) -> None:
    """Raises InputError where a card is named that is of another region than the one that is named too."""
    if terms.rates is not None and terms.region not in (None, card.region):
        raise InputError(
            f"the rate card {terms.rates} is of {card.region}, not of the region {terms.region}; leave one of the two out"
        )


def _check_offered(pattern: Pattern, card: RateCard) -> None:
    """Raises InputError with every component whose service the card's region, or the card, lacks."""
    problems = []
    for component in pattern.components:
        service, which = component.service, f"'{component.name}' is {component.service.name}"
        if service.key in card.not_offered:
            said = f"{which}, which is not offered in {card.region} (rate card {card.name})"
        elif service.price_names() and not card.rates_of_price(service.key):
            said = f"{which}, of which the rate card {card.name} has no prices; extend one that has them"
        else:
            continue
        problems.append(Problem(component.place, said))
    if problems:
        raise InputError(*problems)


def decided_by_scenario(library: Library, pattern: Mapping, settings: Map[Word, Node], beside: Collection[str] = ()) -> Mapping:
    """The pattern's tree with a scenario's settings; those for components of other patterns are skipped.

    Raises InputError for a setting of a component that no pattern of the library has.
    """
    mistakes = Mistakes()
    names = components_of(pattern)
    components = find(pattern, "components")
    for path, node in settings.items():
        name = path.partition(".")[0]
        with mistakes.noted():
            if name in names and isinstance(components, Mapping):
                keys = path.split(".")
                components = with_value(with_edge(with_room(components, name, node), keys), keys, node, path.place)
            else:
                _must_be_somewhere(library, path, names, beside)
    if mistakes.problems:
        raise InputError(*mistakes.problems)
    return pattern if components is None else with_value(pattern, ["components"], components)


def _must_be_somewhere(library: Library, path: Word, names: list[str], beside: Collection[str]) -> None:
    """Raises InputError for a path of a component that no pattern has."""
    name = path.partition(".")[0]
    if name not in names and name not in beside and not _is_elsewhere(library, name):
        hint = did_you_mean(name, _components_of_library(library, names))
        raise InputError(Problem(path.place, f"no pattern has a component '{name}'.{hint}"))


def _components_of_library(library: Library, names: list[str]) -> list[str]:
    """All names of components, of this pattern and of the library's, for a hint."""
    patterns = (library.load("patterns", library.find("patterns", name)) for name in library.names("patterns"))
    return sorted({*names, *(component for pattern in patterns for component in components_of(pattern))})


def _is_elsewhere(library: Library, component: str) -> bool:
    """Whether another pattern has a component of this name; only files that mention it are read as YAML."""
    found = (library.find("patterns", name) for name in library.names("patterns"))
    return any(
        find(library.load("patterns", pattern), "components", component) is not None
        for pattern in found
        if library.mentions(pattern, component) or library.mentions(pattern, "extends")
    )
