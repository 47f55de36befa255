"""The prices of a rate card: what each is per, its tiers and its free allowances, as a card gives them."""

import re
from typing import Any, NamedTuple

from costmodel.errors import Problem
from costmodel.shapes import INVALID, Amount, Choice, Each, Field, Given, Named, Problems, Record, Shape, Text, Word
from costmodel.units import COUNT, DOLLARS, LARGEST, MONEY, ONE, SIZE, SMALLEST, TIME, Unit, parse, plural, pricing_unit, singular
from costmodel.yamlfile import Node, Scalar, find, place_of

FREE = "free"
ALLOWANCES = ("always", "legacy-12-month")
# What each free-tier policy takes off: the 12-month offers come on top of what is always free.
FREE_TIERS = {"none": (), "always": ("always",), "legacy-12-month": ALLOWANCES}


class Tier(NamedTuple):
    """`usd` per block of the rate, for the month's usage up to `up_to` (in base units; None: without end)."""

    usd: Given
    up_to: Given | None
    rate_code: str


class Per(NamedTuple):
    """What a price is per: "GB", "10000 requests" (a block of 10,000 of the unit "request")."""

    block: float
    unit: Unit
    text: str


class Allowance(NamedTuple):
    """A free quantity of a policy, in base units, that the prices `of` (keys) share; `path` is its number's.

    One `of_time` is for every moment of the month: 25 RCU-months are 25 times its length.
    """

    given: Given
    of_time: bool
    policy: str = ""
    path: str = ""
    of: tuple[str, ...] = ()


class Rate(NamedTuple):
    """One price of a card. `free` are allowances by policy; `published` and `version` are those of AWS's price list."""

    key: str
    per: Per
    tiers: tuple[Tier, ...]
    free: dict[str, Allowance]
    source: str
    published: str = ""
    version: str = ""
    confidence: str = ""
    note: str = ""


_QUANTITY = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?) *(thousand|million|billion)? *([A-Za-z][A-Za-z-]*)?")


class PerShape(Shape):
    """ "GB", "GB-month", "RCU-hour", "request", "10000 requests", "million messages"."""

    def read(self, node: Node, problems: Problems) -> Any:
        text = node.value if isinstance(node, Scalar) else ""
        whole = text if text[:1].isdigit() else f"1 {text}"
        try:
            block, unit = _split(whole, text)
            return Per(block, unit, text)
        except ValueError:
            hint = "write for example GB, RCU-hour, 10000 requests or million messages"
            problems.append(Problem(place_of(node), f"'{text}' is not what a price can be per; {hint}"))
            return INVALID

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "examples": ["GB", "GB-month", "RCU-hour", "10000 requests"]}


def _split(text: str, said: str) -> tuple[float, Unit]:
    """How many, and of what: "1 million requests" is 1,000,000 of the unit "request". ValueError if it says neither."""
    match = _QUANTITY.fullmatch(text.strip())
    if not match or not match[3]:
        raise ValueError(f"'{said}' does not say how many of what")
    number = parse(f"{match[1]} {match[2] or ''}".strip(), COUNT, ONE)
    if not SMALLEST <= number <= LARGEST[COUNT]:
        what = "must be above 0" if number <= 0 else f"is absurdly {'small' if number < 1 else 'large'}"
        raise ValueError(f"'{said}' {what}")
    return number, pricing_unit(singular(match[3]))


# Where prices are from; a service says it for all of its prices, and a price for itself.
PROVENANCE = {
    "source": Field(Text(), "where the prices are published"),
    "published": Field(Text(), "when AWS published the price list they are from"),
    "version": Field(Text(), "the version of that price list"),
    "confidence": Field(Text(), "how sure the prices are, where they were not read on AWS's own page"),
    "note": Field(Text(), "what a reader should know"),
}


