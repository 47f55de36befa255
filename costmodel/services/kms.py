from typing import NamedTuple

from costmodel.metering import Load, Metering, PriceName, Stream, Usage
from costmodel.settings import Count, count, price, service


class KMS(NamedTuple):
    requests_per_record: Count = count("1", "cryptographic requests for each record that comes in")
    keys: Count = count("0", "customer managed keys; keys that AWS manages cost nothing to keep")


class KMSCard(NamedTuple):
    requests: PriceName = price("request", "requests with symmetric keys")
    keys: PriceName = price("key-month", "customer managed keys")


@service("AWS Key Management Service", key="kms", category="Security", settings=KMS, card=KMSCard)
def kms(stream: Stream, settings: KMS, rates: KMSCard) -> Metering:
    """Each request is billed after the first 20,000 of the month; a customer managed key by the month."""
    requests = stream.records * settings.requests_per_record
    yield Usage("Requests", requests, rate=rates.requests)

    key_months = settings.keys * stream.share_of_month
    yield Usage("Customer managed keys", key_months, rate=rates.keys)

    yield Load("Requests", stream.records_per_second * settings.requests_per_record, "requests/s", quota="kms.symmetric_requests")
