from typing import NamedTuple

from costmodel.metering import Load, Metering, Output, PriceName, Quotas, Stream, Usage
from costmodel.quantities import Number, larger, round_up, smaller, total
from costmodel.settings import (
    Count,
    Flag,
    Rate,
    Share,
    Size,
    Time,
    Word,
    choice,
    count,
    flag,
    increment,
    price,
    service,
    share,
    size,
    sized,
    time,
)

PROVISIONED, ON_DEMAND = "provisioned", "on-demand"
STRONG, EVENTUAL, TRANSACTIONAL = "strong", "eventual", "transactional"
_READS, _WRITES = "dynamodb.table_read_units", "dynamodb.table_write_units"  # quotas


class DynamoDB(NamedTuple):
    mode: Word = choice(PROVISIONED, "what is paid for: capacity units by the hour, or each unit used", PROVISIONED, ON_DEMAND)
    read_capacity: Count = sized("0", "read capacity units provisioned", follows=True)
    write_capacity: Count = sized("0", "write capacity units provisioned", follows=True)
    target_utilisation: Share = share("70%", "how much of the capacity is used, where it is auto", above="0%")
    table_size: Size = size("0 MB", "data stored in the table", at_least="0 MB")
    retention: Time = time(None, "how long each item written is kept, in place of table_size")
    item_size: Size = size(None, "size of an item read or written; where left out, that of the record that comes in")
    reads_per_record: Count = count("0", "reads for each record that comes in")
    writes_per_record: Count = count("0", "writes for each record that comes in")
    consistency: Word = choice(STRONG, "consistency of the reads", STRONG, EVENTUAL, TRANSACTIONAL)
    transactional_writes: Flag = flag("false", "writes are parts of transactions")
    stream_reads_per_record: Count = count(None, "requests that read the table's stream, for each record; Lambda's cost nothing")
    point_in_time_recovery: Flag = flag("false", "continuous backups of what is stored")


class DynamoDBCard(NamedTuple):
    read_unit: Size = increment("4 KB", "one read unit reads up to this much of an item")
    write_unit: Size = increment("1 KB", "one write unit writes up to this much of an item")
    unit_rate: Rate = increment("1/s", "a capacity unit serves one unit this often")
    eventual_read: Count = increment("0.5", "an eventually consistent read takes this many times the units")
    transaction: Count = increment("2", "a transactional read or write takes this many times the units")
    item_overhead: Size = increment("100 bytes", "each item stored has this much beside its own size")
    read_capacity: PriceName = price("RCU-hour", "provisioned read capacity")
    write_capacity: PriceName = price("WCU-hour", "provisioned write capacity")
    read_requests: PriceName = price("unit", "read request units on demand")
    write_requests: PriceName = price("unit", "write request units on demand")
    storage: PriceName = price("GB-month", "data stored")
    stream_reads: PriceName = price("request", "requests that read a table's stream")
    point_in_time_recovery: PriceName = price("GB-month", "data stored in tables with continuous backups")


def _size(stream: Stream, settings: DynamoDB, rates: DynamoDBCard, quotas: Quotas) -> dict[str, Number]:
    """The capacity of which the target is used; it follows the load, as auto scaling does."""
    used = {"read_capacity": _read_units(stream, settings, rates), "write_capacity": _write_units(stream, settings, rates)}
    at_once = {name: units / stream.duration / rates.unit_rate for name, units in used.items()}
    return {name: larger(round_up(units / settings.target_utilisation, to=1), 1) for name, units in at_once.items()}


