"""What a card says, row by row."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from costmodel.cards.opening import Free, OpenedCard
from costmodel.discounts import Discount
from costmodel.prices import Allowance, Rate
from costmodel.ratecard import RateCard
from costmodel.rating import price_words, tier_words


class PriceRow(NamedTuple):
    """A tier of a price. `usd` is per `block` of `unit`, up to `up_to` units (None: without end); tiers count from 1.

    `words` are the price as the card writes it, `tier_words` are "" where it has one tier only.
    """

    service: str
    rate: str
    tier: int
    tier_words: str
    words: str
    usd: float
    block: float
    unit: str
    up_to: float | None
    rate_code: str
    published: str
    version: str
    source: str
    confidence: str
    note: str


class FactRow(NamedTuple):
    """An increment or the like, as the card writes it."""

    service: str
    fact: str
    value: str
    source: str


class CardRows(NamedTuple):
    """A card's rows of the `services`, in the card's order."""

    services: tuple[str, ...]
    facts: tuple[FactRow, ...]
    prices: tuple[PriceRow, ...]
    free: tuple[Free, ...]


def rows(opened: OpenedCard, services: Collection[str]) -> CardRows:
    card = opened.card
    priced = [rate for key in services for rate in card.rates_of(key)]
    return CardRows(
        services=tuple(services),
        facts=tuple(
            FactRow(key, fact, given.text, opened.sources[key])
            for key in services
            for fact, given in card.facts.get(key, {}).items()
        ),
        prices=tuple(row for rate in priced for row in _prices(rate)),
        free=(*_free(priced, card), *(free for free in opened.unpriced if free.service in services)),
    )


def service_of(key: str) -> str:
    return key.partition(".")[0]


def name_of(key: str) -> str:
    """What a price is called among those of its service."""
    return key.partition(".")[2]


def sharing(given: Allowance, card: RateCard) -> tuple[str, ...]:
    """The prices of the card that share a free quantity: it may lack some, and some may have one of their own."""
    return tuple(key for key in given.of if key in card.rates and card.rates[key].free[given.policy].path == given.path)


def discount_words(discount: Discount) -> str:
    """ "10% off lambda, s3", "firehose.ingested at $0.02 per GB", or what is paid for "used or not"."""
    _, on, _, share, price, per, commitment = discount
    of = ", ".join(on) or "every price"
    if price is None or per is None:
        return f"{share.value * 100 if share else 0:.10g}% off {of}"
    at = f"at ${price.text.strip()} per {per.text}"
    return f"{of} {at}" if commitment is None else f"{commitment.given.text} of {of} {at}, used or not"


def _prices(rate: Rate) -> Iterator[PriceRow]:
    unit = rate.per.unit
    for number, (usd, up_to, rate_code) in enumerate(rate.tiers, 1):
        yield PriceRow(
            service=service_of(rate.key),
            rate=rate.key,
            tier=number,
            tier_words=tier_words(rate, number),
            words=price_words(rate, number),
            usd=usd.value,
            block=rate.per.block,
            unit=unit.name,
            up_to=None if up_to is None else up_to.value / unit.scale,
            rate_code=rate_code,
            published=rate.published,
            version=rate.version,
            source=rate.source,
            confidence=rate.confidence,
            note=rate.note,
        )


def _free(rates: list[Rate], card: RateCard) -> Iterator[Free]:
    """Each free quantity once, however many prices share it."""
    by_path = {given.path: given for rate in rates for given in rate.free.values()}
    for given in by_path.values():
        of = sharing(given, card)
        yield Free(service_of(of[0]), given.policy, given.given.text, of)
