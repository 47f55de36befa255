from typing import NamedTuple

from costmodel.metering import Load, Metering, Output, PriceName, Stream, Usage
from costmodel.settings import Count, count, price, service


class NATGateway(NamedTuple):
    gateways: Count = count("1", "NAT gateways, as a rule one for each availability zone")


class NATGatewayCard(NamedTuple):
    hours: PriceName = price("gateway-hour", "NAT gateways, used or not")
    processed: PriceName = price("GB", "data that passes, in either direction")


@service("Amazon VPC NAT Gateway", key="nat_gateway", category="Networking", settings=NATGateway, card=NATGatewayCard)
def nat_gateway(stream: Stream, settings: NATGateway, rates: NATGatewayCard) -> Metering:
    """Each gateway is billed by the hour, used or not, and the data that it processes by the GB."""
    gateway_time = settings.gateways * stream.duration
    yield Usage("NAT gateways", gateway_time, rate=rates.hours)
    yield Usage("Data processed", stream.volume, rate=rates.processed)
    yield Load("Data", stream.bytes_per_second, "bytes/s")
    yield Output(stream)
