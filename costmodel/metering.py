"""What a service's rule is made of: its settings, what a card tells it, the stream it sees, and what it yields.

A rule is a generator over one steady period: it yields `Usage` (what will be priced), `Load` (what must be borne at
peak) and at its end `Output` (what flows on). It never sees a price: `rates.ingested` is only a price's name.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

from costmodel.quantities import Number, named, smaller, total
from costmodel.shapes import (
    INVALID,
    Amount,
    Field,
    Given,
    Problems,
    Record,
    Shape,
    read,
    share as share_shape,
)
from costmodel.units import COUNT, ONE, RATE, SIZE, TIME, Dimension, parse, pricing_unit
from costmodel.yamlfile import Node, Scalar, scalar

DEFAULT = "- default"  # the place of a number that no file gives

# Annotations of settings and of what a card gives: all are numbers, the name says of what.
Size: TypeAlias = Number
Time: TypeAlias = Number
Count: TypeAlias = Number
Share: TypeAlias = Number
Rate: TypeAlias = Number


class PriceName(NamedTuple):
    """A price of the card, by name only. Usage is given in base units of what the price is per."""

    key: str
    dimension: Dimension


class Usage(NamedTuple):
    """An amount to be priced in this period, in base units, and (where rounding makes it differ) what was really used."""

    item: str
    amount: Number
    rate: PriceName
    consumed: Number | None = None


class Load(NamedTuple):
    """What a component must bear in this period, against a quota (by name) or a provisioned capacity.

    `amount` is in base units; `unit` is what people count it in: "records/s", "executions".
    """

    item: str
    amount: Number
    unit: str
    quota: str = ""
    provisioned: Number | None = None


class Batch(NamedTuple):
    """How much one batch holds: bytes, or records."""

    by_size: bool
    amount: Number


class Stream:
    """Records that flow in a steady period of `duration`; `share_of_month` is that period's part of the month.

    `sizes` has (records per ms, bytes of a record) for each size of record. `batches` is the number of lots that the
    records come in during the period (objects, invocations); at the source every record comes alone.
    """

    def __init__(self, sizes: tuple[tuple[Number, Number], ...], duration: Number, share_of_month: Number, scope: str) -> None:
        self._flows, self.duration, self.share_of_month, self._scope = sizes, duration, share_of_month, scope
        self._batches: Number | None = None
        self._kept: dict[str, Any] = {}

    def _once(self, name: str, compute: Callable[[], Any]) -> Any:
        if name not in self._kept:
            self._kept[name] = named(compute(), self._scope, name)
        return self._kept[name]

    @property
    def sizes(self) -> tuple[tuple[Number, Number], ...]:
        """(records in the period, bytes of a record) for each size of record."""
        if len(self._flows) == 1:
            return ((self.records, self._flows[0][1]),)
        return self._once("records of each size", lambda: tuple((rate * self.duration, size) for rate, size in self._flows))  # type: ignore[no-any-return]

    @property
    def records_per_second(self) -> Number:
        return self._once("records_per_second", lambda: total(rate for rate, _ in self._flows))  # type: ignore[no-any-return]

    @property
    def records(self) -> Number:
        return self._once("records", lambda: self.records_per_second * self.duration)  # type: ignore[no-any-return]

    @property
    def volume(self) -> Number:
        return self._once("volume", lambda: total(records * size for records, size in self.sizes))  # type: ignore[no-any-return]

    @property
    def bytes_per_second(self) -> Number:
        return self._once("bytes_per_second", lambda: total(rate * size for rate, size in self._flows))  # type: ignore[no-any-return]

    @property
    def batches(self) -> Number:
        return self.records if self._batches is None else self._batches

    def batches_of(self, batch: Batch) -> Number:
        """How many batches of this size carry the records; one holds at least a record."""
        return smaller(self.records, self.volume / batch.amount) if batch.by_size else self.records / batch.amount

    def batched(self, batches: Number) -> "Stream":
        """The same records, in this number of lots."""
        stream = Stream(self._flows, self.duration, self.share_of_month, self._scope)
        stream._kept, stream._batches = self._kept, batches
        return stream

    def changed(self, scope: str, keep: Number | None, scale: Number | None) -> "Stream":
        """A share of the records (`keep`), each of them scaled in size (`scale`), as the component `scope` receives them."""
        flows = self._flows
        if keep is not None:
            flows = tuple((rate * keep, size) for rate, size in flows)
        if scale is not None:
            flows = tuple((rate, size * scale) for rate, size in flows)
        stream = Stream(flows, self.duration, self.share_of_month, scope)
        if self._batches is not None:
            stream._batches = self._batches if keep is None else smaller(stream.records, self._batches)
        elif keep is None:
            stream._kept["records"] = self.records
        return stream

    @staticmethod
    def joined(streams: list["Stream"], scope: str) -> "Stream":
        """Several streams of one period as one."""
        first = streams[0]
        flows = tuple(flow for stream in streams for flow in stream._flows)
        stream = Stream(flows, first.duration, first.share_of_month, scope)
        if any(s._batches is not None for s in streams):
            stream._batches = named(total(s.batches for s in streams), scope, "batches")
        return stream


class Output(NamedTuple):
    """What flows on to the components that name this one as their input."""

    stream: Stream


Metering = Iterator[Usage | Load | Output]
Rule = Callable[[Stream, Any, Any], Metering]


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


class Setting(NamedTuple):
    """A field of a settings dataclass: how it is read and what it means."""

    shape: Shape
    doc: str
    default: str | None

    def given(self) -> Any:
        """The default as if a file had said it; None where there is none."""
        return None if self.default is None else read(self.shape, scalar(self.default, DEFAULT))


def size(default: str | None, doc: str, at_least: str = "", at_most: str = "") -> Any:
    """A setting that is a size, above 0 unless `at_least` says otherwise."""
    return Setting(Amount(SIZE, above="" if at_least else "0 KB", at_least=at_least, at_most=at_most), doc, default)


def time(default: str | None, doc: str, at_least: str = "", at_most: str = "") -> Any:
    """A setting that is a time, above 0 unless `at_least` says otherwise."""
    return Setting(Amount(TIME, above="" if at_least else "0 s", at_least=at_least, at_most=at_most), doc, default)


def count(default: str | None, doc: str, at_most: str = "") -> Any:
    return Setting(Amount(COUNT, ONE, at_most=at_most), doc, default)


def share(default: str | None, doc: str, above: str = "") -> Any:
    return Setting(share_shape(above=above), doc, default)


def batch_size(default: str, doc: str) -> Any:
    return Setting(BatchShape(Amount(SIZE, above="0 KB"), Amount(COUNT, ONE, at_least="1")), doc, default)


def price(per: str, doc: str) -> Any:
    """A price that cards give for this service, per a unit of this kind."""
    return CardPrice(per, doc)


def increment(example: str, doc: str) -> Any:
    """A billing increment or another fact that cards give for this service; `example` says in which kind of unit."""
    dimension = next(d for d in (SIZE, TIME, RATE, COUNT) if _parses(example, d))
    return CardFact(Amount(dimension, above="0" + example.lstrip("0123456789")), doc)


def _parses(text: str, dimension: Dimension) -> bool:
    try:
        return parse(text, dimension, ONE if dimension == COUNT else None) >= 0
    except ValueError:
        return False


class CardPrice(NamedTuple):
    """A field of a service's card class: a price, per a unit such as `per`."""

    per: str
    doc: str


