"""An estimate at every point of a grid: the traced model compiled once, run in blocks on all cores."""

from collections.abc import Iterable, Iterator, Mapping as Map, Sequence
from typing import Any, NamedTuple

from costmodel.errors import InputError, Place, placed
from costmodel.estimating import Result, Traced, run
from costmodel.inputs import Input, described
from costmodel.models import Changed, Model
from costmodel.quantities import Quantity, in_order, total
from costmodel.whatif.blocks import Backend, Done, Task, nothing, on_threads
from costmodel.whatif.compiled import BLOCK, Runner, compiled, in_parts
from costmodel.whatif.native import AUTO, runner
from costmodel.whatif.points import Points, first_of

TOTAL = "total"
SERVICES, LINES = "services", "lines"
AT_ONCE = 1e9  # bytes of what is held until it is written or drawn
LONG, LONGEST = 64, 2 * BLOCK  # points of a row that is worth steps of its own


class Subject(NamedTuple):
    """What can be varied in a model, by path, and what comes of it, by name. `moving` are the inputs that figures are made of."""

    model: Model
    inputs: dict[str, Input]
    figures: dict[str, Quantity]
    moving: tuple[str, ...]


def subject_of(model: Model, keep: Sequence[str] = (SERVICES,)) -> Subject:
    """A traced model. The total is always kept; `keep` may name services and lines."""
    numbers = Traced()
    result = run(model, numbers)
    figures = {TOTAL: result.total, **_kept(result, keep)}
    moving = tuple(dict.fromkeys(quantity.path for quantity in in_order(figures.values()) if quantity.path))
    others = (path for path in numbers.inputs if path not in moving)
    inputs = {path: described(model, path, numbers.inputs[path].given) for path in (*moving, *others)}
    return Subject(model, inputs, figures, moving)


def subject_that_says(varied: Map[str, str], model: Model, keep: Sequence[str], changed: Changed) -> Subject:
    """As subject_of(); a setting that varies ("1,5,64 MB") and that the design leaves out is said there, as its first value."""
    subject = subject_of(model, keep)
    left_out: dict[str, object] = {path: first_of(text) for path, text in varied.items() if path not in subject.inputs}
    if not left_out:
        return subject
    with placed(Place(", ".join(f"--vary {path}={varied[path]}" for path in left_out))):
        return subject_of(changed(left_out), keep)


def _kept(result: Result, keep: Sequence[str]) -> dict[str, Quantity]:
    figures: dict[str, list[Any]] = {}
    for charge in result.charges:
        usage = charge.usage
        if SERVICES in keep:
            figures.setdefault(usage.service, []).append(charge.cost)
        if LINES in keep:
            tier = f", tier {charge.tier}" if len(charge.rate.tiers) > 1 else ""
            figures.setdefault(f"{usage.component}: {usage.item}{tier}", []).append(charge.cost)
    return {name: total(costs) for name, costs in figures.items()}  # type: ignore[misc]


class Swept(NamedTuple):
    """Some of the points, from number `start` on: what varied, in its own unit, and each figure, as arrays."""

    start: int
    inputs: dict[str, Any]
    figures: dict[str, Any]


def titles(subject: Subject, points: Points) -> list[str]:
    """What heads the columns: the inputs with their units, then the figures."""
    return [*(axis.of.title for axis in points.axes), *subject.figures]


def columns(part: Swept) -> list[Any]:
    return [*part.inputs.values(), *part.figures.values()]


def must_fit(subject: Subject, points: Points) -> None:
    """Raises InputError where all points at once would be too many."""
    size = points.number * (len(points.axes) + len(subject.figures)) * 8
    if size > AT_ONCE:
        raise InputError(
            f"{points.number:,} points are {size / 1e9:,.1f} GB at once; "
            "costmodel sweep --format parquet or csv with -o FILE writes them part by part"
        )


def swept(
    subject: Subject, points: Points, backend: Backend | None = None, done: Done = nothing, engine: str = AUTO
) -> Iterator[Swept]:
    """The figures at the points, part by part in their order; on threads where no other backend is given."""
    return (backend or on_threads())(sweep_task(subject, points, engine), points.number, done)


def sweep_task(subject: Subject, points: Points, engine: str = AUTO) -> Task:
    """What computes any part of a sweep. Raises InputError where the engine is not installed."""
    in_rows = len(points.axes) > 1 and not points.zipped and LONG <= points.axes[-1].size <= LONGEST
    return (_Rows if in_rows else _Blocks)(subject, points, engine)


