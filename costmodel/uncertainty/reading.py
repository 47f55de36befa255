"""What is said of uncertain inputs, in a scenario or on the command line, as numbers of a model with their distributions."""

import os
from collections.abc import Callable, Iterable, Mapping as Map
from typing import Any, NamedTuple

from costmodel.capacity.checks import checks_of
from costmodel.components import RESERVED
from costmodel.errors import InputError, Mistakes, Place, Problem, did_you_mean, placed
from costmodel.estimating import Floats, run
from costmodel.inputs import Input, described
from costmodel.measured import column
from costmodel.models import Changed, Model
from costmodel.shapes import Given, Word, read
from costmodel.uncertainty import said as words
from costmodel.uncertainty.distributions import Around, Distribution, Lognormal, Measured, Normal, Triangular, Uniform
from costmodel.uncertainty.inputs import BURST, Uncertain, Uncertainty
from costmodel.uncertainty.said import Correlation, Said, UncertainShape
from costmodel.units import COUNT, SMALLEST, Unit, number_of, unit_of
from costmodel.yamlfile import value_from_argument

NEARLY = 1e-9
_IMPOSSIBLE = "the correlations cannot all be true: what both belong with the same belong with each other; make them weaker"


def from_arguments(option: str, given: Map[str, str]) -> dict[Word, Said]:
    """What arguments say, "traffic.times" -> "0.8 .. 1.5". Raises InputError with every mistake."""

    mistakes, found = Mistakes(), {}
    for path, text in given.items():
        argument = f"{option} {path}={text}"
        with mistakes.noted():
            found[Word(path, Place(argument))] = read(UncertainShape(), value_from_argument(text, argument))
    if mistakes.problems:
        raise InputError(*mistakes.problems)
    return found


def uncertain_of(model: Model, given: Map[Word, Said], changed: Changed) -> Uncertainty:
    """What the scenario says is uncertain, and what is `given` beside it, which goes before.

    An input is the numbers that differ when the design is opened with one and another of its values. Raises InputError with all
    mistakes.
    """
    mistakes, found = Mistakes(), []
    own = {component.name for component in model.pattern.components}
    asked = {path: said for path, said in model.scenario.ranges.items() if concerns(path, own)}
    reading = _Reading(model, changed, _numbers(model))
    for path, said in {**asked, **given}.items():
        with mistakes.noted():
            found += reading.of(path, said)
    if mistakes.problems:
        raise InputError(*mistakes.problems)
    whole = Uncertainty(tuple(found))
    return whole._replace(factor=_factor(whole.names, model.scenario.correlations, own))


def concerns(path: str, components: set[str]) -> bool:
    """Whether a path, which may be of another pattern's components, is of something here."""
    head = path.partition(".")[0]
    return head in RESERVED or any(name == head or name.endswith(f"_{head}") for name in components)


