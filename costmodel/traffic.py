"""How much traffic comes, and when: steady periods of the month, from peak hours, a profile, periods or a file.

A shape says how the periods' rates stand to each other; a peak rate, the month's records or volume, or the shape's own
rates say how high they are. It is all arithmetic on the numbers of a reading: a changed input changes every period.
"""

from typing import Any, NamedTuple

from costmodel.bursts import DEFAULT_LENGTH, Bursts, BurstShape, bursts_of
from costmodel.errors import InputError, Place, Problem
from costmodel.quantities import Number, Numbers, named, total
from costmodel.shapes import DEFAULT, Amount, Distribution, Each, Field, Given, Problems, Record, Shape, Text, share
from costmodel.units import COUNT, DAY, HOUR, HOURS, HOURS_OF_SHAPES, ONE, PER_SECOND, RATE, SECOND, SIZE, TIME, Dimension
from costmodel.yamlfile import Mapping, Node, find, place_of

PEAK, OFF_PEAK = "peak", "off_peak"
PEAK_HOURS = "traffic.peak_hours"
SOURCE_SCOPE = "source"  # what belongs to the records as they come in


class Period(NamedTuple):
    """A steady period in the numbers of a reading. `busiest`: it is (one of) those with the highest rate."""

    name: str
    busiest: bool
    rate: Number
    duration: Number


class Steady(NamedTuple):
    """A period of a shape. `weight` is its rate, or its rate relative to the peak; no path where no file gives it."""

    name: str
    weight: Given
    weight_path: str
    hours: Given
    hours_path: str


class Timeline(NamedTuple):
    """In which order the steady periods come, over a stretch of time that repeats or stands for the month.

    `steps` have a period's number and the share of its time: a step's part of the stretch is that share of the period's
    part of the month. `length` is the stretch's, in ms; `axis` says what it is.
    """

    steps: tuple[tuple[int, float], ...]
    length: float
    axis: str


class SizeShape(Shape):
    """One size, a mapping of sizes to shares of the records, or a sample of records to measure."""

    size = Amount(SIZE, above="0 KB")
    shares = Distribution(size, "sizes to shares, as in {1 KB: 90%, 11 KB: 10%}")
    sample = Record("a sample", {"sample": Field(Text(), "a file of JSON lines, one record a line", required=True)})

    def read(self, node: Node, problems: Problems) -> Any:
        if not isinstance(node, Mapping):
            size = self.size.read(node, problems)
            return None if size is None else ((None, size),)
        if find(node, "sample") is not None:
            return self.sample.read(node, problems)
        return self.shares.read(node, problems)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.size.schema(), self.sample.schema(), self.shares.schema()]}


PERIOD = Record(
    "a period",
    {
        "name": Field(Text("[a-z][a-z0-9_]*", "is not a name: small letters, digits and underscores"), "its name", True),
        "rate": Field(Amount(RATE, PER_SECOND), "records a second in it", True),
        "hours": Field(Amount(TIME, HOURS, above="0 h", at_most="1000 h"), "its hours of a day, a week or the month", True),
    },
)
TRAFFIC = Record(
    "the traffic",
    {
        "peak_rate": Field(Amount(RATE, PER_SECOND), "records a second in the busiest hours"),
        "monthly_records": Field(Amount(COUNT, ONE), "records in the month; the shape then gives the peak"),
        "monthly_volume": Field(Amount(SIZE), "data in the month; the shape then gives the peak"),
        "times": Field(Amount(COUNT, ONE), "how many times as much traffic; 1 where left out"),
        "peak_hours": Field(Amount(TIME, HOURS, above="0 h", at_most="24 h"), "hours of the day at the peak rate"),
        "off_peak_share": Field(share(), "the rate in the other hours, as a share of the peak rate"),
        "profile": Field(Each(Amount(COUNT, ONE)), "24 or 168 numbers: how the hours of a day or a week stand to each other"),
        "periods": Field(Each(PERIOD), "any steady periods: name, rate, hours"),
        "csv": Field(Text(), "a file with columns timestamp (ISO 8601, UTC) and rate (per second)"),
        "burst": Field(BurstShape(), "the busiest second, in times its period's mean; or how seconds differ: {0.5: 80%, 3: 20%}"),
        "burst_length": Field(
            Amount(TIME, above="0 s", at_most="1 h"), f"how long such a second lasts; {DEFAULT_LENGTH} where left out"
        ),
        "record_size": Field(SizeShape(), "the size of a record, or how sizes are distributed", required=True),
    },
)
_SCALES = ("peak_rate", "monthly_records", "monthly_volume")
_SHAPES = ("peak_hours", "profile", "periods", "csv")


