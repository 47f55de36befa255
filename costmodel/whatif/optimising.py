"""The cheapest setting under constraints: scipy's differential evolution over whole populations, then the plainest numbers."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import product
from math import prod
from typing import Any, NamedTuple

from costmodel.capacity.chances import Draws
from costmodel.errors import InputError
from costmodel.estimating import Floats, run
from costmodel.models import Changed, Model
from costmodel.whatif.choices import Choice, NumberChoice, WordChoice
from costmodel.whatif.constraints import Constraint, Standing, off_by, standing

EVERY = 10_000  # designs are all tried
AT_ONCE = 1024  # of them: a model has arrays for each hour of the month
DESIGNS = 64  # made of words
SEED, POPULATION, GENERATIONS = 1, 32, 300
NO_MORE = 1e-9  # of a cost: what arithmetic adds
NEAR = 1e-6  # of a cost: what the best population still differs by; what is plainer is looked for from there
FAR_OFF = 1e30  # a cost that no design has: that of one which does not keep to the constraints
AROUND, ZOOMS = 65, 10
ROUNDS = 20
DIGITS = 15


class Stands(NamedTuple):
    """A design by a plain estimate: a month's cost, that of each service, and how it stands to constraints."""

    total: float
    services: dict[str, float]
    standing: Standing


class Bound(NamedTuple):
    """A constraint, which binds where a design without it would be `cheaper` by so much a month. That one stands as `without`."""

    constraint: Constraint
    cheaper: float
    without: Stands | None


class Optimum(NamedTuple):
    """The cheapest design: what is chosen as texts by path, and how it and the design that there is stand.

    What a choice leaves as it is stands in `chosen` as well; `changes` has only what changes something. Where nothing that was
    found keeps to the constraints, it is the nearest, and there are no `bounds`.
    """

    model: Model
    choices: tuple[Choice, ...]
    chosen: dict[str, str]
    changes: dict[str, str]
    now: Stands
    then: Stands
    constraints: tuple[Constraint, ...]
    headroom: float
    bounds: tuple[Bound, ...] = ()

    @property
    def saved(self) -> float:
        return self.now.total - self.then.total

    @property
    def not_kept(self) -> tuple[Constraint, ...]:
        return tuple(each for each in self.constraints if not self.then.standing.keeps(each))


def optimise(
    model: Model, choices: Sequence[Choice], constraints: Sequence[Constraint], headroom: float, changed: Changed
) -> Optimum:
    """The cheapest of what may be chosen that keeps to the constraints; `changed` opens the design with changes.

    The plan's limits are those of a model opened with quotas, of which the headroom is left. The same answer every time.
    """
    designs = [*_designs(choices, changed)]
    best = _best(designs, constraints, headroom)
    now, then = _stands(model, headroom), _stands(changed(best.texts), headroom)
    changes = {choice.path: best.texts[choice.path] for choice in choices if choice.changed_by(best.texts[choice.path])}
    found = Optimum(model, tuple(choices), best.texts, changes, now, then, tuple(constraints), headroom)
    if (found.not_kept and not best.off) or abs(then.total - best.total) > NO_MORE * abs(then.total):
        raise AssertionError(f"the estimate of {best.texts} is not what the search has found")
    if found.not_kept:
        return found
    return found._replace(bounds=tuple(_bound(each, designs, constraints, then, headroom, changed) for each in constraints))


def _stands(model: Model, headroom: float) -> Stands:
    result = run(model, Floats())
    services: dict[str, float] = {}
    for charge in result.charges:
        services[charge.usage.service] = services.get(charge.usage.service, 0.0) + charge.cost
    return Stands(float(result.total), services, standing(model, result.metered, headroom))


def _bound(
    each: Constraint,
    designs: list["_Design"],
    constraints: Sequence[Constraint],
    then: Stands,
    headroom: float,
    changed: Changed,
) -> Bound:
    found = _best(designs, [other for other in constraints if other is not each], headroom)
    cheaper = then.total - found.total
    if cheaper <= NO_MORE * abs(then.total):
        return Bound(each, 0.0, None)
    return Bound(each, cheaper, _stands(changed(found.texts), headroom))


class _Found(NamedTuple):
    """The best point of a search: what is chosen, as texts by path, the cost, and by how much it is off the constraints."""

    texts: dict[str, str]
    total: float
    off: float

    @property
    def rank(self) -> tuple[float, float]:
        return self.off, self.total


