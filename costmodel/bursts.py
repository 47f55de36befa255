"""Peaks inside the peak: how the seconds of a steady period stand to its mean."""

from typing import Any, NamedTuple

from costmodel.errors import Place, Problem
from costmodel.shapes import DEFAULT, Amount, Distribution, Given, Problems, Shape
from costmodel.units import COUNT, ONE, TIME, parse
from costmodel.yamlfile import Mapping, Node, place_of

DEFAULT_LENGTH = "1 s"
EVEN = ((1.0, 1.0),)


class BurstShape(Shape):
    """How many times the mean comes in a burst, or levels to their shares of the seconds."""

    factor = Amount(COUNT, ONE, at_least="1")
    shares = Distribution(Amount(COUNT, ONE), "levels to shares of the seconds, as in {0.5: 80%, 3: 20%}")

    def read(self, node: Node, problems: Problems) -> Any:
        """(share of the seconds, or None for one factor; level) for each level."""
        if not isinstance(node, Mapping):
            factor = self.factor.read(node, problems)
            return None if factor is None else ((None, factor),)
        levels = self.shares.read(node, problems)
        if levels and not any(level.value for _, level in levels):
            problems.append(Problem(place_of(node), "every level is 0; give the busiest seconds one above 0"))
        return levels

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.factor.schema(), self.shares.schema()]}


class Bursts(NamedTuple):
    """As a scenario gives them. `length` is how long a level lasts before the next one comes, whichever it is."""

    given: tuple[tuple[Given | None, Given], ...]
    length: Given

    @property
    def levels(self) -> tuple[tuple[float, float], ...]:
        """(share of the time, times the period's mean) for each level; their mean is 1.

        A single factor comes in bursts with nothing between them: of all that have this mean and this busiest second, what a
        queue finds hardest.
        """
        first_share, factor = self.given[0]
        if first_share is None:
            level = factor.value
            return EVEN if level == 1 else ((1 / level, level), (1 - 1 / level, 0.0))
        mean = sum(of.value * level.value for of, level in self.given if of is not None)
        return tuple((of.value, level.value / mean) for of, level in self.given if of is not None)

    @property
    def words(self) -> str:
        """ "bursts of 3 times the mean", "seconds of 0.5 to 3 times the mean"."""
        levels = [level for _, level in self.levels]
        if self.given[0][0] is None:
            return f"bursts of {self.given[0][1].text} times the mean of their hour"
        return f"seconds of {min(levels):.3g} to {max(levels):.3g} times the mean of their hour"


def bursts_of(values: dict[str, Any]) -> Bursts | None:
    """What the values of a scenario's traffic say of bursts; None where they say nothing."""
    if values.get("burst") is None:
        return None
    length = values.get("burst_length") or Given(parse(DEFAULT_LENGTH, TIME), DEFAULT_LENGTH, TIME, Place(DEFAULT))
    return Bursts(values["burst"], length)
