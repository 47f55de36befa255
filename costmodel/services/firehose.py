from typing import NamedTuple

from costmodel.metering import Load, Metering, Output, PriceName, Stream, Usage
from costmodel.quantities import Number, larger, round_up, smaller, total
from costmodel.settings import (
    GATHERED,
    Count,
    Flag,
    Size,
    Time,
    Word,
    choice,
    count,
    flag,
    increment,
    price,
    service,
    size,
    time,
)

DIRECT_PUT, KINESIS, MSK, VENDED_LOGS = "direct-put", "kinesis", "msk", "vended-logs"


class Firehose(NamedTuple):
    buffer_size: Size = size("5 MB", "an object is delivered when the buffer holds this much", at_least="1 MB", at_most="128 MB")
    buffer_interval: Time = time("300 s", "or when this time has passed", at_least="1 s", at_most="900 s")
    source: Word = choice(DIRECT_PUT, "where its records come from", DIRECT_PUT, KINESIS, MSK, VENDED_LOGS)
    records_per_request: Count = count("500", "records that producers put in one request", at_least="1", at_most="500")
    iceberg: Flag = flag("false", "delivery to Apache Iceberg tables, which has prices of its own")
    format_conversion: Flag = flag("false", "conversion of JSON to Parquet or ORC")
    decompression: Count = count(None, "decompression of CloudWatch Logs, to this many times what comes in")
    partitions: Count = count(None, "dynamic partitioning, with this many partitions that fill at a time", at_least="1")
    jq_time: Time = time(None, "JQ processing time of the month, where it finds partitions by JQ")
    vpc_zones: Count = count(None, "delivery into a VPC, in this many availability zones")


class FirehoseCard(NamedTuple):
    record_increment: Size = increment("5 KB", "each record is rounded up to a multiple of this")
    ingested: PriceName = price("GB", "data ingested by Direct PUT")
    ingested_from_kinesis: PriceName = price("GB", "data ingested from Kinesis Data Streams")
    ingested_from_msk: PriceName = price("GB", "data ingested from Amazon MSK")
    vended_logs: PriceName = price("GB", "logs that other AWS services send")
    iceberg: PriceName = price("GB", "data ingested by Direct PUT for Iceberg tables")
    iceberg_from_kinesis: PriceName = price("GB", "data ingested from Kinesis Data Streams for Iceberg tables")
    iceberg_from_msk: PriceName = price("GB", "data ingested from Amazon MSK for Iceberg tables")
    format_conversion: PriceName = price("GB", "data ingested whose format is converted")
    decompression: PriceName = price("GB", "data decompressed")
    vpc_delivered: PriceName = price("GB", "data delivered into a VPC")
    vpc_hours: PriceName = price("AZ-hour", "availability zones of a delivery into a VPC")
    partitioned: PriceName = price("GB", "data delivered with dynamic partitioning")
    partitioned_objects: PriceName = price("object", "objects delivered with dynamic partitioning")
    jq_hours: PriceName = price("JQ-hour", "JQ processing")


@service(
    "Amazon Kinesis Data Firehose", key="firehose", category="Analytics", settings=Firehose, card=FirehoseCard, buffer=GATHERED
)
def firehose(stream: Stream, settings: Firehose, rates: FirehoseCard) -> Metering:
    """Each record is rounded up to the next 5 KB, then billed by the GB. From MSK and for Iceberg tables it is not rounded."""
    ingested = stream.volume
    if settings.source in (DIRECT_PUT, KINESIS) and not settings.iceberg:
        ingested = total(records * round_up(record_size, to=rates.record_increment) for records, record_size in stream.sizes)
    yield Usage("Data ingested", ingested, rate=_price_of(settings, rates), consumed=stream.volume)
    if settings.format_conversion:
        yield Usage("Format conversion", ingested, rate=rates.format_conversion, consumed=stream.volume)
    if settings.decompression is not None:
        decompressed = stream.volume * settings.decompression
        yield Usage("Decompression", decompressed, rate=rates.decompression)

    yield from _loads(stream, settings)

    filled = stream.volume / settings.buffer_size
    timed_out = stream.duration / settings.buffer_interval
    if settings.partitions is not None:
        timed_out = timed_out * settings.partitions
    objects = smaller(stream.records, larger(filled, timed_out))
    if settings.partitions is not None:
        yield from _partitioned(stream, objects, settings, rates)
    if settings.vpc_zones is not None:
        yield from _into_vpc(stream, settings, rates)
    yield Output(stream.gathered().batched(objects).delayed(_waiting(stream, settings)))


def _waiting(stream: Stream, settings: Firehose) -> Number:
    """How long the first record of an object waits: until the buffer, or that of its partition, is full or old enough."""
    held = settings.buffer_size if settings.partitions is None else settings.buffer_size * settings.partitions
    return held / larger(stream.bytes_per_second, held / settings.buffer_interval)


def _loads(stream: Stream, settings: Firehose) -> Metering:
    """What is put into the stream; no source but Direct PUT has quotas of its own."""
    direct = settings.source == DIRECT_PUT
    yield Load("Records", stream.records_per_second, "records/s", quota="firehose.direct_put_records" if direct else "")
    yield Load("Data", stream.bytes_per_second, "bytes/s", quota="firehose.direct_put_bytes" if direct else "")
    if direct:
        requests = stream.records_per_second / settings.records_per_request
        yield Load(
            "PutRecordBatch requests", requests, "requests/s", "firehose.direct_put_requests", setting="records_per_request"
        )
        yield Load("Record size", stream.largest_record, "bytes", quota="firehose.record_bytes")


def _price_of(settings: Firehose, rates: FirehoseCard) -> PriceName:
    """The price of what is ingested, by its source and destination."""
    if settings.iceberg:
        return {KINESIS: rates.iceberg_from_kinesis, MSK: rates.iceberg_from_msk}.get(settings.source, rates.iceberg)
    by_source = {KINESIS: rates.ingested_from_kinesis, MSK: rates.ingested_from_msk, VENDED_LOGS: rates.vended_logs}
    return by_source.get(settings.source, rates.ingested)


def _partitioned(stream: Stream, objects: Number, settings: Firehose, rates: FirehoseCard) -> Metering:
    """Dynamic partitioning is billed by the GB and by the object delivered, and by the hour of JQ processing."""
    yield Usage("Dynamic partitioning", stream.volume, rate=rates.partitioned)
    yield Usage("Objects of dynamic partitioning", objects, rate=rates.partitioned_objects)
    yield Load("Partitions", settings.partitions, "partitions", quota="firehose.active_partitions")
    if settings.jq_time is not None:
        processing_time = settings.jq_time * stream.share_of_month
        yield Usage("JQ processing", processing_time, rate=rates.jq_hours)


def _into_vpc(stream: Stream, settings: Firehose, rates: FirehoseCard) -> Metering:
    """Delivery into a VPC is billed by the GB, and by the hour for each availability zone."""
    yield Usage("Data delivered to VPC", stream.volume, rate=rates.vpc_delivered)
    zone_time = settings.vpc_zones * stream.duration
    yield Usage("Availability zones of VPC delivery", zone_time, rate=rates.vpc_hours)
