from typing import NamedTuple

from costmodel.metering import Load, Metering, PriceName, Stream, Usage
from costmodel.settings import Count, Share, count, price, service, share


class S3(NamedTuple):
    compression: Share = share("100%", "what is stored, as a share of what is delivered (GZIP to a quarter: 25%)")
    months_stored: Count = count("1", "how many months' data is kept: 1 is the data of this month, kept a month")


class S3Card(NamedTuple):
    storage: PriceName = price("GB-month", "S3 Standard storage")
    put_requests: PriceName = price("request", "PUT, COPY, POST and LIST requests")


@service("Amazon S3", key="s3", category="Storage", settings=S3, card=S3Card)
def s3(stream: Stream, settings: S3, rates: S3Card) -> Metering:
    """Storage is billed by the GB-month; each object delivered is one PUT request."""
    stored = stream.volume * settings.compression * settings.months_stored
    yield Usage("Standard storage", stored, rate=rates.storage)

    puts = stream.batches
    yield Usage("PUT requests", puts, rate=rates.put_requests)

    yield Load("PUT requests", puts / stream.duration, "requests/s", quota="s3.writes_per_prefix")