class Traffic(NamedTuple):
    """`steady` periods; `scale` is the key that says how high they are and `amount` its number (None: their own rates)."""

    steady: tuple[Steady, ...]
    scale: str
    amount: Given | None
    times: Given
    sizes: tuple[tuple[Given | None, Given], ...]
    timeline: Timeline
    notes: tuple[str, ...]
    bursts: Bursts | None = None

    def record_sizes(self, numbers: Numbers) -> list[tuple[Number | None, Number]]:
        """(share of the records, size) for each size of record; the share is None where there is one size.

        The shares add up to one, so none of them can be varied alone: they have no path.
        """
        if self.sizes[0][0] is None:
            return [(None, numbers.number("traffic.record_size", self.sizes[0][1]))]
        return [(numbers.number("", of), numbers.number("", size)) for of, size in self.sizes if of is not None]

    def periods(self, month: Number, numbers: Numbers) -> list[Period]:
        """The steady periods of the month, their rates in records per ms."""
        durations = self._durations(month, numbers)
        rates = self._rates(durations, numbers)
        highest = max(steady.weight.value for steady in self.steady)
        return [
            Period(
                steady.name,
                steady.weight.value == highest,
                named(rate, f"traffic.{steady.name}", "rate"),
                named(duration, f"traffic.{steady.name}", "duration"),
            )
            for steady, rate, duration in zip(self.steady, rates, durations, strict=True)
        ]

    def _durations(self, month: Number, numbers: Numbers) -> list[Number]:
        """Each period's part of the month: its hours of all the periods' hours."""
        if len(self.steady) == 1:
            return [month]
        first = self.steady[0]
        if first.hours_path == PEAK_HOURS:  # what peak_hours leaves of the day is off-peak
            day, peak = numbers.constant(DAY, TIME), numbers.number(first.hours_path, first.hours)
            return [month * (peak / day), month * ((day - peak) / day)]
        hours = [numbers.number(steady.hours_path, steady.hours) for steady in self.steady]
        whole = named(total(hours), SOURCE_SCOPE, "hours_of_all_periods")
        return [month * (each / whole) for each in hours]

    def _rates(self, durations: list[Number], numbers: Numbers) -> list[Number]:
        times = numbers.number("traffic.times", self.times)
        weights = [numbers.number(steady.weight_path, steady.weight) for steady in self.steady]
        if self.amount is None:
            return [weight * times for weight in weights]
        amount = numbers.number(f"traffic.{self.scale}", self.amount) * times
        if self.scale == "monthly_volume":
            amount = amount / total(size if of is None else of * size for of, size in self.record_sizes(numbers))
        if self.scale != "peak_rate":
            weighted = total(weight * duration for weight, duration in zip(weights, durations, strict=True))
            amount = amount / weighted
        amount = named(amount, SOURCE_SCOPE, "highest_rate")
        return [
            amount if steady.weight.value == 1 and not steady.weight_path else amount * weight
            for steady, weight in zip(self.steady, weights, strict=True)
        ]


