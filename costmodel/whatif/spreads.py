"""How many values are distributed, in bounded memory: how often each small stretch occurs, and its ends.

Counts, smallest and largest values merge to the same whatever the order. A stretch is what numbers share in their first bits:
4,096 of them from a number to its double. So a percentile is exact to 1 in 4,000 of itself, to the digit where a stretch has one
value or two, and as good as that where values are dense.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

_LAST_BITS = 40  # of the 52 of a float's fraction


class Spread(NamedTuple):
    """`keys` are stretches in ascending order; `counts`, `least` and `most` are of the values in each; `total` is their sum."""

    keys: Any
    counts: Any
    least: Any
    most: Any
    total: float

    @property
    def size(self) -> int:
        return int(self.counts.sum())

    @property
    def mean(self) -> float:
        return self.total / self.size

    def at(self, share: float) -> float:
        """The value that this share of the values is below, as between the two nearest of them."""
        rank = share * (self.size - 1)
        low = self._ranked(int(rank))
        return low + (rank - int(rank)) * (self._ranked(min(int(rank) + 1, self.size - 1)) - low)

    def below(self, value: float) -> float:
        """The share of the values that are below this one; of a stretch that it is within, as if they were spread evenly."""
        n = int((self.most < value).sum())
        count = float(self.counts[:n].sum())
        if n < len(self.keys) and self.least[n] < value:
            count += float(self.counts[n] * (value - self.least[n]) / (self.most[n] - self.least[n]))
        return count / self.size

    def histogram(self, low: float, high: float, columns: int) -> tuple[list[float], list[float]]:
        """The edges of so many columns from low to high, and the share of the values in each; what is `high` is in the last."""
        import numpy as np

        edges = np.linspace(low, high, columns + 1).tolist()
        until = [*(self.below(edge) for edge in edges[:-1]), self.below(float(np.nextafter(high, np.inf)))]
        return edges, [after - before for before, after in pairwise(until)]

    def _ranked(self, rank: int) -> float:
        """The value at this place in the order, from 0 on; within a stretch of many, as if they were spread evenly."""
        import numpy as np

        ends = np.cumsum(self.counts)
        n = int(np.searchsorted(ends, rank, side="right"))
        least, most, count = float(self.least[n]), float(self.most[n]), int(self.counts[n])
        if count == 1 or least == most:
            return least
        return least + (most - least) * (rank - int(ends[n]) + count) / (count - 1)


def spread_of(values: Any) -> Spread:
    """Of an array of numbers that are not negative."""
    import numpy as np

    ordered = np.sort(values)
    keys = ordered.view(np.int64) >> _LAST_BITS
    starts = _starts(keys)
    counts = np.diff(np.append(starts, len(keys)))
    return Spread(keys[starts], counts, ordered[starts], ordered[starts + counts - 1], float(values.sum()))


def merged(spreads: Sequence[Spread]) -> Spread:
    """Of all their values together."""
    import numpy as np

    if len(spreads) == 1:
        return spreads[0]
    keys = np.concatenate([spread.keys for spread in spreads])
    order = np.argsort(keys, kind="stable")
    starts = _starts(keys[order])

    def joined(name: str, join: Any) -> Any:
        return join.reduceat(np.concatenate([getattr(spread, name) for spread in spreads])[order], starts)

    total = 0.0
    for spread in spreads:  # in their order, so that the same sum comes out
        total += spread.total
    return Spread(keys[order][starts], joined("counts", np.add), joined("least", np.minimum), joined("most", np.maximum), total)


def _starts(keys: Any) -> Any:
    """Where another key begins."""
    import numpy as np

    return np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
