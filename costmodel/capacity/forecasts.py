"""A design under growing traffic, month by month: what it costs, what it uses of its limits, and when they give way."""

import csv
import io
import math
import re
from functools import partial, reduce
from typing import Any, NamedTuple

from costmodel.capacity.chances import Draws, holds
from costmodel.capacity.checks import Check, checks_of, identity, judged, utilisation
from costmodel.capacity.quotas import QuotaSheet
from costmodel.errors import InputError, Place, Problem
from costmodel.estimating import Arrays, run
from costmodel.metering import stored_in_month
from costmodel.models import Model
from costmodel.quantities import larger
from costmodel.rating import Charge, tier_words
from costmodel.uncertainty.inputs import CERTAIN, Uncertain, Uncertainty, around, shuffled
from costmodel.uncertainty.said import Said
from costmodel.units import SECOND
from costmodel.yamlfile import read_text

MOST_MONTHS = 600  # fifty years
MOST_TIMES = 1e9
GROWTH = "growth"
FORECAST_DRAWS = 1000
_RATE = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?) *% *(?:/|a|per)? *(month|year)?")
_TIMES = re.compile(r"([0-9]+(?:\.[0-9]+)?) *(?:x|times)?")


class Growth(NamedTuple):
    """How many times today's traffic comes in each month, from month 0 on, and how that was said."""

    times: tuple[float, ...]
    words: str
    uncertain: Uncertain | None = None  # what comes more every month or year, as a share
    months: int = 1  # in which that comes

    def drawn(self, draws: int) -> Any:
        """An array of (draws, months): how many times today's traffic."""
        import numpy as np

        if self.uncertain is None:
            return np.broadcast_to(np.array(self.times), (draws, len(self.times)))
        return (1 + self.uncertain.at(shuffled(GROWTH, draws))[:, None]) ** (np.arange(len(self.times)) / self.months)


class Trend(NamedTuple):
    """A check over the months: the load, the limit and the utilisation (infinite where nothing bears the load) of each.

    Where inputs are uncertain, `chances` has for each month the share of the draws in which it holds, and `breaks_between` the
    months by which 1 in 20 and 19 in 20 draws have broken it; None for not at all.
    """

    check: Check
    loads: tuple[float, ...]
    limits: tuple[float, ...]
    utilisations: tuple[float, ...]
    chances: tuple[float, ...] = ()
    breaks_between: tuple[int | None, int | None] = (None, None)

    def verdicts(self, headroom: float) -> list[str]:
        return [judged(self.check, used, headroom) for used in self.utilisations]

    def first(self, wanted: str, headroom: float) -> int | None:
        """The first month with this verdict."""
        return next((month for month, said in enumerate(self.verdicts(headroom)) if said == wanted), None)


class ReachedTier(NamedTuple):
    """The month in which usage first reaches another tier of a price."""

    month: int
    component: str
    item: str
    words: str


class Forecast(NamedTuple):
    """By month, from month 0: `records_per_second` at the peak, the cost of the month in all and `by_service`."""

    model: Model
    sheet: QuotaSheet
    growth: Growth
    headroom: float
    records_per_second: tuple[float, ...]
    totals: tuple[float, ...]
    by_service: dict[str, tuple[float, ...]]
    trends: tuple[Trend, ...]
    uncertain: tuple[Uncertain, ...]
    tiers: tuple[ReachedTier, ...]
    are_correlated: bool = False  # the uncertain inputs

    @property
    def months(self) -> range:
        return range(len(self.totals))


def growing(trends: tuple[Trend, ...]) -> tuple[Trend, ...]:
    """Those that change as traffic does."""
    return tuple(trend for trend in trends if not math.isclose(min(trend.utilisations), max(trend.utilisations)))


