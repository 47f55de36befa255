"""Reads a pattern: components, each an AWS service with its settings, wired by name, in the order records flow."""

from typing import Any, NamedTuple

from costmodel import services
from costmodel.errors import InputError, Place, Problem, did_you_mean
from costmodel.settings import Service, settings_record
from costmodel.shapes import (
    NAME,
    VERSION,
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
from costmodel.yamlfile import Mapping, Node, Scalar, find, place_of

SOURCE = "source"
RESERVED = (SOURCE, "traffic", "rates", "month")

EDGE = Record(
    "an input",
    {
        "from": Field(Text(), "the component (or source) whose records come in", required=True),
        "share": Field(share(), "the share of the records that pass: a filter"),
        "size": Field(share(at_most="100000%"), "the size of a record as a share of what it was"),
    },
)
_COMMON = {
    "service": Field(Text(), "the AWS service, by its key", required=True),
    "input": Field(
        Either(scalar=Text(), mapping=EDGE, sequence=Each(Either(scalar=Text(), mapping=EDGE))),
        "where its records come from: source, a component, {from, share, size}, or a list of these",
    ),
    "meter": Field(Choice("period", "month"), "meter each period (the default), or the month as one average period"),
}


class ComponentShape(Shape):
    """A component; what it may say depends on its service."""

    def read(self, node: Node, problems: Problems) -> Any:
        key = find(node, "service")
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
        shapes = []
        for service in services.every():
            schema = settings_record(service, _COMMON, _for_each_period).schema()
            schema["properties"]["service"] = {"const": service.key, "description": service.name}
            shapes.append(schema)
        return {"oneOf": shapes}


def _for_each_period(shape: Shape) -> Shape:
    """A number may differ between periods: a mapping of their names to numbers."""
    if isinstance(shape, Amount):
        return Either(scalar=shape, mapping=Named(shape, NAME, "periods to values, as in {peak: 2, off_peak: 1}"))
    return shape


PATTERN = Record(
    "a pattern",
    {
        "version": VERSION,
        "title": Field(Text(), "what the pattern is called", required=True),
        "extends": Field(Text(), "the pattern that this one changes, by name"),
        "description": Field(Text(), "what it is for"),
        "scenarios": Field(Each(Text()), "the scenarios it is shown with"),
        "components": Field(Named(ComponentShape(), NAME, "names to components"), "what is built", required=True),
        "not_priced": Field(Each(Text()), "what the design has and the estimate leaves out"),
    },
)


class Edge(NamedTuple):
    """Where records come from: `origin` is a component or source; `keep` the share that passes; `scale` their size."""

    origin: Word
    keep: Given | None
    scale: Given | None
    path: str


class Component(NamedTuple):
    """`settings` are as given or by default: a Given, one for each period (a dict), a choice, a truth, or None."""

    name: str
    service: Service
    edges: tuple[Edge, ...]
    by_month: bool
    settings: dict[str, Any]
    place: Place


class Pattern(NamedTuple):
    """A pattern as read; `components` in the file's order, `flow` the same in the order records flow."""

    name: str
    title: str
    description: str
    scenarios: tuple[str, ...]
    components: tuple[Component, ...]
    flow: tuple[Component, ...]
    not_priced: tuple[str, ...]
    path: str

    def component(self, name: str) -> Component | None:
        return next((c for c in self.components if c.name == name), None)


def read_pattern(node: Mapping, name: str, path: str = "") -> Pattern:
    """The pattern in `node`, of the file at `path`. Raises InputError with every mistake, of the values and of the wiring."""
    problems: Problems = []
    values = PATTERN.read(node, problems)
    sound = {word: value for word, value in ((values or {}).get("components") or {}).items() if word is not None}
    components = tuple(_component(word, *value) for word, value in sound.items() if value is not None)
    problems += _wiring_problems(components, set(sound))
    if problems:
        raise InputError(*problems)
    return Pattern(
        name,
        str(values["title"]),
        str(values.get("description", "")),
        values.get("scenarios", ()),
        components,
        _in_flow_order(components),
        tuple(map(str, values.get("not_priced", ()))),
        path,
    )


def _component(word: Word, service: Service, given: dict[str, Any]) -> Component:
    settings = {name: given[name] if name in given else setting.given() for name, setting in service.setting_fields().items()}
    edges = tuple(_edges(given.get("input"), f"{word}.input"))
    return Component(str(word), service, edges, given.get("meter") == "month", settings, word.place)


def _edges(value: Any, path: str) -> list[Edge]:
    if isinstance(value, tuple):
        return [edge for number, item in enumerate(value, 1) for edge in _edges(item, f"{path}.{number}")]
    if isinstance(value, dict):
        return [Edge(value["from"], value.get("share"), value.get("size"), path)] if value.get("from") else []
    return [] if value is None else [Edge(value, None, None, path)]


def _wiring_problems(components: tuple[Component, ...], names: set[str]) -> list[Problem]:
    """`names` are those of all components, also of ones that could not be read."""
    problems = [
        Problem(c.place, f"'{c.name}' is a reserved name ({', '.join(RESERVED)}); call the component something else")
        for c in components
        if c.name in RESERVED
    ]
    for component in components:
        whole = [edge.origin for edge in component.edges if edge.keep is None and edge.scale is None]
        problems += [
            Problem(origin.place, f"'{origin}' is an input of '{component.name}' twice")
            for n, origin in enumerate(whole)
            if origin in whole[:n]
        ]
        for edge in component.edges:
            if edge.origin == component.name:
                problems.append(Problem(edge.origin.place, f"'{component.name}' is its own input"))
            elif edge.origin not in names and edge.origin != SOURCE:
                hint = did_you_mean(edge.origin, [SOURCE, *sorted(names)])
                problems.append(Problem(edge.origin.place, f"there is no component '{edge.origin}'.{hint}"))
    return problems or (_cycles(components) if len(components) == len(names) else [])


def _cycles(components: tuple[Component, ...]) -> list[Problem]:
    by_name = {component.name: component for component in components}
    left = {component.name for component in components} - {component.name for component in _in_flow_order(components)}
    if not left:
        return []
    walk = [min(left, key=list(by_name).index)]
    while walk.count(walk[-1]) < 2:
        walk.append(next(str(edge.origin) for edge in by_name[walk[-1]].edges if edge.origin in left))
    circle = walk[walk.index(walk[-1]) :]
    return [Problem(by_name[circle[0]].place, f"the inputs go round in a circle: {' <- '.join(circle)}")]


def _in_flow_order(components: tuple[Component, ...]) -> tuple[Component, ...]:
    """Every component after those its records come from, otherwise as in the file; without those on a circle."""
    done: list[Component] = []
    names = {SOURCE}
    waiting = list(components)
    while ready := next((c for c in waiting if all(edge.origin in names for edge in c.edges)), None):
        waiting.remove(ready)
        done.append(ready)
        names.add(ready.name)
    return tuple(done)
