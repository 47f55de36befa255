from typing import NamedTuple

from costmodel.metering import Load, Metering, Output, PriceName, Stream, Usage
from costmodel.quantities import round_up
from costmodel.settings import LOGS, Count, Size, Word, choice, count, increment, price, service, size


class APIGateway(NamedTuple):
    api: Word = choice("rest", "the API's type", "rest", "http", "websocket")
    batch: Count = count("1", "records in one request, or in one message of a WebSocket", at_least="1")
    connections: Count = count("0", "clients connected to a WebSocket API at any time")
    replies: Count = count("0", "messages sent back to clients for each that comes in by WebSocket")
    reply_size: Size = size("1 KB", "size of such a message")


class APIGatewayCard(NamedTuple):
    http_increment: Size = increment("512 KB", "a request to an HTTP API is metered in steps of this size")
    message_increment: Size = increment("32 KB", "a WebSocket message is metered in steps of this size")
    rest_requests: PriceName = price("request", "requests to REST APIs")
    http_requests: PriceName = price("request", "requests to HTTP APIs")
    websocket_messages: PriceName = price("message", "messages to and from WebSocket clients")
    connection_minutes: PriceName = price("minute", "connection time of WebSocket clients")


@service(
    "Amazon API Gateway",
    key="api_gateway",
    category="Integration",
    settings=APIGateway,
    card=APIGatewayCard,
    companions=(LOGS,),
)
def api_gateway(stream: Stream, settings: APIGateway, rates: APIGatewayCard) -> Metering:
    """Requests to a REST API are billed by their number, to an HTTP API for each 512 KB, WebSocket messages for each 32 KB."""
    requests = stream.records / settings.batch
    if settings.api == "rest":
        yield Usage("REST API requests", requests, rate=rates.rest_requests)
    elif settings.api == "http":
        yield from _http(stream, settings, rates)
    else:
        yield from _websocket(stream, settings, rates)

    quota = "" if settings.api == "websocket" else "api_gateway.requests"
    yield Load("Requests", requests / stream.duration, "requests/s", quota=quota, setting="batch")
    yield Output(stream.batched(requests).in_lots_of(settings.batch))


def _http(stream: Stream, settings: APIGateway, rates: APIGatewayCard) -> Metering:
    billed_requests = stream.in_steps(rates.http_increment, lot=settings.batch)
    yield Usage("HTTP API requests", billed_requests, rate=rates.http_requests, consumed=stream.records / settings.batch)


def _websocket(stream: Stream, settings: APIGateway, rates: APIGatewayCard) -> Metering:
    step = rates.message_increment
    messages_in = stream.in_steps(step, lot=settings.batch)
    received = stream.records / settings.batch
    sent = received * settings.replies
    messages_out = sent * (round_up(settings.reply_size, to=step) / step)
    yield Usage("Messages", messages_in + messages_out, rate=rates.websocket_messages, consumed=received + sent)
    connected_time = settings.connections * stream.duration
    yield Usage("Connection minutes", connected_time, rate=rates.connection_minutes)
    yield Load("Connections", settings.connections, "connections")
