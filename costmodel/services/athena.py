from typing import NamedTuple

from costmodel.metering import Load, Metering, PriceName, Stream, Usage
from costmodel.quantities import larger, round_up
from costmodel.settings import Count, Rate, Size, Time, count, increment, price, rate, service, size, time


class Athena(NamedTuple):
    queries: Rate = rate(None, "how often queries run, whatever the traffic: 20/day")
    queries_per_record: Count = count(None, "or queries for each record that comes in")
    scanned: Size = size(None, "data that one query scans, as stored: compressed, and only the columns that it reads")
    window: Time = time(None, "or it scans what comes in during this time")


class AthenaCard(NamedTuple):
    scan_increment: Size = increment("1 MB", "what a query scans is rounded up to a multiple of this")
    scan_minimum: Size = increment("10 MB", "and is at least this much")
    data_scanned: PriceName = price("TB", "data scanned by queries")


@service(
    "Amazon Athena",
    key="athena",
    category="Analytics",
    settings=Athena,
    card=AthenaCard,
    one_of=(("queries", "queries_per_record"), ("scanned", "window")),
)
def athena(stream: Stream, settings: Athena, rates: AthenaCard) -> Metering:
    """The data that each query scans, rounded up to the next MB and at least 10 MB, is billed by the TB."""
    by_records = settings.queries is None
    query_rate = stream.records_per_second * settings.queries_per_record if by_records else settings.queries
    queries_run = query_rate * stream.duration

    scanned = stream.bytes_per_second * settings.window if settings.scanned is None else settings.scanned
    billed_scan = larger(round_up(scanned, to=rates.scan_increment), rates.scan_minimum)
    data_scanned = queries_run * billed_scan
    yield Usage("Data scanned", data_scanned, rate=rates.data_scanned, consumed=queries_run * scanned)
    yield Load("Queries", query_rate, "queries/s")
