"""Settings measured at several sizes: of a function's duration at several memories, that of the one given, or of the cheapest."""

from collections.abc import Iterator, Mapping as Map
from typing import Any

from costmodel.components import Component
from costmodel.errors import Problem
from costmodel.settings import AUTO, Measured, ResultAt
from costmodel.shapes import Given


def with_choice(component: Component, facts: Map[str, Any]) -> dict[str, Any]:
    """The settings of a component, with one size and what was measured at it in place of a table.

    `facts` are what the card says of the service. Which size costs least rests on the numbers as files give them: it is
    structure, the same in every reading.
    """
    of, settings = component.service.measurement, component.settings
    if of is None or not isinstance(settings[of.result], Measured):
        return settings
    known = {name: fact.value if isinstance(fact, Given) else fact for name, fact in facts.items()}
    rates = component.service.card(**known, **component.service.price_names())
    best = min(_eligible(component), key=lambda row: (of.cost(row.size.value, row.result.value, rates), row.result.value))
    return {**settings, of.size: best.size, of.result: best.result}


def chosen(component: Component) -> tuple[str, ...]:
    """The settings that a choice gives: none of them changes alone, so that they have no paths."""
    of = component.service.measurement
    return (of.size, of.result) if of and isinstance(component.settings[of.result], Measured) else ()


def choice_problems(component: Component) -> Iterator[Problem]:
    """What is wrong with a table of measurements, or with a size that is auto and has none."""
    of, settings = component.service.measurement, component.settings
    if of is None:
        return
    size, table, most = settings[of.size], settings[of.result], settings[of.most]
    who = f"'{component.name}'"
    if not isinstance(table, Measured):
        if size == AUTO:
            said = f"{who} has {of.size}: auto, which takes the cheapest of what was measured"
            yield Problem(component.place, f"{said}; write {of.result}: {of.example}")
    elif isinstance(size, dict) or isinstance(most, dict):
        said = f"{who} has a table of its {of.result}, which is the same all month; write one number for"
        yield Problem(component.place, f"{said} {of.size if isinstance(size, dict) else of.most}")
    elif not _eligible(component):
        known = ", ".join(f"{row.size.text} ({row.result.text})" for row in table.rows)
        why = f"is never up to {most.text}" if size == AUTO else f"was not measured at {size.text}"
        yield Problem(table.rows[0].size.place, f"the {of.result} of {who} {why}; measured are {known}")


def _eligible(component: Component) -> list[ResultAt]:
    """The measurement at the size given, or where that is auto, all up to the largest result that will do."""
    of, settings = component.service.measurement, component.settings
    assert of is not None  # it has measurements
    rows, size, most = settings[of.result].rows, settings[of.size], settings[of.most]
    if size != AUTO:
        return [row for row in rows if row.size.value == size.value]
    return [row for row in rows if most is None or row.result.value <= most.value]
