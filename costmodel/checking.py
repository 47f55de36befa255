"""Checks a file of any kind, as `costmodel validate` does: what it is, and every mistake in it."""

import os
from collections.abc import Iterable

from costmodel.errors import InputError, Mistakes, Place, Problem, did_you_mean
from costmodel.library import Library
from costmodel.models import decided_by_scenario
from costmodel.pattern import PATTERN, Pattern, read_pattern
from costmodel.published.cases import CASES
from costmodel.published.paper import FIGURES, PAPER, TABLE
from costmodel.ratecard import CardShape, read_card
from costmodel.scenario import SCENARIO, read_scenario
from costmodel.shapes import Record, Word, read
from costmodel.yamlfile import Mapping, find, load, place_of

_LIBRARY_KINDS = {"pattern": "patterns", "scenario": "scenarios", "rate card": "pricing"}


def check(path: str, library: Library) -> str:
    """What kind of file it is, if all is well with it. Raises InputError with every mistake."""
    node = load(path)
    kind = _kind(node, path, library)
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


def kind_of(path: str, library: Library) -> str:
    """What kind of file it is, by its keys; whether all is well with it is not looked at. Raises InputError if it is none."""
    return _kind(load(path), path, library)


def _published() -> dict[str, Record]:
    return {
        "published table": TABLE,
        "published paper": PAPER,
        "file of published figures": FIGURES,
        "file of published cases": CASES,
    }


def _kind(node: Mapping, path: str, library: Library) -> str:
    """The kind whose keys the file has most of: one that extends another may lack the telling ones."""
    keys = {key.value for key, _ in node.value} - {"version", "title", "extends"}
    card = {*CardShape.head, *_services()}
    kinds = {"pattern": set(PATTERN.fields), "scenario": set(SCENARIO.fields), "rate card": card}
    kinds |= {kind: set(record.fields) for kind, record in _published().items()}
    best = max(kinds, key=lambda kind: len(keys & kinds[kind]))
    if keys & kinds[best]:
        return best
    return _kind_of_extended(node, path, library)


def _kind_of_extended(node: Mapping, path: str, library: Library) -> str:
    """The kind of a file that has nothing of its own but what it extends."""
    base = find(node, "extends")
    for kind, folder in _LIBRARY_KINDS.items():
        if base is not None and base.value in library.names(folder):
            return kind
        beside = os.path.join(os.path.dirname(path), str(base.value)) if base is not None else ""
        if beside.endswith((".yaml", ".yml")) and os.path.isfile(beside):
            library.load(folder, library.find(folder, path))  # a circle of files is told here
            if _kind(load(beside), beside, library) == kind:
                return kind
    telling = "components (a pattern), traffic (a scenario) or provider (a rate card)"
    raise InputError(Problem(Place(path, 1, 1), f"is no file of costmodel's; one has the key {telling}"))


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
    mistakes = Mistakes()
    with mistakes.noted():
        _check_settings(node, library)
    with mistakes.noted():
        rates = read_scenario(node, path, path).rates
        if rates is not None:
            library.load("pricing", library.find("pricing", rates, rates.place))
    if mistakes.problems:
        raise InputError(*dict.fromkeys(mistakes.problems))


def _check_settings(scenario: Mapping, library: Library) -> None:
    """Every pattern of the library is read as the scenario decides it; what is wrong then is the scenario's mistake."""
    settings = find(scenario, "settings")
    if not isinstance(settings, Mapping):
        return
    decided = {Word(key.value, place_of(key)): value for key, value in settings.value if "." in key.value}
    files = {place_of(node).name for pair in settings.value for node in pair}
    problems: list[Problem] = []
    for name in library.names("patterns"):
        try:
            tree = library.load("patterns", library.find("patterns", name))
            read_pattern(decided_by_scenario(library, tree, decided), name)
        except InputError as error:
            problems += [problem for problem in error.problems if problem.place and problem.place.name in files]
    if problems:
        raise InputError(*dict.fromkeys(problems))