class RateShape(Shape):
    """A price: `usd`, or `tiers` of it, per `unit` (or a block of it, or another size)."""

    tier = Record(
        "a tier",
        {
            "usd": Field(Amount(MONEY, DOLLARS), "the price in this tier", required=True),
            "up_to": Field(Text(), "where the tier ends, counted from the month's beginning: 500 TB, 1 billion messages"),
            "rate_code": Field(Text(), "AWS's rate code of the price"),
        },
    )
    record = Record(
        "a price",
        {
            "usd": Field(tier.fields["usd"].shape, "the price, where it has no tiers"),
            "tiers": Field(Each(tier), "prices by the month's usage; each ends where the next begins, the last has no end"),
            "per": Field(PerShape(), "what it is the price of: GB, RCU-hour, 10000 requests", required=True),
            FREE: Field(
                Named(Text(), Choice(*ALLOWANCES), "a free-tier policy to a quantity"),
                "what each free-tier policy gives",
            ),
            "rate_code": tier.fields["rate_code"],
            **PROVENANCE,
        },
        one_of=(("usd", "tiers"),),
    )

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def read(self, node: Node, problems: Problems) -> Any:
        before = len(problems)
        values = self.record.read(node, problems)
        if len(problems) > before:
            return INVALID
        per: Per = values["per"]
        if not _measures(per.unit, self.unit) or _by_month(per.unit) != _by_month(self.unit):
            message = f"'{per.text}' does not measure this; it is priced per {self.unit.name}"
            problems.append(Problem(place_of(find(node, "per") or node), message))
            return INVALID
        nodes = find(node, "tiers")
        places = nodes.value if nodes is not None else [node]
        given = values.get("tiers") or (values,)
        tiers = tuple(_tier(tier, per, problems) for tier in given)
        if len(problems) == before:
            _check_bounds(tiers, places, problems)
        free = {str(policy): allowance(text, per.unit, problems) for policy, text in values.get("free", {}).items()}
        return Rate("", per, tiers, free, **{name: str(values.get(name, "")) for name in PROVENANCE})

    def schema(self) -> dict[str, Any]:
        return self.record.schema()


def _measures(unit: Unit, of: Unit) -> bool:
    """Whether amounts of `unit` can stand for amounts of `of`: the same thing, or another size of it (TB for GB-months)."""
    return unit.name == of.name or unit.dimension == of.dimension == SIZE


def _by_month(unit: Unit) -> bool:
    """Whether it measures what is kept for a month, such as GB-months."""
    return unit.name.endswith("-month")


def _tier(tier: dict[str, Any], per: Per, problems: Problems) -> Tier:
    bound = tier.get("up_to")
    rate_code = str(tier.get("rate_code", ""))
    return Tier(tier["usd"], None if bound is None else quantity(bound, per.unit, problems), rate_code)


def quantity(word: Word, of: Unit, problems: Problems) -> Given:
    """A tier's end, an allowance or a usage in base units: "500 TB" of a price per GB is 512,000 GB."""
    try:
        number, unit = _split(word, word)
        if not _measures(unit, of):
            raise ValueError(f"'{word}' is not in the unit of the price, {plural(of.name)}")
    except ValueError as error:
        example = "500 TB" if of.dimension == SIZE else f"1 million {plural(of.name)}"
        problems.append(Problem(word.place, f"{error}; write for example {example}"))
        return Given(0.0, word, of.dimension, word.place)
    return Given(number * unit.scale, word, of.dimension, word.place)


def allowance(word: Word, unit: Unit, problems: Problems) -> Allowance:
    """ "400000 GB-seconds", "5 GB", or "25 RCU-months" of a price per RCU-hour."""
    match = _QUANTITY.fullmatch(word)
    what, _, hour = unit.name.rpartition("-")
    if match and match[3] and match[3].removesuffix("s") == f"{what}-month" and unit.dimension == TIME:
        units = Word(f"{word[: match.start(3)]}{what}-{hour}s", word.place)
        units_of_time = quantity(units, unit, problems).value / unit.scale
        return Allowance(Given(units_of_time, word, COUNT, word.place), of_time=True)
    return Allowance(quantity(word, unit, problems), of_time=False)


def _check_bounds(tiers: tuple[Tier, ...], nodes: list[Node], problems: Problems) -> None:
    """Tiers rise without gap or overlap: each bound is above the one before it, and only the last has none."""
    last = 0.0
    for number, (tier, node) in enumerate(zip(tiers, nodes, strict=True), 1):
        is_last = number == len(tiers)
        if tier.up_to is None and not is_last:
            problems.append(Problem(place_of(node), f"tier {number} has no up_to, so it overlaps the tiers after it"))
        elif is_last and tier.up_to is not None:
            problems.append(Problem(tier.up_to.place, "the last tier ends, which leaves a gap above it; leave its up_to out"))
        elif tier.up_to is not None and tier.up_to.value <= last:
            problems.append(Problem(tier.up_to.place, f"tier {number} ends at or below the tier before it, so they overlap"))
        last = tier.up_to.value if tier.up_to is not None else last
