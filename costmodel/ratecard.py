"""Reads a rate card: a dated snapshot of prices, tiers, free allowances and billing increments, each with its source."""

from collections.abc import Callable, Iterable, Iterator, Mapping as Map
from functools import partial
from typing import Any, ClassVar, NamedTuple

from costmodel import services
from costmodel.discounts import DISCOUNTS, Discount, DiscountsShape, unknown, wrong_units
from costmodel.errors import InputError, MissingPrice, Problem, did_you_mean
from costmodel.metering import PriceNames, price_key
from costmodel.prices import ALLOWANCES, FREE, PROVENANCE, Allowance, Rate, RateShape, allowance
from costmodel.settings import CardFact, CardPrice, Service
from costmodel.shapes import (
    REGION,
    VERSION,
    Choice,
    Date,
    Each,
    Either,
    Field,
    Given,
    Named,
    Problems,
    Record,
    Shape,
    Text,
    read,
)
from costmodel.units import pricing_unit
from costmodel.yamlfile import Mapping as Tree, Node, place_of

# The region of a card of billing rules and prices that hold everywhere; the cards of regions extend it.
EVERYWHERE = "global"


class Rates(Map[str, Rate]):
    """The prices of a card by key ("firehose.ingested"); some may be read only when they are asked for."""

    def __init__(self, prices: Map[str, Rate | Callable[[], Rate]]) -> None:
        self._prices = dict(prices)

    def __getitem__(self, key: str) -> Rate:
        price = self._prices[key]
        if not isinstance(price, Rate):
            price = self._prices[key] = price()
        return price

    def __contains__(self, key: object) -> bool:
        return key in self._prices

    def __iter__(self) -> Iterator[str]:
        return iter(self._prices)

    def __len__(self) -> int:
        return len(self._prices)

    def __or__(self, other: "Rates") -> "Rates":
        return Rates({**self._prices, **other._prices})


class RateCard(NamedTuple):
    """A card: `name` as users write it, `rates` by key ("firehose.ingested"), `facts` by path (increments).

    `not_offered` are the keys of services that the region lacks, `not_listed` those of prices that AWS's lists have for other
    regions only.
    """

    name: str
    place: str
    provider: str
    region: str
    as_of: str
    currency: str
    rates: Rates
    facts: dict[str, dict[str, Given]]
    title: str = ""
    not_offered: tuple[str, ...] = ()
    not_listed: tuple[str, ...] = ()
    discounts: tuple[Discount, ...] = ()

    def require(self, keys: Iterable[tuple[str, str]]) -> None:
        """Raises MissingPrice with every one of the prices that the card lacks; `keys` has each with the component it is for."""
        lacking: dict[str, list[str]] = {}
        for key, component in keys:
            if key not in self.rates:
                lacking.setdefault(key, []).append(component)
        if lacking:
            raise MissingPrice(*(self._lacks(key, list(dict.fromkeys(components))) for key, components in lacking.items()))

    def _lacks(self, key: str, components: list[str]) -> str:
        service, price = key.split(".")[:2]
        needed = f"which {' and '.join(components)} {'need' if len(components) > 1 else 'needs'}"
        where = f"the rate card {self.name} ({self.place})"
        if f"{service}.{price}" in self.not_listed:
            return f"AWS's price lists have no '{key}' for {self.region}, {needed} ({where})"
        alike = self.rates_of_price(f"{service}.{price}") or self.rates_of_price(service)
        return f"{where} has no price '{key}', {needed}.{did_you_mean(key, alike)}"

    def rates_of(self, service: str) -> list[Rate]:
        """The prices of the service of this key."""
        return [rate for key, rate in self.rates.items() if key.startswith(f"{service}.")]

    def rates_of_price(self, key: str) -> list[str]:
        """The keys of the price of this key, or of all its kinds; or of a service's prices."""
        return [own for own in self.rates if own == key or own.startswith(f"{key}.")]

    def facts_of(self, service: Service) -> "dict[str, Given | MissingFact]":
        """What the card says of a service beside prices; what it does not say is an error only where a rule needs it."""
        facts = self.facts.get(service.key, {})
        return {
            name: facts[name] if name in facts else MissingFact(f"{service.key}.{name}", self)
            for name, field in service.card_fields().items()
            if isinstance(field, CardFact)
        }


class MissingFact:
    """Stands for a fact that the card does not give; any arithmetic or comparison with it raises MissingPrice."""

    def __init__(self, key: str, card: RateCard) -> None:
        self.key, self.card = key, card

    def _missing(self, *_: object) -> Any:
        raise MissingPrice(f"the rate card {self.card.name} ({self.card.place}) does not say '{self.key}'")

    __float__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _missing
    __lt__ = __le__ = __gt__ = __ge__ = _missing


_SHARED = Record(
    "a free quantity",
    {
        "of": Field(Either(scalar=Text(), sequence=Each(Text())), "the price, or the prices that share it", required=True),
        "quantity": Field(Text(), "how much: 1 million requests, 400000 GB-seconds", required=True),
    },
)


