"""Finds, changes and reads what an estimate is made of: a pattern, a scenario and a rate card, together a Model."""

from collections.abc import Collection, Iterable, Iterator, Mapping as Map
from contextlib import contextmanager
from types import MappingProxyType
from typing import NamedTuple

from costmodel import services
from costmodel.errors import InputError, Place, Problem, did_you_mean
from costmodel.library import Found, Library
from costmodel.pattern import RESERVED, SOURCE, Pattern, read_pattern
from costmodel.prices import FREE_TIERS
from costmodel.ratecard import RateCard, read_card
from costmodel.scenario import Scenario, read_scenario
from costmodel.shapes import Word
from costmodel.yamlfile import Mapping, Node, find, place_of, value_from_argument, with_value

DEFAULT_REGION = "us-east-1"


class Terms(NamedTuple):
    """On what an estimate stands, beside its pattern and its scenario.

    The card is `rates`, else the newest of `region`, else the scenario's, else the newest of us-east-1.
    `changes` maps paths ("ingest.buffer_size", "traffic.peak_rate", "rates.firehose.ingested.1.usd") to YAML values.
    """

    rates: str | None = None
    region: str | None = None
    changes: Map[str, object] = MappingProxyType({})
    free_tier: str = "none"


class Model(NamedTuple):
    """A pattern under a scenario's traffic at a card's prices.

    `changes` are what the user set, path to YAML text. `as_shipped`: nothing of it was changed by the user.
    `card_named`: the user or the scenario named the card; else it is the newest there is. `card_path` is its file.
    """

    pattern: Pattern
    scenario: Scenario
    card: RateCard
    free_tier: str
    as_shipped: bool
    changes: Map[str, str]
    card_named: bool
    card_path: str


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
    """
    library = library or Library()
    scenarios, mistakes = list(scenarios), Mistakes()
    components: dict[str, list[str]] = {}
    for name in patterns:
        with mistakes.noted():
            components[name] = _components(library.load("patterns", library.find("patterns", name)))
    every = list(dict.fromkeys(component for of in components.values() for component in of))
    if not mistakes.problems:  # else a pattern that could not be read may have what is asked for
        mistakes.problems += [
            _no_such_path(path, Place(f"--set {path}={value}"), every)
            for path, value in terms.changes.items()
            if path.partition(".")[0] not in (*every, *RESERVED)
        ]
    models: dict[str, list[Model]] = {}
    for name, own in components.items():
        here = {path: value for path, value in terms.changes.items() if path.partition(".")[0] in (*own, *RESERVED)}
        with mistakes.noted():
            models[name] = open_models(name, scenarios, terms=terms._replace(changes=here), library=library, beside=every)
    if mistakes.problems:
        raise InputError(*dict.fromkeys(mistakes.problems))
    return models


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
    sorted_changes = _sorted_by_file(changes, _components(pattern), mistakes)
    read = model_pattern = read_rates = None
    decided = pattern
    with mistakes.noted():
        tree = _with_all(library.load("scenarios", scenario), sorted_changes.scenario, mistakes)
        read = read_scenario(tree, scenario.name, scenario.path)
        decided = decided_by_scenario(library, pattern, read.settings, beside)
    with mistakes.noted():
        model_pattern = read_pattern(_with_components(decided, sorted_changes.pattern, mistakes), found.name, found.path)
    with mistakes.noted():
        named = _named_card(terms, read)
        name = named or library.newest_card(terms.region or DEFAULT_REGION)
        card = library.find("pricing", name, getattr(name, "place", None))
        used = {component.service.key for component in model_pattern.components} if model_pattern else set()
        unused = {*services.keys()} - used - {path[0] for path, _ in sorted_changes.card}
        prices = library.load("pricing", card, without=unused)
        read_rates = read_card(_with_prices(prices, sorted_changes.card, mistakes), card.name)
        if model_pattern:
            _check_offered(model_pattern, read_rates)
    if mistakes.problems or read is None or model_pattern is None or read_rates is None:
        raise InputError(*mistakes.problems)
    as_shipped = not changes and terms.free_tier == "none" and found.shipped and scenario.shipped and card.shipped
    return Model(model_pattern, read, read_rates, terms.free_tier, as_shipped, changes, named is not None, card.path)


def _named_card(terms: Terms, scenario: Scenario | None) -> str | None:
    """The card that was asked for by name; None where the newest of a region is meant."""
    if terms.rates is not None or terms.region is not None:
        return terms.rates
    return scenario.rates if scenario else None


def _check_offered(pattern: Pattern, card: RateCard) -> None:
    """Raises InputError with every component whose service the card's region lacks."""
    lacking = [component for component in pattern.components if component.service.key in card.not_offered]
    if lacking:
        raise InputError(
            *(
                Problem(c.place, f"'{c.name}' is {c.service.name}, which is not offered in {card.region} (rate card {card.name})")
                for c in lacking
            )
        )


