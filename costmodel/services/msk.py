from typing import NamedTuple

from costmodel.metering import Load, Metering, Output, PriceName, PriceNames, Stream, Usage
from costmodel.settings import QUEUE, Count, Size, Time, Word, choice, count, kind, price, prices, service, size, time


class MSK(NamedTuple):
    cluster: Word = choice("standard", "the brokers' kind", "standard", "express")
    broker: Word = kind("m7g.large", "the brokers' instance type")
    brokers: Count = count("3", "how many brokers there are")
    storage_per_broker: Size = size(None, "storage of each broker")
    retention: Time = time(None, "or how long the records that come in are kept, which gives the storage")
    replication: Count = count("3", "copies of each record, where storage is by retention", at_least="1")


class MSKCard(NamedTuple):
    brokers: PriceNames = prices("broker-hour", "standard brokers, by instance type")
    express_brokers: PriceNames = prices("broker-hour", "express brokers, by instance type")
    storage: PriceName = price("GB-month", "storage of standard brokers")
    express_storage: PriceName = price("GB-month", "storage of express brokers")
    express_written: PriceName = price("GB", "data written to express brokers")


@service(
    "Amazon Managed Streaming for Apache Kafka",
    key="msk",
    category="Analytics",
    settings=MSK,
    card=MSKCard,
    one_of=(("storage_per_broker", "retention"),),
    buffer=QUEUE,
)
def msk(stream: Stream, settings: MSK, rates: MSKCard) -> Metering:
    """Each broker is billed by the hour, by its instance type; storage by the GB-month; what express brokers take by the GB."""
    broker_time = settings.brokers * stream.duration
    if settings.storage_per_broker is not None:
        storage = settings.brokers * settings.storage_per_broker * stream.share_of_month
    else:
        storage = stream.stored(stream.volume, settings.retention) * settings.replication
    if settings.cluster == "express":
        yield Usage(f"Express brokers ({settings.broker})", broker_time, rate=rates.express_brokers[settings.broker])
        yield Usage("Express storage", storage, rate=rates.express_storage)
        yield Usage("Data written", stream.volume, rate=rates.express_written)
    else:
        yield Usage(f"Brokers ({settings.broker})", broker_time, rate=rates.brokers[settings.broker])
        yield Usage("Storage", storage, rate=rates.storage)
    yield Load("Data", stream.bytes_per_second, "bytes/s")
    yield Output(stream.gathered())
