"""The uncertain inputs of a model: each a number of it with its distribution, and how they belong together."""

import zlib
from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

from costmodel.errors import InputError, Problem
from costmodel.uncertainty import said as words
from costmodel.uncertainty.distributions import Around, Distribution
from costmodel.uncertainty.said import Said

BURST = "traffic.burst"
CASES = 1000  # of which it is told how many are beyond a bound


class Uncertain(NamedTuple):
    """An uncertain input. `least` and `most` are what a file may say at all, in base units, as all numbers.

    What was `asked` for by one path is one input, whatever the numbers that it gives several patterns.
    """

    path: str
    asked: str
    text: str
    distribution: Distribution
    least: float
    most: float

    def at(self, shares: Any) -> Any:
        """The values that so many of the cases are below."""
        import numpy as np

        return np.clip(self.distribution.at(np.asarray(shares)), self.least, self.most)

    @property
    def beyond(self) -> float:
        """The share of the cases in which it would be beyond what a file may say; it is then at that bound."""
        import numpy as np

        values = self.distribution.at((np.arange(CASES) + 0.5) / CASES)
        return float(((values < self.least) | (values > self.most)).mean())


class Uncertainty(NamedTuple):
    """All of a model's. `factor` makes independent normal scores of `names` correlated ones: the rows of a lower triangle."""

    inputs: tuple[Uncertain, ...] = ()
    factor: tuple[tuple[float, ...], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What was asked for, once each: one dimension of a draw for each."""
        return tuple(dict.fromkeys(each.asked for each in self.inputs))

    @property
    def are_correlated(self) -> bool:
        return any(any(row[:-1]) for row in self.factor)

    def at(self, shares: Any) -> dict[str, Any]:
        """The inputs' values by their paths, for shares between 0 and 1 of shape (names, draws)."""
        of = dict(zip(self.names, self._correlated(shares), strict=True))
        return {each.path: each.at(of[each.asked]) for each in self.inputs}

    def drawn(self, draws: int) -> dict[str, Any]:
        """So many values of each, one from each equally likely part, shuffled by its name: the same every time."""
        import numpy as np

        return self.at(np.array([shuffled(name, draws) for name in self.names]))

    def _correlated(self, shares: Any) -> list[Any]:
        from scipy.special import ndtr, ndtri

        rows = list(shares)
        for n, row in enumerate(self.factor):
            if any(row[:n]):  # one that depends on none before it keeps its bits
                rows[n] = ndtr(reduce(lambda a, b: a + b, (weight * ndtri(shares[k]) for k, weight in enumerate(row) if weight)))
        return rows


CERTAIN = Uncertainty()


def shuffled(name: str, draws: int) -> Any:
    """A share from the middle of each of so many equal parts of 0 to 1, in an order that goes by the name."""
    import numpy as np

    shares = (np.arange(draws) + 0.5) / draws
    np.random.default_rng(zlib.crc32(name.encode())).shuffle(shares)
    return shares


def around(path: str, said: Said, middle: str, read: Callable[[str], float]) -> Uncertain:
    """The range of a number that no file gives. Raises InputError."""
    if said.kind != words.RANGE:
        raise InputError(Problem(said.place, f"write a range; for example {path}=5% .. 12%"))
    low, high = read(said.numbers[words.LOW]), read(said.numbers[words.HIGH])
    if not 0 < low <= read(middle) <= high or low == high:
        raise InputError(Problem(said.place, f"{said.text} is no range around {middle}, of numbers above 0"))
    return Uncertain(path, path, said.text, Around(low, read(middle), high), 0.0, float("inf"))
