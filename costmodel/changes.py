"""What `--set` and its like change: paths to values, sorted by the file they belong to, and put into that file's tree."""

from collections.abc import Mapping as Map
from typing import NamedTuple

from costmodel.companions import names_of
from costmodel.components import AFTER, ALREADY_USED, COUNT_OF_COPIES, OTHER_USAGE, QUOTAS, RESERVED, SOURCE, YOURS
from costmodel.discounts import DISCOUNTS
from costmodel.errors import InputError, Mistakes, Place, Problem, did_you_mean
from costmodel.prices import FREE, RateShape
from costmodel.shapes import Word
from costmodel.yamlfile import (
    Mapping,
    Node,
    Scalar,
    find,
    is_null,
    mapping_at,
    place_of,
    value_from_argument,
    with_pair,
    with_value,
)

_OF_PRICE = RateShape.record.fields
Changes = list[tuple[list[str], Node]]


class SortedChanges(NamedTuple):
    """Changes by the tree they change: path in that tree, and value.

    `whole` are of a pattern, not of its components; `used` of what a scenario says the rest of the account uses.
    """

    whole: Changes
    pattern: Changes
    scenario: Changes
    used: Changes
    card: Changes
    quotas: Changes


def argument_of(path: str, value: object) -> str:
    """The argument that a change is from: a Word of the command line knows it, what else there is comes from --set."""
    said = value.place.name if isinstance(value, Word) else ""
    return said if said.startswith("--") else f"--set {path}={value}"


def sorted_by_file(changes: Map[str, str], components: list[str], mistakes: Mistakes) -> SortedChanges:
    """A path that leads nowhere is a mistake."""
    result = SortedChanges([], [], [], [], [], [])
    for path, text in changes.items():
        keys = path.split(".")
        with mistakes.noted():
            node = value_from_argument(text, argument_of(path, text))
            if keys[0] == "rates" and len(keys) > 2:
                result.card.append((keys[1:], node))
            elif keys[0] in (ALREADY_USED, OTHER_USAGE) and len(keys) > 2:
                result.used.append((keys, node))
            elif keys[0] == QUOTAS and len(keys) == 3:
                result.quotas.append(([*keys[1:], YOURS], node))
            elif keys == [AFTER]:
                continue  # of the estimate, not of a file
            elif keys == [COUNT_OF_COPIES]:
                result.whole.append((keys, node))
            elif keys == ["month"] or (keys[0] == "traffic" and len(keys) > 1):
                result.scenario.append((keys, node))
            elif keys[0] in components and len(keys) > 1:
                result.pattern.append((keys, node))
            else:
                raise InputError(no_such_path(path, place_of(node), components))
    return result


def with_all(tree: Mapping, changes: Changes, mistakes: Mistakes, within: str = "") -> Mapping:
    """The tree with the changes in it; a path that is not there is a mistake."""
    for keys, node in changes:
        with mistakes.noted():
            tree = with_value(tree, keys, node, within=within)
    return tree


def components_of(pattern: Mapping) -> list[str]:
    """The names of the components that the pattern has, or that they may bring along."""
    components = find(pattern, "components")
    if not isinstance(components, Mapping):
        return []
    return list(dict.fromkeys([*(key.value for key, _ in components.value), *names_of(components)]))


def no_such_path(path: str, place: Place, components: list[str]) -> Problem:
    first = path.partition(".")[0]
    known = [*components, *(word for word in RESERVED if word != SOURCE)]
    hint = " A path is component.setting, such as ingest.buffer_size." if first in known else did_you_mean(first, known)
    return Problem(place, f"there is no '{path}' to set.{hint}")


def with_components(pattern: Mapping, changes: Changes, mistakes: Mistakes) -> Mapping:
    components = find(pattern, "components")
    if not changes or not isinstance(components, Mapping):
        return pattern
    for keys, node in changes:
        components = with_edge(with_room(components, keys[0], node), keys)
    return with_value(pattern, ["components"], with_all(components, changes, mistakes))


def with_edge(components: Mapping, keys: list[str]) -> Mapping:
    """The components with an input that is written as a name as a mapping, where `keys` lead to a part of it.

    So ingest.input.aggregate can be said of `input: source`.
    """
    where, part = keys[:-1], keys[-1:]
    name = find(components, *where)
    if "input" in where[1:2] and part[0] != "from" and not part[0].isdigit() and isinstance(name, Scalar):
        return with_value(components, where, mapping_at({"from": name}, name))
    return components


def with_room(components: Mapping, name: str, at: Node) -> Mapping:
    """The components with a place for what one has of its own that others bring along."""
    if find(components, name) is None and name in names_of(components):
        return with_pair(components, name, mapping_at({}, at))
    return components


def with_used(scenario: Mapping, changes: Changes) -> Mapping:
    """The scenario with what the rest of the account uses, of which it need not have said anything before."""
    for (head, *key), node in changes:
        if find(scenario, head) is None:
            scenario = with_pair(scenario, head, mapping_at({}, node))
        scenario = with_value(scenario, [head, ".".join(key)], node)
    return scenario


def with_prices(card: Mapping, changes: Changes, mistakes: Mistakes) -> Mapping:
    for keys, node in changes:
        with mistakes.noted():
            path = _path_in_card(card, keys, place_of(node))
            card = with_value(card, path, node, within="rates")
            block = find(card, *path[:-1])
            if is_null(node) and isinstance(block, Mapping) and not block.value:  # nothing of it is left
                card = with_value(card, path[:-1], node, within="rates")
    return card


def _path_in_card(card: Mapping, keys: list[str], place: Place) -> list[str]:
    """Tiers go by their number alone: firehose.ingested.1.usd is firehose.ingested.tiers.1.usd, or ...usd without tiers.

    Raises InputError where a price is for each kind of something and the path names none.
    """
    if keys[0] == DISCOUNTS or keys[1:2] == [FREE]:
        return keys
    price, rest = keys[:2], keys[2:]
    block = find(card, *price)
    kinds = {key.value.replace(".", "-"): key.value for key, _ in block.value} if isinstance(block, Mapping) else {}
    of_each = isinstance(block, Mapping) and all(isinstance(value, Mapping) for _, value in block.value)
    if rest and of_each and (rest[0] in _OF_PRICE or rest[0].isdigit() or "-".join(rest[:2]) in kinds):
        path = ".".join(["rates", *price])
        said = f"there is no '{'.'.join(['rates', *keys])}': each kind of '{path}' has its own price"
        raise InputError(Problem(place, f"{said}. Write '{path}.KIND', of {', '.join(sorted(kinds))}."))
    if rest and rest[0] in kinds and rest[0] not in _OF_PRICE:  # a kind that has a price of its own: m5-large is m5.large
        price, rest = [*price, kinds[rest[0]]], rest[1:]
    if rest and rest[0].isdigit():
        if find(card, *price, "tiers") is not None:
            return [*price, "tiers", *rest]
        if rest[0] == "1":
            return [*price, *rest[1:]]
    return [*price, *rest]
