"""How the components of a pattern are wired: the mistakes there can be, and the order in which records flow."""

from collections.abc import Iterator

from costmodel.choosing import choice_problems
from costmodel.components import RESERVED, SOURCE, Component
from costmodel.errors import Problem, did_you_mean


def wiring_problems(components: tuple[Component, ...], names: set[str]) -> list[Problem]:
    """`names` are those of all components, also of ones that could not be read."""
    problems = [
        Problem(c.place, f"'{c.name}' is a reserved name ({', '.join(RESERVED)}); call the component something else")
        for c in components
        if c.name in RESERVED
    ]
    problems += [
        Problem(c.place, f"'{c.name}' is metered over the month, whose mean has no peak: write a number for {', '.join(c.auto)}")
        for c in components
        if c.by_month and c.auto
    ]
    for component in components:
        problems += [*_auto_of_nothing(component), *choice_problems(component)]
        whole = [edge.origin for edge in component.edges if edge.keep is None and edge.size is None and not edge.each_batch]
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


def _auto_of_nothing(component: Component) -> Iterator[Problem]:
    """The problems of settings that are auto without the setting that they are made of."""
    fields = component.service.setting_fields()
    for name in component.auto:
        needed = fields[name].made_of
        if needed and component.settings[needed] is None:
            said = f"'{component.name}' has {name}: auto and no {needed}, which it is made of: {fields[needed].doc}"
            yield Problem(component.place, said)


def _cycles(components: tuple[Component, ...]) -> list[Problem]:
    by_name = {component.name: component for component in components}
    left = {component.name for component in components} - {component.name for component in in_flow_order(components)}
    if not left:
        return []
    walk = [min(left, key=list(by_name).index)]
    while walk.count(walk[-1]) < 2:
        walk.append(next(str(edge.origin) for edge in by_name[walk[-1]].edges if edge.origin in left))
    circle = walk[walk.index(walk[-1]) :]
    return [Problem(by_name[circle[0]].place, f"the inputs go round in a circle: {' <- '.join(circle)}")]


def in_flow_order(components: tuple[Component, ...]) -> tuple[Component, ...]:
    """Every component after those its records come from, otherwise as in the file; without those on a circle."""
    done: list[Component] = []
    names = {SOURCE}
    waiting = list(components)
    while ready := next((c for c in waiting if all(edge.origin in names for edge in c.edges)), None):
        waiting.remove(ready)
        done.append(ready)
        names.add(ready.name)
    return tuple(done)
