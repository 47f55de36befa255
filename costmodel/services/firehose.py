from typing import NamedTuple

from costmodel.metering import Load, Metering, Output, PriceName, Stream, Usage
from costmodel.quantities import larger, round_up, smaller, total
from costmodel.settings import Size, Time, increment, price, service, size, time


class Firehose(NamedTuple):
    buffer_size: Size = size("5 MB", "an object is delivered when the buffer holds this much", at_least="1 MB", at_most="128 MB")
    buffer_interval: Time = time("300 s", "or when this time has passed", at_least="1 s", at_most="900 s")


class FirehoseCard(NamedTuple):
    record_increment: Size = increment("5 KB", "each record is rounded up to a multiple of this")
    ingested: PriceName = price("GB", "data ingested by Direct PUT")


@service("Amazon Kinesis Data Firehose", key="firehose", category="Analytics", settings=Firehose, card=FirehoseCard)
def firehose(stream: Stream, settings: Firehose, rates: FirehoseCard) -> Metering:
    """Each record is rounded up to the next 5 KB, then billed by the GB."""
    ingested = total(records * round_up(record_size, to=rates.record_increment) for records, record_size in stream.sizes)
    yield Usage("Data ingested", ingested, rate=rates.ingested, consumed=stream.volume)

    yield Load("Records", stream.records_per_second, "records/s", quota="firehose.direct_put_records")
    yield Load("Data", stream.bytes_per_second, "bytes/s", quota="firehose.direct_put_bytes")

    filled = stream.volume / settings.buffer_size
    timed_out = stream.duration / settings.buffer_interval
    objects = smaller(stream.records, larger(filled, timed_out))
    yield Output(stream.batched(objects))
