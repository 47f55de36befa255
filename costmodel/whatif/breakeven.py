"""Where the cheaper of several estimates changes, as one input varies."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from costmodel.errors import InputError
from costmodel.inputs import Input
from costmodel.models import Model
from costmodel.whatif.compiled import Runner, compiled
from costmodel.whatif.points import Axis, Stretch
from costmodel.whatif.sweeps import TOTAL, Subject, subject_of

SAMPLES = 4097
PARTS = 64  # of a stretch in which something changes, again and again, until it has no further float within


class Crossing(NamedTuple):
    """From `at` on, in the input's own unit, `cheaper` costs less than `dearer`, which did before; by their places."""

    at: float
    dearer: int
    cheaper: int
    total: float


class BreakEven(NamedTuple):
    """`totals` has for each model its cost at each of `values`. `first` is the one that is cheapest at the beginning."""

    models: tuple[Model, ...]
    names: tuple[str, ...]
    of: Input
    values: tuple[float, ...]
    totals: tuple[tuple[float, ...], ...]
    first: int
    crossings: tuple[Crossing, ...]


def axis_input(models: Sequence[Model], path: str) -> tuple[list[Subject], Input | None]:
    """The models ready to be computed, and the input at this path of the first that has one."""
    subjects = [subject_of(model, ()) for model in models]
    return subjects, next((subject.inputs[path] for subject in subjects if path in subject.inputs), None)


def break_even(subjects: Sequence[Subject], names: Sequence[str], axis: Axis) -> BreakEven:
    """The crossings from the lower to the upper end of an axis. Raises InputError where nothing depends on it.

    Between neighbours of some thousand points at most one crossing is found: one that is undone before the next point is not.
    """
    import numpy as np

    assert isinstance(axis.along, Stretch)  # a list has nothing between its values
    costs = _Costs(subjects, axis.of)
    along = axis.along._replace(size=SAMPLES)
    values = along.at(np.arange(SAMPLES))
    totals = costs.at(values)
    if np.all(totals == totals[:, :1]):
        raise InputError(f"{axis.of.path} changes no total here")
    cheapest = totals.argmin(axis=0)
    crossings: list[Crossing] = []
    for n in np.flatnonzero(np.diff(cheapest)).tolist():
        crossings += _crossings(costs, float(values[n]), float(values[n + 1]))
    models = tuple(subject.model for subject in subjects)
    every = tuple(tuple(row) for row in totals.tolist())
    return BreakEven(models, tuple(names), axis.of, tuple(values.tolist()), every, int(cheapest[0]), tuple(crossings))


class _Costs:
    """The totals of several models at values of one input."""

    def __init__(self, subjects: Sequence[Subject], of: Input) -> None:
        self.of = of
        self.programs = [compiled([subject.figures[TOTAL]], [of.path]) for subject in subjects]

    def at(self, values: Any) -> Any:
        """An array of (models, values)."""
        import numpy as np

        in_base = self.of.in_base_units(values)
        runs = [Runner(program).run([in_base], (len(values),))[0] for program in self.programs]
        return np.array([np.broadcast_to(total, len(values)) for total in runs])


def _crossings(costs: _Costs, low: float, high: float) -> list[Crossing]:
    """Where the cheapest changes after `low` and up to `high`: the first float at which it has."""
    import numpy as np

    found = []
    while low < high:
        before, start = int(costs.at(np.array([low])).argmin(axis=0)[0]), low
        if int(costs.at(np.array([high])).argmin(axis=0)[0]) == before:
            break
        end = high
        while np.nextafter(start, end) < end:
            values = np.unique(np.linspace(start, end, PARTS + 1))
            changed = int(np.argmax(costs.at(values).argmin(axis=0) != before))
            start, end = float(values[changed - 1]), float(values[changed])
        totals = costs.at(np.array([end]))[:, 0]
        found.append(Crossing(end, before, int(totals.argmin()), float(totals.min())))
        low = end
    return found
