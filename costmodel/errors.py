"""What goes wrong, said so that a user can mend it: where, what, and what to write instead."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Place(NamedTuple):
    """A spot in a file, or (line 0) an argument of the command line."""

    name: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.line}:{self.column}" if self.line else self.name


class Problem(NamedTuple):
    place: Place | None
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class CostmodelError(Exception):
    """Base of what this package raises on purpose."""


class InputError(CostmodelError):
    """One or more mistakes in what the user gave: a file, an option, an argument. Exit status 2."""

    def __init__(self, *problems: Problem | str) -> None:
        said = [p if isinstance(p, Problem) else Problem(None, p) for p in problems]
        self.problems = tuple(sorted(said, key=lambda problem: problem.place or Place("")))
        super().__init__("\n".join(map(str, self.problems)))


class MissingPrice(InputError):
    """A rate card lacks a price that the design needs."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """ " Did you mean 'x'?", or else the known words, or nothing."""
    from difflib import get_close_matches

    known = list(known)
    in_small = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), in_small, n=1)
    if close:
        return f" Did you mean '{in_small[close[0]]}'?"
    return f" Known: {', '.join(sorted(known))}." if 0 < len(known) <= 20 else ""


@contextmanager
def placed(place: Place) -> Iterator[None]:
    """What goes wrong within, as mistakes that stand at this place."""
    try:
        yield
    except InputError as error:
        raise InputError(*(Problem(place, problem.message) for problem in error.problems)) from None


class Mistakes:
    """Collects the mistakes of several files, so that all are told at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """What is raised within as InputError is noted; what should have come of it is missing."""
        try:
            yield
        except InputError as error:
            self.problems += error.problems
