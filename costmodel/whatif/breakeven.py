"""Where the cheaper of several estimates changes, as one input varies.

Each total is smooth on pieces (pieces.py). Their ends are found first, to neighbouring floats; then what is cheapest at both
ends is compared, and where that is not the same, the first float at which it changes is looked for. Two straight lines cross
once at most. Curves may cross twice: where one bends enough for that, its halves are compared.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from costmodel.errors import InputError
from costmodel.inputs import Input
from costmodel.models import Model
from costmodel.quantities import SLACK
from costmodel.units import SMALLEST
from costmodel.whatif.compiled import BLOCK, compiled
from costmodel.whatif.pieces import PieceRunner, ends_of_pieces, halfway
from costmodel.whatif.points import Axis, Stretch
from costmodel.whatif.sweeps import TOTAL, Subject, subject_of

SAMPLES = 4097
WORK = 1 << 24  # pieces by steps of all programs: to find the ends of so many takes a second or two
SAME = 1e-11  # of a total: two that differ by less cost the same; the order of additions makes that, and the slack of rounding up
HAIR = 10 * (1 - SLACK)  # of an input
HALVINGS = 20


class Crossing(NamedTuple):
    """From `at` on, in the input's own unit, `cheaper` costs less than `dearer`, which did before; by their places.

    `total` is what the cheaper one costs there, `before` what the other cost just before.
    """

    at: float
    dearer: int
    cheaper: int
    total: float
    before: float


class BreakEven(NamedTuple):
    """`totals` has for each model its cost at each of `values`. `first` is the one that is cheapest at the beginning.

    `complete`: every piece was looked at. Else what changes and changes back between two neighbours of `values` may be missing.
    """

    models: tuple[Model, ...]
    names: tuple[str, ...]
    of: Input
    values: tuple[float, ...]
    totals: tuple[tuple[float, ...], ...]
    first: int
    crossings: tuple[Crossing, ...]
    complete: bool


def axis_input(models: Sequence[Model], path: str) -> tuple[list[Subject], Input | None]:
    """The models ready to be computed, and the input at this path of the first that has one."""
    subjects = [subject_of(model, ()) for model in models]
    return subjects, next((subject.inputs[path] for subject in subjects if path in subject.inputs), None)


def break_even(subjects: Sequence[Subject], names: Sequence[str], axis: Axis, fixed: Collection[int] = ()) -> BreakEven:
    """The crossings from the lower to the upper end of an axis. Raises InputError where nothing depends on it.

    `fixed` are the places of subjects in which the input stays what it is.
    """
    import numpy as np

    costs = _Costs(subjects, axis.of, fixed)
    values, complete = ends_of_pieces(costs.marks_at, _samples(axis), costs.most_pieces)
    if complete:
        values = _with_bends(costs, values)
    totals = costs.at(values)
    if np.all(totals == totals[:, :1]):
        raise InputError(f"{axis.of.path} changes no total here")
    models = tuple(subject.model for subject in subjects)
    every = tuple(tuple(row) for row in totals.tolist())
    first, changes = _changes(totals)
    crossings = _crossings(costs, values, totals, changes)
    return BreakEven(models, tuple(names), axis.of, tuple(values.tolist()), every, first, crossings, complete)


def _samples(axis: Axis) -> Any:
    """Some thousand values along an axis. After 0 comes the least that a file may say."""
    import numpy as np

    along = axis.along
    assert isinstance(along, Stretch)  # a list has nothing between its values
    values = np.clip(along._replace(size=SAMPLES).at(np.arange(SAMPLES)), along.low, along.high)
    if along.low == 0:
        values = np.append(values, min(SMALLEST / axis.of.in_base_units(1.0), along.high))
    return np.unique(values)


class _Costs:
    """The totals of several models at values of one input."""

    def __init__(self, subjects: Sequence[Subject], of: Input, fixed: Collection[int]) -> None:
        self.of = of
        paths = [[] if n in fixed else [of.path] for n in range(len(subjects))]
        totals = [[subject.figures[TOTAL]] for subject in subjects]
        self._runners = [PieceRunner(compiled(total, path)) for total, path in zip(totals, paths, strict=True)]
        self.most_pieces = WORK // max(1, sum(len(runner.program.steps) for runner in self._runners))

    def at(self, values: Any) -> Any:
        """An array of (models, values)."""
        import numpy as np

        totals = np.empty((len(self._runners), len(values)))
        for start in range(0, len(values), BLOCK):
            block = values[start : start + BLOCK]
            for row, runner in zip(totals, self._runners, strict=True):
                row[start : start + BLOCK] = runner.run(self._inputs(runner, block), block.shape)[0]
        return totals

    def marks_at(self, values: Any) -> Any:
        """For each value, a mark of the piece that it is on in all models."""
        import numpy as np

        marks = np.zeros(len(values), np.uint64)
        for start in range(0, len(values), BLOCK):
            block = values[start : start + BLOCK]
            for runner in self._runners:
                runner.run_marked(self._inputs(runner, block), marks[start : start + BLOCK])
        return marks

    def _inputs(self, runner: PieceRunner, values: Any) -> list[Any]:
        """Of a program: the one that varies, or none where that is fixed."""
        return [self.of.in_base_units(values)] * len(runner.program.inputs)


def _with_bends(costs: _Costs, values: Any) -> Any:
    """The values, and more where a curve comes so near to the cheapest that it could dip below it between two of them.

    Half as far on, a curve bends a quarter as much; so of the halves, few are near enough to be looked at again.
    """
    import numpy as np

    found, low, high = [values], values[:-1], values[1:]
    for _ in range(HALVINGS):
        middle = low + (high - low) / 2
        within = (low < middle) & (middle < high)
        low, middle, high = low[within], middle[within], high[within]
        start, half, end = (costs.at(each) for each in (low, middle, high))
        cheapest = start.argmin(axis=0)[np.newaxis]
        more = [each - np.take_along_axis(each, cheapest, 0) for each in (start, half, end)]  # than what is cheapest at first
        bend = np.abs(more[0] - 2 * more[1] + more[2])
        near = ((np.min(more, axis=0) < bend) & (bend > SAME * start)).any(axis=0)
        if not near.any():
            break
        low, middle, high = low[near], middle[near], high[near]
        found.append(middle)
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
    return np.unique(np.concatenate(found))


class _Change(NamedTuple):
    """By value number `at`, counted from 0, `cheaper` costs less than `dearer`, which was among the cheapest one before."""

    at: int
    dearer: int
    cheaper: int


def _changes(totals: Any) -> tuple[int, list[_Change]]:
    """What is cheapest at first, and where that changes: not until another costs less, and to the one that stays so longest."""
    import numpy as np

    dear = [np.flatnonzero(row) for row in totals > totals.min(axis=0) * (1 + SAME)]
    size = totals.shape[1]

    def until(model: int, at: int) -> int:
        later = int(np.searchsorted(dear[model], at))
        return int(dear[model][later]) if later < len(dear[model]) else size

    every = range(len(dear))
    first = now = next(model for model in every if until(model, 0) > 0)
    found: list[_Change] = []
    while (at := until(now, found[-1].at if found else 0)) < size:
        longest = max(every, key=lambda model, at=at: until(model, at))  # type: ignore[misc]
        found.append(_Change(at, now, longest))
        now = longest
    return first, found


def _crossings(costs: _Costs, values: Any, totals: Any, changes: list[_Change]) -> tuple[Crossing, ...]:
    """To neighbouring floats, where the changes between neighbours of the values are; one may be by way of another model."""
    import numpy as np

    numbers, dearer, last = np.array(changes, int).reshape(-1, 3).T
    low, high = values[numbers - 1], values[numbers]
    # To the last digit, but where the two cost the same before: there, rounding would decide.
    same = np.where(totals.argmin(axis=0)[numbers - 1] == dearer, 0.0, SAME)
    found: list[Crossing] = []
    while len(low):
        at, each = _first_change(costs, low, high, dearer, same), np.arange(len(low))
        others = costs.at(at)
        others[dearer, each] = np.inf
        cheaper = np.where(others[last, each] <= others.min(axis=0) * (1 + SAME), last, others.argmin(axis=0))
        before = costs.at(np.nextafter(at, low))[dearer, each]
        columns = (at, dearer, cheaper, others[cheaper, each], before)
        found += [Crossing(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
        again = cheaper != last
        low, high, dearer, last, same = at[again], high[again], cheaper[again], last[again], same[again]
    return _lasting(sorted(found))


def _lasting(crossings: list[Crossing]) -> tuple[Crossing, ...]:
    """Without what is undone within the slack of rounding up, where one design takes the step a hair before the other."""
    found: list[Crossing] = []
    for crossing in crossings:
        if found and crossing.cheaper == found[-1].dearer and crossing.at - found[-1].at <= HAIR * crossing.at:
            found.pop()
        else:
            found.append(crossing)
    return tuple(found)


def _first_change(costs: _Costs, low: Any, high: Any, dearer: Any, same: Any) -> Any:
    """Between each two values the first float at which a model is no longer the cheapest, as it is at the lower one."""
    import numpy as np

    each = np.arange(len(low))
    while True:
        middle = halfway(low, high)
        if not (middle > low).any():
            return high
        totals = costs.at(middle)
        still = totals[dearer, each] <= totals.min(axis=0) * (1 + same)
        low, high = np.where(still, middle, low), np.where(still, high, middle)