def by_rate(text: str, months: int, between: Said | None = None) -> Growth:
    """The growth of "8%/month" or "100%/year"; where it is uncertain, `between` what is said. Raises InputError."""
    match = _RATE.fullmatch(text.strip())
    if not match or float(match[1]) <= -100:
        raise InputError(f"--growth '{text}' is no growth; write for example 8%/month or 50%/year")
    factor = 1 + float(match[1]) / 100
    monthly = factor if match[2] != "year" else factor ** (1 / 12)
    words = f"{abs(factor * 100 - 100):.10g}% {'more' if factor >= 1 else 'less'} every {match[2] or 'month'}"
    if months * math.log(monthly) > math.log(MOST_TIMES):
        raise InputError(f"{words} comes to more than a billion times today's traffic in {months} months; that is no forecast")
    times = tuple(monthly**month for month in range(months + 1))
    if between is None:
        return Growth(times, words)
    uncertain = around(GROWTH, between, f"{float(match[1]):g}%", _share)
    return Growth(times, f"{words}, or {between.text}", uncertain, 12 if match[2] == "year" else 1)


def _share(text: str) -> float:
    match = _RATE.fullmatch(text.strip())
    if not match or match[2]:
        raise InputError(f"--range {GROWTH}: '{text}' is no share; write for example 5%, of what --growth says it is of")
    return float(match[1]) / 100


def up_to(text: str, months: int) -> Growth:
    """The growth, by the same share every month, that comes to "10x" in the last month. Raises InputError."""
    match = _TIMES.fullmatch(text.strip())
    last = float(match[1]) if match else 0.0
    if not 0 < last <= MOST_TIMES:
        raise InputError(f"--to '{text}' is no multiple of today's traffic; write for example 10x")
    if months == 0:
        raise InputError(f"--to {text} needs months to come to it: --months 24")
    return Growth(tuple(last ** (month / months) for month in range(months + 1)), f"to {last:g} times in {months} months")


def from_csv(path: str) -> Growth:
    """The growth of a CSV file with the columns month (from 0, each once) and times. Raises InputError with every bad row."""
    rows = csv.DictReader(io.StringIO(read_text(path, path), newline=""))
    times: list[float] = []
    problems = []
    try:
        columns = [name.strip().lower() for name in rows.fieldnames or []]
        rows.fieldnames = columns
        if "month" not in columns or "times" not in columns:
            raise InputError(
                Problem(Place(path, 1, 1), f"needs the columns month and times; it has {', '.join(columns) or 'none'}")
            )
        for row in rows:
            times.append(_times(row["times"]) if (row["month"] or "").strip() == str(len(times)) else math.nan)
            if math.isnan(times[-1]):
                month = len(times) - 1
                found = ",".join(str(value) for value in row.values() if value is not None)
                message = f"'{found}': months come one by one from 0, each with how many times today's traffic, as in {month},1.5"
                problems.append(Problem(Place(path, rows.line_num, 1), message))
    except csv.Error as error:
        problems.append(Problem(Place(path, rows.line_num, 1), f"is not CSV: {error}"))
    if problems or not times:
        raise InputError(*(problems[:20] or [Problem(Place(path), "has no months")]))
    if len(times) - 1 > MOST_MONTHS:
        raise InputError(Problem(Place(path), f"has {len(times):,} months; give at most {MOST_MONTHS}"))
    return Growth(tuple(times), f"as in {path}")


def _times(text: str | None) -> float:
    """The number of a row; NaN for what is none."""
    try:
        number = float((text or "").replace("_", "x"))
    except ValueError:
        return math.nan
    return number if 0 <= number <= MOST_TIMES else math.nan


