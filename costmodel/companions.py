"""What components bring along when their pattern asks for it in one line, and what stays unpriced where it does not ask.

`logs: 0.5 KB` on a function brings a component that writes CloudWatch Logs: the same as one written out, with an input.
"""

from collections.abc import Iterator, Mapping as Map
from typing import Any, NamedTuple

from costmodel import services
from costmodel.components import Component, Edge, GivenSize
from costmodel.errors import Problem
from costmodel.settings import Companion
from costmodel.shapes import Given, Word

DATA_TRANSFER = "data transfer"


class _Line(NamedTuple):
    """A line such as `logs: 0.5 KB` of a component; `said` is None where it is not there."""

    component: Component
    companion: Companion
    said: Given | Word | None


def brought(components: tuple[Component, ...], given: Map[str, Map[str, Any]]) -> tuple[tuple[Component, ...], list[Problem]]:
    """The components that others bring along, and what is wrong with them; `given` is what the file says of each component."""
    own = {component.name: component for component in components}
    result: dict[str, Component] = {}
    problems = []
    for line in _lines(components, given):
        key = line.companion.brings.get("" if isinstance(line.said, Given) else str(line.said))
        if line.said is not None and key is not None:
            name = str(line.said) if line.companion.shared else f"{line.component.name}_{line.companion.key}"
            if name in own:
                said = f"'{name}' is what '{line.companion.key}' of '{line.component.name}' brings along"
                problems.append(Problem(own[name].place, f"{said}; call this component something else"))
            result[name] = _with_edge(result.get(name) or _component(name, key, line), line)
    return tuple(result.values()), problems


def _lines(components: tuple[Component, ...], given: Map[str, Map[str, Any]]) -> Iterator[_Line]:
    for component in components:
        for companion in component.service.companions:
            yield _Line(component, companion, given[component.name].get(companion.key))


def _component(name: str, key: str, line: _Line) -> Component:
    """The component that a line brings, still without an input."""
    service = services.find(key)
    assert service is not None  # a test holds what companions bring to services that exist
    settings = {setting: field.given() for setting, field in service.setting_fields().items()}
    copies = () if line.companion.shared else line.component.copies
    by_month = line.component.by_month and not line.companion.shared
    return Component(name, service, (), by_month, settings, line.component.place, copies)


def _with_edge(component: Component, line: _Line) -> Component:
    path = f"{line.component.name}.{line.companion.key}"
    size = GivenSize(whole=True, given=line.said) if isinstance(line.said, Given) else None
    origin = Word(line.component.name, line.component.place)
    edge = Edge(origin, None, size, path, line.companion.each_batch, path)
    return component._replace(edges=(*component.edges, edge))


def not_priced(components: tuple[Component, ...], given: Map[str, Map[str, Any]], named: tuple[str, ...]) -> tuple[str, ...]:
    """What an estimate leaves out: what the pattern names, and what its components could bring along but do not."""
    left_out: dict[str, list[str]] = {}
    for line in _lines(components, given):
        if line.said is None and line.companion.prices:
            left_out.setdefault(line.companion.prices, []).append(line.component.name)
    words = {what: f"{what} of {', '.join(names)}" for what, names in left_out.items()}
    if not any(component.service.key == "data_transfer" for component in components):
        words[DATA_TRANSFER] = DATA_TRANSFER
    return (*named, *(said for what, said in words.items() if not any(what.lower() in text.lower() for text in named)))
