"""Which of the prices that AWS lists are ours: the files in mapping/, one for each service, and the matching by them."""

import os
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from costmodel.errors import InputError, Problem
from costmodel.importing.listed import FEED, OFFER, Key
from costmodel.prices import PerShape
from costmodel.shapes import NAME, REGION, Choice, Each, Either, Field, Named, Problems, Record, Shape, Text, Word, read
from costmodel.units import SIZE, Unit
from costmodel.yamlfile import Node, Scalar, is_null, load

_FOLDER = os.path.join(os.path.dirname(__file__), "mapping")
# Usage types begin with their region ("EU-", "USE1-"; KMS's with its code), in us-east-1 often with nothing.
_REGION_PREFIX = re.compile(rf"(EU|[A-Z]{{3}}\d{{1,2}}|{REGION})-")
TYPE = "type"


class Range(NamedTuple):
    """From where to where, in a month, a price holds; `end` None: without end."""

    begin: Decimal
    end: Decimal | None


WHOLE = Range(Decimal(0), None)


class Test(NamedTuple):
    """What an attribute must be: `pattern` from end to end, capitals or not; `text` if it is one text in AWS's spelling."""

    pattern: re.Pattern[str]
    text: str


class PriceMapping(NamedTuple):
    """Where AWS lists one of our prices.

    `block` is how many of `unit` the card's price is for ("1000 requests": 1000 of the unit "request"). `offer` and `feed_where`
    are tests by attribute: of products of an offer file, of entries of the feed. `feed` are the feed's names. `last_end` is where
    AWS's last tier ends, if it does; `free` says that the price is nothing.
    """

    key: Key
    per: str
    block: Decimal
    unit: Unit
    anywhere: bool
    offer: Mapping[str, Test]
    feed: Mapping[str, Range]
    feed_where: Mapping[str, Test]
    last_end: Decimal | None
    free: bool

    def is_in(self, kind: str) -> bool:
        return bool(self.offer if kind == OFFER else self.feed or self.feed_where)


class ServiceMapping(NamedTuple):
    key: str
    offers: tuple[str, ...]
    feeds: tuple[str, ...]
    source: str
    prices: tuple[PriceMapping, ...]

    def is_in(self, kind: str, name: str) -> bool:
        """Whether the offer or the feed of this name has prices of the service."""
        return name in (self.offers if kind == OFFER else self.feeds)


@cache
def every() -> tuple[ServiceMapping, ...]:
    """All mappings, by service. Raises InputError with every mistake in a file."""
    files = sorted(name for name in os.listdir(_FOLDER) if name.endswith(".yaml"))
    return tuple(read_mapping(os.path.join(_FOLDER, name), name.removesuffix(".yaml")) for name in files)


def of_list(kind: str, name: str) -> tuple[ServiceMapping, ...]:
    """The services that have prices in the offer or feed of this name."""
    return tuple(service for service in every() if service.is_in(kind, name))


def read_mapping(path: str, key: str) -> ServiceMapping:
    values = read(_SERVICE, load(path))
    prices = tuple(_price(key, str(name), price) for name, price in values["prices"].items())
    return ServiceMapping(key, _many(values.get(OFFER)), _many(values.get(FEED)), str(values["source"]), prices)


def product_key(prices: Iterable[PriceMapping], attributes: Mapping[str, str], region_is_any: bool) -> Key | None:
    """Which of our prices a product of an offer is, by its attributes (keys in small letters). InputError if it is two."""
    bare = _without_region(attributes, "usagetype")
    found = [key for price in prices if price.anywhere == region_is_any and (key := _matched(price.key, price.offer, bare))]
    return _one(found, f"the product with the usage type {attributes.get('usagetype')}")


def entry_key(prices: Iterable[PriceMapping], name: str, attributes: Mapping[str, str]) -> tuple[Key, Range] | None:
    """Which of our prices, and which tier of it, an entry of the feed is. InputError if it is two."""
    prices = [price for price in prices if name in price.feed or price.feed_where]
    if not prices:
        return None
    ranges = {price.key: price.feed[name] for price in prices if name in price.feed}
    bare = _without_region(attributes, "usageType")
    ranges |= {key: WHOLE for price in prices if (key := _matched(price.key, price.feed_where, bare))}
    key = _one(list(ranges), f"the price '{name}'")
    return None if key is None else (key, ranges[key])


def _without_region(attributes: Mapping[str, str], name: str) -> dict[str, str]:
    """The attributes with the usage type, called `name`, without its region."""
    usage = attributes.get(name, "")
    match = _REGION_PREFIX.match(usage)
    return {**attributes, name: usage[match.end() :] if match else usage}


def _one(found: list[Key], what: str) -> Key | None:
    if len(found) > 1:
        raise InputError(f"{what} matches {' and '.join(map(str, found))}; mend the mapping of one of them")
    return found[0] if found else None


