from typing import NamedTuple

from costmodel.metering import Load, Metering, Output, PriceName, Stream, Usage
from costmodel.settings import Count, count, price, service


class VPCEndpoint(NamedTuple):
    endpoints: Count = count("1", "interface endpoints, one for each service that is reached")
    zones: Count = count("1", "availability zones in which each of them is")


class VPCEndpointCard(NamedTuple):
    hours: PriceName = price("endpoint-hour", "an interface endpoint in one availability zone, used or not")
    processed: PriceName = price("GB", "data that passes, in either direction")


@service("AWS PrivateLink", key="vpc_endpoint", category="Networking", settings=VPCEndpoint, card=VPCEndpointCard)
def vpc_endpoint(stream: Stream, settings: VPCEndpoint, rates: VPCEndpointCard) -> Metering:
    """An interface endpoint is billed by the hour in each availability zone, and the data that it processes by the GB."""
    endpoint_time = settings.endpoints * settings.zones * stream.duration
    yield Usage("Interface endpoints", endpoint_time, rate=rates.hours)
    yield Usage("Data processed", stream.volume, rate=rates.processed)
    yield Load("Data", stream.bytes_per_second, "bytes/s")
    yield Output(stream)
