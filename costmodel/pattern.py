"""Reads a pattern: components, each an AWS service with its settings, wired by name, in the order records flow."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from costmodel.companions import not_priced, with_brought
from costmodel.components import COPIES, COUNT_OF_COPIES, SOURCE, Component, ComponentShape, component_of
from costmodel.errors import InputError, Place
from costmodel.shapes import NAME, VERSION, Each, Field, Named, Problems, Record, Text, Word
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
    sizes: dict[Place, str] = {}
    written = find(node, "components")
    if isinstance(written, Mapping):
        node = with_pair(node, "components", with_brought(written, problems, sizes))
    values = PATTERN.read(node, problems)
    sound = {word: value for word, value in ((values or {}).get("components") or {}).items() if word is not None}
    read = ((word, value) for word, value in sound.items() if value is not None)
    components = tuple(component_of(word, service, own, sizes) for word, (service, own) in read)
    problems += wiring_problems(components, set(sound))
    if problems:
        raise InputError(*problems)
    given = {str(word): own for word, (_, own) in sound.items()}
    left_out = not_priced(components, given, tuple(map(str, values.get("not_priced", ()))))
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
        left_out,
        path,
    )


def joined(patterns: Iterable[Pattern]) -> Pattern:
    """Several patterns as one, which all get the same records; components have their pattern's name before their own."""
    several = list(patterns)
    names = labels([pattern.name for pattern in several])
    components = [_of_pattern(c, f"{name}_") for name, pattern in zip(names, several, strict=True) for c in pattern.components]
    return Pattern(
        " + ".join(names),
        " + ".join(pattern.title for pattern in several),
        "",
        several[0].scenarios,
        tuple(components),
        in_flow_order(tuple(components)),
        tuple(dict.fromkeys(text for pattern in several for text in pattern.not_priced)),
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
        )
        for edge in component.edges
    )
    copies = tuple((before + path, given) for path, given in component.copies)
    return component._replace(name=before + component.name, edges=edges, copies=copies)