def _matched(key: Key, tests: Mapping[str, Test], attributes: Mapping[str, str]) -> Key | None:
    """The key, of a family with its type, if every test is passed."""
    if not tests:
        return None
    for name, test in tests.items():
        match = test.pattern.fullmatch(attributes.get(name, ""))
        if match is None:
            return None
        if TYPE in test.pattern.groupindex:
            key = key._replace(type=match[TYPE])
    return key


class _Test(Shape):
    """What an attribute must be: a text, one of several, or a regular expression between slashes. Capitals do not count."""

    texts = Either(scalar=Text(), sequence=Each(Text()))

    def read(self, node: Node, problems: Problems) -> Any:
        value = self.texts.read(node, problems)
        if isinstance(value, Word) and value.startswith("/") and value.endswith("/") and len(value) > 2:
            try:
                return Test(re.compile(value[1:-1], re.IGNORECASE), "")
            except re.error as error:
                problems.append(Problem(value.place, f"'{value}' is no regular expression: {error}"))
        texts = _many(value)
        return Test(re.compile("|".join(map(re.escape, texts)), re.IGNORECASE), texts[0] if len(texts) == 1 else "")


class _End(Shape):
    """Where a tier ends: "512000 GB", or null for the last."""

    text = Text(r"\d+ [A-Za-z-]+", "does not say where the tier ends, as in 512000 GB; the last has null")

    def read(self, node: Node, problems: Problems) -> Any:
        return None if isinstance(node, Scalar) and is_null(node) else self.text.read(node, problems)


_TESTS = Named(_Test(), Text(), "attributes to what they must be")
_PRICE = Record(
    "a price's mapping",
    {
        "per": Field(PerShape(), "what the card's price is per: GB, million requests", required=True),
        "anywhere": Field(Choice("true"), "listed once for all regions"),
        OFFER: Field(_TESTS, "the product in the Bulk and the Query API, by its attributes; the usage type without its region"),
        FEED: Field(
            Either(scalar=Text(), mapping=Named(_End(), Text(), "names to where the tiers end")),
            "the name in the pricing pages' feed, or the names of its tiers in their order and where each ends",
        ),
        "feed_where": Field(_TESTS, "the entry of the feed, by its attributes"),
        "last_end": Field(_End.text, "where the last tier ends in offers, of a price that goes on: 5120000 GB"),
        "free": Field(Choice("true"), "listed at $0"),
    },
)
_SERVICE = Record(
    "a mapping",
    {
        OFFER: Field(Either(scalar=Text(), sequence=Each(Text())), "the offer in the Bulk and the Query API"),
        FEED: Field(Either(scalar=Text(), sequence=Each(Text())), "the file of the pricing pages' feed"),
        "source": Field(Text(), "where people read the prices", required=True),
        "prices": Field(Named(_PRICE, NAME, "our prices to where they are listed"), "our prices", required=True),
    },
)


def _many(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (str(value),) if isinstance(value, str) else tuple(map(str, value))


def _price(service: str, name: str, given: dict[str, Any]) -> PriceMapping:
    per = given["per"]
    unit = unit_of_usage(per.unit)
    offer = {attribute.casefold(): test for attribute, test in given.get(OFFER, {}).items()}
    feed = given.get(FEED, {})
    ranges = {str(feed): WHOLE} if isinstance(feed, str) else _ranges(feed, unit)
    where = {str(attribute): test for attribute, test in given.get("feed_where", {}).items()}
    return PriceMapping(
        Key(service, name),
        str(per.text),
        Decimal(str(per.block)),
        per.unit,
        "anywhere" in given,
        offer,
        ranges,
        where,
        last_end=_amount(given["last_end"], unit) if "last_end" in given else None,
        free="free" in given,
    )


def _ranges(ends: Mapping[Word, Word | None], unit: str) -> dict[str, Range]:
    ranges: dict[str, Range] = {}
    begin = Decimal(0)
    for name, text in ends.items():
        if text is None:
            ranges[str(name)] = Range(begin, None)
            continue
        end = _amount(text, unit)
        ranges[str(name)] = Range(begin, end)
        begin = end
    return ranges


def _amount(text: Word, unit: str) -> Decimal:
    """The number in "512000 GB". Raises InputError for another unit."""
    number, _, said = text.partition(" ")
    if said != unit:
        raise InputError(Problem(text.place, f"'{text}' is not in {unit}, the unit of the price"))
    return Decimal(number)


def unit_of_usage(unit: Unit) -> str:
    """What amounts of a price's usage are counted in: GB of GB-months, requests."""
    size = unit.name.removesuffix("-month")
    return size if unit.dimension == SIZE else f"{unit.name}s"
