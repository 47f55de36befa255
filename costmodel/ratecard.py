"""Reads a rate card: a dated snapshot of prices, tiers, free allowances and billing increments, each with its source."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, NamedTuple

from costmodel import services
from costmodel.errors import InputError, MissingPrice, Problem, did_you_mean
from costmodel.prices import Rate, RateShape
from costmodel.settings import CardFact, Service
from costmodel.shapes import VERSION, Choice, Date, Each, Field, Given, Problems, Record, Shape, Text, read
from costmodel.units import pricing_unit
from costmodel.yamlfile import Mapping, Node, place_of


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

    def require(self, keys: Iterable[str]) -> None:
        """Raises MissingPrice, naming every one of the prices that the card lacks."""
        lacking = [key for key in dict.fromkeys(keys) if key not in self.rates]
        where = f"the rate card {self.name} ({self.place})"
        if lacking:
            raise MissingPrice(*(f"{where} has no price '{key}'.{did_you_mean(key, self.rates)}" for key in lacking))

    def facts_of(self, service: Service) -> "dict[str, Given | MissingFact]":
        """What the card says of a service beside prices; what it does not say is an error only where a rule needs it."""
        facts = self.facts.get(service.key, {})
        return {
            name: facts[name] if name in facts else MissingFact(f"{service.key}.{name}", self)
            for name, field in service.card_fields().items()
            if isinstance(field, CardFact)
        }


class MissingFact:
    """Stands for a fact that the card does not give; any arithmetic with it raises MissingPrice."""

    def __init__(self, key: str, card: RateCard) -> None:
        self.key, self.card = key, card

    def _missing(self, *_: object) -> Any:
        raise MissingPrice(f"the rate card {self.card.name} ({self.card.place}) does not say '{self.key}'")

    __float__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _missing


def _service_record(service: Service) -> Record:
    fields = {"source": Field(Text(), "where the service's prices are published")}
    for name, field in service.card_fields().items():
        shape = field.shape if isinstance(field, CardFact) else RateShape(pricing_unit(field.per))
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
