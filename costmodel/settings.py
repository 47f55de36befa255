"""What a service declares beside its rule: its settings, what rate cards say of it, and that it is a service.

Settings and card fields are NamedTuple classes whose defaults say how a field is read; a rule gets them filled with
numbers.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from costmodel.metering import PriceName, PriceNames, Rule, Sizing
from costmodel.quantities import Number
from costmodel.shapes import (
    DEFAULT,
    INVALID,
    Amount,
    Choice,
    Field,
    Flag as FlagShape,
    Given,
    Problems,
    Record,
    Shape,
    Text,
    read,
    share as share_shape,
)
from costmodel.units import COUNT, ONE, RATE, SIZE, THROUGHPUT, TIME, Dimension, parse, pricing_unit
from costmodel.yamlfile import Mapping as MappingNode, Node, Scalar, scalar

AUTO = "auto"
RETENTION = "retention"  # in the names of settings of how long a service keeps what comes in
# Annotations of settings and of what a card gives: all are numbers, the name says of what.
Size: TypeAlias = Number
Time: TypeAlias = Number
Count: TypeAlias = Number
Share: TypeAlias = Number
Rate: TypeAlias = Number
Throughput: TypeAlias = Number
# Annotations of settings that are structure: a rule may branch on them.
Word: TypeAlias = str
Flag: TypeAlias = bool


class GivenBatch(NamedTuple):
    """A batch as a file gives it: of bytes, or of records."""

    by_size: bool
    given: Given


class BatchShape(Shape):
    """A batch in bytes ("3 MB") or in records ("100 records", 100)."""

    def __init__(self, by_size: Amount, by_count: Amount) -> None:
        self.by_size, self.by_count = by_size, by_count

    def read(self, node: Node, problems: Problems) -> Any:
        if not isinstance(node, Scalar):
            return self.by_size.read(node, problems)
        number, _, unit = node.value.strip().partition(" ")
        by_size = not (unit in ("record", "records") or (not unit and number[-1:].isdigit()))
        if by_size:
            before = len(problems)
            given = self.by_size.read(node, problems)
            if len(problems) > before:
                problems[-1] = problems[-1]._replace(message=f"{problems[-1].message}, or 100 records")
        else:
            given = self.by_count.read(Scalar(node.tag, number, node.start_mark, node.end_mark), problems)
        return INVALID if given is INVALID else GivenBatch(by_size, given._replace(text=node.value))

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.by_count.schema(), self.by_size.schema()]}


class OrAuto(Shape):
    """A number, or the word auto: the number that the load at the peak asks for."""

    def __init__(self, amount: Amount) -> None:
        self.amount = amount

    def read(self, node: Node, problems: Problems) -> Any:
        return AUTO if isinstance(node, Scalar) and node.value == AUTO else self.amount.read(node, problems)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.amount.schema(), {"const": AUTO}]}


class ResultAt(NamedTuple):
    """What was measured at a size."""

    size: Given
    result: Given


class Measured(NamedTuple):
    """What was measured at each of several sizes, in place of one number."""

    rows: tuple[ResultAt, ...]


class AtSizes(Shape):
    """A number, or one for each of several sizes at which it was measured: {512 MB: 400 ms, 1 GB: 210 ms}.

    `otherwise` reads what is no such table; where left out, one number.
    """

    def __init__(self, amount: Amount, size: Amount, otherwise: Shape | None = None) -> None:
        self.amount, self.size, self.otherwise = amount, size, otherwise or amount

    def read(self, node: Node, problems: Problems) -> Any:
        if not isinstance(node, MappingNode) or not any(key.value[:1].isdigit() for key, _ in node.value):
            return self.otherwise.read(node, problems)
        before = len(problems)
        rows = tuple(ResultAt(self.size.read(size, problems), self.amount.read(value, problems)) for size, value in node.value)
        return INVALID if len(problems) > before else Measured(rows)

    def schema(self) -> dict[str, Any]:
        table = {"type": "object", "minProperties": 1, "additionalProperties": self.amount.schema()}
        return {"anyOf": [self.otherwise.schema(), table]}


class Setting(NamedTuple):
    """A field of a settings class: how it is read and what it means.

    Where it may be auto, it `follows` the load from period to period, or is what the peak asks for at all times; `made_of` is
    the setting that it then needs, where that has no default.
    """

    shape: Shape
    doc: str
    default: str | None
    follows: bool = False
    made_of: str = ""

    def given(self) -> Any:
        """The default as if a file had said it; None where there is none."""
        return None if self.default is None else read(self.shape, scalar(self.default, DEFAULT))


def size(default: str | None, doc: str, at_least: str = "", at_most: str = "") -> Any:
    """A setting that is a size, above 0 unless `at_least` says otherwise."""
    return Setting(Amount(SIZE, above="" if at_least else "0 KB", at_least=at_least, at_most=at_most), doc, default)


def cheapest_size(default: str, doc: str, at_least: str, at_most: str) -> Any:
    """A size that may be auto: of those at which the service's `measurement` was made, the one that costs least."""
    return Setting(OrAuto(Amount(SIZE, at_least=at_least, at_most=at_most)), doc, default)


