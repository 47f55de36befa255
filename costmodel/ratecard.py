"""Reads a rate card: a dated snapshot of prices, tiers, free allowances and billing increments, each with its source."""

from collections.abc import Collection
from typing import Any, ClassVar, NamedTuple

from costmodel import services
from costmodel.errors import InputError, MissingPrice, Problem, did_you_mean
from costmodel.metering import CardFact, Service
from costmodel.shapes import (
    INVALID,
    VERSION,
    Amount,
    Choice,
    Date,
    Each,
    Field,
    Given,
    Named,
    Problems,
    Record,
    Shape,
    Text,
    Word,
    read,
)
from costmodel.units import COUNT, DOLLARS, LARGEST, MONEY, ONE, TIME, Dimension, Unit, parse, pricing_unit
from costmodel.yamlfile import Mapping, Node, Scalar, find, place_of

ALLOWANCES = ("always", "legacy-12-month")
FREE_TIERS = ("none", *ALLOWANCES)


class Tier(NamedTuple):
    """`usd` per block of the rate, for the month's usage up to `up_to` pricing units (None: without end)."""

    usd: Given
    up_to: Given | None
    rate_code: str


class Per(NamedTuple):
    """What a price is per: "GB", "10000 requests" (a block of 10,000 of the unit "request")."""

    block: float
    unit: Unit
    text: str


class Rate(NamedTuple):
    """One price of a card. `free` are allowances by policy, in pricing units (`each_month`: times the month's hours)."""

    key: str
    per: Per
    tiers: tuple[Tier, ...]
    free: dict[str, "Allowance"]
    source: str


class Allowance(NamedTuple):
    """A free quantity in pricing units; `of_time` ones are for every moment of the month (25 RCU-months)."""

    given: Given
    of_time: bool


class RateCard(NamedTuple):
    """A card: `name` as users write it, `rates` by key ("firehose.ingested"), `facts` by path (increments)."""

    name: str
    place: str
    provider: str
    region: str
    as_of: str
    currency: str
    rates: dict[str, Rate]
    facts: dict[str, dict[str, Given]]

    def rate(self, key: str) -> Rate:
        if key not in self.rates:
            raise MissingPrice(f"the rate card {self.name} ({self.place}) has no price '{key}'.{did_you_mean(key, self.rates)}")
        return self.rates[key]

    def facts_of(self, service: Service) -> dict[str, Given]:
        """The billing increments of a service, all that its rule asks for."""
        facts = self.facts.get(service.key, {})
        lacking = [
            f"{service.key}.{name}"
            for name, field in service.card_fields().items()
            if isinstance(field, CardFact) and name not in facts
        ]
        if lacking:
            raise MissingPrice(f"the rate card {self.name} ({self.place}) does not say {', '.join(lacking)}")
        return facts


class PerShape(Shape):
    """ "GB", "GB-month", "RCU-hour", "request", "10000 requests", "million messages"."""

    def read(self, node: Node, problems: Problems) -> Any:
        text = node.value if isinstance(node, Scalar) else ""
        try:
            block, name = _split_block(text)
            return Per(block, pricing_unit(name), text)
        except ValueError as error:
            problems.append(Problem(place_of(node), str(error)))
            return INVALID

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "examples": ["GB", "GB-month", "RCU-hour", "10000 requests"]}


def _split_block(text: str) -> tuple[float, str]:
    number, space, unit = text.partition(" ")
    if not space:
        return 1.0, text
    block = parse("1 " + number if number.isalpha() else number, COUNT, ONE)
    if not 0 < block <= LARGEST[COUNT]:
        raise ValueError(f"'{text}' is not what a price can be per; write for example 10000 requests")
    return block, unit.removesuffix("s")


