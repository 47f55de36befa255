"""What the difference between two cards does to the estimates of a pattern."""

from collections.abc import Sequence

from costmodel.comparing import Comparison, Operand, compare
from costmodel.errors import InputError, Mistakes
from costmodel.library import Library
from costmodel.pattern import read_pattern


def effect(cards: Sequence[str], pattern: str, scenarios: Sequence[str], library: Library) -> list[Comparison]:
    """For each scenario, or each that the pattern names, its estimates at the cards, by name or path. Raises InputError."""
    operands = [Operand(card, rates=card) for card in cards]
    comparisons: list[Comparison] = []
    mistakes = Mistakes()
    for scenario in scenarios or _named(pattern, library):
        with mistakes.noted():
            comparisons.append(compare(operands, otherwise=Operand("", pattern, scenario), library=library))
    if mistakes.problems:
        raise InputError(*dict.fromkeys(mistakes.problems))
    return comparisons


def _named(pattern: str, library: Library) -> list[str]:
    """The scenarios that a pattern names; those beside it by their paths."""
    found = library.find("patterns", pattern)
    named = read_pattern(library.load("patterns", found), found.name).scenarios
    if not named:
        raise InputError(f"the pattern {found.name} names no scenarios: add --scenario")
    files = [library.find("scenarios", name, getattr(name, "place", None)) for name in named]
    return [file.path if name.endswith((".yaml", ".yml")) else str(name) for name, file in zip(named, files, strict=True)]
