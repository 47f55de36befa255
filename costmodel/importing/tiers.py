"""From what is listed to whole prices: tiers in their order, without gap, each with its rate code."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from costmodel.errors import InputError, Place, Problem
from costmodel.importing.listed import Key, Listed, PriceList
from costmodel.importing.listed_units import can_measure
from costmodel.importing.mappings import PriceMapping, unit_of_usage
from costmodel.prices import RateShape
from costmodel.yamlfile import scalar

_DOLLARS = RateShape.tier.fields["usd"].shape  # what a card's price may be


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
                mapping = ours[key.service, key.price]
                _check_unit(listed, mapping)
                price = Price(mapping, _tiers(listed, mapping), price_list)
                _check_amounts(price)
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


def _tiers(listed: list[Listed], mapping: PriceMapping) -> tuple[Tier, ...]:
    """The tiers in their order. ValueError if they leave a gap, overlap, or are two prices for one thing."""
    ranges: dict[Decimal, Listed] = {}
    for price in listed:
        other = ranges.setdefault(price.begin, price)
        if other.rate_code != price.rate_code:
            raise ValueError(f"two prices, with the rate codes {other.rate_code} and {price.rate_code}; mend the mapping")
        if other.amount != price.amount:
            raise ValueError(f"the rate code {price.rate_code} has two prices, {other.amount} and {price.amount}")
    in_order = [ranges[begin] for begin in sorted(ranges)]
    _check_contiguous(in_order, mapping.last_end)
    return tuple(_without_free_beginning([Tier(price.amount, price.end, price.rate_code) for price in in_order]))


def _check_contiguous(in_order: list[Listed], last_end: Decimal | None) -> None:
    """ValueError for tiers that do not follow on each other from 0 without end, or to where the mapping says that AWS's end."""
    last: Decimal | None = Decimal(0)
    for price in in_order:
        if last is None or last > price.begin:
            raise ValueError(f"the tier from {price.begin:f} ({price.rate_code}) overlaps the one before it")
        if last < price.begin:
            raise ValueError(f"a tier is missing from {last:f} to {price.begin:f}")
        last = price.end
    if last is not None and last != last_end:
        raise ValueError(f"the tier from {last:f} is missing, after that of {in_order[-1].rate_code}")


def _without_free_beginning(tiers: list[Tier]) -> list[Tier]:
    """Free allowances stand elsewhere, so a price begins with what is paid. Where AWS's last tier ends, the price goes on."""
    paid = next((n for n, tier in enumerate(tiers) if tier.amount), 0)
    return [*tiers[paid:-1], tiers[-1]._replace(end=None)]


def _check_unit(listed: list[Listed], mapping: PriceMapping) -> None:
    """ValueError for a unit that cannot be the price's."""
    for price in listed:
        if not can_measure(price.unit, mapping.unit):
            said = f"it is listed per {price.unit}, and the mapping says per {mapping.per}"
            raise ValueError(f"{said} ({price.rate_code}); one of them is wrong")


def _check_amounts(price: Price) -> None:
    """ValueError for a price that no card may have, and for one that is nothing without being free by the mapping."""
    for tier in price.tiers:
        problems: list[Problem] = []
        _DOLLARS.read(scalar(str(tier.amount * price.mapping.block), tier.rate_code), problems)
        if problems:
            raise ValueError(f"the price of {tier.rate_code} per {price.mapping.per}: {problems[0].message}")
    if not price.mapping.free and not any(tier.amount for tier in price.tiers):
        raise ValueError(f"all of it is listed at $0 ({price.tiers[0].rate_code}), and the mapping does not say that it is free")


def _agreed(known: Price, price: Price) -> Price:
    """Of two lists that say the same the newer one. ValueError if they do not."""
    if known.tiers != price.tiers:
        raise ValueError(f"{known.listed_in.place} has another price or rate code; import files of one date")
    return max(known, price, key=lambda each: each.listed_in.published)


def end_of(tier: Tier, mapping: PriceMapping) -> str:
    """Where a tier ends, as cards say it: "512000 GB"; nothing for the last."""
    return "" if tier.end is None else f"{tier.end.normalize():f} {unit_of_usage(mapping.unit)}"
