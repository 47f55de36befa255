from typing import NamedTuple

from costmodel.metering import Load, Metering, Output, PriceName, Stream, Usage
from costmodel.settings import QUEUE, Count, Rate, Size, Time, Word, choice, count, increment, price, rate, service, time


class SQS(NamedTuple):
    queue: Word = choice("standard", "the queue's type", "standard", "fifo")
    send_batch: Count = count("1", "messages in one request to send", at_least="1", at_most="10")
    receive_batch: Count = count("1", "messages in one request to receive, and to delete", at_least="1", at_most="10")
    empty_receives: Rate = rate("0/s", "requests that find no message: one poller that waits 20 s makes at most 3/min")
    processing_time: Time = time(None, "from a message's receipt to its deletion; gives the messages in flight")


class SQSCard(NamedTuple):
    request_increment: Size = increment("64 KB", "the payload of a request is metered in steps of this size")
    requests: PriceName = price("request", "API requests to standard queues")
    fifo_requests: PriceName = price("request", "API requests to FIFO queues")


@service("Amazon Simple Queue Service", key="sqs", category="Integration", settings=SQS, card=SQSCard, buffer=QUEUE)
def sqs(stream: Stream, settings: SQS, rates: SQSCard) -> Metering:
    """Each request is billed, to send, to receive or to delete one message or up to ten: one for each 64 KB of payload."""
    sends = stream.records / settings.send_batch
    receives = stream.records / settings.receive_batch
    deletes = stream.records / settings.receive_batch
    found_nothing = settings.empty_receives * stream.duration
    billed_sends = stream.in_steps(rates.request_increment, lot=settings.send_batch)
    billed_receives = stream.in_steps(rates.request_increment, lot=settings.receive_batch)
    requests = billed_sends + billed_receives + deletes + found_nothing
    calls = sends + receives + deletes + found_nothing
    if settings.queue == "fifo":
        yield Usage("FIFO requests", requests, rate=rates.fifo_requests, consumed=calls)
    else:
        yield Usage("Standard requests", requests, rate=rates.requests, consumed=calls)

    arriving, quota = stream.records_per_second, f"sqs.{settings.queue}_requests"
    yield Load("Requests to send", arriving / settings.send_batch, "requests/s", quota, setting="send_batch")
    yield Load("Requests to receive", arriving / settings.receive_batch, "requests/s", quota, setting="receive_batch", waits=True)
    if settings.processing_time is not None:
        in_flight = arriving * settings.processing_time
        yield Load("Messages in flight", in_flight, "messages", quota=f"sqs.{settings.queue}_in_flight")
    yield Load("Message size", stream.largest_record, "bytes", quota="sqs.message_bytes")
    yield Output(stream.gathered().batched(receives))