class RateShape(Shape):
    """A price: `usd`, or `tiers` of it, per a unit."""

    tier = Record(
        "a tier",
        {
            "usd": Field(Amount(MONEY, DOLLARS), "the price in this tier", required=True),
            "up_to": Field(Text(), "where the tier ends, counted from the month's beginning: 500 TB, 1000000000"),
            "rate_code": Field(Text(), "AWS's rate code of the price"),
        },
    )
    record = Record(
        "a price",
        {
            "usd": Field(tier.fields["usd"].shape, "the price, where it has no tiers"),
            "tiers": Field(Each(tier), "prices by the month's usage; each ends where the next begins, the last has no end"),
            "per": Field(PerShape(), "what it is the price of: GB, RCU-hour, 10000 requests", required=True),
            "free": Field(
                Named(Text(), Choice(*ALLOWANCES), "a free-tier policy to a quantity"),
                "what each free-tier policy gives",
            ),
            "source": Field(Text(), "where the price is published; the service's source where left out"),
            "rate_code": tier.fields["rate_code"],
            "confidence": Field(Text(), "how sure the price is, where it was not read on AWS's own page"),
            "note": Field(Text(), "what a reader should know"),
        },
        one_of=(("usd", "tiers"),),
    )

    def __init__(self, dimension: Dimension, unit: str) -> None:
        self.dimension, self.unit = dimension, unit

    def read(self, node: Node, problems: Problems) -> Any:
        before = len(problems)
        values = self.record.read(node, problems)
        if len(problems) > before:
            return INVALID
        per: Per = values["per"]
        if per.unit.dimension != self.dimension:
            problems.append(
                Problem(
                    place_of(find(node, "per") or node),
                    f"'{per.text}' does not measure this; it is priced per {self.unit}",
                )
            )
            return INVALID
        given = values.get("tiers") or (values,)
        nodes = find(node, "tiers")
        places = nodes.value if nodes is not None else [node]
        tiers = tuple(self._tier(tier, per, at, problems) for tier, at in zip(given, places, strict=True))
        _check_bounds(tiers, places, problems)
        free = {str(policy): _allowance(text, per, problems) for policy, text in values.get("free", {}).items()}
        return Rate("", per, tiers, free, str(values.get("source", "")))

    def _tier(self, tier: dict[str, Any], per: Per, node: Node, problems: Problems) -> Tier:
        bound = tier.get("up_to")
        return Tier(tier["usd"], None if bound is None else _bound(bound, per, problems), tier.get("rate_code", ""))

    def schema(self) -> dict[str, Any]:
        return self.record.schema()


def _bound(word: Word, per: Per, problems: Problems) -> Given:
    """A tier's end or an allowance, in pricing units: "500 TB" of a price per GB is 512,000."""
    text = word.removesuffix("-month").removesuffix("-months")
    try:
        if per.unit.dimension[0] == 1 and per.unit.dimension[1] == 0:
            value = parse(text, per.unit.dimension) / per.unit.scale
        else:
            number, _, unit = text.partition(" ")
            if unit and pricing_unit(unit.removesuffix("s")).name != per.unit.name and unit not in ("million", "billion"):
                raise ValueError(f"'{word}' is not in the unit of the price; write for example {number} {per.unit.name}s")
            value = parse(text if unit in ("million", "billion") else number, COUNT, ONE)
    except ValueError as error:
        problems.append(Problem(word.place, str(error)))
        return Given(0.0, word, COUNT, word.place)
    if value <= 0:
        problems.append(Problem(word.place, f"'{word}' must be above 0"))
    return Given(value, word, COUNT, word.place)


def _allowance(word: Word, per: Per, problems: Problems) -> Allowance:
    """ "400000 GB-seconds", "5 GB", or "25 RCU-months": 25 units for every hour of the month."""
    number, _, unit = word.partition(" ")
    what, _, span = unit.removesuffix("s").rpartition("-")
    if span == "month" and per.unit.dimension == TIME:
        units = Word(f"{number} {what}-{per.unit.name.rpartition('-')[2]}s", word.place)
        given = _bound(units, per, problems)
        return Allowance(given._replace(text=str(word)), of_time=True)
    return Allowance(_bound(word, per, problems), of_time=False)


