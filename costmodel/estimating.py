"""Scenario + pattern + rate card -> Bill."""

from collections.abc import Iterable, Mapping as Map
from typing import Any, NamedTuple

from costmodel.bill import Bill, bill_of
from costmodel.errors import InputError, Place, Problem, did_you_mean
from costmodel.flow import Metered, meter
from costmodel.library import Found, Library
from costmodel.pattern import RESERVED, SOURCE, Pattern, read_pattern
from costmodel.quantities import Numbers, Quantity, constant, total
from costmodel.ratecard import FREE_TIERS, RateCard, read_card
from costmodel.rating import Charge, charges
from costmodel.scenario import Scenario, read_scenario
from costmodel.shapes import Given
from costmodel.units import Dimension, Unit
from costmodel.yamlfile import Mapping, Node, find, place_of, value_from_argument, with_value

DEFAULT_REGION = "us-east-1"


class Model(NamedTuple):
    """A pattern under a scenario's traffic at a card's prices. `as_shipped`: nothing of it was changed by the user."""

    pattern: Pattern
    scenario: Scenario
    card: RateCard
    free_tier: str
    as_shipped: bool


class Floats:
    """The reading of an estimate: every number is the float that its file gives."""

    traced = False

    def number(self, path: str, given: Given, label: str = "") -> Any:
        return given.value

    def constant(self, value: float, dimension: Dimension) -> Any:
        return value

    def in_unit(self, amount: Any, unit: Unit) -> Any:
        return amount if unit.scale == 1 else amount / unit.scale


class Arrays(Floats):
    """The reading of a sweep: some numbers, by their path, are numpy arrays of one shape."""

    def __init__(self, columns: Map[str, Any]) -> None:
        self.columns = columns

    def number(self, path: str, given: Given, label: str = "") -> Any:
        return self.columns.get(path, given.value)


class Traced:
    """The reading that remembers: every number is a Quantity, one for each path, that knows what gave it."""

    traced = True

    def __init__(self) -> None:
        self.inputs: dict[str, Quantity] = {}

    def number(self, path: str, given: Given, label: str = "") -> Any:
        if path in self.inputs:
            return self.inputs[path]
        quantity = constant(given.value, given.dimension)
        quantity.given, quantity.path, quantity.label = given, path, label
        if path:
            self.inputs[path] = quantity
        return quantity

    def constant(self, value: float, dimension: Dimension) -> Any:
        return constant(value, dimension)

    def in_unit(self, amount: Any, unit: Unit) -> Any:
        if unit.scale == 1:
            return amount
        one = constant(unit.scale, unit.dimension)
        one.label = unit.name
        return amount / one


class Result(NamedTuple):
    """What one reading gives, in its numbers."""

    metered: Metered
    charges: list[Charge]
    total: Any


def run(model: Model, numbers: Numbers, idle: bool = False) -> Result:
    """The model's usage, loads, charges and total on floats, arrays or traced quantities, as `numbers` says.

    `idle` is the same without traffic: what is left is fixed.
    """
    metered = meter(model.pattern, model.scenario, model.card, numbers, idle)
    month = numbers.number("month", model.scenario.month)
    lines = charges(metered.usages, model.card, model.free_tier, month, numbers)
    return Result(metered, lines, total(line.cost for line in lines))


def open_models(
    pattern: str,
    scenarios: Iterable[str] = (),
    *,
    rates: str | None = None,
    changes: Map[str, str] | None = None,
    free_tier: str = "none",
    library: Library | None = None,
) -> list[Model]:
    """The models of a pattern: one for each scenario, or for those that the pattern names. Raises InputError.

    `changes` maps paths ("ingest.buffer_size", "traffic.peak_rate", "rates.firehose.ingested.1.usd") to YAML values.
    """
    library = library or Library()
    if free_tier not in FREE_TIERS:
        raise InputError(f"there is no free-tier policy '{free_tier}'; it is one of {', '.join(FREE_TIERS)}")
    found = library.find("patterns", pattern)
    node = library.load("patterns", found)
    names = list(scenarios) or _named_scenarios(node, found)
    return [_open(library, found, node, library.find("scenarios", name), rates, changes or {}, free_tier) for name in names]


def _named_scenarios(node: Mapping, found: Found) -> list[str]:
    pattern = read_pattern(node, found.name)
    if not pattern.scenarios:
        raise InputError(f"the pattern {found.name} names no scenarios; name one to estimate it with")
    return list(pattern.scenarios)


def _open(
    library: Library,
    found: Found,
    pattern: Mapping,
    scenario: Found,
    rates: str | None,
    changes: Map[str, str],
    free_tier: str,
) -> Model:
    scenario_node = library.load("scenarios", scenario)
    pattern_node, scenario_node, price_changes = _changed(pattern, scenario_node, changes)
    read = read_scenario(scenario_node, scenario.name, scenario.path)
    pattern_node = _decided_by_scenario(library, pattern_node, read, set(changes))
    model_pattern = read_pattern(pattern_node, found.name)
    asked_at = read.rates.place if rates is None and read.rates is not None else None
    card = library.find("pricing", rates or read.rates or library.newest_card(DEFAULT_REGION), asked_at)
    keys = sorted({component.service.key for component in model_pattern.components})
    read_rates = read_card(_with_prices(library.load("pricing", card), price_changes), card.name, keys)
    as_shipped = not changes and free_tier == "none" and found.shipped and scenario.shipped and card.shipped
    return Model(model_pattern, read, read_rates, free_tier, as_shipped)