class Mistakes:
    """Collects the mistakes of several files, so that all are told at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """What is raised within as InputError is noted; what should have come of it is missing."""
        try:
            yield
        except InputError as error:
            self.problems += error.problems


Changes = list[tuple[list[str], Node]]


class _SortedChanges(NamedTuple):
    """Changes by the tree they change: path in that tree, and value."""

    pattern: Changes
    scenario: Changes
    card: Changes


def _sorted_by_file(changes: Map[str, str], components: list[str], mistakes: Mistakes) -> _SortedChanges:
    """A path that leads nowhere is a mistake."""
    result = _SortedChanges([], [], [])
    for path, text in changes.items():
        keys = path.split(".")
        with mistakes.noted():
            node = value_from_argument(text, f"--set {path}={text}")
            if keys[0] == "rates" and len(keys) > 2:
                result.card.append((keys[1:], node))
            elif keys == ["month"] or (keys[0] == "traffic" and len(keys) > 1):
                result.scenario.append((keys, node))
            elif keys[0] in components and len(keys) > 1:
                result.pattern.append((keys, node))
            else:
                raise InputError(_no_such_path(path, place_of(node), components))
    return result


def _with_all(tree: Mapping, changes: Changes, mistakes: Mistakes, within: str = "") -> Mapping:
    """The tree with the changes in it; a path that is not there is a mistake."""
    for keys, node in changes:
        with mistakes.noted():
            tree = with_value(tree, keys, node, within=within)
    return tree


def _components(pattern: Mapping) -> list[str]:
    components = find(pattern, "components")
    return [key.value for key, _ in components.value] if isinstance(components, Mapping) else []


def _no_such_path(path: str, place: Place, components: list[str]) -> Problem:
    first = path.partition(".")[0]
    known = [*components, *(word for word in RESERVED if word != SOURCE)]
    hint = " A path is component.setting, such as ingest.buffer_size." if first in known else did_you_mean(first, known)
    return Problem(place, f"there is no '{path}' to set.{hint}")


def _with_components(pattern: Mapping, changes: Changes, mistakes: Mistakes) -> Mapping:
    components = find(pattern, "components")
    if not changes or not isinstance(components, Mapping):
        return pattern
    return with_value(pattern, ["components"], _with_all(components, changes, mistakes))


def _with_prices(card: Mapping, changes: Changes, mistakes: Mistakes) -> Mapping:
    return _with_all(card, [(_path_in_card(card, keys), node) for keys, node in changes], mistakes, within="rates")


def _path_in_card(card: Mapping, keys: list[str]) -> list[str]:
    """Tiers go by their number alone: firehose.ingested.1.usd is firehose.ingested.tiers.1.usd, or ...usd without tiers."""
    if len(keys) > 2 and keys[2].isdigit():
        if find(card, *keys[:2], "tiers") is not None:
            return [*keys[:2], "tiers", *keys[2:]]
        if keys[2] == "1":
            return [*keys[:2], *keys[3:]]
    return keys


def decided_by_scenario(library: Library, pattern: Mapping, settings: Map[Word, Node], beside: Collection[str] = ()) -> Mapping:
    """The pattern's tree with a scenario's settings; those for components of other patterns are skipped.

    Raises InputError for a setting of a component that no pattern of the library has.
    """
    mistakes = Mistakes()
    names = _components(pattern)
    components = find(pattern, "components")
    for path, node in settings.items():
        name = path.partition(".")[0]
        with mistakes.noted():
            if name in names and isinstance(components, Mapping):
                components = with_value(components, path.split("."), node, path.place)
            elif name not in beside and not _is_elsewhere(library, name):
                hint = did_you_mean(name, _components_of_library(library, names))
                raise InputError(Problem(path.place, f"no pattern has a component '{name}'.{hint}"))
    if mistakes.problems:
        raise InputError(*mistakes.problems)
    return pattern if components is None else with_value(pattern, ["components"], components)


def _components_of_library(library: Library, names: list[str]) -> list[str]:
    """All names of components, of this pattern and of the library's, for a hint."""
    patterns = (library.load("patterns", library.find("patterns", name)) for name in library.names("patterns"))
    return sorted({*names, *(component for pattern in patterns for component in _components(pattern))})


def _is_elsewhere(library: Library, component: str) -> bool:
    """Whether another pattern has a component of this name; only files that mention it are read as YAML."""
    found = (library.find("patterns", name) for name in library.names("patterns"))
    return any(
        find(library.load("patterns", pattern), "components", component) is not None
        for pattern in found
        if library.mentions(pattern, component) or library.mentions(pattern, "extends")
    )