def forecast(model: Model, growth: Growth, headroom: float, uncertain: Uncertainty = CERTAIN) -> Forecast:
    """The months of a design, opened with quotas, whose traffic grows, of `uncertain` inputs.

    What is kept for a time fills up from month 0 on; with `after`, from as many months before, at today's traffic. Raises
    InputError where that is no whole number of months.
    """
    import numpy as np

    sheet = model.sheet
    assert sheet is not None  # it was opened with quotas
    before = 0 if model.after is None else int(model.after.value) - 1
    if model.after is not None and before + 1 != model.after.value:
        raise InputError(Problem(model.after.place, "a forecast begins with a whole month; write for example 3 months"))
    times = np.array([*[1.0] * before, *growth.times]) * model.scenario.traffic.times.value
    numbers = Arrays({"traffic.times": times})
    result = run(model._replace(after=None), numbers, partial(_stored, months=len(times)))

    def each_month(value: Any) -> tuple[float, ...]:
        return tuple(float(number) for number in np.broadcast_to(value, times.shape)[before:])

    services: dict[str, Any] = {}
    for charge in result.charges:
        services[charge.usage.service] = services.get(charge.usage.service, 0) + charge.cost
    found = checks_of(model, result.metered.loads, numbers)
    trends = tuple(trend for check in found if any((trend := _trend(check, each_month)).loads))
    return Forecast(
        model,
        sheet,
        growth,
        headroom,
        each_month(_peak_rate(model, numbers)),
        each_month(result.total),
        {service: each_month(cost) for service, cost in services.items()},
        _with_chances(trends, model, growth, uncertain),
        (*([growth.uncertain] if growth.uncertain else []), *uncertain.inputs),
        tuple(sorted(tier for charge in result.charges for tier in _reached(charge, each_month))),
        uncertain.are_correlated,
    )


def _with_chances(trends: tuple[Trend, ...], model: Model, growth: Growth, uncertain: Uncertainty) -> tuple[Trend, ...]:
    """The trends with what becomes of them where inputs are uncertain: all draws of all months at once."""
    import numpy as np

    if not uncertain.inputs and growth.uncertain is None:
        return trends
    months = len(growth.times)
    columns = {path: np.repeat(drawn, months) for path, drawn in uncertain.drawn(FORECAST_DRAWS).items()}
    today = columns.get("traffic.times", model.scenario.traffic.times.value)
    numbers = Draws({**columns, "traffic.times": growth.drawn(FORECAST_DRAWS).ravel() * today})
    loads = run(model._replace(after=None), numbers).metered.loads
    found = checks_of(model, loads, numbers)
    held = {identity(check): holds(check, FORECAST_DRAWS * months).reshape(FORECAST_DRAWS, months) for check in found}
    return tuple(trend._replace(**_chances(held[identity(trend.check)])) for trend in trends)


def _chances(held: Any) -> dict[str, Any]:
    """Of an array of (draws, months), whether it holds."""
    broken = [float(share) for share in (~held).cumsum(axis=1).astype(bool).mean(axis=0)]  # by the end of the month
    between = tuple(next((month for month, share in enumerate(broken) if share >= of), None) for of in (0.05, 0.95))
    return {"chances": tuple(float(share) for share in held.mean(axis=0)), "breaks_between": between}


def _peak_rate(model: Model, numbers: Arrays) -> Any:
    """Records a second in the busiest period."""
    month = numbers.number("month", model.scenario.month)
    return reduce(larger, (period.rate for period in model.scenario.traffic.periods(month, numbers))) * SECOND


def _stored(amount: Any, kept: Any, months: int) -> Any:
    """What is stored on average over each month of an amount of every month, of which `kept` months are kept."""
    import numpy as np

    of_month = np.broadcast_to(amount, (months,))
    stored, before = np.zeros(months), 0.0
    longest = min(months, math.ceil(np.max(kept)) + 2)  # what is older is gone
    for age in range(longest):
        until = stored_in_month(age + 1, kept)
        stored[age:] += (until - before) * of_month[: months - age]
        before = until
    return stored


def _trend(check: Check, each_month: Any) -> Trend:
    loads, limits = each_month(check.load), each_month(check.limit)
    return Trend(check, loads, limits, tuple(map(utilisation, loads, limits)))


def _reached(charge: Charge, each_month: Any) -> list[ReachedTier]:
    """The tier of a charge, if usage reaches it after month 0."""
    if charge.tier == 1:
        return []
    quantities = each_month(charge.quantity)
    month = next((month for month, quantity in enumerate(quantities) if quantity > 0), 0)
    words = tier_words(charge.rate, charge.tier)
    return [ReachedTier(month, charge.usage.component, charge.usage.item, words)] if month else []