class FreeShape(Shape):
    """What each free-tier policy gives of a service: quantities, each of one price or shared by several."""

    named = Named(Each(_SHARED), Choice(*ALLOWANCES), "a free-tier policy to a list of quantities")

    def __init__(self, service: Service) -> None:
        self.service = service

    def read(self, node: Node, problems: Problems) -> Any:
        before = len(problems)
        values = self.named.read(node, problems)
        if len(problems) > before:
            return None
        free = {
            str(policy): tuple(self._allowance(policy, n, item, problems) for n, item in enumerate(items, 1))
            for policy, items in values.items()
        }
        for policy, given in free.items():
            of = [key for allowance in given for key in allowance.of]
            if twice := sorted({key for key in of if of.count(key) > 1}):
                said = f"{policy} gives {', '.join(twice)} more than once; one quantity of it is free"
                problems.append(Problem(place_of(node), said))
        return free

    def _allowance(self, policy: str, number: int, item: dict[str, Any], problems: Problems) -> Allowance:
        fields = self.service.card_fields()
        prices = [name for name, field in fields.items() if isinstance(field, CardPrice)]
        names = item["of"] if isinstance(item["of"], tuple) else (item["of"],)
        given = Allowance(Given(0.0, "", (0, 0, 0), item["quantity"].place), of_time=False)
        for name in names:
            if name in prices:
                given = allowance(item["quantity"], pricing_unit(fields[name].per), problems)  # type: ignore[union-attr]
            else:
                hint = did_you_mean(name, prices)
                problems.append(Problem(name.place, f"'{name}' is not a price of {self.service.key}.{hint}"))
        key = self.service.key
        path, of = f"rates.{key}.{FREE}.{policy}.{number}.quantity", tuple(f"{key}.{name}" for name in names)
        return given._replace(policy=policy, path=path, of=of)

    def schema(self) -> dict[str, Any]:
        return self.named.schema()


def _service_record(service: Service, later: bool = False) -> Record:
    """The shape of a service's block; with `later`, prices stay nodes that are read when they are asked for."""
    fields = {**PROVENANCE, FREE: Field(FreeShape(service), "what free-tier policies give, where prices share it")}
    for name, field in service.card_fields().items():
        if isinstance(field, CardFact):
            fields[name] = Field(field.shape, field.doc)
        else:
            shape: Shape = _Later(field) if later else RateShape(pricing_unit(field.per))
            fields[name] = Field(Named(shape, Text(), _KINDS) if field.by_kind else shape, field.doc)
    return Record(f"the {service.key} prices", fields)


_KINDS = "kinds to prices, as in {m5.large: {...}}"


class _Unread(NamedTuple):
    """A price that nobody has asked for yet."""

    node: Node
    field: CardPrice

    def read(self) -> Rate:
        rate: Rate = read(RateShape(pricing_unit(self.field.per)), self.node)
        return rate


class _Later(Shape):
    def __init__(self, field: CardPrice) -> None:
        self.field = field

    def read(self, node: Node, problems: Problems) -> Any:
        return _Unread(node, self.field)


def _is_price(word: str) -> bool:
    key, _, price = word.partition(".")
    service = services.find(key)
    return service is not None and price in service.price_names()


class CardShape(Shape):
    """A whole card: what it is, and a block of prices for each service."""

    head: ClassVar[dict[str, Field]] = {
        "version": VERSION,
        "title": Field(Text(), "what the card is"),
        "extends": Field(Text(), "the card that this one changes, by name"),
        "provider": Field(Choice("aws"), "whose prices these are", required=True),
        "region": Field(
            Text(rf"{EVERYWHERE}|{REGION}", "is not a region, such as us-east-1"),
            "where they apply",
            required=True,
        ),
        "as_of": Field(Date(), "the day the prices were read", required=True),
        "currency": Field(Choice("USD"), "the currency of every price", required=True),
        "discounts": Field(DiscountsShape(), "what is taken off list prices, each with its name"),
        "not_offered": Field(Each(Text()), "the services that the region lacks, by their keys"),
        "not_listed": Field(Each(Text()), "prices that AWS's lists have for other regions only, by their keys"),
        "notes": Field(Each(Text()), "what a reader should know"),
    }

    def __init__(self, later: bool = False) -> None:
        self.later = later

    def read(self, node: Node, problems: Problems) -> Any:
        fields = dict(self.head)
        kept = []
        for key, value in node.value:
            service = services.find(key.value)
            if service is not None:
                fields[key.value] = Field(_service_record(service, self.later), service.name)
            if key.value in fields:
                kept.append((key, value))
            else:
                hint = did_you_mean(key.value, [*self.head, *services.keys()])
                problems.append(Problem(place_of(key), f"'{key.value}' is neither a key of a rate card nor a service.{hint}"))
        values = Record("a rate card", fields).read(Tree(node.tag, kept, node.start_mark, node.end_mark), problems)
        known = services.keys()
        for word in (values or {}).get("not_offered") or ():
            if word is not None and word not in known:
                problems.append(Problem(word.place, f"there is no service '{word}'.{did_you_mean(word, known)}"))
        for word in (values or {}).get("not_listed") or ():
            if word is not None and not _is_price(word):
                problems.append(Problem(word.place, f"there is no price '{word}'"))
        if discounts := (values or {}).get(DISCOUNTS):
            prices = {
                f"{service.key}.{name}": price for service in services.every() for name, price in service.price_names().items()
            }
            kinds = {key: _kinds(values, key) for key, price in prices.items() if isinstance(price, PriceNames)}
            every = [price_key(key, kind) for key, found in kinds.items() for kind in found]
            unread = tuple(f"{key}." for key, found in kinds.items() if not found)
            problems += unknown(discounts, [*known, *prices, *every], unread)
        return values

    def schema(self) -> dict[str, Any]:
        blocks = {service.key: Field(_service_record(service), service.name) for service in services.every()}
        return Record("a rate card", {**self.head, **blocks}).schema()