def _check_bounds(tiers: tuple[Tier, ...], nodes: list[Node], problems: Problems) -> None:
    """Tiers rise without gap or overlap: each bound is above the one before it, and only the last has none."""
    last = 0.0
    for number, (tier, node) in enumerate(zip(tiers, nodes, strict=True), 1):
        is_last = number == len(tiers)
        if tier.up_to is None and not is_last:
            problems.append(Problem(place_of(node), f"tier {number} has no up_to, so it overlaps the tiers after it"))
        elif is_last and tier.up_to is not None:
            problems.append(Problem(tier.up_to.place, "the last tier ends, which leaves a gap above it; leave its up_to out"))
        elif tier.up_to is not None and tier.up_to.value <= last:
            problems.append(Problem(tier.up_to.place, f"tier {number} ends at or below the tier before it, so they overlap"))
        last = tier.up_to.value if tier.up_to is not None else last


def _service_record(service: Service) -> Record:
    fields = {"source": Field(Text(), "where the service's prices are published")}
    for name, field in service.card_fields().items():
        shape = field.shape if isinstance(field, CardFact) else RateShape(pricing_unit(field.per).dimension, field.per)
        fields[name] = Field(shape, field.doc)
    return Record(f"the {service.key} prices", fields)


class CardShape(Shape):
    """A whole card: what it is, and a block of prices for each service."""

    head: ClassVar[dict[str, Field]] = {
        "version": VERSION,
        "title": Field(Text(), "what the card is"),
        "extends": Field(Text(), "the card that this one changes, by name"),
        "provider": Field(Choice("aws"), "whose prices these are", required=True),
        "region": Field(Text(r"[a-z]{2}(-[a-z]+)+-\d", "is not a region, such as us-east-1"), "where they apply", required=True),
        "as_of": Field(Date(), "the day the prices were read", required=True),
        "currency": Field(Choice("USD"), "the currency of every price", required=True),
        "notes": Field(Each(Text()), "what a reader should know"),
    }

    def __init__(self, keys: Collection[str] | None = None) -> None:
        self.keys = services.keys() if keys is None else keys

    def read(self, node: Node, problems: Problems) -> Any:
        every = services.keys()
        fields = dict(self.head)
        for key, _ in node.value:
            service = services.find(key.value) if key.value in self.keys else None
            if service is not None:
                fields[key.value] = Field(_service_record(service), service.name)
            elif key.value in every:
                fields[key.value] = Field(_Unread(), "")
        known = [*fields, *every]
        for key, _ in node.value:
            if key.value not in fields:
                hint = did_you_mean(key.value, known)
                problems.append(Problem(place_of(key), f"'{key.value}' is neither a key of a rate card nor a service.{hint}"))
        kept = [pair for pair in node.value if pair[0].value in fields]
        return Record("a rate card", fields).read(Mapping(node.tag, kept, node.start_mark, node.end_mark), problems)

    def schema(self) -> dict[str, Any]:
        blocks = {service.key: Field(_service_record(service), service.name) for service in services.every()}
        return Record("a rate card", {**self.head, **blocks}).schema()


class _Unread(Shape):
    """A block of a service that the design does not use: left alone, `validate` reads it."""

    def read(self, node: Node, problems: Problems) -> Any:
        return {}


def read_card(node: Mapping, name: str, keys: Collection[str] | None = None) -> RateCard:
    """The card in `node`, with the blocks of the services `keys` (all of them if None). Raises InputError with every mistake."""
    values = read(CardShape(keys), node)
    place = place_of(node).name
    rates: dict[str, Rate] = {}
    facts: dict[str, dict[str, Given]] = {}
    for key, block in values.items():
        if not isinstance(block, dict):
            continue
        source = block.get("source", "")
        facts[key] = {fact: value for fact, value in block.items() if isinstance(value, Given)}
        for name_of_rate, rate in block.items():
            if isinstance(rate, Rate):
                rates[f"{key}.{name_of_rate}"] = rate._replace(key=f"{key}.{name_of_rate}", source=rate.source or str(source))
    for rate in rates.values():
        if not rate.source:
            raise InputError(
                Problem(rate.tiers[0].usd.place, f"the price {rate.key} has no source: give one to it or to its service")
            )
    return RateCard(name, place, values["provider"], values["region"], str(values["as_of"]), values["currency"], rates, facts)
