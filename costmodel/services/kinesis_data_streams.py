from typing import NamedTuple

from costmodel.metering import Load, Metering, Output, PriceName, Quotas, Stream, Usage
from costmodel.quantities import Number, larger, round_up, total
from costmodel.settings import QUEUE, Count, Share, Size, Time, Word, choice, count, increment, price, service, share, sized, time

PROVISIONED, ON_DEMAND = "provisioned", "on-demand"


class KinesisDataStreams(NamedTuple):
    mode: Word = choice(PROVISIONED, "what is paid for: shards, or data that comes in and goes out", PROVISIONED, ON_DEMAND)
    shards: Count = sized("1", "shards of a provisioned stream; one number for each period where they differ", at_least="1")
    target_utilisation: Share = share("80%", "how much of a shard is used at the peak, where shards are auto", above="0%")
    consumers: Count = count("1", "consumers that share a shard's reads, each of which reads every record")
    fan_out_consumers: Count = count(None, "consumers with enhanced fan-out, each of which reads every record")
    retention: Time = time(
        None, "how long records are kept, where longer than the 24 hours included", at_least="25 h", at_most="7 days"
    )
    long_term_retention: Time = time(
        None, "how long records are kept, where longer than 7 days", at_least="169 h", at_most="365 days"
    )
    long_term_reads: Count = count(None, "how often each record is read again when it is older than 7 days; provisioned only")


class KinesisDataStreamsCard(NamedTuple):
    payload_unit: Size = increment("25 KB", "one payload unit holds up to this much of a record")
    record_increment: Size = increment("1 KB", "on demand, each record is rounded up to a multiple of this")
    included_retention: Time = increment("24 h", "records are kept this long without a charge of its own")
    extended_retention_up_to: Time = increment("7 days", "what is kept longer is in long-term storage")
    shard_hours: PriceName = price("shard-hour", "shards provisioned")
    payload_units: PriceName = price("unit", "payload units of PUT requests")
    extended_retention: PriceName = price("shard-hour", "retention beyond what is included, on top of each shard-hour")
    long_term_storage: PriceName = price("GB-month", "data kept beyond extended retention")
    long_term_retrieved: PriceName = price("GB", "data read from long-term storage")
    fan_out_hours: PriceName = price("consumer-shard-hour", "consumers with enhanced fan-out, for each shard")
    fan_out_retrieved: PriceName = price("GB", "data read by enhanced fan-out")
    stream_hours: PriceName = price("stream-hour", "streams on demand")
    on_demand_ingested: PriceName = price("GB", "data ingested on demand")
    on_demand_retrieved: PriceName = price("GB", "data read on demand")
    on_demand_fan_out_retrieved: PriceName = price("GB", "data read by enhanced fan-out, on demand")
    on_demand_extended_retention: PriceName = price("GB-month", "data kept longer than what is included, on demand")
    on_demand_long_term_retention: PriceName = price("GB-month", "data kept beyond extended retention, on demand")


def _size(stream: Stream, settings: KinesisDataStreams, rates: KinesisDataStreamsCard, quotas: Quotas) -> dict[str, Number]:
    """Shards for the records and bytes that come in and the bytes that consumers read, whichever asks for most of them."""
    written = larger(
        stream.records_per_second / quotas["shard_write_records"], stream.bytes_per_second / quotas["shard_write_bytes"]
    )
    read = stream.bytes_per_second * settings.consumers / quotas["shard_read_bytes"]
    return {"shards": larger(round_up(larger(written, read) / settings.target_utilisation, to=1), 1)}


@service(
    "Amazon Kinesis Data Streams",
    key="kinesis_data_streams",
    category="Analytics",
    settings=KinesisDataStreams,
    card=KinesisDataStreamsCard,
    not_both=(("retention", "long_term_retention"),),
    size=_size,
    buffer=QUEUE,
)
def kinesis_data_streams(stream: Stream, settings: KinesisDataStreams, rates: KinesisDataStreamsCard) -> Metering:
    """Provisioned, shards are billed by the hour and records by the 25 KB; on demand, the GB in and the GB out are billed."""
    yield from (_on_demand if settings.mode == ON_DEMAND else _provisioned)(stream, settings, rates)
    yield Output(stream.gathered(readers=settings.shards if settings.mode == PROVISIONED else None))


