"""The values of an uncertain number, by the share of the cases that are below them. Numbers are in base units."""

from typing import Any, NamedTuple, Protocol

INSIDE = 0.9  # of the cases are within a range
LOWEST, HIGHEST = (1 - INSIDE) / 2, (1 + INSIDE) / 2


class Distribution(Protocol):
    def at(self, shares: Any) -> Any:
        """The value that so many of the cases are below, for an array of shares between 0 and 1."""


class Around(NamedTuple):
    """Half of the cases are below `middle`, 1 of 20 below `low` and above `high`: a lognormal on either side of the middle."""

    low: float
    middle: float
    high: float

    def at(self, shares: Any) -> Any:
        import numpy as np
        from scipy.special import ndtri

        z = ndtri(shares) / ndtri(HIGHEST)
        up, down = np.log(self.high / self.middle), np.log(self.middle / self.low)
        return self.middle * np.exp(z * np.where(z >= 0, up, down))


class Normal(NamedTuple):
    mean: float
    sd: float

    def at(self, shares: Any) -> Any:
        from scipy.special import ndtri

        return self.mean + self.sd * ndtri(shares)


class Lognormal(NamedTuple):
    """`sigma` is the standard deviation of the natural logarithm."""

    median: float
    sigma: float

    def at(self, shares: Any) -> Any:
        import numpy as np
        from scipy.special import ndtri

        return self.median * np.exp(self.sigma * ndtri(shares))


class Triangular(NamedTuple):
    low: float
    mode: float
    high: float

    def at(self, shares: Any) -> Any:
        import numpy as np

        width, up = self.high - self.low, self.mode - self.low
        rising = self.low + np.sqrt(shares * width * up)
        falling = self.high - np.sqrt((1 - shares) * width * (width - up))
        return np.where(shares * width < up, rising, falling)


class Uniform(NamedTuple):
    low: float
    high: float

    def at(self, shares: Any) -> Any:
        return self.low + (self.high - self.low) * shares


class Measured(NamedTuple):
    """Each of the values, which are sorted, is as likely as the others."""

    values: tuple[float, ...]

    def at(self, shares: Any) -> Any:
        import numpy as np

        numbers = (np.asarray(shares) * len(self.values)).astype(int)
        return np.array(self.values)[np.minimum(numbers, len(self.values) - 1)]