def _best(designs: list["_Design"], constraints: Sequence[Constraint], headroom: float) -> _Found:
    """The best of all designs; of those that are as good, the one that comes first."""
    found = [_Search(design, tuple(constraints), headroom).found() for design in designs]
    best = min(found, key=lambda each: each.rank)
    return next(each for each in found if each.off <= best.off and each.total <= best.total + NO_MORE * abs(best.total))


class _Design(NamedTuple):
    """The design with one value for each choice of words, opened; the numbers to choose are as in any of them."""

    words: dict[str, str]
    numbers: tuple[NumberChoice, ...]
    model: Model


def _designs(choices: Sequence[Choice], changed: Changed) -> Iterator[_Design]:
    """A design for every combination of words, that of today first. Raises InputError where there are too many."""
    numbers = tuple(choice for choice in choices if isinstance(choice, NumberChoice))
    words = [choice for choice in choices if isinstance(choice, WordChoice)]
    if (many := prod(len(choice.values) for choice in words)) > DESIGNS:
        raise InputError(f"{many} combinations of words are more designs than can be tried; give at most {DESIGNS}")
    some = {choice.path: choice.said(choice.low) for choice in numbers}
    for values in product(*(sorted(choice.values, key=choice.changed_by) for choice in words)):
        texts = {choice.path: value for choice, value in zip(words, values, strict=True)}
        yield _Design(texts, numbers, changed({**texts, **some}))


class _Search(NamedTuple):
    """The search for the cheapest numbers of one design. A point has a number for each choice, in the unit of its input."""

    design: _Design
    constraints: tuple[Constraint, ...]
    headroom: float

    def found(self) -> _Found:
        point = self._plainest(self._cheapest()) if self.design.numbers else ()
        totals, off = self._tried(_rows([point]))
        said = {choice.path: choice.said(number) for choice, number in zip(self.design.numbers, point, strict=True)}
        return _Found({**self.design.words, **said}, float(totals[0]), float(off[0]))

    def _tried(self, points: Any) -> tuple[Any, Any]:
        """The totals of so many points, a row each, and by how much each is off the constraints."""
        import numpy as np

        size = len(points)
        columns = {
            path: choice.of.in_base_units(points[:, n]) for n, choice in enumerate(self.design.numbers) for path in choice.paths
        }
        result = run(self.design.model, Draws(columns))
        off = off_by(self.design.model, result.metered, columns, self.constraints, self.headroom, size)
        return np.broadcast_to(result.total, size), off

    def _ranks(self, points: Any) -> Any:
        """The cost of each point that keeps to the constraints; above all costs, by how much another does not."""
        import numpy as np

        tried = [self._tried(points[start : start + AT_ONCE]) for start in range(0, len(points), AT_ONCE)]
        totals, off = (np.concatenate(parts) for parts in zip(*tried, strict=True))
        return np.where(off > 0, FAR_OFF * (1 + off), totals)

    def _cheapest(self) -> tuple[float, ...]:
        """Of few designs each is tried; else the populations of differential evolution."""
        choices = self.design.numbers
        if prod(choice.size for choice in choices) > EVERY:
            return self._evolved()
        points = _rows(product(*(choice.every or () for choice in choices)))
        return tuple(points[self._ranks(points).argmin()].tolist())

    def _evolved(self) -> tuple[float, ...]:
        import numpy as np
        from scipy.optimize import differential_evolution

        choices = self.design.numbers
        bounds = [(0, len(choice.listed) - 1) if choice.listed else (choice.low, choice.high) for choice in choices]

        def points_of(population: Any) -> Any:
            """A row for each of a population's columns; a choice from a list goes by its number there."""
            columns = [
                np.array(choice.listed)[values.astype(int)] if choice.listed else values
                for choice, values in zip(choices, population, strict=True)
            ]
            return np.stack(columns, axis=1)

        found = differential_evolution(
            lambda population: self._ranks(points_of(population)),
            bounds,
            integrality=[bool(choice.listed) or choice.whole for choice in choices],
            popsize=POPULATION,
            maxiter=GENERATIONS,
            tol=NEAR,
            rng=np.random.default_rng(SEED),
            vectorized=True,
            updating="deferred",
            polish=False,
        )
        return tuple(points_of(found.x.reshape(-1, 1))[0].tolist())

    def _plainest(self, point: tuple[float, ...]) -> tuple[float, ...]:
        """The plainest numbers that cost no more and keep to the constraints: each by itself, all at once, or all as today."""
        for _ in range(ROUNDS):
            before = point
            for n in range(len(point)):
                point = self._along(n, point)
            point = self._rounded(point)
            if point == before:
                break
        today = [choice.now for choice in self.design.numbers]
        if not all(map(_allowed, self.design.numbers, today)):
            return point
        ranks = self._ranks(_rows([point, today]))
        return tuple(today) if ranks[1] <= _no_more(ranks[0]) else point  # type: ignore[arg-type]

    def _rounded(self, point: tuple[float, ...]) -> tuple[float, ...]:
        """The point with its numbers rounded to the fewest digits at once: a limit may be of their sum. Today's stay."""
        pairs = [*zip(self.design.numbers, point, strict=True)]
        rounded = [
            [number if number == choice.now else float(f"{number:.{digits}g}") for choice, number in pairs]
            for digits in range(1, DIGITS)
        ]
        points = [one for one in rounded if all(map(_allowed, self.design.numbers, one))]
        ranks = self._ranks(_rows([point, *points]))
        return next((tuple(one) for one, rank in zip(points, ranks[1:], strict=True) if rank <= _no_more(ranks[0])), point)

    def _along(self, n: int, point: tuple[float, ...]) -> tuple[float, ...]:
        """The point with the best of one choice's numbers, the others as they are."""
        choice = self.design.numbers[n]

        def ranks(numbers: list[float]) -> Any:
            return self._ranks(_rows((*point[:n], number, *point[n + 1 :]) for number in numbers))

        best = point[n] if choice.listed else _zoomed(choice, point[n], ranks)
        numbers = _candidates(choice, (point[n], best))
        found = ranks(numbers)
        good = [number for number, rank in zip(numbers, found, strict=True) if rank <= _no_more(found.min())]
        return (*point[:n], min(good, key=lambda number: _plainness(choice, number)), *point[n + 1 :])


