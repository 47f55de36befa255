"""An estimate at every point of a grid: the traced model compiled once, run in blocks on all cores."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from costmodel.estimating import Result, Traced, run
from costmodel.inputs import Input, described
from costmodel.models import Model
from costmodel.quantities import Quantity, in_order, total
from costmodel.whatif.compiled import BLOCK, Runner, compiled
from costmodel.whatif.points import Points

TOTAL = "total"
SERVICES, LINES = "services", "lines"
PART = 64 * BLOCK  # points that are kept before they are written


class Subject(NamedTuple):
    """What can be varied in a model, by path, and what comes of it, by name."""

    model: Model
    inputs: dict[str, Input]
    figures: dict[str, Quantity]


def subject_of(model: Model, keep: Sequence[str] = (SERVICES,)) -> Subject:
    """A traced model. The total is always kept; `keep` may name services and lines."""
    numbers = Traced()
    result = run(model, numbers)
    figures = {TOTAL: result.total, **_kept(result, keep)}
    used = {quantity.path: quantity.given for quantity in in_order(figures.values()) if quantity.path}
    return Subject(model, {path: described(model, path, given) for path, given in used.items()}, figures)


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
    return [*(axis.title for axis in points.axes), *subject.figures]


def columns(part: Swept) -> list[Any]:
    return [*part.inputs.values(), *part.figures.values()]


def swept(
    subject: Subject, points: Points, workers: int | None = None, done: Callable[[int], None] = lambda n: None
) -> Iterator[Swept]:
    """The figures at the points, part by part in their order. `done` is called with the number of points that are finished."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import local

    import numpy as np

    program = compiled([*subject.figures.values()], [axis.of.path for axis in points.axes])
    own, threads = local(), workers or os.cpu_count() or 1
    names = [*subject.figures]

    def block(start: int, of: Swept, part: int) -> None:
        if not hasattr(own, "runner"):
            own.runner = Runner(program)
        count = min(BLOCK, points.number - start)
        own_values = points.block(start, count)
        at = slice(start - part, start - part + count)
        for array, values in zip(of.inputs.values(), own_values, strict=True):
            array[at] = values
        in_base = [axis.of.in_base_units(values) for axis, values in zip(points.axes, own_values, strict=True)]
        for name, values in zip(names, own.runner.run(in_base), strict=True):
            of.figures[name][at] = values

    with ThreadPoolExecutor(threads) as pool:
        for part in range(0, points.number, PART):
            size = min(PART, points.number - part)
            of = Swept(part, {a.of.path: np.empty(size) for a in points.axes}, {name: np.empty(size) for name in names})
            for _ in pool.map(lambda start, of=of, part=part: block(start, of, part), range(part, part + size, BLOCK)):
                pass
            done(size)
            yield of


def joined(parts: Iterable[Swept]) -> Swept:
    """All parts as one."""
    import numpy as np

    every = list(parts)
    return Swept(
        0,
        {path: np.concatenate([part.inputs[path] for part in every]) for path in every[0].inputs},
        {name: np.concatenate([part.figures[name] for part in every]) for name in every[0].figures},
    )
