"""Which inputs move the bill: each is taken from the low to the high end of its range, the others stay."""

import math
from collections.abc import Mapping as Map
from typing import NamedTuple

from costmodel.components import QUOTAS
from costmodel.errors import InputError, Mistakes
from costmodel.estimating import Arrays, Floats, run
from costmodel.inputs import Input
from costmodel.models import Model
from costmodel.whatif.points import Stretch, stretch
from costmodel.whatif.sweeps import subject_of

NEAR = 0.01  # on either side of what an input is, for its elasticity
PRICES = ("rates.", f"{QUOTAS}.")


class Swing(NamedTuple):
    """An input from `low` to `high`, in its own unit, and what a month then costs at both ends.

    `elasticity` is by how many percent the bill changes where the input changes by one; None where there is no bill.
    """

    of: Input
    low: float
    high: float
    at_low: float
    at_high: float
    elasticity: float | None

    @property
    def width(self) -> float:
        return abs(self.at_high - self.at_low)


class Sensitivity(NamedTuple):
    """The inputs that change the total, the widest swing first."""

    model: Model
    total: float
    swings: tuple[Swing, ...]


def sensitivity(model: Model, by: float, ranges: Map[str, str], prices: bool = False) -> Sensitivity:
    """Each input from so much below to so much above what it is, within what a file may say; `ranges` ("1..128 MB") go before.

    Prices vary where asked for. Raises InputError with every range that is none.
    """
    inputs = subject_of(model, ()).inputs
    mistakes, asked = Mistakes(), {}
    for path, text in ranges.items():
        with mistakes.noted():
            along = stretch(path, text, inputs.get(path), list(inputs), "--range").along
            assert isinstance(along, Stretch)
            asked[path] = (along.low, along.high)
    if mistakes.problems:
        raise InputError(*mistakes.problems)
    total = float(run(model, Floats()).total)
    swings = []
    for path, of in inputs.items():
        if path in asked or (of.number and (prices or not path.startswith(PRICES))):
            low, high = asked.get(path) or _around(of, by)
            swing = _swing(model, of, low, high)
            if swing.width > 1e-12 * max(total, 1e-300):
                swings.append(swing)
    return Sensitivity(model, total, tuple(sorted(swings, key=lambda swing: -swing.width)))


def _around(of: Input, by: float) -> tuple[float, float]:
    """So much below and above what the input is, as far as a file may say it."""
    low, high = of.number * (1 - by), of.number * (1 + by)
    return (low if of.allows(low) else of.number), (high if of.allows(high) else of.number)


def _swing(model: Model, of: Input, low: float, high: float) -> Swing:
    import numpy as np

    near = _around(of, NEAR)
    values = of.in_base_units(np.array([low, high, *near]))  # type: ignore[arg-type]
    totals = np.broadcast_to(run(model, Arrays({of.path: values})).total, 4)
    at_low, at_high, before, after = (float(total) for total in totals)
    elasticity = None
    if before > 0 and after > 0 and 0 < near[0] < near[1]:
        elasticity = math.log(after / before) / math.log(near[1] / near[0])
    return Swing(of, low, high, at_low, at_high, elasticity)