def read_traffic(values: dict[str, Any], node: Mapping, month: Given, folder: str) -> Traffic:
    """The traffic that TRAFFIC read from `node`, without conflicts(). Raises InputError.

    Files it names are relative to `folder`; `month` is what periods may add up to.
    """
    steady, timeline, notes = _steady(values, node, month, folder)
    scale = next((key for key in _SCALES if key in values), "")
    relative = "periods" not in values and "csv" not in values
    if scale and not relative:  # the shape's own rates become weights of the highest
        steady = _relative(steady)
    sizes = values["record_size"]
    if isinstance(sizes, dict):
        from costmodel.measured import record_sizes

        sizes = record_sizes(sizes["sample"], folder)
    times = values.get("times", Given(1.0, "1", COUNT, Place(DEFAULT)))
    return Traffic(steady, scale, values.get(scale), times, sizes, timeline, notes, bursts_of(values))


def conflicts(values: dict[str, Any], node: Mapping) -> list[Problem]:
    """What keys of the traffic contradict each other or are missing beside each other."""

    def clash(keys: list[str], why: str) -> Problem:
        place = next(place_of(key) for key, _ in reversed(node.value) if key.value in keys)
        return Problem(place, f"the traffic has {' and '.join(keys)}; {why}")

    problems = []
    scales = [key for key in _SCALES if key in values]
    shapes = [key for key in _SHAPES if key in values]
    if len(scales) > 1:
        problems.append(clash(scales, "give one of them (null removes one)"))
    if len(shapes) > 1:
        problems.append(clash(shapes, "give one shape (null removes one)"))
    if not scales and not {"periods", "csv"} & set(shapes):
        problems.append(Problem(place_of(node), f"the traffic lacks its height: give one of {', '.join(_SCALES)}"))
    if "peak_rate" in scales and {"periods", "csv"} & set(shapes):
        problems.append(clash(["peak_rate", *shapes], "the shape has rates of its own; leave peak_rate out"))
    if ("off_peak_share" in values) != ("peak_hours" in values) and len(shapes) <= 1:
        problems.append(Problem(place_of(node), "peak_hours and off_peak_share go together; give both or neither"))
    if "burst_length" in values and "burst" not in values:
        problems.append(clash(["burst_length"], "say also how much comes in a burst, as in burst: 3"))
    return problems


Shaped = tuple[tuple[Steady, ...], Timeline, tuple[str, ...]]  # and notes on how it was read


def _steady(values: dict[str, Any], node: Mapping, month: Given, folder: str) -> Shaped:
    if "csv" in values:
        from costmodel.measured import rates_over_time

        return rates_over_time(values["csv"], folder)
    if "periods" in values:
        return *_of_periods(values["periods"], node, month), ()
    if "profile" in values:
        return *_of_profile(values["profile"], node), ()
    return *_of_peak_hours(values, node, month), ()


def _of_peak_hours(values: dict[str, Any], node: Mapping, month: Given) -> tuple[tuple[Steady, ...], Timeline]:
    """The peak and the rest of the day. When the peak comes is not given; it is drawn in the middle."""
    here = place_of(node)
    always = Given(1.0, "1", COUNT, here)
    peak_hours = values.get("peak_hours")
    if peak_hours is None or peak_hours.value == DAY:
        return (Steady(PEAK, always, "", month, ""),), Timeline(((0, 1.0),), DAY, "hours of the day")
    rest = Given(DAY - peak_hours.value, "the rest of the day", TIME, here)
    peak = Steady(PEAK, always, "", peak_hours, PEAK_HOURS)
    off_peak = Steady(OFF_PEAK, values["off_peak_share"], "traffic.off_peak_share", rest, "")
    in_the_middle = ((1, 0.5), (0, 1.0), (1, 0.5))
    return (peak, off_peak), Timeline(in_the_middle, DAY, "hours of the day (when the peak comes is not given)")


