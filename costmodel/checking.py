"""Checks a file of any kind, as `costmodel validate` does: what it is, and every mistake in it."""

import os
from collections.abc import Iterable

from costmodel.capacity.quotas import SheetShape, read_sheet
from costmodel.errors import InputError, Mistakes, Place, Problem, did_you_mean
from costmodel.library import WHAT, Library
from costmodel.models import DEFAULT_REGION, already_used, decided_by_scenario
from costmodel.pattern import PATTERN, Pattern, read_pattern
from costmodel.published.cases import CASES
from costmodel.published.paper import FIGURES, PAPER, TABLE
from costmodel.ratecard import CardShape, read_card
from costmodel.scenario import SCENARIO, read_scenario
from costmodel.shapes import Record, Word, read
from costmodel.yamlfile import Mapping, Scalar, find, load, place_of

_LIBRARY_KINDS = {word: folder for folder, word in WHAT.items()}


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
    elif kind == "quota sheet":
        read_sheet(node, path)
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


def _kind(node: Mapping, path: str, library: Library, above: tuple[str, ...] = ()) -> str:
    """The kind whose keys the file has most of: one that extends another may lack the telling ones, and is what that is.

    `above` are the files that extend it, of which none has a key that tells.
    """
    keys = {key.value for key, _ in node.value} - {"version", "title", "extends"}
    card = {*CardShape.head, *_services()}
    kinds = {"pattern": set(PATTERN.fields), "scenario": set(SCENARIO.fields), "rate card": card}
    kinds |= {kind: set(record.fields) for kind, record in _published().items()}
    kinds["quota sheet"] = {*SheetShape.head, *_services()}
    most = max(len(keys & known) for known in kinds.values())
    best = [kind for kind, known in kinds.items() if len(keys & known) == most]
    base = find(node, "extends")
    if most and (len(best) == 1 or not isinstance(base, Scalar)):
        return best[-1]  # a rate card has keys that a quota sheet has not
    if not isinstance(base, Scalar):
        telling = "components (a pattern), traffic (a scenario) or provider (a rate card, a quota sheet)"
        raise InputError(Problem(Place(path, 1, 1), f"is no file of costmodel's; one has the key {telling}"))
    return _kind_of_extended(base, path, library, above)


def _kind_of_extended(base: Scalar, path: str, library: Library, above: tuple[str, ...]) -> str:
    """The kind of a file that has nothing of its own but what it extends."""
    known = {name: kind for kind, folder in _LIBRARY_KINDS.items() for name in library.names(folder)}
    if base.value in known:
        return known[base.value]
    beside = os.path.join(os.path.dirname(path), base.value)
    if not base.value.endswith((".yaml", ".yml")) or not os.path.isfile(beside):
        said = f"there is no pattern, scenario, rate card or quota sheet '{base.value}'.{did_you_mean(base.value, known)}"
        raise InputError(Problem(place_of(base), said))
    above = (*above, os.path.realpath(path))
    if os.path.realpath(beside) in above:
        raise InputError(Problem(place_of(base), f"'extends: {base.value}' goes round in a circle"))
    return _kind(load(beside), beside, library, above)


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
        scenario = read_scenario(node, path, path)
        rates = scenario.rates or (library.newest_card(DEFAULT_REGION) if scenario.already_used else None)
        if rates is not None:
            card = library.find("pricing", rates, getattr(rates, "place", None))
            prices = library.load("pricing", card)
            if scenario.already_used:
                already_used(scenario, read_card(prices, card.name))
        if scenario.other_usage:
            newest = max(library.names("quotas"))
            read_sheet(library.load("quotas", library.find("quotas", newest)), newest).other_usage(scenario.other_usage)
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
