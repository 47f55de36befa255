from typing import NamedTuple

from costmodel.metering import Load, Metering, Output, PriceName, Stream, Usage
from costmodel.settings import Count, Size, count, increment, price, service


class SNS(NamedTuple):
    batch: Count = count("1", "messages in one publish request", at_least="1", at_most="10")
    http_deliveries: Count = count(None, "deliveries to HTTP(S) endpoints for each message published")
    email_deliveries: Count = count(None, "deliveries by email for each message published")
    mobile_push_deliveries: Count = count(None, "push notifications to phones for each message published")
    firehose_deliveries: Count = count(None, "deliveries to Firehose streams for each message published")
    sqs_deliveries: Count = count(None, "deliveries to SQS queues for each message published")
    lambda_deliveries: Count = count(None, "deliveries to Lambda functions for each message published")


class SNSCard(NamedTuple):
    request_increment: Size = increment("64 KB", "the payload of a publish request is metered in steps of this size")
    requests: PriceName = price("request", "publish requests")
    http_deliveries: PriceName = price("delivery", "deliveries to HTTP(S) endpoints")
    email_deliveries: PriceName = price("delivery", "deliveries by email")
    mobile_push_deliveries: PriceName = price("delivery", "push notifications to phones")
    firehose_deliveries: PriceName = price("delivery", "deliveries to Firehose streams")
    sqs_deliveries: PriceName = price("delivery", "deliveries to SQS queues")
    lambda_deliveries: PriceName = price("delivery", "deliveries to Lambda functions")


@service("Amazon Simple Notification Service", key="sns", category="Integration", settings=SNS, card=SNSCard)
def sns(stream: Stream, settings: SNS, rates: SNSCard) -> Metering:
    """Each 64 KB of a publish request is billed as one request; deliveries are billed by their number, as the protocol says."""
    calls = stream.records / settings.batch
    requests = stream.in_steps(rates.request_increment, lot=settings.batch)
    yield Usage("Requests", requests, rate=rates.requests, consumed=calls)
    yield from _deliveries(stream, settings, rates)

    yield Load("Messages", stream.records_per_second, "messages/s", quota="sns.publishes_standard")
    yield Load("Message size", stream.largest_record, "bytes", quota="sns.message_bytes")
    yield Output(stream.one_by_one())


def _deliveries(stream: Stream, settings: SNS, rates: SNSCard) -> Metering:
    for protocol, of_each, rate in (
        ("HTTP", settings.http_deliveries, rates.http_deliveries),
        ("Email", settings.email_deliveries, rates.email_deliveries),
        ("Mobile push", settings.mobile_push_deliveries, rates.mobile_push_deliveries),
        ("Firehose", settings.firehose_deliveries, rates.firehose_deliveries),
        ("SQS", settings.sqs_deliveries, rates.sqs_deliveries),
        ("Lambda", settings.lambda_deliveries, rates.lambda_deliveries),
    ):
        if of_each is not None:
            yield Usage(f"{protocol} deliveries", stream.records * of_each, rate=rate)