def measured_time(doc: str, at_most: str, smallest: str, largest: str) -> Any:
    """A setting that is a time above 0, or the times that were measured at several sizes, from the smallest to the largest."""
    sizes = Amount(SIZE, at_least=smallest, at_most=largest)
    return Setting(AtSizes(Amount(TIME, above="0 s", at_most=at_most), sizes), doc, None)


def time(default: str | None, doc: str, at_least: str = "", at_most: str = "") -> Any:
    """A setting that is a time, above 0 unless `at_least` says otherwise."""
    return Setting(Amount(TIME, above="" if at_least else "0 s", at_least=at_least, at_most=at_most), doc, default)


def rate(default: str | None, doc: str) -> Any:
    """A setting that is how often something happens, whatever the traffic: a schedule ("24/day")."""
    return Setting(Amount(RATE), doc, default)


def throughput(default: str | None, doc: str) -> Any:
    """A setting that is how much data something takes in a time: "2 MB/s"."""
    return Setting(Amount(THROUGHPUT, above="0 KB/s"), doc, default)


def count(default: str | None, doc: str, at_least: str = "", at_most: str = "") -> Any:
    return Setting(Amount(COUNT, ONE, at_least=at_least, at_most=at_most), doc, default)


def sized(default: str | None, doc: str, at_least: str = "", follows: bool = False, made_of: str = "") -> Any:
    """A count that may be auto, which the service's `size` then gives; it `follows` the load or is that of the peak."""
    shape = OrAuto(Amount(COUNT, ONE, at_least=at_least))
    return Setting(shape, f"{doc}; auto for what the load asks for", default, follows, made_of)


def share(default: str | None, doc: str, above: str = "") -> Any:
    return Setting(share_shape(above=above), doc, default)


def flag(default: str, doc: str) -> Any:
    """A setting that is true or false."""
    return Setting(FlagShape(), doc, default)


def choice(default: str | None, doc: str, *words: str) -> Any:
    """A setting that is one of these words: a mode, a storage class."""
    return Setting(Choice(*words), doc, default)


def kind(default: str | None, doc: str) -> Any:
    """A setting that is one of the kinds that a card has prices for, such as an instance type (`prices`)."""
    return Setting(Text(), doc, default)


def batch_size(default: str, doc: str) -> Any:
    return Setting(BatchShape(Amount(SIZE, above="0 KB"), Amount(COUNT, ONE, at_least="1")), doc, default)


def price(per: str, doc: str) -> Any:
    """A price that cards give for this service, per a unit of this kind."""
    return CardPrice(per, doc)


def prices(per: str, doc: str) -> Any:
    """A price for each kind of something, such as instance types; the rule names one as `rates.brokers[settings.broker]`."""
    return CardPrice(per, doc, by_kind=True)


def increment(example: str, doc: str) -> Any:
    """A billing increment or another fact that cards give for this service; `example` says in which kind of unit."""
    dimension = next(d for d in (SIZE, TIME, RATE, COUNT) if _parses(example, d))
    return CardFact(Amount(dimension, above="0" + example.lstrip("0123456789.")), doc)


def _parses(text: str, dimension: Dimension) -> bool:
    try:
        return parse(text, dimension, ONE if dimension == COUNT else None) >= 0
    except ValueError:
        return False


class CardPrice(NamedTuple):
    """A field of a service's card class: a price, per a unit such as `per`; or one for each kind of it (`by_kind`)."""

    per: str
    doc: str
    by_kind: bool = False


class CardFact(NamedTuple):
    """A field of a service's card class: a billing increment or the like."""

    shape: Amount
    doc: str


class Companion(NamedTuple):
    """What a component brings along when its pattern asks for it in one line: `logs: 0.5 KB` brings CloudWatch Logs.

    `key` is what the line is called, `shape` what it may say. `brings` maps that to a service's key (any size: ""); words that
    are not in it bring nothing. What it brings gets the component's records, or with `each_batch` each lot that they come in as
    one record. One that is `shared` is one for all components that ask for it, such as a NAT gateway. `prices` says what it is
    about, for the list of what is not priced.
    """

    key: str
    shape: Shape
    doc: str
    brings: Mapping[str, str]
    prices: str
    each_batch: bool = False
    shared: bool = False


