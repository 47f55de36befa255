"""What a design must keep to: its plan holds, no record waits too long; of one design, or of many at once by how much not."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from costmodel.capacity.chances import Draws
from costmodel.capacity.checks import BREAKS, HOLDS, ROUNDING, TIGHT, Check, checks_of, judged, utilisation
from costmodel.capacity.seconds import behind_queues, busiest_seconds, checks_in_bursts
from costmodel.errors import InputError, Mistakes, Place, Problem
from costmodel.estimating import Floats, run
from costmodel.flow import Metered
from costmodel.models import Model
from costmodel.sizing import with_fixed_sizes
from costmodel.units import TIME, parse

PLAN, AT_MOST, AT_LEAST = "plan holds", "<=", ">="
MOST = 1e6  # how far off is said to be where nothing bears a load
WITHIN = ROUNDING / 2  # of a limit is what many designs at once keep to it; one alone, by ROUNDING, then keeps to it as well
_DELAY = re.compile(r"delay *(<=|>=) *(.+)")


class Constraint(NamedTuple):
    """That the plan holds, or, with a `sign`, that the longest delay is at most or at least so many ms. `text` says it."""

    text: str
    sign: str = ""
    limit: float = 0.0


def constraints_of(texts: Iterable[str]) -> tuple[Constraint, ...]:
    """Of "plan holds" and "delay <= 60 s". Raises InputError with every mistake."""
    mistakes, found = Mistakes(), []
    for text in dict.fromkeys(" ".join(text.split()) for text in texts):
        with mistakes.noted():
            found.append(_constraint(text, Place(f"--subject-to {text}")))
    if mistakes.problems:
        raise InputError(*mistakes.problems)
    return tuple(found)


def _constraint(text: str, place: Place) -> Constraint:
    if text == PLAN:
        return Constraint(text)
    match = _DELAY.fullmatch(text)
    if match is None:
        raise InputError(Problem(place, f"'{text}' is no constraint; there are '{PLAN}', 'delay <= 60 s' and 'delay >= 60 s'"))
    try:
        limit = parse(match[2], TIME)
    except ValueError as error:
        raise InputError(Problem(place, str(error))) from None
    if limit <= 0:
        raise InputError(Problem(place, f"'{match[2]}' is no limit of a delay: it is above 0 s"))
    return Constraint(text, match[1], limit)


class Standing(NamedTuple):
    """How a design stands: the longest delay (ms; 0 where nothing buffers), and the checks of its plan that do not hold."""

    delay: float
    failing: tuple[Check, ...]

    def keeps(self, constraint: Constraint) -> bool:
        if not constraint.sign:
            return not self.failing
        return bool(_off(self.delay, constraint) <= ROUNDING)


def standing(model: Model, metered: Metered, headroom: float) -> Standing:
    """Of a model's run on floats. What does not hold in the busiest second counts, unless it waits then."""
    failing = [
        check
        for check in checks_of(model, metered.loads, Floats())
        if judged(check, utilisation(check.load, check.limit), headroom) != HOLDS
    ]
    if model.sheet is not None and model.scenario.traffic.bursts is not None:
        same = {(check.components, check.item) for check in failing}
        tight = (s.check for s in busiest_seconds(model, metered, headroom) if s.verdict in (TIGHT, BREAKS))
        failing += [check for check in _not_waiting(tight, model) if (check.components, check.item) not in same]
    return Standing(_delay(metered), tuple(failing))


def off_by(
    model: Model, metered: Metered, columns: dict[str, Any], held: Iterable[Constraint], headroom: float, size: int
) -> Any:
    """By how much each of so many designs does not keep to what is `held`, as a share of the limits; 0 where it does.

    `metered` is the model's run on the `columns`, arrays by path.
    """
    import numpy as np

    found = np.zeros(size)
    for constraint in held:
        if constraint.sign:
            found += np.maximum(_off(_delay(metered), constraint) - WITHIN, 0.0)
        else:
            found += _above_limits(model, metered, columns, headroom, size)
    return found


def _delay(metered: Metered) -> Any:
    return 0.0 if metered.delay is None else metered.delay


def _off(delay: Any, constraint: Constraint) -> Any:
    used = delay / constraint.limit
    return used - 1 if constraint.sign == AT_MOST else 1 - used


def _above_limits(model: Model, metered: Metered, columns: dict[str, Any], headroom: float, size: int) -> Any:
    import numpy as np

    numbers = Draws(columns)
    found = np.zeros(size)
    for check in checks_of(model, metered.loads, numbers):
        found += _above(check, headroom, size)
    if model.scenario.traffic.bursts is not None:
        for check in _not_waiting(_in_the_busiest_second(model, metered, columns), model):
            found += _above(check, headroom, size)
    return found


def _not_waiting(checks: Iterable[Check], model: Model) -> Iterator[Check]:
    """Those of which, in bursts, what is above the limit is refused."""
    queued = behind_queues(model.pattern)
    return (check for check in checks if not check.waits and not queued.issuperset(check.components))


def _in_the_busiest_second(model: Model, metered: Metered, columns: dict[str, Any]) -> list[Check]:
    """What is sized automatically keeps the size that it has at the mean of the hours."""
    traffic = model.scenario.traffic
    assert traffic.bursts is not None
    fixed = with_fixed_sizes(model, run(model, Floats()).metered.sized) if metered.sized else model
    names = [period.name for period in traffic.steady]
    sizes = {
        f"{component}.{setting}.{period}": value
        for component, of_periods in metered.sized.items()
        for period, of_period in zip(names, of_periods, strict=True)
        for setting, value in of_period.items()
    }
    times = columns.get("traffic.times", traffic.times.value) * max(level for _, level in traffic.bursts.levels)
    return checks_in_bursts(fixed, metered.loads, Draws({**columns, **sizes, "traffic.times": times}))


def _above(check: Check, headroom: float, size: int) -> Any:
    """How much more than may be is used of a limit, in the period in which that is most."""
    import numpy as np

    allowed = (1.0 if check.exact else 1 - headroom) + WITHIN
    found = np.zeros(size)
    for load, limit in check.by_period:
        asked, bears = np.broadcast_to(load, size), np.broadcast_to(limit, size)
        used = np.divide(asked, bears, out=np.where(asked > 0, np.inf, 0.0), where=bears > 0)
        found = np.maximum(found, used - allowed)
    return np.minimum(found, MOST)
