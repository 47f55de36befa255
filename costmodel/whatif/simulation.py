"""What a design costs where its inputs are uncertain: how its figures are distributed, and how surely that is known."""

from statistics import fmean, stdev
from typing import NamedTuple

from costmodel.errors import InputError
from costmodel.estimating import Arrays, Floats, run
from costmodel.models import Model
from costmodel.uncertainty.inputs import Uncertainty
from costmodel.whatif.blocks import Backend, Done, nothing, on_threads
from costmodel.whatif.samples import Samples, Tallying, added
from costmodel.whatif.spreads import Spread, merged

SHOWN = (0.10, 0.50, 0.90)


class Known(NamedTuple):
    """A number, and its standard error: by how much it would differ with other samples."""

    value: float
    error: float


class Distributed(NamedTuple):
    """How a figure is distributed: its mean, some percentiles by their shares, and all of it."""

    mean: Known
    percentiles: dict[float, Known]
    spread: Spread


class Simulation(NamedTuple):
    """`figures` are the total and what is kept beside it. `over` is the probability that the total is above the budget.

    `estimate` is the total with every input as the files say.
    """

    model: Model
    uncertain: Uncertainty
    samples: int
    seed: int
    estimate: float
    figures: dict[str, Distributed]
    budget: float | None
    over: Known | None


def simulation(
    model: Model,
    uncertain: Uncertainty,
    samples: Samples,
    budget: float | None = None,
    backend: Backend | None = None,
    done: Done = nothing,
) -> Simulation:
    """Raises InputError for a budget that is below what the design costs without any traffic."""
    if budget is not None:
        _must_be_above_fixed(model, budget)
    parts = (backend or on_threads())(Tallying(samples, budget), samples.number, done)
    tally = next(parts)
    for part in parts:
        tally = added([tally, part])
    figures = {name: _distributed([of[name] for of in tally.spreads.values()]) for name in next(iter(tally.spreads.values()))}
    over = None if budget is None else _known([tally.over[scramble] / samples.each for scramble in tally.spreads])
    total = float(run(model, Floats()).total)
    return Simulation(model, uncertain, samples.number, samples.seed, total, figures, budget, over)


def _must_be_above_fixed(model: Model, budget: float) -> None:
    fixed = float(run(model, Arrays({"traffic.times": 0.0})).total)
    if budget < fixed:
        raise InputError(f"a budget of ${budget:,.2f} is below ${fixed:,.2f}, what the design costs without any traffic")


def _distributed(of_scrambles: list[Spread]) -> Distributed:
    whole = merged(of_scrambles)
    percentiles = {share: _known([spread.at(share) for spread in of_scrambles], whole.at(share)) for share in SHOWN}
    return Distributed(_known([spread.mean for spread in of_scrambles]), percentiles, whole)


def _known(of_scrambles: list[float], value: float | None = None) -> Known:
    """The mean of what independent scrambles give, or a `value` of all of them, with the mean's standard error."""
    return Known(fmean(of_scrambles) if value is None else value, stdev(of_scrambles) / len(of_scrambles) ** 0.5)
