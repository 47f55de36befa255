"""Rate cards as YAML: one for each region, the same bytes for the same prices."""

import os
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from costmodel.importing import regions
from costmodel.importing.listed import CURRENCY, Key
from costmodel.importing.mappings import ServiceMapping
from costmodel.importing.tiers import Price, end_of

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_MADE = "# Made by costmodel rates import. A released card is never edited: import a new one beside it.\n"


class Head(NamedTuple):
    """What a card says before its prices: `as_of` a date, `extends` a card's name or nothing, and the keys of services that are
    `not_offered` and of prices that are `not_listed`."""

    region: str
    as_of: str
    extends: str
    not_offered: Sequence[str]
    not_listed: Sequence[str]


def name_of(region: str, as_of: str) -> str:
    """The card's name: "aws/eu-west-1/2025-06"."""
    return f"aws/{region}/{as_of[:7]}"


def names_in(folder: str) -> list[str]:
    """The names of the cards that stand in a folder."""
    paths = (os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)
    return [os.path.relpath(path, folder).removesuffix(".yaml").replace(os.sep, "/") for path in paths if path.endswith(".yaml")]


def extended(region: str, as_of: str, names: Iterable[str]) -> str:
    """Which of the cards `names` a new one extends: researched facts of its region, else those of all regions; or nothing."""
    names = [name for name in names if name.rpartition("/")[2][:7] <= as_of[:7]]
    for folder in (f"aws/researched/{region}/", "aws/global/"):
        within = [name for name in names if name.startswith(folder)]
        if within:
            return max(within)
    return ""


def text(head: Head, services: Iterable[ServiceMapping], prices: dict[Key, Price]) -> str:
    """The card. Services and prices stand in the order of the mappings, the types of a family in that of their names."""
    parts = [_MADE, *_head(head)]
    for service in services:
        keys = [key for key in prices if key.service == service.key]
        if keys:
            parts += _service(service, {key: prices[key] for key in keys})
    return "".join(parts)


def _head(head: Head) -> Iterator[str]:
    year, month = int(head.as_of[:4]), int(head.as_of[5:7])
    yield "version: 1\n"
    yield f"title: AWS list prices of {_MONTHS[month - 1]} {year}, {regions.names()[head.region][0]}\n"
    if head.extends:
        yield f"extends: {head.extends}\n"
    yield f"provider: aws\nregion: {head.region}\nas_of: {head.as_of}\ncurrency: {CURRENCY}\n"
    for name, keys in (("not_offered", head.not_offered), ("not_listed", head.not_listed)):
        if keys:
            yield f"{name}: [{', '.join(keys)}]\n"


def _service(service: ServiceMapping, prices: dict[Key, Price]) -> Iterator[str]:
    newest = max((price.listed_in for price in prices.values()), key=lambda each: (each.published, each.name))
    yield f"{service.key}:\n  source: {service.source}\n"
    yield "".join(f"  {line}\n" for line in _listed_at(newest.published, newest.version))
    in_order = sorted(prices, key=lambda key: ([each.key.price for each in service.prices].index(key.price), _natural(key.type)))
    for name, keys in groupby(in_order, key=lambda key: key.price):
        lines = []
        for key in keys:
            own = prices[key].listed_in
            aside = _listed_at(own.published, own.version) if own.published != newest.published else []
            lines.append((key.type, prices[key], aside))
        yield from _price(name, lines)


def _listed_at(published: str, version: str) -> list[str]:
    return [line for line in (published and f"published: {published}", version and f'version: "{version}"') if line]


def _price(name: str, kinds: list[tuple[str, Price, list[str]]]) -> Iterator[str]:
    if kinds[0][0]:
        yield f"  {name}:\n"
        for kind, price, aside in kinds:
            yield f"    {kind}: {_on_one_line(price, aside)}\n"
        return
    (_, price, aside) = kinds[0]
    if len(price.tiers) == 1:
        yield f"  {name}: {_on_one_line(price, aside)}\n"
        return
    yield f"  {name}:\n    per: {price.mapping.per}\n"
    yield "".join(f"    {line}\n" for line in aside)
    yield "    tiers:\n"
    for tier in price.tiers:
        end = end_of(tier, price.mapping)
        bound = f", up_to: {end}" if end else ""
        yield f'      - {{usd: "{_dollars(tier.amount, price)}"{bound}, rate_code: {tier.rate_code}}}\n'


def _on_one_line(price: Price, aside: list[str]) -> str:
    (tier,) = price.tiers
    parts = [f"per: {price.mapping.per}", f'usd: "{_dollars(tier.amount, price)}"', f"rate_code: {tier.rate_code}", *aside]
    return f"{{{', '.join(parts)}}}"


def _dollars(amount: Decimal, price: Price) -> str:
    """The exact price of a card's block, without exponent, at least cents: "0.20", "0.0000166667"."""
    whole, _, cents = f"{(amount * price.mapping.block).normalize():f}".partition(".")
    return f"{whole}.{cents:0<2}"


def _natural(name: str) -> list[tuple[int, str]]:
    """Names with their numbers as numbers: m5.2xlarge before m5.12xlarge."""
    parts = []
    digits = ""
    for char in f"{name}.":
        if char.isdigit():
            digits += char
            continue
        if digits:
            parts.append((int(digits), ""))
            digits = ""
        parts.append((0, char))
    return parts