class _Blocks:
    """Points block by block, whatever they are."""

    block, part = BLOCK, 8 * BLOCK

    def __init__(self, subject: Subject, points: Points, engine: str) -> None:
        self._points, self._names = points, [*subject.figures]
        program = compiled([*subject.figures.values()], [axis.of.path for axis in points.axes])
        self._runner = runner(program, points.number, engine)

    def run(self, start: int, count: int) -> Swept:
        """So many points from number `start` on."""
        import numpy as np

        paths = [axis.of.path for axis in self._points.axes]
        made = np.empty((len(paths) + len(self._names), count))  # as one, it is so large that the system gives it in large pages
        of = Swept(start, dict(zip(paths, made, strict=False)), dict(zip(self._names, made[len(paths) :], strict=True)))
        for first in range(start, start + count, self.block):
            self._write(of, first, min(self.block, start + count - first))
        return of

    def _write(self, of: Swept, start: int, count: int) -> None:
        """Writes a block, from point number `start` on, into its part."""
        values = self._points.block(start, count)
        at = slice(start - of.start, start - of.start + count)
        for array, column in zip(of.inputs.values(), values, strict=True):
            array[at] = column
        in_base = [axis.of.in_base_units(column) for axis, column in zip(self._points.axes, values, strict=True)]
        self._runner.write(in_base, [array[at] for array in of.figures.values()])


class _Rows(_Blocks):
    """A grid, several rows at once: what the last input does not change is computed once a row, what it alone makes only once."""

    def __init__(self, subject: Subject, points: Points, engine: str) -> None:
        self._points, self._names = points, [*subject.figures]
        *before, last = points.axes
        parts = in_parts([*subject.figures.values()], [axis.of.path for axis in points.axes])
        self._before, self._last = Runner(parts.before), Runner(parts.last)
        self._both = runner(parts.both, points.number, engine)
        self._compute_once()
        self._rows = Points(tuple(before), zipped=False)
        at_once = max(1, round(BLOCK / last.size))
        self.block = at_once * last.size
        self.part = max(1, 8 * BLOCK // self.block) * self.block

    def _compute_once(self) -> None:
        import numpy as np

        *before, last = self._points.axes
        self._shown = last.along.at(np.arange(last.size))
        self._of_last = self._last.run([*[None] * len(before), last.of.in_base_units(self._shown)], (last.size,))

    def __getstate__(self) -> dict[str, Any]:
        """Without arrays: who reads it computes them again."""
        return {name: of for name, of in vars(self).items() if name not in ("_shown", "_of_last")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._compute_once()

    def _write(self, of: Swept, start: int, count: int) -> None:
        """Writes some rows, from point number `start` on, into their part."""
        *axes, last = self._points.axes
        rows = count // last.size
        shape = (rows, last.size)
        values = self._rows.block(start // last.size, rows)
        in_base = [axis.of.in_base_units(column) for axis, column in zip(axes, values, strict=True)]
        of_rows = [_upright(found, rows) for found in self._before.run([*in_base, None], (rows,))]
        at = slice(start - of.start, start - of.start + rows * last.size)
        shown = [*(_upright(column, rows) for column in values), self._shown]
        for array, column in zip(of.inputs.values(), shown, strict=True):
            array[at].reshape(shape)[:] = column
        self._both.write([*of_rows, *self._of_last], [array[at].reshape(shape) for array in of.figures.values()])


def _upright(column: Any, rows: int) -> Any:
    """A value for each row, to be spread along it."""
    import numpy as np

    return np.broadcast_to(column, rows).reshape(rows, 1)


def joined(parts: Iterable[Swept]) -> Swept:
    """All parts as one."""
    import numpy as np

    every = list(parts)
    return Swept(
        0,
        {path: np.concatenate([part.inputs[path] for part in every]) for path in every[0].inputs},
        {name: np.concatenate([part.figures[name] for part in every]) for name in every[0].figures},
    )


def rows_of(part: Swept, numbers: Sequence[int]) -> Swept:
    """The points of a part that have these numbers, of all points."""
    at = [number - part.start for number in numbers]
    return Swept(part.start, {p: c[at] for p, c in part.inputs.items()}, {n: c[at] for n, c in part.figures.items()})