def _provisioned(stream: Stream, settings: KinesisDataStreams, rates: KinesisDataStreamsCard) -> Metering:
    """Each shard is billed by the hour, each record by its payload units of 25 KB; longer retention by the shard-hour on top."""
    shard_time = settings.shards * stream.duration
    yield Usage("Shards", shard_time, rate=rates.shard_hours)
    payload_units = stream.in_steps(rates.payload_unit)
    yield Usage("PUT payload units", payload_units, rate=rates.payload_units)
    if settings.retention is not None or settings.long_term_retention is not None:
        yield Usage("Extended retention", shard_time, rate=rates.extended_retention)
    if settings.long_term_retention is not None:
        long_term_stored = _stored_between(rates.extended_retention_up_to, settings.long_term_retention, stream)
        yield Usage("Long-term storage", long_term_stored, rate=rates.long_term_storage)
    if settings.long_term_reads is not None:
        read_again = stream.volume * settings.long_term_reads
        yield Usage("Long-term data retrieved", read_again, rate=rates.long_term_retrieved)
    if settings.fan_out_consumers is not None:
        fan_out_time = shard_time * settings.fan_out_consumers
        yield Usage("Enhanced fan-out consumers", fan_out_time, rate=rates.fan_out_hours)
        fan_out = stream.volume * settings.fan_out_consumers
        yield Usage("Enhanced fan-out data", fan_out, rate=rates.fan_out_retrieved)
        yield Load("Enhanced fan-out", settings.fan_out_consumers, "consumers", "kinesis_data_streams.fan_out_consumers")
    yield from _loads_of_a_shard(stream, settings)


def _loads_of_a_shard(stream: Stream, settings: KinesisDataStreams) -> Metering:
    """What each shard bears, where keys spread records evenly."""
    records = stream.records_per_second / settings.shards
    yield Load("Records of a shard", records, "records/s", "kinesis_data_streams.shard_write_records", setting="shards")
    written = stream.bytes_per_second / settings.shards
    yield Load("Data into a shard", written, "bytes/s", "kinesis_data_streams.shard_write_bytes", setting="shards")
    read = written * settings.consumers
    yield Load("Data out of a shard", read, "bytes/s", "kinesis_data_streams.shard_read_bytes", setting="shards", waits=True)
    yield Load("Shards", settings.shards, "shards", "kinesis_data_streams.shards_per_account")
    yield Load("Record size", stream.largest_record, "bytes", "kinesis_data_streams.record_bytes")


def _on_demand(stream: Stream, settings: KinesisDataStreams, rates: KinesisDataStreamsCard) -> Metering:
    """A stream is billed by the hour; data in by the GB, each record rounded up to 1 KB; data out by the GB for each consumer."""
    yield Usage("Streams", stream.duration, rate=rates.stream_hours)
    ingested = total(records * round_up(record_size, to=rates.record_increment) for records, record_size in stream.sizes)
    yield Usage("Data ingested", ingested, rate=rates.on_demand_ingested, consumed=stream.volume)
    retrieved = stream.volume * settings.consumers
    yield Usage("Data retrieved", retrieved, rate=rates.on_demand_retrieved)
    if settings.fan_out_consumers is not None:
        fan_out = stream.volume * settings.fan_out_consumers
        yield Usage("Enhanced fan-out data", fan_out, rate=rates.on_demand_fan_out_retrieved)
    if settings.retention is not None or settings.long_term_retention is not None:
        extended_until = rates.extended_retention_up_to if settings.retention is None else settings.retention
        stored = _stored_between(rates.included_retention, extended_until, stream)
        yield Usage("Extended retention", stored, rate=rates.on_demand_extended_retention)
    if settings.long_term_retention is not None:
        long_term_stored = _stored_between(rates.extended_retention_up_to, settings.long_term_retention, stream)
        yield Usage("Long-term retention", long_term_stored, rate=rates.on_demand_long_term_retention)
    yield Load("Data", stream.bytes_per_second, "bytes/s", quota="kinesis_data_streams.on_demand_max_write_bytes")


def _stored_between(age: Time, until: Time, stream: Stream) -> Size:
    """What is stored of what came in that is older than `age` and kept until it is as old as `until`."""
    return stream.stored(stream.volume, until) - stream.stored(stream.volume, age)
