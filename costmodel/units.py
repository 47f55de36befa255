"""Units of size, time, rate and count, and the only home of 1,024 and 3,600.

Amounts are floats in base units: bytes, milliseconds, counts. KB, MB, GB and TB step by 1,024, as on AWS bills.
A dimension is the exponents of (size, time, money): GB-seconds are (1, 1, 0), records per second (0, -1, 0).
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

Dimension = tuple[int, int, int]
COUNT: Dimension = (0, 0, 0)
SIZE: Dimension = (1, 0, 0)
TIME: Dimension = (0, 1, 0)
RATE: Dimension = (0, -1, 0)
THROUGHPUT: Dimension = (1, -1, 0)
MONEY: Dimension = (0, 0, 1)

KB = 1024.0
GB = KB**3
SECOND = 1000.0
HOUR = 3600 * SECOND
DAY = 24 * HOUR
HOURS_OF_SHAPES = {24: "a day", 168: "a week"}


class Unit(NamedTuple):
    """`name` as printed; an amount in base units is number * scale / per (20% is exactly 0.2)."""

    name: str
    dimension: Dimension
    scale: float
    per: float = 1.0


_SIZES = [Unit("bytes", SIZE, 1.0), *(Unit(name, SIZE, KB**n) for n, name in enumerate(("KB", "MB", "GB", "TB"), 1))]
_TIMES = [
    Unit("ms", TIME, 1.0),
    Unit("s", TIME, SECOND),
    Unit("minutes", TIME, 60 * SECOND),
    Unit("h", TIME, HOUR),
    Unit("days", TIME, DAY),
]
_COUNTS = [Unit("thousand", COUNT, 1e3), Unit("million", COUNT, 1e6), Unit("billion", COUNT, 1e9)]
_RATES = [
    Unit("/s", RATE, 1.0, SECOND),
    Unit("/min", RATE, 1.0, 60 * SECOND),
    Unit("/h", RATE, 1.0, HOUR),
    Unit("/day", RATE, 1.0, DAY),
]
_THROUGHPUTS = [Unit(f"{size.name}/s", THROUGHPUT, size.scale, SECOND) for size in _SIZES]
_PERCENT = Unit("%", COUNT, 1.0, 100.0)
# What a number without a unit means, where the key says it: plain counts, shares of one, hours.
ONE = Unit("one", COUNT, 1.0)
SHARE = Unit("share", COUNT, 1.0)
HOURS = _TIMES[3]
PER_SECOND = _RATES[0]
_NAMES: dict[str, Unit] = {unit.name: unit for unit in (*_SIZES, *_TIMES, *_COUNTS, *_RATES, *_THROUGHPUTS, _PERCENT)}
_ALSO = {"B": "bytes", "byte": "bytes", "second": "s", "seconds": "s", "minute": "minutes", "min": "minutes"}
_ALSO |= {"hour": "h", "hours": "h", "day": "days", "/minute": "/min", "/hour": "/h", "/second": "/s"}

DOLLARS = Unit("usd", MONEY, 1.0)

_EXAMPLES: dict[Dimension, str] = {
    SIZE: "5 KB",
    TIME: "300 s",
    RATE: "1000/s",
    THROUGHPUT: "2 MB/s",
    COUNT: "100",
    MONEY: "0.029",
}
_WORDS: dict[Dimension, str] = {
    SIZE: "a size",
    TIME: "a length of time",
    RATE: "a rate",
    THROUGHPUT: "a throughput",
    COUNT: "a number",
    MONEY: "a price",
}
# What no scenario means: beyond these a figure is a slip of the keyboard (an exabyte, a century, 10^15 a second).
SMALLEST = 1e-15  # the other end, in any base unit but 0
LARGEST: dict[Dimension, float] = {
    SIZE: KB**6,
    TIME: 36525 * DAY,
    RATE: 1e15 / SECOND,
    THROUGHPUT: KB**6 / SECOND,
    COUNT: 1e18,
    MONEY: 1e9,
}

_NUMBER = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(.*)", re.DOTALL)


def parse(text: str, dimension: Dimension, bare: Unit | None = None, like: str = "") -> float:
    """`text` ("5 KB", "300 s", "1000/s", "20%", "1e6") in base units; `bare` is the unit of a number without one.

    `like` is a text of the kind that is meant, for messages. Raises ValueError with what to write instead.
    """
    number, unit = parts(text, dimension, bare, like)
    value = number * unit.scale / unit.per
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"'{text}' is absurdly large")
    return value


def parts(text: str, dimension: Dimension, bare: Unit | None = None, like: str = "") -> tuple[float, Unit]:
    """The number and the unit that `text` gives, as in parse()."""
    match = _NUMBER.fullmatch(text.strip())
    if not match:
        raise ValueError(f"'{text}' is not {_WORDS[dimension]}; write for example {example(dimension, bare)}")
    number, name = float(match[1]), match[2]
    if re.match(r":[0-9]{2}", name):
        raise ValueError(f"'{text}' is a time of day, not {_WORDS[dimension]}; write for example {example(dimension, bare)}")
    if re.match(r"[_,.][0-9]", name):
        raise ValueError(f"'{text}' has a separator within the number; write {_one_number(text)}")
    unit = _unit(name, dimension, bare)
    if unit is None:
        raise ValueError(_wrong_unit(text, match[1], name, dimension, bare, like))
    return number, unit


def unit_of(text: str) -> str:
    """What follows the number: " MB" of "64 MB", "" of "1e3"."""
    return re.sub(r"^\s*[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?", "", text)


def with_unit(texts: Sequence[str]) -> list[str]:
    """Numbers without a unit with that of the last: "1", "128 MB" as "1 MB", "128 MB". Words stay as they are."""
    last = texts[-1].strip()
    unit = unit_of(last) if unit_of(last) != last else ""
    return [text if unit_of(text) else text + unit for text in map(str.strip, texts)]


def number_of(text: str) -> float:
    """The number before the unit. Raises ValueError."""
    return float(text.removesuffix(unit_of(text)))


def example(dimension: Dimension, bare: Unit | None = None) -> str:
    """A text of this kind that is right, for messages."""
    if bare is HOURS:
        return "8 h"
    return "20%" if bare is SHARE else _EXAMPLES[dimension]


# Words that may stand before the slash of a rate; "5k/s" must not pass for 5/s.
_RATE_WORDS = {"record", "message", "event", "request"}


def _unit(name: str, dimension: Dimension, bare: Unit | None) -> Unit | None:
    if not name:
        return bare
    word, slash, span = name.partition("/")
    if dimension == RATE and slash and word.strip().removesuffix("s") in _RATE_WORDS:
        name = f"/{span.strip()}"
    found = _NAMES.get(_ALSO.get(name, name))
    if found is not None and found.dimension == dimension:
        return found if found is not _PERCENT or bare is SHARE else None
    return None


def _wrong_unit(text: str, number: str, name: str, dimension: Dimension, bare: Unit | None, like: str) -> str:
    known = [unit.name for unit in _NAMES.values() if unit.dimension == dimension and unit is not _PERCENT]
    if not name:
        unit = (like or _EXAMPLES[dimension]).lstrip("0123456789")
        return f"'{text}' needs a unit: {', '.join(known)}; write for example {number}{unit}"
    if bare is SHARE:
        return f"'{text}' is not a share; write for example 20% or 0.2"
    if dimension == MONEY:
        return f"'{text}' is not a price; write a number, such as 0.029"
    if dimension == COUNT:
        return f"'{text}' is not a number; write for example {number}, or {number} thousand, million or billion"
    close = [unit for unit in known if unit.lower() == name.lower().replace("i", "")]
    hint = f"did you mean {number} {close[0]}?" if close else f"write for example {_EXAMPLES[dimension]}"
    return f"'{name}' is not a unit of {_WORDS[dimension].split()[-1]} ({', '.join(known)}); {hint}"


def _one_number(text: str) -> str:
    """ "1,000 KB" without its separators; a comma before one or two last digits was meant as the point."""
    decimal = re.sub(r"^(0),([0-9]+)|^([0-9]+),([0-9]{1,2})(?![0-9,])", lambda m: f"{m[1] or m[3]}.{m[2] or m[4]}", text)
    return re.sub(r"(?<=[0-9])[,_](?=[0-9])", "", decimal)


def pricing_unit(name: str) -> Unit:
    """The unit a price is per: "GB", "GB-month", "GB-second", "RCU-hour", "minute", or anything countable ("request").

    A "-month" is one thing kept for the whole month, however long the month is: GB-months are a size.
    """
    what, dash, span = name.rpartition("-")
    if not dash:
        known = _NAMES.get(_ALSO.get(name, name))
        return Unit(name, known.dimension, known.scale) if known else Unit(name, COUNT, 1.0)
    size = _NAMES.get(what)
    scale = size.scale if size else 1.0
    dimension = SIZE if size else COUNT
    if span == "month":
        return Unit(name, dimension, scale)
    time = _NAMES.get(_ALSO.get(span, span))
    if time is None or time.dimension != TIME:
        raise ValueError(f"'{name}' is not a unit a price can be per; write for example GB, RCU-hour or request")
    return Unit(name, (dimension[0], 1, 0), scale * time.scale)


def plural(name: str) -> str:
    """The name of a unit that is counted, for more than one: "requests", "deliveries"."""
    return f"{name[:-1]}ies" if name.endswith("ry") else f"{name}s"


def singular(name: str) -> str:
    """The name of a unit as a price's `per` may have it, for one: "requests" and "request" are "request"."""
    if name.endswith("ries"):
        return f"{name[:-3]}y"
    return name.removesuffix("es" if name.endswith("shes") else "s")


def load_unit(name: str) -> Unit:
    """The unit of a load: "records/s" are per second, everything else is counted ("executions")."""
    return Unit(name, RATE, 1.0, SECOND) if name.endswith("/s") else Unit(name, COUNT, 1.0)


# In which units a reader would say amounts of a dimension, smallest first.
SPOKEN: dict[Dimension, list[Unit]] = {
    SIZE: _SIZES,
    TIME: _TIMES,
    RATE: _RATES[:1],
    (1, 1, 0): [Unit("GB·s", (1, 1, 0), GB * SECOND)],
    THROUGHPUT: _THROUGHPUTS[1:2],
}


def best_unit(value: float, dimension: Dimension) -> Unit | None:
    """The unit in which a reader would say `value`: the largest of which there is at least one."""
    units = SPOKEN.get(dimension)
    if units is None:
        return None
    return next((unit for unit in reversed(units) if abs(value) >= unit.scale), units[0])