def _kinds(values: dict[str, Any], key: str) -> list[str]:
    """The kinds that a card as read has prices for."""
    service, _, price = key.partition(".")
    block = values.get(service)
    return list((block.get(price) if isinstance(block, dict) else None) or {})


def read_card(node: Tree, name: str, later: bool = False) -> RateCard:
    """The card in `node`. Raises InputError with every mistake.

    With `later`, each price is read when it is first asked for: enough for a card that is known to have no mistakes.
    """
    values = read(CardShape(later), node)
    rates: dict[str, Rate | Callable[[], Rate]] = {}
    facts: dict[str, dict[str, Given]] = {}
    for key, block in values.items():
        if isinstance(block, dict):
            facts[key] = {fact: value for fact, value in block.items() if isinstance(value, Given)}
            rates |= _rates(key, block, later)
    prices, discounts = Rates(rates), values.get(DISCOUNTS, ())
    problems = [problem for rate in prices.values() for problem in wrong_units(discounts, rate)] if discounts else []
    problems += [] if later else _shared_in_unlike_units(prices)
    if problems:
        raise InputError(*dict.fromkeys(problems))
    return RateCard(
        name,
        place_of(node).name,
        values["provider"],
        values["region"],
        str(values["as_of"]),
        values["currency"],
        prices,
        facts,
        str(values.get("title", "")),
        tuple(map(str, values.get("not_offered", ()))),
        tuple(map(str, values.get("not_listed", ()))),
        discounts,
    )


def _shared_in_unlike_units(prices: Rates) -> list[Problem]:
    """The problems of free quantities that are shared by prices per units of unlike size: they are drawn from in these."""
    return [
        Problem(given.given.place, f"{rate.key} is per {mine.name}, but {of} per {its.name}: they cannot share a free quantity")
        for rate in prices.values()
        for given in rate.free.values()
        for of in given.of
        if of in prices
        for mine, its in [(rate.per.unit, prices[of].per.unit)]
        if mine.scale != its.scale
    ][:1]


def _rates(service: str, block: dict[str, Any], later: bool) -> dict[str, Rate | Callable[[], Rate]]:
    """The prices of a service's block by key, each with where it is from and what is free of it, or what gives it."""
    found: dict[str, Rate | Callable[[], Rate]] = {}
    for name, value in block.items():
        of_kinds = value.items() if isinstance(value, dict) and name != FREE else [("", value)]
        for kind, given in of_kinds:
            if isinstance(given, Rate | _Unread):
                key = price_key(f"{service}.{name}", kind) if kind else f"{service}.{name}"
                made = partial(_whole, key, given, block)
                found[key] = made if later else made()
    return found


def _whole(key: str, given: Rate | _Unread, block: dict[str, Any]) -> Rate:
    """A price with what its service's block says of all of them. Raises InputError if it has no source."""
    rate = given.read() if isinstance(given, _Unread) else given
    own = {field: text for field, text in rate._asdict().items() if field in PROVENANCE and text}
    # A price with a source of its own is not of the service's price list, nor as sure as that.
    from_service = {} if rate.source else {name: str(block[name]) for name in PROVENANCE if name in block}
    rate = rate._replace(key=key, free=_free(key, rate, block.get(FREE) or {}), **{**from_service, **own})
    if not rate.source:
        raise InputError(Problem(rate.tiers[0].usd.place, f"the price {key} has no source: give one to it or to its service"))
    return rate


def _free(key: str, rate: Rate, of_service: dict[str, tuple[Allowance, ...]]) -> dict[str, Allowance]:
    """The price's own allowances, and for other policies what the service gives of it."""
    shared = {policy: given for policy, items in of_service.items() for given in items if key in given.of}
    own = {
        policy: given._replace(policy=policy, path=f"rates.{key}.{FREE}.{policy}", of=(key,))
        for policy, given in rate.free.items()
    }
    return {**shared, **own}
