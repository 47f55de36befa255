"""What components bring along when their pattern asks for it in one line, and what stays unpriced where it does not ask.

`logs: 0.5 KB` on a function `enrich` brings a component `enrich_logs` that writes CloudWatch Logs: the same as one written out,
with an input. What it has of its own stands under its name, like any component's settings.
"""

from collections.abc import Iterator
from typing import NamedTuple

from costmodel import services
from costmodel.components import BATCH, SERVICE, Component
from costmodel.errors import Place, Problem
from costmodel.settings import Companion, Service
from costmodel.shapes import Amount, Problems
from costmodel.yamlfile import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    find,
    mapping_at,
    place_of,
    scalar_at,
    sequence_at,
    with_pair,
    without,
)

DATA_TRANSFER = "data transfer"


class _Line(NamedTuple):
    """A line such as `logs: 0.5 KB`: whose it is, and what it says (None where it is not there)."""

    component: str
    companion: Companion
    said: Node | None

    def path(self) -> str:
        return f"{self.component}.{self.companion.key}"

    def names(self) -> list[str]:
        """The names of the components that the line may bring."""
        return [*self.companion.brings] if self.companion.shared else [f"{self.component}_{self.companion.key}"]

    def service(self) -> str | None:
        """The key of the service that it brings; None where it brings none, or says what it cannot."""
        problems: Problems = []
        if self.said is None or self.companion.shape.read(self.said, problems) is None or problems:
            return None
        return self.companion.brings.get(self.word())

    def word(self) -> str:
        is_word = isinstance(self.said, Scalar) and not isinstance(self.companion.shape, Amount)
        return str(self.said.value) if is_word and self.said is not None else ""


def names_of(components: Mapping) -> list[str]:
    """The names of all components that the lines of these may bring."""
    return [name for line in _lines(components) for name in line.names()]


def with_brought(components: Mapping, problems: Problems, lines: dict[Place, str]) -> Mapping:
    """The components with those that they bring along; `lines` gets the paths of the lines that do, by their places."""
    for line in _lines(components):
        key = line.service()
        if key is not None and line.said is not None:
            lines[place_of(line.said)] = line.path()
            name = line.word() if line.companion.shared else line.names()[0]
            components = _with_one(components, name, key, line, line.said, problems)
    return _without_settings_of_nothing(components, problems)


def _without_settings_of_nothing(components: Mapping, problems: Problems) -> Mapping:
    """The components without what is said of ones that could be brought along, where a line brings nothing or another one."""
    lines = [*_lines(components)]
    for name, node in components.value:
        own = [line for line in lines if name.value in line.names()]
        if own and find(node, SERVICE) is None:
            if not any(line.said is not None for line in own):
                whose = " or ".join(f"'{line.component}'" for line in own)
                said = f"'{name.value}' is what '{own[0].companion.key}' would bring along, and {whose} does not say that"
                problems.append(Problem(place_of(node), said))
            components = without(components, name.value)
    return components


def _lines(components: Mapping) -> Iterator[_Line]:
    for name, node in components.value:
        service = _service_of(node)
        for companion in service.companions if service else ():
            yield _Line(name.value, companion, find(node, companion.key))


def _service_of(node: Node) -> Service | None:
    key = find(node, SERVICE)
    return services.find(key.value) if isinstance(key, Scalar) else None


def _with_one(components: Mapping, name: str, key: str, line: _Line, at: Node, problems: Problems) -> Mapping:
    """The components with the one that a line brings, or with one more input of it."""
    there = find(components, name)
    node = there if isinstance(there, Mapping) else mapping_at({}, at)
    given = find(node, SERVICE)
    if given is not None and given.value != key:
        said = f"'{name}' is what '{line.companion.key}' of '{line.component}' brings along, {key}"
        problems.append(Problem(place_of(given), f"{said}; call this component something else"))
        return components
    if given is None:
        node = with_pair(node, SERVICE, scalar_at(key, at))
    inputs = find(node, "input")
    before = [] if inputs is None else inputs.value if isinstance(inputs, Sequence) else [inputs]
    edge = _edge(line, at)
    return with_pair(components, name, with_pair(node, "input", sequence_at([*before, edge], at) if before else edge))


def _edge(line: _Line, at: Node) -> Node:
    parts: dict[str, Node] = {"from": scalar_at(line.component, at)}
    if line.companion.each_batch:
        parts["each"] = scalar_at(BATCH, at)
    if isinstance(line.companion.shape, Amount):
        parts["size"] = at
    return mapping_at(parts, at)


def not_priced(components: tuple[Component, ...], named: tuple[str, ...]) -> tuple[str, ...]:
    """What an estimate leaves out: what is `named`, and what components could bring along but say nothing about."""
    silent: dict[str, list[str]] = {}
    for component in components:
        for companion in component.service.companions:
            if companion.prices:
                of = silent.setdefault(companion.prices, [])
                of += [] if companion.key in component.lines else [component.name]
    words = {what: f"{what} of {', '.join(names)}" for what, names in silent.items() if names}
    if not any(component.service.key == "data_transfer" for component in components):
        words[DATA_TRANSFER] = DATA_TRANSFER
    brought = [what.lower() for what, names in silent.items() if not names]
    left = [text for text in named if text.lower() not in brought]
    return (*left, *(said for what, said in words.items() if not any(what.lower() in text.lower() for text in left)))
