from typing import NamedTuple

from costmodel.metering import Load, Metering, PriceName, PriceNames, Stream, Usage
from costmodel.settings import Count, Size, Time, Word, choice, count, kind, price, prices, service, size, time


class OpenSearch(NamedTuple):
    instance: Word = kind("m6g.large", "the data nodes' instance type")
    instances: Count = count("3", "data nodes")
    master: Word = kind("m6g.large", "the dedicated master nodes' instance type")
    masters: Count = count(None, "dedicated master nodes")
    volume: Word = choice("gp3", "the volumes' type", "gp3", "gp2")
    storage_per_instance: Size = size(None, "the volume of each data node")
    retention: Time = time(None, "or how long the records that come in are kept, which gives the storage")
    replicas: Count = count("1", "further copies of each index, where storage is by retention")
    room: Count = count("1.45", "GB of volume for each GB of records and copies: for the index, the system and what is kept free")


class OpenSearchCard(NamedTuple):
    instances: PriceNames = prices("instance-hour", "data nodes and dedicated master nodes, by instance type")
    gp2_storage: PriceName = price("GB-month", "gp2 volumes")
    gp3_storage: PriceName = price("GB-month", "gp3 volumes")


@service(
    "Amazon OpenSearch Service",
    key="opensearch",
    category="Analytics",
    settings=OpenSearch,
    card=OpenSearchCard,
    one_of=(("storage_per_instance", "retention"),),
)
def opensearch(stream: Stream, settings: OpenSearch, rates: OpenSearchCard) -> Metering:
    """Each node is billed by the hour, by its instance type; its volume by the GB-month, full or not."""
    node_time = settings.instances * stream.duration
    yield Usage(f"Data nodes ({settings.instance})", node_time, rate=rates.instances[settings.instance])
    if settings.masters is not None:
        master_time = settings.masters * stream.duration
        yield Usage(f"Master nodes ({settings.master})", master_time, rate=rates.instances[settings.master])

    if settings.storage_per_instance is not None:
        storage = settings.instances * settings.storage_per_instance * stream.share_of_month
    else:
        kept = stream.stored(stream.volume, settings.retention)
        storage = kept * (settings.replicas + 1) * settings.room
    gp3 = settings.volume == "gp3"
    yield Usage(f"Storage, {settings.volume}", storage, rate=rates.gp3_storage if gp3 else rates.gp2_storage)
    yield Load("Data", stream.bytes_per_second, "bytes/s")