def _changed(
    pattern: Mapping, scenario: Mapping, changes: Map[str, str]
) -> tuple[Mapping, Mapping, list[tuple[list[str], Node]]]:
    """The two trees with `changes` in them, and the changes to prices. Raises InputError with every wrong path."""
    prices = []
    problems: list[Problem] = []
    for path, text in changes.items():
        keys = path.split(".")
        try:
            node = value_from_argument(text, f"--set {path}={text}")
            if keys[0] == "rates" and len(keys) > 2:
                prices.append((keys[1:], node))
            elif keys == ["month"] or (keys[0] == "traffic" and len(keys) > 1):
                scenario = with_value(scenario, keys, node)
            elif keys[0] in _components(pattern) and len(keys) > 1:
                pattern = _with_component(pattern, keys, node)
            else:
                problems.append(_no_such_path(path, place_of(node), _components(pattern)))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    return pattern, scenario, prices


def _components(pattern: Mapping) -> list[str]:
    components = find(pattern, "components")
    return [key.value for key, _ in components.value] if isinstance(components, Mapping) else []


def _no_such_path(path: str, place: Place, components: list[str]) -> Problem:
    first = path.partition(".")[0]
    known = [*components, *(word for word in RESERVED if word != SOURCE)]
    hint = " A path is component.setting, such as ingest.buffer_size." if first in known else did_you_mean(first, known)
    return Problem(place, f"there is no '{path}' to set.{hint}")


def _with_component(pattern: Mapping, keys: list[str], value: Node, at: Place | None = None) -> Mapping:
    components = find(pattern, "components")
    assert isinstance(components, Mapping)  # a name of its keys was found in it
    return with_value(pattern, ["components"], with_value(components, keys, value, at))


def _with_prices(card: Mapping, changes: list[tuple[list[str], Node]]) -> Mapping:
    for keys, node in changes:
        rate = find(card, *keys[:2])
        if len(keys) > 2 and isinstance(rate, Mapping) and keys[2].isdigit():  # rates.firehose.ingested.1.usd
            tiers = [] if find(rate, "tiers") is None else ["tiers", keys[2]]
            keys = [*keys[:2], *(tiers if tiers or keys[2] != "1" else []), *keys[3:]]
        card = with_value(card, keys, node, within="rates")
    return card


def _decided_by_scenario(library: Library, pattern: Mapping, scenario: Scenario, changed: set[str]) -> Mapping:
    """The pattern with the scenario's settings; those for components of other patterns are skipped."""
    problems = []
    names = _components(pattern)
    for path, node in scenario.settings.items():
        component = path.partition(".")[0]
        if component in names:
            if path not in changed:
                pattern = _with_component(pattern, path.split("."), node, path.place)
        elif not _is_elsewhere(library, component):
            hint = did_you_mean(component, names)
            problems.append(Problem(path.place, f"no pattern has a component '{component}'.{hint}"))
    if problems:
        raise InputError(*problems)
    return pattern


def _is_elsewhere(library: Library, component: str) -> bool:
    """Whether another pattern has a component of this name; only files that mention it are read as YAML."""
    found = (library.find("patterns", name) for name in library.names("patterns"))
    return any(
        find(library.load("patterns", pattern), "components", component) is not None
        for pattern in found
        if library.mentions(pattern, component) or library.mentions(pattern, "extends")
    )


def estimate(
    pattern: str,
    scenario: str,
    *,
    rates: str | None = None,
    changes: Map[str, str] | None = None,
    free_tier: str = "none",
    library: Iterable[str] = (),
) -> Bill:
    """The bill of a month: a pattern under a scenario's traffic at a rate card's prices, on the corrected basis.

    pattern, scenario: names of shipped or own files, or paths to YAML files.
    rates: the rate card ("aws/us-east-1/2018-06"); the scenario's or the newest of us-east-1 where left out.
    changes: paths to values as YAML text, {"traffic.peak_rate": "2000/s", "ingest.buffer_size": "64 MB"}.
    free_tier: "none", "always" or "legacy-12-month".
    library: folders searched before the shipped one.

    Money is in the card's currency, unrounded, before tax. Raises InputError, with every mistake of the input in
    `.problems`, and MissingPrice where the card lacks a price.
    """
    (model,) = open_models(
        pattern, [scenario], rates=rates, changes=changes, free_tier=free_tier, library=Library(tuple(library))
    )
    return bill_of_model(model)


def bill_of_model(model: Model) -> Bill:
    result = run(model, Floats())
    return bill_of(model, result, fixed=run(model, Floats(), idle=True).total)