class _Reading(NamedTuple):
    """Makes inputs of what is said. `now` are the model's numbers."""

    model: Model
    changed: Changed
    now: dict[str, Given]

    def of(self, path: Word, said: Said) -> list[Uncertain]:
        if path == BURST and BURST not in self.now:
            message = "the scenario's traffic has no burst as a factor, as in burst: 3, that could be uncertain"
            raise InputError(Problem(said.place, message))
        measured = _measurements(said, self.model.scenario.path) if said.kind == words.MEASURED else []
        texts = _ends_of(measured) if measured else [text for name, text in said.numbers.items() if name != words.SD]
        opened = [self._with(path, text, said.place) for text in texts]
        if any(numbers.keys() != self.now.keys() for numbers in opened):
            if all(numbers.keys() > self.now.keys() for numbers in opened):
                message = f"the design says nothing of {path}, around which it could be; say it first: --set {path}={texts[0]}"
                raise InputError(Problem(said.place, message))
            raise InputError(Problem(said.place, f"{path} changes more than a number; a range is of one"))
        found = self._differing(opened) or self._near(path, texts[0], said.place)
        if not found:
            raise InputError(Problem(said.place, f"{path} changes no number that the estimate or a load is made of"))
        named = [[numbers[key].value for numbers in opened] for key in found]
        return [self._uncertain(key, path, said, of, measured) for key, of in zip(found, named, strict=True)]

    def _differing(self, opened: list[dict[str, Given]]) -> list[str]:
        """The numbers that are not the same in all of the designs, by their paths."""
        return [key for key in self.now if len({self.now[key].value, *(numbers[key].value for numbers in opened)}) > 1]

    def _near(self, path: str, text: str, place: Place) -> list[str]:
        """What differs with a value a bit below or above this one, which the files have."""
        for times in (0.99, 1.01):
            try:
                return self._differing([self._with(path, f"{number_of(text) * times!r}{unit_of(text)}", place)])
            except InputError as error:  # it is on a bound
                problems = error.problems
        raise InputError(*problems)

    def _with(self, path: str, text: str, place: Place) -> dict[str, Given]:
        with placed(place):
            return _numbers(self.changed({path: text}))

    def _uncertain(self, key: str, path: str, said: Said, values: list[float], measured: list[str]) -> Uncertain:
        of, now = self._input(key), self.now[key]
        distribution: Distribution
        try:
            if measured:
                distribution = Measured(tuple(sorted(of.in_base_units(of.numbers([text])[0]) for text in measured)))
            else:
                numbers = dict(zip((name for name in said.numbers if name != words.SD), values, strict=True))
                if words.SD in said.numbers:
                    numbers[words.SD] = of.in_base_units(of.numbers([said.numbers[words.SD]])[0])
                distribution = _DISTRIBUTIONS[said.kind](numbers, now, said, path)
        except ValueError as error:
            raise InputError(Problem(said.place, str(error))) from None
        return Uncertain(key, path, said.text, distribution, *_bounds(of))

    def _input(self, key: str) -> Input:
        if key == BURST:
            given = self.now[key]
            return Input(key, given, given.value, Unit("", COUNT, 1.0), "", "burst", "", 1.0, float("inf"))
        return described(self.model, key, self.now[key])


def _bounds(of: Input) -> tuple[float, float]:
    """What a file may say, in base units: what lies on a bound that is not itself allowed is next to it."""
    import numpy as np

    least, most = of.in_base_units(of.least), of.in_base_units(of.most)
    lowest = max(float(np.nextafter(least, most)), SMALLEST) if of.above else least
    return lowest, float(np.nextafter(most, least)) if of.below else most


def _around(numbers: dict[str, float], now: Given, said: Said, path: str) -> Around:
    low, high = numbers[words.LOW], numbers[words.HIGH]
    middle = numbers.get(words.MID, now.value)
    _in_order(low, high, said.text)
    if not 0 < low <= middle <= high:
        if words.MID in numbers:
            raise ValueError(f"{said.text}: the middle is not between the ends, of numbers above 0")
        raise ValueError(f"{said.text} is no range around {now.text}, what {path} is, of numbers above 0")
    return Around(low, middle, high)


def _normal(numbers: dict[str, float], now: Given, said: Said, path: str) -> Normal:
    if not numbers[words.SD] > 0:
        raise ValueError("a standard deviation is above 0")
    return Normal(numbers[words.MEAN], numbers[words.SD])


def _lognormal(numbers: dict[str, float], now: Given, said: Said, path: str) -> Lognormal:
    from math import log, sqrt
    from statistics import NormalDist

    if words.SD in numbers:
        mean, sd = numbers[words.MEAN], numbers[words.SD]
        if not (mean > 0 and sd > 0):
            raise ValueError("a lognormal distribution has a mean and a standard deviation above 0")
        variance = log(1 + (sd / mean) ** 2)
        return Lognormal(mean / sqrt(1 + (sd / mean) ** 2), sqrt(variance))
    median, (name, high) = numbers[words.MEDIAN], next((n, v) for n, v in numbers.items() if n in words.PERCENTILES)
    if not 0 < median < high:
        raise ValueError(f"{said.text}: {name} is above the median, and both are above 0")
    return Lognormal(median, log(high / median) / NormalDist().inv_cdf(words.PERCENTILES[name]))