# Encryption with a key of KMS asks for it once for each object; with a bucket key, S3 keeps one for a while.
ENCRYPTION = Companion(
    "encryption",
    Choice("sse-s3", "kms", "bucket-key"),
    "how objects are encrypted: kms brings a KMS request for each, a bucket key next to none",
    {"kms": "kms"},
    "",
    each_batch=True,
)
LOGS = Companion(
    "logs",
    Amount(SIZE),
    "what is written to CloudWatch Logs each time, as in 0.5 KB",
    {"": "cloudwatch"},
    "CloudWatch Logs",
    each_batch=True,
)
NETWORK = Companion(
    "network",
    Choice("public", "nat", "endpoint"),
    "how it is reached: nat and endpoint bring a NAT gateway or an interface endpoint, one for the pattern",
    {"nat": "nat_gateway", "endpoint": "vpc_endpoint"},
    "",
    shared=True,
)


class Withdrawn(NamedTuple):
    """That AWS no longer offers a service: the days from which there was nothing new, and nothing at all.

    `successor` is the key of the service that takes its place, `source` where AWS says so.
    """

    closed: str
    ended: str
    successor: str
    source: str


class Measurement(NamedTuple):
    """Of the settings of a service, which one (`result`) may be a table of what was measured at several of another (`size`).

    Where that is auto, it is the one with the lowest `cost` (of a size, a result, and what the card says), and results above
    the setting `most` are left out. `example` is a table.
    """

    size: str
    result: str
    most: str
    cost: Callable[[Number, Number, Any], Number]
    example: str


QUEUE, GATHERED = "queue", "gathered"


class Service(NamedTuple):
    """A service: its rule, and what patterns (`settings`) and rate cards (`card`) may say about it.

    `category` is the ServiceCategory that FOCUS has for it. `size` gives the settings that may be auto, by name, as one period's
    load asks for them. `buffer` is QUEUE where what it gives on waits until it is taken, GATHERED where it is collected for
    longer than a burst lasts.
    """

    key: str
    name: str
    category: str
    settings: type
    card: type
    rule: Rule
    one_of: tuple[tuple[str, ...], ...]
    companions: tuple[Companion, ...] = ()
    not_both: tuple[tuple[str, str], ...] = ()
    withdrawn: Withdrawn | None = None
    size: Sizing | None = None
    buffer: str = ""
    measurement: Measurement | None = None

    @property
    def doc(self) -> str:
        return " ".join((self.rule.__doc__ or "").split())

    def setting_fields(self) -> dict[str, Setting]:
        return _fields(self.settings)

    def card_fields(self) -> dict[str, CardPrice | CardFact]:
        """What a card says of this service."""
        return _fields(self.card)

    def price_names(self) -> dict[str, PriceName | PriceNames]:
        return {
            name: (PriceNames if field.by_kind else PriceName)(f"{self.key}.{name}", pricing_unit(field.per).dimension)
            for name, field in self.card_fields().items()
            if isinstance(field, CardPrice)
        }


def _fields(of: type) -> dict[str, Any]:
    defaults: dict[str, Any] = of._field_defaults  # type: ignore[attr-defined]
    return defaults


def service(
    name: str,
    *,
    key: str,
    category: str,
    settings: type,
    card: type,
    one_of: tuple[tuple[str, ...], ...] = (),
    companions: tuple[Companion, ...] = (),
    not_both: tuple[tuple[str, str], ...] = (),
    withdrawn: Withdrawn | None = None,
    size: Sizing | None = None,
    buffer: str = "",
    measurement: Measurement | None = None,
) -> Callable[[Rule], Service]:
    """Makes a rule a service. Of settings in `one_of` exactly one must be given, of two in `not_both` at most one."""
    return lambda rule: Service(
        key, name, category, settings, card, rule, one_of, companions, not_both, withdrawn, size, buffer, measurement
    )


def settings_record(service: Service, common: dict[str, Field], wrap: Callable[[Shape], Shape]) -> Record:
    """The shape of a component of this service: its settings beside the keys that every component has."""
    own = {name: Field(wrap(setting.shape), setting.doc) for name, setting in service.setting_fields().items()}
    lines = {companion.key: Field(companion.shape, companion.doc) for companion in service.companions}
    return Record(service.key, {**common, **own, **lines}, service.one_of, part="setting", not_both=service.not_both)