def _of_periods(periods: tuple[dict[str, Any], ...], node: Mapping, month: Given) -> tuple[tuple[Steady, ...], Timeline]:
    names = [period["name"] for period in periods]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InputError(Problem(twice[1].place, f"the period '{twice[1]}' is given twice"))
    hours = sum(period["hours"].value for period in periods) / HOUR
    spans = {**{float(h): words for h, words in HOURS_OF_SHAPES.items()}, month.value / HOUR: "this month"}
    said = next((words for span, words in spans.items() if abs(hours - span) < 1e-6), "")
    if not said:
        listed = ", ".join(f"{words} has {span:g}" for span, words in spans.items())
        place = place_of(find(node, "periods") or node)
        raise InputError(
            Problem(
                place,
                f"the periods' hours add up to {hours:g}; {listed}. A time without traffic is a period of rate 0/s",
            )
        )
    steady = tuple(
        Steady(str(p["name"]), p["rate"], f"traffic.periods.{n}.rate", p["hours"], "")  # hours add up: none changes alone
        for n, p in enumerate(periods, 1)
    )
    in_order = tuple((n, 1.0) for n in range(len(steady)))
    return steady, Timeline(in_order, hours * HOUR, f"hours of {said}, periods in the order given")


def _of_profile(profile: tuple[Given, ...], node: Mapping) -> tuple[tuple[Steady, ...], Timeline]:
    place = place_of(find(node, "profile") or node)
    if len(profile) not in HOURS_OF_SHAPES:
        raise InputError(
            Problem(place, f"the profile has {len(profile)} numbers; give 24 (the hours of a day) or 168 (of a week)")
        )
    highest = max(given.value for given in profile)
    if highest == 0:
        raise InputError(Problem(place, "the profile is 0 in every hour; give the busiest hour a number above 0"))
    hours = [Step(given.value / highest, HOUR, f"hour_{hour}", given.place) for hour, given in enumerate(profile)]
    steady, steps = merged(hours, COUNT)
    return steady, Timeline(steps, len(hours) * HOUR, f"hours of {HOURS_OF_SHAPES[len(hours)]}")


class Step(NamedTuple):
    """A stretch of steady traffic: records per ms, or relative to the highest; its length in ms; where it is given."""

    rate: float
    duration: float
    name: str
    place: Place


def merged(steps: list[Step], dimension: Dimension) -> tuple[tuple[Steady, ...], tuple[tuple[int, float], ...]]:
    """The steps as steady periods: those of one rate become one, named and placed as the first of them; and their order.

    The order is that of Timeline: for each step its period's number and its share of that period's time.
    """
    at_rate: dict[float, list[Step]] = {}
    for step in steps:
        at_rate.setdefault(step.rate, []).append(step)
    steady = tuple(_as_one(rate, same, dimension) for rate, same in at_rate.items())
    numbers = {rate: number for number, rate in enumerate(at_rate)}
    order = ((numbers[step.rate], step.duration) for step in steps)
    return steady, tuple((number, duration / steady[number].hours.value) for number, duration in order)


def _as_one(rate: float, steps: list[Step], dimension: Dimension) -> Steady:
    first = steps[0]
    name = first.name if len(steps) == 1 else f"{first.name}_and_{len(steps) - 1}_more"
    length = sum(step.duration for step in steps)
    said = f"{rate * SECOND:.10g}/s" if dimension == RATE else f"{rate:.10g}"
    weight = Given(rate, said, dimension, first.place)
    return Steady(name, weight, "", Given(length, f"{length / HOUR:g} h", TIME, first.place), "")


def _relative(steady: tuple[Steady, ...]) -> tuple[Steady, ...]:
    highest = max(period.weight.value for period in steady)
    if highest == 0:
        raise InputError(Problem(steady[0].weight.place, "every rate is 0, so the month's records have no shape"))
    return tuple(
        period._replace(
            weight=Given(period.weight.value / highest, period.weight.text, COUNT, period.weight.place), weight_path=""
        )
        for period in steady
    )
