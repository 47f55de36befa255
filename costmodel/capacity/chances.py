"""How likely a design holds where inputs are uncertain: their ranges, drawn from in the same way every time."""

import math
import re
import zlib
from collections.abc import Callable, Mapping as Map
from typing import Any, NamedTuple

from costmodel.capacity.checks import ROUNDING, Check, checks_of, identity
from costmodel.capacity.seconds import checks_in_bursts
from costmodel.components import RESERVED
from costmodel.errors import InputError, Mistakes, Place, Problem
from costmodel.estimating import Arrays, Floats, run
from costmodel.flow import Metered
from costmodel.inputs import described
from costmodel.models import Model
from costmodel.shapes import Given, Word
from costmodel.sizing import with_fixed_sizes

INSIDE = 0.9  # of the cases are within a range
DRAWS = 4000
BURST = "traffic.burst"
_RANGE = re.compile(r"(.+?) *\.\. *(.+)")
# Opens the design with changes, path to value; raises InputError where it cannot be so.
Changed = Callable[[Map[str, object]], Model]


class Range(NamedTuple):
    """An uncertain input, in base units: in 9 of 10 cases between `low` and `high`, in half of them above `middle`.

    `least` and `most` are what a file may say at all. What was `asked` for by one path is one input, whatever the numbers that
    it gives several patterns.
    """

    path: str
    text: str
    low: float
    middle: float
    high: float
    least: float = 0.0
    most: float = math.inf
    asked: str = ""

    def drawn(self, draws: int = DRAWS) -> Any:
        """So many values, one from each equally likely part of a lognormal on each side of the middle, shuffled by the path."""
        from statistics import NormalDist

        import numpy as np

        normal = NormalDist()
        edge = normal.inv_cdf((1 + INSIDE) / 2)
        z = np.array([normal.inv_cdf((n + 0.5) / draws) for n in range(draws)]) / edge
        values = np.where(z >= 0, self.middle * (self.high / self.middle) ** z, self.middle * (self.low / self.middle) ** -z)
        np.random.default_rng(zlib.crc32((self.asked or self.path).encode())).shuffle(values)
        return np.clip(values, self.least, self.most)


class Chances(NamedTuple):
    """The share of the draws in which a check holds, by its identity: at the mean of the hours, and in the busiest second."""

    ranges: tuple[Range, ...]
    at_mean: dict[tuple[str, str, str], float]
    in_bursts: dict[tuple[str, str, str], float]


def chances(model: Model, metered: Metered, ranges: tuple[Range, ...]) -> Chances | None:
    """None without ranges. `metered` is the model's run on floats; what is sized automatically keeps its size."""
    if not ranges:
        return None
    fixed, bursts = with_fixed_sizes(model, metered.sized), model.scenario.traffic.bursts
    columns = {each.path: each.drawn() for each in ranges}
    numbers = Draws({path: drawn for path, drawn in columns.items() if path != BURST})
    loads = run(fixed, numbers).metered.loads
    at_mean = _held(checks_of(model, loads, numbers))
    if bursts is None:
        return Chances(ranges, at_mean, {})
    busiest = columns.get(BURST, max(level for _, level in bursts.levels))
    times = numbers.columns.get("traffic.times", model.scenario.traffic.times.value)
    in_second = checks_in_bursts(fixed, loads, Draws({**numbers.columns, "traffic.times": times * busiest}))
    return Chances(ranges, at_mean, _held(in_second))


def _held(found: list[Check]) -> dict[tuple[str, str, str], float]:
    return {identity(check): float(holds(check, DRAWS).mean()) for check in found}


def holds(check: Check, draws: int) -> Any:
    """For each draw, whether no period asks for more than its limit."""
    import numpy as np

    held = np.ones(draws, dtype=bool)
    for load, limit in check.by_period:
        held &= np.broadcast_to(load, draws) <= np.broadcast_to(limit, draws) * (1 + ROUNDING)
    return held


