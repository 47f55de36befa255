"""How likely a design holds where inputs are uncertain: their ranges, drawn from in the same way every time."""

from typing import Any, NamedTuple

from costmodel.capacity.checks import ROUNDING, Check, checks_of, identity
from costmodel.capacity.seconds import checks_in_bursts
from costmodel.estimating import Arrays, run
from costmodel.flow import Metered
from costmodel.models import Model
from costmodel.sizing import with_fixed_sizes
from costmodel.uncertainty.inputs import BURST, Uncertainty

DRAWS = 4000


class Chances(NamedTuple):
    """The share of the draws in which a check holds, by its identity: at the mean of the hours, and in the busiest second."""

    uncertain: Uncertainty
    at_mean: dict[tuple[str, str, str], float]
    in_bursts: dict[tuple[str, str, str], float]


def chances(model: Model, metered: Metered, uncertain: Uncertainty) -> Chances | None:
    """None where nothing is uncertain. `metered` is the model's run on floats; what is sized automatically keeps its size."""
    if not uncertain.inputs:
        return None
    fixed, bursts = with_fixed_sizes(model, metered.sized), model.scenario.traffic.bursts
    columns = uncertain.drawn(DRAWS)
    numbers = Draws({path: drawn for path, drawn in columns.items() if path != BURST})
    loads = run(fixed, numbers).metered.loads
    at_mean = _held(checks_of(model, loads, numbers))
    if bursts is None:
        return Chances(uncertain, at_mean, {})
    busiest = columns.get(BURST, max(level for _, level in bursts.levels))
    times = numbers.columns.get("traffic.times", model.scenario.traffic.times.value)
    in_second = checks_in_bursts(fixed, loads, Draws({**numbers.columns, "traffic.times": times * busiest}))
    return Chances(uncertain, at_mean, _held(in_second))


def _held(found: list[Check]) -> dict[tuple[str, str, str], float]:
    return {identity(check): float(holds(check, DRAWS).mean()) for check in found}


def holds(check: Check, draws: int) -> Any:
    """For each draw, whether no period asks for more than its limit."""
    import numpy as np

    held = np.ones(draws, dtype=bool)
    for load, limit in check.by_period:
        held &= np.broadcast_to(load, draws) <= np.broadcast_to(limit, draws) * (1 + ROUNDING)
    return held


class Draws(Arrays):
    """The reading of many draws. Some numbers are of quotas and of the rest of the account, for which only checks ask."""

    def finish(self) -> None:
        pass