@service(
    "Amazon DynamoDB",
    key="dynamodb",
    category="Databases",
    settings=DynamoDB,
    card=DynamoDBCard,
    not_both=(("table_size", "retention"),),
    size=_size,
)
def dynamodb(stream: Stream, settings: DynamoDB, rates: DynamoDBCard) -> Metering:
    """Read and write capacity is billed by the hour, used or not, or on demand by the unit used; storage by the GB-month."""
    read_units, write_units = _read_units(stream, settings, rates), _write_units(stream, settings, rates)
    mode = _on_demand if settings.mode == ON_DEMAND else _provisioned
    yield from mode(stream, read_units, write_units, settings, rates)
    largest = stream.largest_record if settings.item_size is None else settings.item_size
    any_item = smaller(round_up(settings.reads_per_record + settings.writes_per_record, to=1), 1)
    yield Load("Item size", largest * any_item, "bytes", quota="dynamodb.item_bytes")

    if settings.retention is None:
        stored = settings.table_size * stream.share_of_month
    else:
        items = total(records * (item_size + rates.item_overhead) for records, item_size in _items(stream, settings))
        written = items * settings.writes_per_record
        stored = stream.stored(written, settings.retention)
    yield Usage("Storage", stored, rate=rates.storage)
    if settings.point_in_time_recovery:
        yield Usage("Point-in-time recovery", stored, rate=rates.point_in_time_recovery)
    if settings.stream_reads_per_record is not None:
        stream_reads = stream.records * settings.stream_reads_per_record
        yield Usage("Stream reads", stream_reads, rate=rates.stream_reads)
    yield Output(stream.gathered())  # what reads the table's stream gathers, too


def _read_units(stream: Stream, settings: DynamoDB, rates: DynamoDBCard) -> Number:
    read_units = _units(stream, settings, rates.read_unit) * settings.reads_per_record
    if settings.consistency != STRONG:
        read_units = read_units * (rates.eventual_read if settings.consistency == EVENTUAL else rates.transaction)
    return read_units


def _write_units(stream: Stream, settings: DynamoDB, rates: DynamoDBCard) -> Number:
    write_units = _units(stream, settings, rates.write_unit) * settings.writes_per_record
    return write_units * rates.transaction if settings.transactional_writes else write_units


def _items(stream: Stream, settings: DynamoDB) -> tuple[tuple[Number, Number], ...]:
    """An item for each record: (how many, bytes of each) for each size."""
    return stream.sizes if settings.item_size is None else ((stream.records, settings.item_size),)


def _units(stream: Stream, settings: DynamoDB, unit: Size) -> Number:
    """Units of an item for each record: a read or a write of an item takes as many as its size fills, rounded up."""
    return total(records * (round_up(item_size, to=unit) / unit) for records, item_size in _items(stream, settings))


def _provisioned(stream: Stream, read_units: Number, write_units: Number, settings: DynamoDB, rates: DynamoDBCard) -> Metering:
    """Provisioned capacity is billed by the hour for each read and write unit, used or not."""
    read_unit_time = settings.read_capacity * stream.duration
    yield Usage("Read capacity", read_unit_time, rate=rates.read_capacity)
    write_unit_time = settings.write_capacity * stream.duration
    yield Usage("Write capacity", write_unit_time, rate=rates.write_capacity)
    reads, writes = read_units / stream.duration, write_units / stream.duration
    read_units_at_once, write_units_at_once = settings.read_capacity * rates.unit_rate, settings.write_capacity * rates.unit_rate
    yield Load("Read units", reads, "units/s", provisioned=read_units_at_once, setting="read_capacity")
    yield Load("Write units", writes, "units/s", provisioned=write_units_at_once, setting="write_capacity")
    yield Load("Read capacity", read_units_at_once, "units/s", quota=_READS)
    yield Load("Write capacity", write_units_at_once, "units/s", quota=_WRITES)
    yield Load("Read capacity of all tables", read_units_at_once, "units/s", quota="dynamodb.account_read_units")
    yield Load("Write capacity of all tables", write_units_at_once, "units/s", quota="dynamodb.account_write_units")


def _on_demand(stream: Stream, read_units: Number, write_units: Number, settings: DynamoDB, rates: DynamoDBCard) -> Metering:
    """Each read request unit and write request unit is billed."""
    yield Usage("Read request units", read_units, rate=rates.read_requests)
    yield Usage("Write request units", write_units, rate=rates.write_requests)
    yield Load("Read units", read_units / stream.duration, "units/s", quota=_READS)
    yield Load("Write units", write_units / stream.duration, "units/s", quota=_WRITES)
