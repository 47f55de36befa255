"""Two cards price by price, compared exactly: 0.20 per million requests is 0.0000002 per request."""

from collections.abc import Collection, Iterator
from decimal import Context, Decimal
from fractions import Fraction
from math import inf
from typing import NamedTuple

from costmodel.cards.rows import discount_words, name_of, service_of, sharing
from costmodel.prices import Per, Rate, Tier
from costmodel.ratecard import RateCard
from costmodel.rating import tier_words

PRICE, TIERS, FREE, FACT, DISCOUNT = "price", "tiers", "free", "fact", "discount"
_DIGITS = Context(prec=10)


class Difference(NamedTuple):
    """What two cards say of one thing; None where one of them does not say it.

    `what` is PRICE (of usage in a tier; `before` and `after` are dollars `per` the same), TIERS (where they end), FREE, FACT, or
    DISCOUNT, which is of no service. `key` is the price's or fact's, or the discount's name. `change` is the share by which a
    price rises, None where it was nothing or is in one card.
    """

    what: str
    service: str
    key: str
    tier: str
    before: str | None
    after: str | None
    per: str = ""
    change: float | None = None


class Differences(NamedTuple):
    """From one card to another, of the `services` in this order. Prices are counted by key, whatever their tiers.

    `offered` has for each card the services that it has and the region of the other lacks.
    """

    cards: tuple[RateCard, RateCard]
    services: tuple[str, ...]
    rows: tuple[Difference, ...]
    changed: int
    unchanged: int
    only: tuple[int, int]
    offered: tuple[tuple[str, ...], tuple[str, ...]]


def differences(before: RateCard, after: RateCard, services: Collection[str]) -> Differences:
    rows: list[Difference] = []
    for service in services:
        rows += [*_of_prices(before, after, service), *_of_facts(before, after, service)]
    rows += _of_discounts(before, after, services)
    ours, theirs = ({key for key, rate in card.rates.items() if service_of(rate.key) in services} for card in (before, after))
    changed = {row.key for row in rows if row.what in (PRICE, TIERS)} & ours & theirs
    return Differences(
        cards=(before, after),
        services=tuple(services),
        rows=tuple(rows),
        changed=len(changed),
        unchanged=len(ours & theirs) - len(changed),
        only=(len(ours - theirs), len(theirs - ours)),
        offered=(_offered(before, after, services), _offered(after, before, services)),
    )


def _offered(by: RateCard, beside: RateCard, services: Collection[str]) -> tuple[str, ...]:
    return tuple(key for key in services if key in beside.not_offered and key not in by.not_offered)


def _of_prices(before: RateCard, after: RateCard, service: str) -> Iterator[Difference]:
    keys = dict.fromkeys(rate.key for card in (before, after) for rate in card.rates_of(service))
    for key in keys:
        old, new = before.rates.get(key), after.rates.get(key)
        if old is not None and new is not None:
            yield from _of_price(old, new)
            if _free(old, before) != _free(new, after):
                yield Difference(FREE, service, key, "", _free_words(old, before), _free_words(new, after))
        elif one := old or new:
            for number, (usd, _, _) in enumerate(one.tiers, 1):
                was, now = (_plain(usd.text) if rate is not None else None for rate in (old, new))
                yield Difference(PRICE, service, key, tier_words(one, number), was, now, one.per.text)


def _of_price(old: Rate, new: Rate) -> Iterator[Difference]:
    """A difference for each stretch of usage that has another price, and one if tiers end elsewhere."""
    service = service_of(new.key)
    ends = {_end(tier): tier for tier in (*old.tiers, *new.tiers)}
    stretches = [ends[end] for end in sorted(ends)]
    cut_old, cut_new = (_cut(rate, stretches) for rate in (old, new))
    blocks = _blocks(old.per, new.per)
    for number, ((was, _, _), (now, _, _)) in enumerate(zip(cut_old.tiers, cut_new.tiers, strict=True), 1):
        before, after = _dollars(was.text) * blocks, _dollars(now.text)
        if before != after:
            yield Difference(
                what=PRICE,
                service=service,
                key=new.key,
                tier=tier_words(cut_new, number),
                before=_plain(was.text) if blocks == 1 else _rounded(before),
                after=_plain(now.text),
                per=new.per.text,
                change=float((after - before) / before) if before else None,
            )
    if [*map(_end, old.tiers)] != [*map(_end, new.tiers)]:
        yield Difference(TIERS, service, new.key, "", _ends_words(old), _ends_words(new))


def _end(tier: Tier) -> float:
    """Where a tier ends in base units, without the noise of units: 0.1 TB is 102.4 GB."""
    return inf if tier.up_to is None else float(f"{tier.up_to.value:.12g}")


def _cut(rate: Rate, stretches: list[Tier]) -> Rate:
    """The same prices, in tiers that end where these do."""
    tiers = (next(tier for tier in rate.tiers if _end(tier) >= _end(stretch)) for stretch in stretches)
    return rate._replace(tiers=tuple(tier._replace(up_to=to.up_to) for tier, to in zip(tiers, stretches, strict=True)))


def _dollars(text: str) -> Fraction:
    return Fraction(Decimal(text.strip()))


def _blocks(old: Per, new: Per) -> Fraction:
    """How many blocks of the old price make one of the new: 1000 of a request in 1000 requests, 1024 of a GB in a TB."""
    size_of_old, size_of_new = (Fraction(repr(per.block)) * Fraction(per.unit.scale) for per in (old, new))
    return size_of_new / size_of_old


def _plain(text: str) -> str:
    """As it was written, but without an exponent."""
    return f"{Decimal(text.strip()):f}"


def _rounded(value: Fraction) -> str:
    """What was converted, to at most ten digits."""
    return f"{_DIGITS.divide(value.numerator, value.denominator).normalize(_DIGITS):f}"


def _ends_words(rate: Rate) -> str:
    ends = [tier.up_to.text for tier in rate.tiers if tier.up_to is not None]
    return f"end at {', '.join(ends)}" if ends else "one"


def _free(rate: Rate, card: RateCard) -> dict[str, tuple[float, bool, frozenset[str]]]:
    """What is free of a price by policy: how much, whether of every moment, and the prices that share it."""
    return {policy: (given.given.value, given.of_time, frozenset(sharing(given, card))) for policy, given in rate.free.items()}


def _free_words(rate: Rate, card: RateCard) -> str | None:
    """ "always: 1000000 requests, shared with requests_arm64"; None for nothing."""
    said = []
    for policy, given in rate.free.items():
        others = [name_of(key) for key in sharing(given, card) if key != rate.key]
        said.append(f"{policy}: {given.given.text}" + (f", shared with {', '.join(others)}" if others else ""))
    return "; ".join(said) or None


def _of_discounts(before: RateCard, after: RateCard, services: Collection[str]) -> Iterator[Difference]:
    olds, news = (
        {d.name: discount_words(d) for d in card.discounts if not d.on or any(service_of(key) in services for key in d.on)}
        for card in (before, after)
    )
    for name in dict.fromkeys([*olds, *news]):
        if olds.get(name) != news.get(name):
            yield Difference(DISCOUNT, "", name, "", olds.get(name), news.get(name))


def _of_facts(before: RateCard, after: RateCard, service: str) -> Iterator[Difference]:
    olds, news = before.facts.get(service, {}), after.facts.get(service, {})
    for fact in dict.fromkeys([*olds, *news]):
        old, new = olds.get(fact), news.get(fact)
        if old is None or new is None or old.value != new.value:
            yield Difference(FACT, service, f"{service}.{fact}", "", old and old.text, new and new.text)
