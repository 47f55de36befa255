"""The import as a whole: price lists in, a card for each region out, and what was not found. Writes nothing."""

import os
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from costmodel.errors import InputError
from costmodel.importing import cards, mappings, regions
from costmodel.importing.listed import Key, PriceList
from costmodel.importing.mappings import ServiceMapping
from costmodel.importing.tiers import Price, Prices, assembled
from costmodel.ratecard import read_card
from costmodel.yamlfile import load_text


class Card(NamedTuple):
    """A card to be: its file and text, and how many prices it has.

    `not_offered` are the services that the lists have for other regions, `not_listed` such prices of services that this one has;
    `not_found` are prices that the lists have for no region.
    """

    region: str
    path: str
    text: str
    prices: int
    not_offered: tuple[str, ...]
    not_listed: tuple[str, ...]
    not_found: tuple[str, ...]
    is_new: bool


def date_of(lists: Iterable[PriceList], said: str, today: str) -> str:
    """The date of cards of these lists: `said`, or if that is "" the day when the newest list was published.

    Raises InputError for a day before that, for one after `today`, and if neither the lists nor `said` have one.
    """
    newest = max(lists, key=lambda each: each.published)
    published = newest.published[:10]
    if not said and not published:
        raise InputError("the price lists do not say when they were published; say it with --as-of DATE")
    if said and said < published:
        raise InputError(f"--as-of {said} is before {published}, when {newest.place} was published; leave it out for that day")
    if max(said, published) > today:
        what = f"--as-of {said}" if said > published else f"{newest.place} says that it was published on {published}, which"
        raise InputError(f"{what} is after today, {today}")
    return said or published


def new_regions(lists: Iterable[PriceList]) -> list[str]:
    """What AWS calls the regions with prices of ours that are not in regions.names(), so that no card is made for them."""
    return sorted({listed.region for each in lists for listed in each.prices} - {regions.ANYWHERE, *regions.names()})


def services_without_list(lists: Sequence[PriceList]) -> list[str]:
    """The keys of the services that none of these lists can have a price of."""
    return [each.key for each in mappings.every() if not any(each.is_in(given.kind, given.name) for given in lists)]


def imported(
    lists: Sequence[PriceList], folder: str, wanted: Collection[str], as_of: str, known: Iterable[str]
) -> tuple[Card, ...]:
    """A card of the date `as_of` for each region of the price lists (of them the `wanted`, if any), for `folder`.

    `known` are the names of cards that they may extend. Raises InputError if prices contradict each other, if a card exists
    already with other bytes, or if one could not be read again.
    """
    services = mappings.every()
    ours = {(price.key.service, price.key.price): price for service in services for price in service.prices}
    prices = assembled(lists, ours)
    known = list(known)
    made = [_card(region, lists, services, prices, folder, as_of, known) for region in _regions(prices, wanted)]
    changed = [card for card in made if not card.is_new and _content(card.path) != card.text]
    if changed:
        raise InputError(
            *(f"{card.path} exists and is not what these price lists make; a released card is never edited" for card in changed),
            "nothing is written: choose another folder, or another date with --as-of",
        )
    for card in made:
        read_card(load_text(card.text, card.path), card.region)  # raises InputError: what cannot be read is never written
    return tuple(made)


def _regions(prices: Prices, wanted: Collection[str]) -> list[str]:
    """The regions with prices, in the order of their codes. Raises InputError if one that is wanted is not among them."""
    found = {region for region, _ in prices} - {regions.ANYWHERE}
    have = sorted(found & regions.names().keys())
    missing = [region for region in wanted if region not in have]
    if missing:
        raise InputError(*(f"the price lists have no prices for the region {region}" for region in missing))
    if found and not have:
        raise InputError(
            f"the price lists have prices for {', '.join(sorted(found))} only, which costmodel does not know as a region"
        )
    if not have:
        raise InputError("the price lists have no price that costmodel knows, so there is no card to make")
    return [region for region in have if not wanted or region in wanted]


def _card(
    region: str,
    lists: Sequence[PriceList],
    services: Iterable[ServiceMapping],
    prices: Prices,
    folder: str,
    as_of: str,
    known: Iterable[str],
) -> Card:
    found = {key: price for (where, key), price in prices.items() if where == region}
    offered = {key.service for key in found}
    found |= {key: price for (where, key), price in prices.items() if where == regions.ANYWHERE and key.service in offered}
    told = [service for service in services if any(_tells_about(each, service, region) for each in lists)]
    lacking = list(_not_found(region, lists, [service for service in told if service.key in offered], found))
    of_region = (listed for each in lists if each.tells_about(region) for listed in each.prices)
    elsewhere = {f"{listed.key.service}.{listed.key.price}" for listed in of_region}  # in the same lists, so for other regions
    not_offered = tuple(service.key for service in told if service.key not in offered)
    not_listed = tuple(price for price in lacking if price in elsewhere)
    head = cards.Head(region, as_of, cards.extended(region, as_of, known), not_offered, not_listed)
    path = os.path.join(folder, f"{cards.name_of(region, as_of)}.yaml")
    return Card(
        region,
        path,
        cards.text(head, services, found),
        len(found),
        not_offered,
        not_listed,
        not_found=tuple(price for price in lacking if price not in elsewhere),
        is_new=not os.path.exists(path),
    )


def _tells_about(each: PriceList, service: ServiceMapping, region: str) -> bool:
    return service.is_in(each.kind, each.name) and each.tells_about(region)


def _not_found(
    region: str, lists: Sequence[PriceList], services: Iterable[ServiceMapping], found: dict[Key, Price]
) -> Iterable[str]:
    """The prices that a list should have, by the mapping, and has not."""
    have = {(key.service, key.price) for key in found}
    for service in services:
        kinds = {each.kind for each in lists if _tells_about(each, service, region)}
        for price in service.prices:
            if (service.key, price.key.price) not in have and any(price.is_in(kind) for kind in kinds):
                yield str(price.key)


def _content(path: str) -> str:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""