def ranges_of(model: Model, given: Map[str, str], changed: Changed) -> tuple[Range, ...]:
    """The ranges of the scenario and those `given`, texts such as "100 ms .. 900 ms" by path.

    They are of the numbers that differ between the design with the low and with the high end. Raises InputError with all
    mistakes.
    """
    mistakes, ranges = Mistakes(), []
    now = _numbers(model)
    own = {component.name for component in model.pattern.components}
    of_scenario = {path: text for path, text in model.scenario.ranges.items() if _concerns(path, own)}
    asked: dict[str, str] = dict((*of_scenario.items(), *given.items()))
    for path, text in asked.items():
        with mistakes.noted():
            place = path.place if isinstance(path, Word) else Place(f"--range {path}={text}")
            ranges += _ranges(path, text, place, model, now, changed)
    if mistakes.problems:
        raise InputError(*mistakes.problems)
    return tuple(ranges)


def _concerns(path: str, components: set[str]) -> bool:
    """Whether a path of a scenario, which may be of another pattern's components, is of something here."""
    head = path.partition(".")[0]
    return head in RESERVED or any(name == head or name.endswith(f"_{head}") for name in components)


def _ranges(path: str, text: str, place: Place, model: Model, now: dict[str, Given], changed: Changed) -> list[Range]:
    ends = _RANGE.fullmatch(text.strip())
    if not ends:
        raise InputError(Problem(place, f"'{text}' is no range; write for example {path}: 100 ms .. 900 ms"))
    try:
        low, high = (_numbers(changed({path: end})) for end in ends.groups())
    except InputError as error:
        raise InputError(*(Problem(place, problem.message) for problem in error.problems)) from None
    if path == BURST and BURST not in now:
        raise InputError(
            Problem(place, "the scenario's traffic has no burst as a factor, as in burst: 3, that could be uncertain")
        )
    if ends[1] == ends[2]:
        raise InputError(Problem(place, f"{text} is no range: both ends are the same"))
    if low.keys() != now.keys() or high.keys() != now.keys():
        raise InputError(Problem(place, f"{path} changes more than a number; a range is of one"))
    found = [key for key in now if not low[key].value == now[key].value == high[key].value]
    if not found:
        raise InputError(Problem(place, f"{path} changes no number that a load is made of"))
    return [_range(key, text, place, (low[key], now[key], high[key]), model)._replace(asked=path) for key in found]


def around(path: str, text: str, middle: str, place: Place, read: Callable[[str], float]) -> Range:
    """The range of a number that no file gives. Raises InputError."""
    ends = _RANGE.fullmatch(text.strip())
    if not ends:
        raise InputError(Problem(place, f"'{text}' is no range; write for example {path}=5% .. 12%"))
    low, high = map(read, ends.groups())
    if not 0 < low <= read(middle) <= high or low == high:
        raise InputError(Problem(place, f"{text} is no range around {middle}, of numbers above 0"))
    return Range(path, text, low, read(middle), high)


def _range(path: str, text: str, place: Place, given: tuple[Given, Given, Given], model: Model) -> Range:
    low, middle, high = (each.value for each in given)
    if low > high:
        raise InputError(Problem(place, f"{text} ends before it begins; the lower end comes first"))
    if not 0 < low <= middle <= high or low == high:
        raise InputError(Problem(place, f"{text} is no range around {given[1].text}, what {path} is, of numbers above 0"))
    if path == BURST:
        return Range(path, text, low, middle, high, least=1.0)
    bounds = described(model, path, given[1])
    return Range(path, text, low, middle, high, bounds.in_base_units(bounds.least), bounds.in_base_units(bounds.most))


class Draws(Arrays):
    """The reading of many draws. Some numbers are of quotas and of the rest of the account, for which only checks ask."""

    def finish(self) -> None:
        pass


class _Noting(Floats):
    """The reading that notes which numbers were asked for."""

    def __init__(self) -> None:
        self.given: dict[str, Given] = {}

    def number(self, path: str, given: Given) -> Any:
        if path:
            self.given[path] = given
        return given.value


def _numbers(model: Model) -> dict[str, Given]:
    """The numbers that a model is made of, by path, and the factor of its bursts."""
    noting = _Noting()
    checks_of(model, run(model, noting).metered.loads, noting)
    bursts = model.scenario.traffic.bursts
    if bursts is not None and bursts.given[0][0] is None:
        noting.given[BURST] = bursts.given[0][1]
    return noting.given
