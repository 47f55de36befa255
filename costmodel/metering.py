"""What a service's rule computes with: the stream it sees and what it yields.

A rule is a generator over one steady period: it yields `Usage` (what will be priced), `Load` (what must be borne at
peak) and at its end `Output` (what flows on). It never sees a price: `rates.ingested` is only a price's name.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

from costmodel.quantities import Number, larger, named, round_up, smaller, sum_over_periods, total
from costmodel.units import SMALLEST, Dimension


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


class Scaling(NamedTuple):
    """How fast a load may grow: what of it must be started, and the quotas of how much is so at once, and a second after that."""

    started: Number
    at_once: str
    rate: str


class Load(NamedTuple):
    """What a component must bear in this period, against a quota (by name) or a provisioned capacity.

    `amount` is in base units; `unit` is what people count it in: "records/s", "executions". `setting` is the one that provides
    for it, such as the number of shards. What is above the limit `waits` until later, as reads do, or is refused. An `exact`
    limit is no capacity of which some should be left. `scaling` is for a load that cannot grow by any amount at once. Bursts do
    not change what is `gathered` over the month.
    """

    item: str
    amount: Number
    unit: str
    quota: str = ""
    provisioned: Number | None = None
    setting: str = ""
    waits: bool = False
    exact: bool = False
    scaling: Scaling | None = None
    gathered: bool = False


class Batch(NamedTuple):
    """How much one batch holds: bytes, or records."""

    by_size: bool
    amount: Number


Past: TypeAlias = Callable[[Number, Number], Number]  # (an amount, the months it is kept) -> what is stored of it


class Span(NamedTuple):
    """A steady period in the month: how long it is, its share of the month, and the month's length.

    `months` is how many months the design has run at the end of this one; None: as many as change anything. `past` gives what is
    stored of an amount that has changed from month to month, and is kept for so many months; None: it has not changed.
    """

    duration: Number
    share_of_month: Number
    month: Number
    months: Number | None = None
    past: Past | None = None


class Stream:
    """Records that flow in a steady period, the `span`.

    `sizes` has (records per ms, bytes of a record) for each size of record. `batches` is the number of lots that the
    records come in during the period (objects, invocations); at the source every record comes alone. `largest_lot` is how many
    records can come in together, where that is limited: 1 behind a rule that fires for each message. `readers` is how many can
    read at once, where that is: the shards of a stream. `periods` are the same records in each period of the month, this one too.
    `delay` is the longest time that one of them has waited in buffers on its way; None where nothing buffers.
    """

    def __init__(self, sizes: tuple[tuple[Number, Number], ...], span: Span, scope: str) -> None:
        self._flows, self.span, self._scope = sizes, span, scope
        self._batches: Number | None = None
        self._kept: dict[str, Any] = {}
        self.largest_lot: Number | None = None
        self.readers: Number | None = None
        self.delay: Number | None = None
        self.periods: Sequence[Stream] = ()

    def _once(self, name: str, compute: Callable[[], Any]) -> Any:
        if name not in self._kept:
            self._kept[name] = named(compute(), self._scope, name)
        return self._kept[name]

    @property
    def duration(self) -> Number:
        return self.span.duration

    @property
    def share_of_month(self) -> Number:
        return self.span.share_of_month

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
    def volume_of_month(self) -> Number:
        """What comes in in all periods of the month."""
        return self._once("volume_of_month", lambda: sum_over_periods([stream.volume for stream in self.periods or (self,)]))  # type: ignore[no-any-return]

    @property
    def bytes_per_second(self) -> Number:
        return self._once("bytes_per_second", lambda: total(rate * size for rate, size in self._flows))  # type: ignore[no-any-return]

    @property
    def batches(self) -> Number:
        return self.records if self._batches is None else self._batches

    def months_kept(self, retention: Number) -> Number:
        """How many months' worth of what comes in is stored, on average over the month, where it is kept for `retention`.

        In the steady state that is the retention itself. In an earlier month it is less: what has come since the
        beginning and is not yet as old as that. A first month fills evenly, so half of it is stored on average.
        """
        kept = retention / self.span.month
        return kept if self.span.months is None else stored_in_month(self.span.months, kept)

    def stored(self, amount: Number, retention: Number) -> Number:
        """What is stored on average over the month of an amount that comes in, where it is kept for `retention`."""
        if self.span.past is not None:
            return self.span.past(amount, retention / self.span.month)
        return amount * self.months_kept(retention)

    def in_steps(self, step: Number, lot: Number | None = None) -> Number:
        """How many steps of so many bytes the records fill, each record rounded up; or each lot of so many, all of one size."""
        if lot is None:
            return total(records * (round_up(size, to=step) / step) for records, size in self.sizes)
        return total(records / lot * (round_up(size * lot, to=step) / step) for records, size in self.sizes)

    def batches_of(self, batch: Batch) -> Number:
        """How many batches of this size carry the records; one holds at least a record."""
        return smaller(self.records, self.volume / batch.amount) if batch.by_size else self.records / batch.amount

    def records_of_each(self, lots: Number) -> Number:
        """How many records each of so many lots carries."""
        return self.records / larger(lots, SMALLEST)

    def volume_of_each(self, lots: Number) -> Number:
        """How many bytes each of so many lots carries."""
        return self.volume / larger(lots, SMALLEST)

    def volume_between(self, times: Number) -> Number:
        """How many bytes come in, over the month, from one of so many times in it to the next."""
        return self.volume_of_month / larger(times, SMALLEST)

    def batched(self, batches: Number) -> "Stream":
        """The same records, in this number of lots."""
        stream = self.passed_on()
        stream._batches = batches
        return stream

    def gathered(self, readers: Number | None = None) -> "Stream":
        """The same records, kept until they are read: together in lots of any size, whatever they came in."""
        stream = self.passed_on()
        stream.largest_lot, stream.readers = None, readers
        return stream

    def delayed(self, longest: Number) -> "Stream":
        """The same records, of which one waits so long in a buffer."""
        stream = self.passed_on()
        stream.delay = longest if self.delay is None else self.delay + longest
        return stream

    def passed_on(self) -> "Stream":
        """The same records, behind what has read them."""
        stream = self._with(self._flows, self._scope)
        stream._kept, stream.readers = self._kept, None
        return stream

    def one_by_one(self) -> "Stream":
        """The same records, which never come in together."""
        return self.in_lots_of(1.0)

    def in_lots_of(self, records: Number) -> "Stream":
        """The same records, of which at most so many come in together."""
        stream = self.passed_on()
        stream.largest_lot = records
        return stream

    def _with(self, flows: tuple[tuple[Number, Number], ...], scope: str) -> "Stream":
        """Other records that come in the same lots."""
        stream = Stream(flows, self.span, scope)
        stream._batches, stream.largest_lot, stream.readers = self._batches, self.largest_lot, self.readers
        stream.delay = self.delay
        return stream

    @property
    def largest_record(self) -> Number:
        """The bytes of the largest size of record."""
        return reduce(larger, (size for _, size in self._flows))

    def kept(self, scope: str, share: Number) -> "Stream":
        """A share of the records, as the component `scope` receives them."""
        stream = self._with(tuple((rate * share, size) for rate, size in self._flows), scope)
        if self._batches is not None:
            stream._batches = smaller(stream.records, self._batches)
        return stream

    def times(self, scope: str, copies: Number) -> "Stream":
        """The records of so many copies of what they come from."""
        stream = self._with(tuple((rate * copies, size) for rate, size in self._flows), scope)
        if self._batches is not None:
            stream._batches = self._batches * copies
        return stream

    def scaled(self, scope: str, share: Number) -> "Stream":
        """The same records, each of them this share of its size."""
        return self._resized(scope, tuple((rate, size * share) for rate, size in self._flows))

    def of_size(self, scope: str, size: Number) -> "Stream":
        """The same records, all of this size."""
        return self._resized(scope, ((self.rate, size),))

    def _resized(self, scope: str, flows: tuple[tuple[Number, Number], ...]) -> "Stream":
        stream = self._with(flows, scope)
        if self._batches is None:
            stream._kept["records"] = self.records
        return stream

    def aggregated(self, scope: str, records: Number) -> "Stream":
        """So many records put into one of their size together; what is put together of several sizes is of their mean.

        They come in the lots that they came in, as long as there are records for them.
        """
        size = self._flows[0][1] if len(self._flows) == 1 else self.volume / larger(self.records, SMALLEST)
        together = named(size * records, scope, "aggregated_record")
        stream = self._with(((self.rate / records, together),), scope)
        if self._batches is not None:
            stream._batches = smaller(stream.records, self._batches)
        return stream

    def of_batches(self, scope: str) -> "Stream":
        """Each lot of records as one record of their size together."""
        size = self.volume / larger(self.batches, SMALLEST)  # no lots are of no size
        stream = Stream(((self.batches / self.duration, size),), self.span, scope)
        stream._kept["records"], stream.delay = self.batches, self.delay
        return stream

    @staticmethod
    def joined(streams: list["Stream"], scope: str) -> "Stream":
        """Several streams of one period as one."""
        first = streams[0]
        flows = tuple(flow for stream in streams for flow in stream._flows)
        stream = Stream(flows, first.span, scope)
        if any(s._batches is not None for s in streams):
            stream._batches = named(total(s.batches for s in streams), scope, "batches")
        limits = [s.largest_lot for s in streams if s.largest_lot is not None]
        stream.largest_lot = reduce(larger, limits) if len(limits) == len(streams) else None
        readers = [s.readers for s in streams if s.readers is not None]
        stream.readers = total(readers) if len(readers) == len(streams) else None
        delays = [s.delay for s in streams if s.delay is not None]
        stream.delay = reduce(larger, delays) if delays else None
        return stream


def stored_in_month(number: Number, kept: Number) -> Number:
    """How many months' worth is stored on average over this month from the beginning, where as much comes in every month."""

    def stored_until(months: Number) -> Number:  # the integral of smaller(t, kept)
        filling = smaller(months, kept)
        return filling * months - filling * filling / 2

    return stored_until(number) - stored_until(number - 1)


class Output(NamedTuple):
    """What flows on to the components that name this one as their input."""

    stream: Stream


Metering = Iterator[Usage | Load | Output]
Rule = Callable[[Stream, Any, Any], Metering]
Quotas: TypeAlias = Mapping[str, Number]  # of a service, by their names, in base units
Sizing = Callable[[Stream, Any, Any, Quotas], dict[str, Number]]  # (stream, settings, rates, quotas) -> settings by name
