"""Discounts over a card's list prices: a percentage, a negotiated price, a committed use; each has a name for the bill."""

from typing import Any, NamedTuple

from costmodel.errors import Problem, did_you_mean
from costmodel.metering import price_key
from costmodel.prices import Allowance, Per, PerShape, Rate, Tier, allowance
from costmodel.shapes import Amount, Each, Either, Field, Given, Problems, Record, Shape, Text, Word, share
from costmodel.units import DOLLARS, MONEY
from costmodel.yamlfile import Node, place_of

DISCOUNTS = "discounts"


class Discount(NamedTuple):
    """What takes something off list prices: `on` are keys of services or prices, none for all.

    `share` is taken off the price; or `usd` per `per` stands instead of it. With a `commitment`, `usd` is the price of that
    quantity, used or not, and what is used beyond it has its list price.
    """

    name: str
    on: tuple[str, ...]
    path: str
    share: Given | None = None
    usd: Given | None = None
    per: Per | None = None
    commitment: Allowance | None = None

    def holds_for(self, rate: str) -> bool:
        return not self.on or any(f"{rate}.".startswith(f"{_key(word)}.") for word in self.on)

    def holds_for_all(self, other: "Discount") -> bool:
        """Whether it is on everything that the other one is on."""
        return all(self.holds_for(_key(word)) for word in other.on)

    def committed_rate(self, rate: Rate) -> Rate:
        """The price of the commitment, as if a card gave it."""
        assert self.usd is not None  # the shape requires them together
        assert self.per is not None
        return rate._replace(per=self.per, tiers=(Tier(self.usd, None, ""),), free={})


class DiscountsShape(Shape):
    """The list of a card's discounts; `prices` are the keys that they may be on (none: any)."""

    record = Record(
        "a discount",
        {
            "name": Field(Text(), "what it is called on the bill", required=True),
            "on": Field(Either(scalar=Text(), sequence=Each(Text())), "the services or prices it is on; all where left out"),
            "percent": Field(share(above="0%"), "what is taken off the list price"),
            "usd": Field(Amount(MONEY, DOLLARS), "the price instead of the list price; `on` one price"),
            "per": Field(PerShape(), "what `usd` is per"),
            "commitment": Field(Text(), "the quantity paid for at `usd`, used or not: 100 WCU-months, 50 TB"),
        },
        one_of=(("percent", "usd"),),
    )

    def read(self, node: Node, problems: Problems) -> Any:
        items = Each(self.record).read(node, problems)
        nodes = node.value if items else []
        read = (_discount(item, n, at, problems) for n, (item, at) in enumerate(zip(items or (), nodes, strict=True), 1) if item)
        discounts = tuple(discount for discount in read if discount is not None)
        names = [discount.name for discount in discounts]
        problems += [
            Problem(place_of(node), f"two discounts are called '{name}'; the bill tells them by their names")
            for name in sorted({name for name in names if names.count(name) > 1})
        ]
        return discounts

    def schema(self) -> dict[str, Any]:
        return Each(self.record).schema()


def _discount(item: dict[str, Any], number: int, node: Node, problems: Problems) -> Discount | None:
    on = item.get("on", ())
    on = on if isinstance(on, tuple) else (on,)
    before = len(problems)
    usd, per = item.get("usd"), item.get("per")
    if (usd is None) != (per is None):
        problems.append(Problem(place_of(node), "a discount with a price needs both usd and per"))
    if usd is not None and (len(on) != 1 or "." not in str(on[0])):
        problems.append(Problem(place_of(node), "a price is instead of one other: write on: firehose.ingested"))
    commitment = None
    if "commitment" in item and per is not None:
        commitment = allowance(item["commitment"], per.unit, problems)
    elif "commitment" in item:
        problems.append(Problem(item["commitment"].place, "a commitment needs its price: give usd and per"))
    if len(problems) > before:
        return None
    return Discount(str(item.get("name", "")), on, f"rates.{DISCOUNTS}.{number}", item.get("percent"), usd, per, commitment)


def _key(word: str) -> str:
    """The key of a service or a price, also of one for a kind: msk.brokers.m7g.large is msk.brokers.m7g-large."""
    service, _, price = word.partition(".")
    name, _, kind = price.partition(".")
    return price_key(f"{service}.{name}", kind) if kind else word


def unknown(discounts: tuple[Discount, ...], known: list[str], unread: tuple[str, ...]) -> list[Problem]:
    """The problems of discounts on what is neither a service nor a price. `unread` are prices whose kinds nobody has read."""
    words = [word for discount in discounts for word in discount.on if isinstance(word, Word)]
    words = [word for word in words if _key(word) not in known and not word.startswith(unread)]
    return [Problem(w.place, f"'{w}' is neither a service nor a price.{did_you_mean(w, known)}") for w in words]


def wrong_units(discounts: tuple[Discount, ...], rate: Rate) -> list[Problem]:
    """The problems of prices that are not per the unit of the price they stand instead of."""
    return [
        Problem(discount.usd.place, f"'{discount.name}' is per {discount.per.unit.name}, but {rate.key} per {rate.per.unit.name}")
        for discount in discounts
        if discount.usd is not None and discount.per is not None and discount.holds_for(rate.key)
        if discount.per.unit.name != rate.per.unit.name
    ]
