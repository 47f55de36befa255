"""Checks a file of any kind, as `costmodel validate` does: what it is, and every mistake in it."""

from collections.abc import Iterable

from costmodel.errors import InputError, Place, Problem, did_you_mean
from costmodel.library import Library
from costmodel.metering import settings_record
from costmodel.pattern import PATTERN, Pattern, for_each_period, read_pattern
from costmodel.published.paper import FIGURES, PAPER, TABLE
from costmodel.ratecard import CardShape, read_card
from costmodel.scenario import SCENARIO, read_scenario
from costmodel.shapes import Record, read
from costmodel.yamlfile import Mapping, find, load, place_of

_LIBRARY_KINDS = {"pattern": "patterns", "scenario": "scenarios", "rate card": "pricing"}


def check(path: str, library: Library) -> str:
    """What kind of file it is, if all is well with it. Raises InputError with every mistake."""
    node = load(path)
    kind = _kind(node, path)
    if kind in _LIBRARY_KINDS:
        folder = _LIBRARY_KINDS[kind]
        node = library.load(folder, library.find(folder, path))
    if kind == "pattern":
        _check_pattern(read_pattern(node, path), library)
    elif kind == "scenario":
        _check_scenario(node, path, library)
    elif kind == "rate card":
        read_card(node, path)
    else:
        read(_published()[kind], node)
    return kind


def _published() -> dict[str, Record]:
    return {"published table": TABLE, "published paper": PAPER, "file of published figures": FIGURES}


def _kind(node: Mapping, path: str) -> str:
    """The kind whose keys the file has most of: one that extends another may lack the telling ones."""
    keys = {key.value for key, _ in node.value} - {"version", "title", "extends"}
    card = {*CardShape.head, *CardShape([]).keys, *_services()}
    kinds = {"pattern": set(PATTERN.fields), "scenario": set(SCENARIO.fields), "rate card": card}
    kinds |= {kind: set(record.fields) for kind, record in _published().items()}
    best = max(kinds, key=lambda kind: len(keys & kinds[kind]))
    if not keys & kinds[best]:
        telling = "components (a pattern), traffic (a scenario) or provider (a rate card)"
        raise InputError(Problem(Place(path, 1, 1), f"is no file of costmodel's; one has the key {telling}"))
    return best


def _services() -> Iterable[str]:
    from costmodel import services

    return services.keys()


def _check_pattern(pattern: Pattern, library: Library) -> None:
    known = library.names("scenarios")
    problems = [
        Problem(getattr(name, "place", None), f"there is no scenario '{name}'.{did_you_mean(name, known)}")
        for name in pattern.scenarios
        if name not in known
    ]
    if problems:
        raise InputError(*problems)


def _check_scenario(node: Mapping, path: str, library: Library) -> None:
    """Its own shape, and what it says of components and a rate card of the library."""
    problems = _problems_of_settings(node, library)
    try:
        rates = read_scenario(node, path, path).rates
        if rates is not None and not rates.endswith((".yaml", ".yml")):
            library.find("pricing", rates, rates.place)
    except InputError as error:
        problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise InputError(*problems)


def _problems_of_settings(scenario: Mapping, library: Library) -> list[Problem]:
    """What the scenario decides must be a setting of the component in every pattern that has it."""
    settings = find(scenario, "settings")
    patterns = [
        read_pattern(library.load("patterns", library.find("patterns", name)), name) for name in library.names("patterns")
    ]
    names = sorted({component.name for pattern in patterns for component in pattern.components})
    problems: list[Problem] = []
    for key, value in settings.value if isinstance(settings, Mapping) else []:
        name, _, setting = key.value.partition(".")
        found = [component for pattern in patterns if (component := pattern.component(name)) is not None]
        if not found:
            problems.append(Problem(place_of(key), f"no pattern has a component '{name}'.{did_you_mean(name, names)}"))
        for service in {component.service.key: component.service for component in found}.values():
            fields = settings_record(service, {}, for_each_period).fields
            if setting in fields:
                fields[setting].shape.read(value, problems)
            else:
                hint = did_you_mean(setting, fields)
                problems.append(Problem(place_of(key), f"'{setting}' is not a setting of {service.key}.{hint}"))
    return problems
