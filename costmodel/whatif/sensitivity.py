"""Which inputs move the bill: each from the low to the high end of its range, the others as they are; and of what is uncertain,
which part of the bill's variance each is behind."""

import math
from typing import Any, NamedTuple

from costmodel.components import QUOTAS
from costmodel.estimating import Arrays, Floats, run
from costmodel.inputs import Input
from costmodel.models import Model
from costmodel.uncertainty.distributions import HIGHEST, LOWEST, Around
from costmodel.uncertainty.inputs import Uncertain, Uncertainty
from costmodel.whatif.compiled import BLOCK, Runner, compiled
from costmodel.whatif.sweeps import TOTAL, Subject, subject_of

NEAR = 0.01  # on either side of what an input is, for its elasticity
PRICES = ("rates.", f"{QUOTAS}.")
SAMPLES = 2**13  # for each of the inputs, and two more


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


class Share(NamedTuple):
    """Sobol indices of an uncertain input: of the bill's variance what it is behind by itself (`first`), and what it is behind at
    all, together with others too (`total`)."""

    asked: str
    text: str
    first: float
    total: float


class Sensitivity(NamedTuple):
    """The inputs that change the total, the widest swing first; `shares` are of what is uncertain, the largest first.

    There are no shares where inputs are correlated: what one is behind could then not be told from the other.
    """

    model: Model
    total: float
    swings: tuple[Swing, ...]
    shares: tuple[Share, ...] = ()
    are_correlated: bool = False


def sensitivity(model: Model, by: float, uncertain: Uncertainty, prices: bool = False) -> Sensitivity:
    """Each input from so much below to so much above what it is, within what a file may say.

    What is `uncertain` goes from where 1 of 20 cases is below it to where 1 of 20 is above. Prices vary where asked for.
    """
    subject = subject_of(model, ())
    inputs = {path: subject.inputs[path] for path in subject.moving}
    asked = {each.path: _ends(each, inputs[each.path]) for each in uncertain.inputs if each.path in subject.moving}
    total = float(run(model, Floats()).total)
    swings = []
    for path, of in inputs.items():
        if path in asked or (of.number and (prices or not path.startswith(PRICES))):
            low, high = asked.get(path) or _around(of, by)
            swing = _swing(model, of, low, high)
            if swing.width > 1e-12 * max(total, 1e-300):
                swings.append(swing)
    alone = uncertain.are_correlated or len(uncertain.names) < 2  # all of the variance is one's own
    shares = () if alone else _shares(subject, uncertain)
    ordered = tuple(sorted(swings, key=lambda swing: -swing.width))
    return Sensitivity(model, total, ordered, shares, uncertain.are_correlated)


def _ends(uncertain: Uncertain, of: Input) -> tuple[float, float]:
    """In the input's own unit."""
    is_range = isinstance(uncertain.distribution, Around)
    low, high = uncertain.distribution[::2] if is_range else uncertain.at([LOWEST, HIGHEST])  # type: ignore[index]
    return float(low) * of.unit.per / of.unit.scale, float(high) * of.unit.per / of.unit.scale


def _shares(subject: Subject, uncertain: Uncertainty) -> tuple[Share, ...]:
    """By SciPy's estimators (Saltelli 2010, on Sobol points); nothing where the bill does not vary."""
    import numpy as np
    from scipy import stats

    used = [each.path for each in uncertain.inputs if each.path in subject.moving]
    runner = Runner(compiled([subject.figures[TOTAL]], used))

    def totals(shares: Any) -> Any:
        """Of points as columns, each between 0 and 1 in every direction."""
        found = []
        for start in range(0, shares.shape[1], BLOCK):
            block = np.clip(shares[:, start : start + BLOCK], 2.0**-33, 1 - 2.0**-33)
            values = uncertain.at(block)
            (figure,) = runner.run([values[path] for path in used], block.shape[1:])
            found.append(np.broadcast_to(figure, block.shape[1:]).copy())  # what is run next overwrites it
        return np.concatenate(found)

    names = uncertain.names
    if np.ptp(totals(np.random.default_rng(0).random((len(names), 64)))) == 0:
        return ()
    found = stats.sobol_indices(func=totals, n=SAMPLES, dists=[stats.uniform()] * len(names), rng=np.random.default_rng(0))
    text = {each.asked: each.text for each in uncertain.inputs}
    shares = zip(names, found.first_order.ravel().tolist(), found.total_order.ravel().tolist(), strict=True)
    return tuple(sorted((Share(n, text[n], first, total) for n, first, total in shares), key=lambda share: -share.total))


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
