"""What a source yields: prices as AWS lists them, each already known to be one of ours."""

from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from costmodel.errors import InputError, Place, Problem
from costmodel.importing import fields

OFFER, FEED = "offer", "feed"
# The term of on-demand prices, and the currency; every other (reservations, free tiers, China's yuan) is no price of a card.
ON_DEMAND = "JRTCKXETXF"
CURRENCY = "USD"


class Key(NamedTuple):
    """One of our prices, "firehose.ingested"; of a family one type's, "msk.brokers" of type "m5.large"."""

    service: str
    price: str
    type: str = ""

    def __str__(self) -> str:
        return ".".join(part for part in self if part)


class Listed(NamedTuple):
    """A price as AWS lists it: dollars for one `unit` of usage from `begin` up to `end` (None: without end) in a month.

    `region` is a region's code, what AWS calls one that is not in regions.names(), or regions.ANYWHERE.
    """

    key: Key
    region: str
    rate_code: str
    amount: Decimal
    begin: Decimal
    end: Decimal | None
    unit: str


class PriceList(NamedTuple):
    """What one file (or answer) lists of our prices.

    `kind` is OFFER or FEED and `name` its offer code or the feed's name; `regions` are those that it tells about, also where it
    lists nothing for one (None: all).
    """

    kind: str
    name: str
    place: str
    published: str
    version: str
    regions: frozenset[str] | None
    prices: tuple[Listed, ...]

    def tells_about(self, region: str) -> bool:
        return self.regions is None or region in self.regions


def checked(price: Listed, place: str) -> Listed:
    """The price, if what goes from it into a card looks as AWS writes it. Raises InputError."""
    fields.rate_code(price.rate_code, place)
    if price.key.type:
        fields.type_of(price.key.type, place)
    return price


def number(text: object, place: str) -> Decimal:
    """A number of a price list, which writes them as texts. Raises InputError for what is none."""
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise InputError(Problem(Place(place), f"'{text}' is neither a price nor an amount; the file is not as AWS makes it"))
    return value


def dollars(price_per_unit: dict[str, Any], place: str) -> Decimal:
    """The price in dollars. Raises InputError for another currency."""
    if CURRENCY not in price_per_unit:
        raise InputError(in_another_currency(next(iter(price_per_unit), "no currency"), place))
    return number(fields.text(price_per_unit, CURRENCY, place), place)


def in_another_currency(currency: str, place: str) -> Problem:
    whose = ", as China's are" if currency == "CNY" else ""
    return Problem(Place(place), f"its prices are in {currency}{whose}; costmodel computes in {CURRENCY} alone")
