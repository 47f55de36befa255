"""What a service's rule computes with: the stream it sees and what it yields.

A rule is a generator over one steady period: it yields `Usage` (what will be priced), `Load` (what must be borne at
peak) and at its end `Output` (what flows on). It never sees a price: `rates.ingested` is only a price's name.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from costmodel.quantities import Number, named, smaller, total
from costmodel.units import Dimension


class PriceName(NamedTuple):
    """A price of the card, by name only. Usage is given in base units of what the price is per."""

    key: str
    dimension: Dimension


class PriceNames:
    """The prices of a card for each kind of something, by name only: `rates.brokers["m5.large"]`."""

    def __init__(self, key: str, dimension: Dimension) -> None:
        self.key, self.dimension = key, dimension

    def __getitem__(self, kind: str) -> PriceName:
        return PriceName(price_key(self.key, kind), self.dimension)


def price_key(key: str, kind: str) -> str:
    """The key of the price of a kind; dots part a path's names, so "m5.large" is m5-large there."""
    return f"{key}.{kind.replace('.', '-')}"


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
    def rate(self) -> Number:
        """Records per ms; `records_per_second` is the same under a name of its own, as a step of an explanation."""
        return total(rate for rate, _ in self._flows)

    @property
    def records_per_second(self) -> Number:
        return self._once("records_per_second", lambda: self.rate)  # type: ignore[no-any-return]

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