class CardFact(NamedTuple):
    """A field of a service's card class: a billing increment or the like."""

    shape: Amount
    doc: str


class Service(NamedTuple):
    """A service: its rule, and what patterns (`settings`) and rate cards (`card`) may say about it.

    Both are NamedTuple classes whose defaults say how a field is read; a rule gets them filled with numbers.
    """

    key: str
    name: str
    settings: type
    card: type
    rule: Rule
    one_of: tuple[tuple[str, ...], ...]

    @property
    def doc(self) -> str:
        return " ".join((self.rule.__doc__ or "").split())

    def setting_fields(self) -> dict[str, Setting]:
        return _fields(self.settings)

    def card_fields(self) -> dict[str, CardPrice | CardFact]:
        """What a card says of this service."""
        return _fields(self.card)

    def price_names(self) -> dict[str, PriceName]:
        return {
            name: PriceName(f"{self.key}.{name}", pricing_unit(field.per).dimension)
            for name, field in self.card_fields().items()
            if isinstance(field, CardPrice)
        }


def _fields(of: type) -> dict[str, Any]:
    defaults: dict[str, Any] = of._field_defaults  # type: ignore[attr-defined]
    return defaults


def service(
    name: str, *, key: str, settings: type, card: type, one_of: tuple[tuple[str, ...], ...] = ()
) -> Callable[[Rule], Service]:
    """Makes a rule a service. `one_of` lists settings of which exactly one must be given."""
    return lambda rule: Service(key, name, settings, card, rule, one_of)


def settings_record(service: Service, common: dict[str, Field], wrap: Callable[[Shape], Shape]) -> Record:
    """The shape of a component of this service: its settings beside the keys that every component has."""
    own = {name: Field(wrap(setting.shape), setting.doc) for name, setting in service.setting_fields().items()}
    return Record(service.key, {**common, **own}, service.one_of, part="setting")
