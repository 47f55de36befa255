"""From what is listed to whole prices: tiers in their order, without gap, each with its rate code."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from costmodel.errors import InputError, Place, Problem
from costmodel.importing.listed import FEED, Key, Listed, PriceList
from costmodel.importing.mappings import PriceMapping, unit_of_usage


class Tier(NamedTuple):
    """Dollars for one unit, up to `end` units in a month (None: without end)."""

    amount: Decimal
    end: Decimal | None
    rate_code: str


class Price(NamedTuple):
    mapping: PriceMapping
    tiers: tuple[Tier, ...]
    listed_in: PriceList


Prices = dict[tuple[str, Key], Price]  # by region and key


def assembled(lists: Iterable[PriceList], ours: Mapping[tuple[str, str], PriceMapping]) -> Prices:
    """The prices of all lists; `ours` by service and price. Raises InputError with every contradiction."""
    prices: Prices = {}
    problems: list[Problem] = []
    for price_list in lists:
        for (region, key), listed in _grouped(price_list.prices).items():
            try:
                price = Price(ours[key.service, key.price], _tiers(listed, price_list.kind), price_list)
                _check_unit(listed, price.mapping)
                known = prices.get((region, key))
                prices[region, key] = price if known is None else _agreed(known, price)
            except ValueError as error:
                problems.append(Problem(Place(price_list.place), f"{key} in {region or 'every region'}: {error}"))
    if problems:
        raise InputError(*problems)
    return prices


def _grouped(prices: Iterable[Listed]) -> dict[tuple[str, Key], list[Listed]]:
    groups: dict[tuple[str, Key], list[Listed]] = {}
    for listed in prices:
        groups.setdefault((listed.region, listed.key), []).append(listed)
    return groups


def _tiers(listed: list[Listed], kind: str) -> tuple[Tier, ...]:
    """The tiers in their order. ValueError if they leave a gap, overlap, or are two prices for one thing."""
    ranges: dict[Decimal, Listed] = {}
    for price in listed:
        other = ranges.setdefault(price.begin, price)
        if other.rate_code != price.rate_code:
            raise ValueError(f"two prices, with the rate codes {other.rate_code} and {price.rate_code}; mend the mapping")
        if other.amount != price.amount:
            raise ValueError(f"the rate code {price.rate_code} has two prices, {other.amount} and {price.amount}")
    in_order = [ranges[begin] for begin in sorted(ranges)]
    _check_contiguous(in_order, kind)
    return tuple(_without_free_beginning([Tier(price.amount, price.end, price.rate_code) for price in in_order]))


def _check_contiguous(in_order: list[Listed], kind: str) -> None:
    last: Decimal | None = Decimal(0)
    for price in in_order:
        if last is None or last > price.begin:
            raise ValueError(f"the tier from {price.begin:f} ({price.rate_code}) overlaps the one before it")
        if last < price.begin:
            raise ValueError(f"a tier is missing from {last:f} to {price.begin:f}")
        last = price.end
    if last is not None and kind == FEED:  # where each tier of the feed ends is the mapping's word: the last has none
        raise ValueError(f"the tier from {last:f} is missing")


def _without_free_beginning(tiers: list[Tier]) -> list[Tier]:
    """Free allowances stand elsewhere, so a price begins with what is paid; an offer's last tier may end at what AWS would
    sell without a contract, and the price goes on."""
    paid = next((n for n, tier in enumerate(tiers) if tier.amount), 0)
    return [*tiers[paid:-1], tiers[-1]._replace(end=None)]


def _check_unit(listed: list[Listed], mapping: PriceMapping) -> None:
    """The lists spell units freely (GB, GB-Mo, Lambda-GB-Second, Quantity); a size, if they name one, must be ours."""
    ours = next(_sizes(mapping.unit.name), "")
    for price in listed:
        for size in _sizes(price.unit):
            if size != ours:
                raise ValueError(f"it is listed per {price.unit}, and the mapping says per {mapping.per}; mend the mapping")


def _sizes(unit: str) -> Iterator[str]:
    words = unit.casefold().replace("-", " ").split()
    for short, long in (("kb", "kilobyte"), ("mb", "megabyte"), ("gb", "gigabyte"), ("tb", "terabyte")):
        if any(word == short or word.startswith(long) for word in words):
            yield short


def _agreed(known: Price, price: Price) -> Price:
    """Of two lists that say the same the newer one. ValueError if they do not."""
    if known.tiers != price.tiers:
        raise ValueError(f"{known.listed_in.place} has another price or rate code; import files of one date")
    return max(known, price, key=lambda each: each.listed_in.published)


def end_of(tier: Tier, mapping: PriceMapping) -> str:
    """Where a tier ends, as cards say it: "512000 GB"; nothing for the last."""
    return "" if tier.end is None else f"{tier.end.normalize():f} {unit_of_usage(mapping.unit)}"