def _triangular(numbers: dict[str, float], now: Given, said: Said, path: str) -> Triangular:
    low, mode, high = (numbers[name] for name in (words.LOW, words.MODE, words.HIGH))
    _in_order(low, high, said.text)
    if not low <= mode <= high:
        raise ValueError(f"{said.text}: the mode is not between low and high")
    return Triangular(low, mode, high)


def _uniform(numbers: dict[str, float], now: Given, said: Said, path: str) -> Uniform:
    _in_order(numbers[words.LOW], numbers[words.HIGH], said.text)
    return Uniform(numbers[words.LOW], numbers[words.HIGH])


def _in_order(low: float, high: float, text: str) -> None:
    if low > high:
        raise ValueError(f"{text} ends before it begins; the lower end comes first")
    if low == high:
        raise ValueError(f"{text} is no range: both ends are the same")


_DISTRIBUTIONS: dict[str, Callable[[dict[str, float], Given, Said, str], Distribution]] = {
    words.RANGE: _around,
    words.NORMAL: _normal,
    words.LOGNORMAL: _lognormal,
    words.TRIANGULAR: _triangular,
    words.UNIFORM: _uniform,
}


def _measurements(said: Said, scenario: str) -> list[str]:
    """The values of a file's column, as texts. Raises InputError."""
    return column(said.numbers[words.MEASURED], said.numbers.get(words.COLUMN), os.path.dirname(scenario))


def _ends_of(texts: list[str]) -> list[str]:
    """The smallest and the largest of measurements, which are in one unit."""
    return [min(texts, key=number_of), max(texts, key=number_of)]


def _factor(names: tuple[str, ...], correlations: Iterable[Correlation], own: set[str]) -> tuple[tuple[float, ...], ...]:
    """The rows of the lower triangle whose product with its transpose are the correlations. Raises InputError.

    Correlations with an input that is not uncertain here are left out where another pattern may have it.
    """
    problems = []
    matrix = [[float(one == other) for other in names] for one in names]
    for between, coefficient in correlations:
        missing = [path for path in between if path not in names]
        problems += [
            Problem(path.place, f"'{path}' has no range, so it is correlated with nothing.{did_you_mean(path, names)}")
            for path in missing
            if concerns(path, own)
        ]
        if not missing:
            one, other = (names.index(path) for path in between)
            if matrix[one][other]:
                problems.append(Problem(between[0].place, f"{between[0]} and {between[1]} have two correlations; give one"))
            matrix[one][other] = matrix[other][one] = coefficient
    if problems:
        raise InputError(*problems)
    return _cholesky(matrix)


def _cholesky(matrix: list[list[float]]) -> tuple[tuple[float, ...], ...]:
    """Also of a matrix of which some rows say the same, as where a correlation is 1. Raises InputError for what is none."""
    rows: list[list[float]] = []
    for wanted in matrix:
        row: list[float] = []
        for k, other in enumerate(rows):
            rest = wanted[k] - sum(a * b for a, b in zip(row, other, strict=False))
            row.append(rest / other[k] if other[k] > NEARLY else 0.0)
            if other[k] <= NEARLY and abs(rest) > NEARLY:
                raise InputError(_IMPOSSIBLE)
        left = 1 - sum(weight * weight for weight in row)
        if left < -NEARLY:
            raise InputError(_IMPOSSIBLE)
        rows.append([*row, max(left, 0.0) ** 0.5])
    return tuple(tuple(row) for row in rows)


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
    loads = run(model, noting).metered.loads
    if model.sheet is not None:
        checks_of(model, loads, noting)
    bursts = model.scenario.traffic.bursts
    if bursts is not None and bursts.given[0][0] is None:
        noting.given[BURST] = bursts.given[0][1]
    return noting.given
