"""Reads a pattern: components, each an AWS service with its settings, wired by name, in the order records flow."""

import re
from collections.abc import Iterable, Mapping as Map
from typing import NamedTuple

from costmodel.companions import not_priced, with_brought
from costmodel.components import COPIES, COUNT_OF_COPIES, SOURCE, Component, ComponentShape, Edge, component_of
from costmodel.errors import InputError, Place
from costmodel.shapes import NAME, VERSION, Each, Field, Given, Named, Problems, Record, Text, Word
from costmodel.wiring import in_flow_order, wiring_problems
from costmodel.yamlfile import Mapping, find, with_pair

PATTERN = Record(
    "a pattern",
    {
        "version": VERSION,
        "title": Field(Text(), "what the pattern is called", required=True),
        "extends": Field(Text(), "the pattern that this one changes, by name"),
        "description": Field(Text(), "what it is for"),
        "scenarios": Field(Each(Text()), "the scenarios it is shown with"),
        "components": Field(Named(ComponentShape(), NAME, "names to components"), "what is built", required=True),
        COUNT_OF_COPIES: COPIES,
        "not_priced": Field(Each(Text()), "what the design has and the estimate leaves out"),
    },
)


class Pattern(NamedTuple):
    """A pattern as read; `components` in the file's order, `flow` the same in the order records flow.

    `left_out` is what it says itself that an estimate leaves out.
    """

    name: str
    title: str
    description: str
    scenarios: tuple[str, ...]
    components: tuple[Component, ...]
    flow: tuple[Component, ...]
    left_out: tuple[str, ...]
    path: str

    @property
    def not_priced(self) -> tuple[str, ...]:
        return not_priced(self.components, self.left_out)

    def component(self, name: str) -> Component | None:
        return next((c for c in self.components if c.name == name), None)


def read_pattern(node: Mapping, name: str, path: str = "") -> Pattern:
    """The pattern in `node`, of the file at `path`. Raises InputError with every mistake, of the values and of the wiring."""
    problems: Problems = []
    lines: dict[Place, str] = {}
    written = find(node, "components")
    if isinstance(written, Mapping):
        node = with_pair(node, "components", with_brought(written, problems, lines))
    values = PATTERN.read(node, problems)
    sound = {word: value for word, value in ((values or {}).get("components") or {}).items() if word is not None}
    read = ((word, value) for word, value in sound.items() if value is not None)
    components = _with_all_copies([component_of(word, service, own, lines) for word, (service, own) in read], lines)
    problems += wiring_problems(components, set(sound))
    if problems:
        raise InputError(*problems)
    if COUNT_OF_COPIES in values:
        every = (COUNT_OF_COPIES, values[COUNT_OF_COPIES])
        components = tuple(component._replace(copies=(*component.copies, every)) for component in components)
    return Pattern(
        name,
        str(values["title"]),
        str(values.get("description", "")),
        values.get("scenarios", ()),
        components,
        in_flow_order(components),
        tuple(map(str, values.get("not_priced", ()))),
        path,
    )


def _with_all_copies(components: list[Component], lines: Map[Place, str]) -> tuple[Component, ...]:
    """The components; those that `lines` bring along get the records of all copies of what brings them."""
    copies = {component.name: component.copies for component in components}

    def with_copies(edge: Edge) -> Edge:
        return edge._replace(copies=copies.get(edge.origin, ())) if edge.origin.place in lines else edge

    return tuple(component._replace(edges=tuple(map(with_copies, component.edges))) for component in components)


def joined(patterns: Iterable[Pattern]) -> Pattern:
    """Several patterns as one, which all get the same records; components have their pattern's name before their own."""
    several = list(patterns)
    names = labels([pattern.name for pattern in several])
    components = [_of_pattern(c, f"{name}_") for name, pattern in zip(names, several, strict=True) for c in pattern.components]
    called = [component.name for component in components]
    if twice := sorted({name for name in called if called.count(name) > 1}):
        raise InputError(*(f"two components would be called '{name}'; rename one of them or its pattern" for name in twice))
    return Pattern(
        " + ".join(names),
        " + ".join(pattern.title for pattern in several),
        "",
        several[0].scenarios,
        tuple(components),
        in_flow_order(tuple(components)),
        tuple(dict.fromkeys(text for pattern in several for text in pattern.left_out)),
        "",
    )


def labels(names: list[str]) -> list[str]:
    """Names that can begin a component's: small letters, digits and underscores; numbered where two are the same."""
    plain = [re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "pattern" for name in names]
    return [label if plain.count(label) == 1 else f"{label}_{plain[:n].count(label) + 1}" for n, label in enumerate(plain)]


def _of_pattern(component: Component, before: str) -> Component:
    """The component under the name that it has beside those of other patterns; so are all its paths."""
    edges = tuple(
        edge._replace(
            origin=edge.origin if edge.origin == SOURCE else Word(before + edge.origin, edge.origin.place),
            path=before + edge.path,
            size_path=before + edge.size_path,
            copies=_with_name(edge.copies, before),
        )
        for edge in component.edges
    )
    return component._replace(name=before + component.name, edges=edges, copies=_with_name(component.copies, before))


def _with_name(copies: tuple[tuple[str, Given], ...], before: str) -> tuple[tuple[str, Given], ...]:
    return tuple((before + path, given) for path, given in copies)
