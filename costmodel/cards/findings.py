"""What is to be said against cards that have no mistakes: prices and facts that they lack, and what one cannot be sure of."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from costmodel import services
from costmodel.cards.opening import OpenedCard
from costmodel.cards.rows import name_of
from costmodel.ratecard import EVERYWHERE, RateCard
from costmodel.rating import price_words
from costmodel.settings import CardFact, Service
from costmodel.shapes import REGION

MISSING_PRICE, NOT_LISTED, SILENT, MISSING_FACT = "missing price", "not listed", "silent", "missing fact"
UNSURE, RISING, OLD, MISPLACED, OF_ANOTHER_REGION = "unsure", "rising", "old", "misplaced", "of another region"
_FAILURES = (MISSING_PRICE, OLD, MISPLACED, OF_ANOTHER_REGION)
_DAYS_OF_A_YEAR = 365
_SURE = "high"


class Finding(NamedTuple):
    """`what` is one of the words above, `item` a price, a fact, a service (SILENT), a date (OLD), or what is wrong in words.

    `service` is "" for what is of none.
    """

    what: str
    service: str
    item: str


class Checked(NamedTuple):
    """A card: how many prices it has, of how many services, and how many have no rate code and no date of publication.

    `days` is its age, below 0 for one of a day to come.
    """

    card: RateCard
    prices: int
    services: int
    without_code: int
    unpublished: int
    days: int
    findings: tuple[Finding, ...]

    def fails(self) -> bool:
        """Whether it lacks a price that AWS may list, of a service that it has others of, is over a year old, or is not what its
        place or its region says."""
        return any(finding.what in _FAILURES for finding in self.findings)


class Shared(NamedTuple):
    """The items of a service that the same cards have as findings; `cards` are their places in the list of cards."""

    what: str
    service: str
    items: tuple[str, ...]
    cards: tuple[int, ...]


def check(opened: OpenedCard, today: date) -> Checked:
    card = opened.card
    rates = card.rates.values()
    days = (today - date.fromisoformat(card.as_of)).days
    age = [Finding(OLD, "", card.as_of)] if days > _DAYS_OF_A_YEAR else []
    return Checked(
        card=card,
        prices=len(rates),
        services=sum(bool(card.rates_of(key)) for key in card.facts),
        without_code=sum(not all(rate_code for _, _, rate_code in rate.tiers) for rate in rates),
        unpublished=sum(not rate.published for rate in rates),
        days=days,
        findings=(
            *(finding for service in services.every() for finding in _of_service(service, card)),
            *age,
            *_of_place(opened.path, card),
            *_of_regions(opened),
        ),
    )


def _of_place(path: str, card: RateCard) -> Iterator[Finding]:
    """What the card's file, REGION/DATE.yaml, says of it and is not so."""
    folder, name = os.path.split(os.path.abspath(path))
    region, month = os.path.basename(folder), os.path.splitext(name)[0]
    if re.fullmatch(REGION, region) and region != card.region:
        yield Finding(MISPLACED, "", f"the folder says {region}, the card's region is {card.region}")
    if re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", month) and not card.as_of.startswith(month):
        yield Finding(MISPLACED, "", f"the file's name says {month}, the card is as of {card.as_of}")


def _of_regions(opened: OpenedCard) -> Iterator[Finding]:
    """Prices that stand in the card of another region, which this one extends."""
    card = opened.card
    regions = Counter(opened.regions[rate.tiers[0][0].place.name] for rate in card.rates.values())
    for region, count in regions.items():
        if region not in (card.region, EVERYWHERE):
            yield Finding(OF_ANOTHER_REGION, "", f"{count} of {len(card.rates)} are those of {region}, which the card extends")


def _of_service(service: Service, card: RateCard) -> Iterator[Finding]:
    rates = card.rates_of(service.key)
    ended = service.withdrawn is not None and service.withdrawn.ended <= card.as_of
    if not rates:
        if service.key not in card.not_offered and not ended:
            yield Finding(SILENT, "", service.key)
        return
    names = {name_of(rate.key).partition(".")[0] for rate in rates}  # without the kinds of families
    for name, field in service.card_fields().items():
        if isinstance(field, CardFact):
            if name not in card.facts[service.key]:
                yield Finding(MISSING_FACT, service.key, name)
        elif name not in names:
            what = NOT_LISTED if f"{service.key}.{name}" in card.not_listed else MISSING_PRICE
            yield Finding(what, service.key, name)
    for rate in rates:
        if rate.confidence and rate.confidence != _SURE:
            yield Finding(UNSURE, service.key, f"{name_of(rate.key)} ({rate.confidence})")
        amounts = [price.value for price, _, _ in rate.tiers]
        for number, (lower, higher) in enumerate(pairwise(amounts), 1):
            if higher > lower and (lower or number > 1):  # a first tier at $0 is what is free for all
                words = f"{price_words(rate, number)}, then {price_words(rate, number + 1)}"
                yield Finding(RISING, service.key, f"{name_of(rate.key)} ({words})")


def together(checked: Sequence[Checked]) -> list[Shared]:
    """The findings of all cards by service, each once: items of a service that the same cards have are one."""
    places: dict[Finding, list[int]] = {}
    for place, one in enumerate(checked):
        for finding in one.findings:
            places.setdefault(finding, []).append(place)
    items: dict[tuple[str, str, tuple[int, ...]], list[str]] = {}
    for finding, cards in places.items():
        items.setdefault((finding.what, finding.service, tuple(cards)), []).append(finding.item)
    shared = (Shared(what, service, tuple(found), cards) for (what, service, cards), found in items.items())
    return sorted(shared, key=lambda each: each.service)