def _no_more(rank: float) -> float:
    return rank + NO_MORE * abs(rank)


def _rows(points: Iterable[Sequence[Any]]) -> Any:
    import numpy as np

    return np.array([*points], dtype=float)


def _allowed(choice: NumberChoice, number: float | None) -> bool:
    """Whether it is one of what may be chosen."""
    if number is None or choice.listed:
        return number in choice.listed
    return choice.low <= number <= choice.high and not (choice.whole and number % 1)


def _zoomed(choice: NumberChoice, start: float, ranks: Any) -> float:
    """The best number of a range, found closer and closer: an end, or where a limit is reached, to the last digit."""
    import numpy as np

    low, high, best = choice.low, choice.high, start
    for _ in range(ZOOMS):
        numbers = np.linspace(low, high, AROUND)
        numbers = np.unique([*(np.rint(numbers) if choice.whole else numbers), best])
        at = int(ranks(numbers.tolist()).argmin())
        low, best, high = (float(numbers[min(max(at + by, 0), len(numbers) - 1)]) for by in (-1, 0, 1))
    return best


def _candidates(choice: NumberChoice, found: Iterable[float]) -> list[float]:
    """The numbers that may be plainer than those found: all of few, else those of one or two digits, and those found rounded."""
    if choice.size <= EVERY and choice.every:
        return choice.every
    numbers = {choice.low, choice.high, *found, *_of_two_digits(choice.low, choice.high)}
    numbers |= {number for each in found for number in _rounded(each)}
    numbers |= set() if choice.now is None else {choice.now}
    return sorted(number for number in numbers if _allowed(choice, number))


def _of_two_digits(low: float, high: float) -> Iterator[float]:
    """The numbers of one or two digits between two: at most those of twelve decades, counted from the highest."""
    top = Decimal(repr(high)).adjusted()
    for decade in range(top, max(top - 12, Decimal(repr(low or high)).adjusted()) - 1, -1):
        yield from (float(Decimal(digits).scaleb(decade - 1)) for digits in range(10, 100))


def _rounded(number: float) -> Iterator[float]:
    """Up and down, to each number of digits."""
    exact = Decimal(repr(number))
    for digits in range(1, DIGITS + 1):
        for way in (ROUND_FLOOR, ROUND_CEILING):
            yield float(exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), rounding=way))


def _plainness(choice: NumberChoice, number: float) -> tuple[bool, int, float, float]:
    """What sorts numbers that are as good: that of today first, then few digits, then what is near today's."""
    digits = len(Decimal(repr(float(number))).normalize().as_tuple().digits)
    now = choice.low if choice.now is None else choice.now
    return number != choice.now, digits, abs(number - now), number
