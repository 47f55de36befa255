from typing import NamedTuple

from costmodel.metering import Load, Metering, Output, PriceName, Stream, Usage
from costmodel.settings import Count, Word, choice, increment, price, service


class DataTransfer(NamedTuple):
    to: Word = choice("internet", "where the records go", "internet", "other-zone", "other-region")


class DataTransferCard(NamedTuple):
    zone_directions: Count = increment("2", "a GB to another zone is billed this often: as it leaves and as it arrives")
    internet_out: PriceName = price("GB", "data sent to the internet")
    cross_az: PriceName = price("GB", "data to or from another availability zone, in each direction")
    inter_region: PriceName = price("GB", "data sent to another region")


@service("AWS Data Transfer", key="data_transfer", category="Networking", settings=DataTransfer, card=DataTransferCard)
def data_transfer(stream: Stream, settings: DataTransfer, rates: DataTransferCard) -> Metering:
    """Data is billed by the GB as it leaves for the internet or another region, and in each direction between zones."""
    if settings.to == "internet":
        yield Usage("Data to the internet", stream.volume, rate=rates.internet_out)
    elif settings.to == "other-region":
        yield Usage("Data to another region", stream.volume, rate=rates.inter_region)
    else:
        crossed = stream.volume * rates.zone_directions
        yield Usage("Data between zones", crossed, rate=rates.cross_az, consumed=stream.volume)
    yield Load("Data", stream.bytes_per_second, "bytes/s")
    yield Output(stream)
