"""A component of a pattern: an AWS service with its settings, and the edges on which its records come in."""

from collections.abc import Mapping as Map
from typing import Any, NamedTuple

from costmodel import services
from costmodel.errors import Place, Problem, did_you_mean
from costmodel.settings import AUTO, AtSizes, OrAuto, Service, settings_record
from costmodel.shapes import (
    INVALID,
    NAME,
    Amount,
    Choice,
    Each,
    Either,
    Field,
    Given,
    Named,
    Problems,
    Record,
    Shape,
    Text,
    Word,
    share,
)
from costmodel.units import COUNT, ONE, SIZE
from costmodel.yamlfile import Mapping, Node, Scalar, find, place_of


class GivenSize(NamedTuple):
    """The size of a record as an input gives it: in bytes (`whole`), or as a share of what it was."""

    whole: bool
    given: Given


class SizeOfRecord(Shape):
    """What a record becomes: a share of its size ("25%", 0.25), or a size ("0.5 KB")."""

    by_share = share(at_most="100000%")
    whole = Amount(SIZE)

    def read(self, node: Node, problems: Problems) -> Any:
        whole = isinstance(node, Scalar) and node.value.rstrip()[-1:].isalpha()
        given = (self.whole if whole else self.by_share).read(node, problems)
        return INVALID if given is INVALID else GivenSize(whole, given)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.by_share.schema(), self.whole.schema()]}


SOURCE = "source"
COUNT_OF_COPIES = "count"
AFTER = "after"
ALREADY_USED = "already_used"
OTHER_USAGE = "other_usage"
QUOTAS = "quotas"
YOURS = "yours"  # a quota that is the account's own
OF_SCENARIO = ("traffic", "month", AFTER, ALREADY_USED, OTHER_USAGE)
RESERVED = (SOURCE, "rates", QUOTAS, *OF_SCENARIO, COUNT_OF_COPIES)

BATCH, AGGREGATE = "batch", "aggregate"
COPIES = Field(Amount(COUNT, ONE), "how many there are of it, each with all of the traffic: tenants, environments, regions")
EDGE = Record(
    "an input",
    {
        "from": Field(Text(), "the component (or source) whose records come in", required=True),
        "each": Field(Choice("record", BATCH), "what comes in: each record (the default), or each lot of them as one record"),
        "share": Field(share(), "the share of the records that pass: a filter"),
        "size": Field(SizeOfRecord(), "the size of a record: as a share of what it was, or as it is (0.5 KB)"),
        AGGREGATE: Field(Amount(COUNT, ONE, at_least="1"), "how many records are put into one, as producers do before they send"),
    },
)
SERVICE = "service"
_COMMON = {
    SERVICE: Field(Text(), "the AWS service, by its key", required=True),
    "input": Field(
        Either(scalar=Text(), mapping=EDGE, sequence=Each(Either(scalar=Text(), mapping=EDGE))),
        "where its records come from: source, a component, {from, share, size, aggregate}, or a list of these",
    ),
    "meter": Field(Choice("period", "month"), "meter each period (the default), or the month as one average period"),
    COUNT_OF_COPIES: COPIES,
}


class ComponentShape(Shape):
    """A component; what it may say depends on its service."""

    def read(self, node: Node, problems: Problems) -> Any:
        key = find(node, SERVICE)
        if not isinstance(key, Scalar):
            return (
                Record("a component", _COMMON).read(node, problems)
                if not isinstance(node, Mapping)
                else self._without(node, problems)
            )
        service = services.find(key.value)
        if service is None:
            hint = did_you_mean(key.value, services.keys())
            problems.append(Problem(place_of(key), f"there is no service '{key.value}'.{hint}"))
            return None
        values = settings_record(service, _COMMON, _for_each_period).read(node, problems)
        return None if values is None else (service, values)

    def _without(self, node: Mapping, problems: Problems) -> None:
        problems.append(Problem(place_of(node), f"the component lacks 'service': one of {', '.join(services.keys())}"))

    def schema(self) -> dict[str, Any]:
        """A component of one of the services; what others bring along (`logs: 2 KB`) need not say of which."""
        every = {}
        for service in services.every():
            every[service.key] = settings_record(service, _COMMON, _for_each_period).schema()
            every[service.key]["properties"][SERVICE] = {"const": service.key, "description": service.name}
        lines = [line for service in services.every() for line in service.companions]
        keys = dict.fromkeys(key for line in lines for key in line.brings.values())
        brought = [{**every[key], "required": []} for key in keys]
        return {"oneOf": [*every.values(), {"not": {"required": [SERVICE]}, "anyOf": brought}]}


def _for_each_period(shape: Shape) -> Shape:
    """A number may differ between periods: a mapping of their names to numbers."""
    if isinstance(shape, AtSizes):
        return AtSizes(shape.amount, shape.size, _for_each_period(shape.amount))
    number = shape.amount if isinstance(shape, OrAuto) else shape
    if isinstance(number, Amount):
        return Either(scalar=shape, mapping=Named(number, NAME, "periods to values, as in {peak: 2, off_peak: 1}"))
    return shape


class Edge(NamedTuple):
    """Where records come from: `origin` is a component or source; `keep` the share that passes; `size` what they become.

    With `each_batch`, each lot that records come in is one record. `path` is the edge's, `size_path` that of the size.
    `copies` are how many origins there are whose records all come in, each number with its path. So many as `aggregate` says
    become one record.
    """

    origin: Word
    keep: Given | None
    size: GivenSize | None
    path: str
    each_batch: bool = False
    size_path: str = ""
    copies: tuple[tuple[str, Given], ...] = ()
    aggregate: Given | None = None


class Component(NamedTuple):
    """`settings` are as given or by default: a Given, one for each period (a dict), a choice, a truth, or None.

    `copies` are the numbers that say how many there are of it, each with its path; `lines` are the keys of what it says of
    what it could bring along.
    """

    name: str
    service: Service
    edges: tuple[Edge, ...]
    by_month: bool
    settings: dict[str, Any]
    place: Place
    copies: tuple[tuple[str, Given], ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def auto(self) -> tuple[str, ...]:
        """The settings that are as the load asks for them; not what is auto by a measurement."""
        measured = self.service.measurement
        return tuple(n for n, value in self.settings.items() if value == AUTO and not (measured and measured.size == n))


def component_of(word: Word, service: Service, given: dict[str, Any], lines: Map[Place, str]) -> Component:
    """`lines` are the paths of what other components bring along, by their places."""
    settings = {name: given[name] if name in given else setting.given() for name, setting in service.setting_fields().items()}
    edges = tuple(_edges(given.get("input"), f"{word}.input", lines))
    copies = ((f"{word}.{COUNT_OF_COPIES}", given[COUNT_OF_COPIES]),) if COUNT_OF_COPIES in given else ()
    said = tuple(companion.key for companion in service.companions if companion.key in given)
    return Component(str(word), service, edges, given.get("meter") == "month", settings, word.place, copies, said)


def _edges(value: Any, path: str, lines: Map[Place, str]) -> list[Edge]:
    if isinstance(value, tuple):
        return [edge for number, item in enumerate(value, 1) for edge in _edges(item, f"{path}.{number}", lines)]
    if isinstance(value, dict):
        if not value.get("from"):
            return []
        origin = value["from"]
        size_path, each_batch = lines.get(origin.place, f"{path}.size"), value.get("each") == BATCH
        return [Edge(origin, value.get("share"), value.get("size"), path, each_batch, size_path, aggregate=value.get(AGGREGATE))]
    return [] if value is None else [Edge(value, None, None, path)]
