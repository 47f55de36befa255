from typing import NamedTuple

from costmodel.metering import Load, Metering, PriceName, Stream, Usage
from costmodel.settings import Count, Rate, Share, Size, Time, Word, choice, count, price, rate, service, share, size, time


class CloudWatch(NamedTuple):
    log_class: Word = choice(
        "standard",
        "what the records are: logs of a class, or vended logs of a service",
        "standard",
        "infrequent-access",
        "vended",
    )
    retention: Time = time("30 days", "how long logs are kept")
    compression: Share = share("15%", "what is stored, as a share of what was ingested")
    queries: Rate = rate(None, "Logs Insights queries, as in 20/day")
    scanned: Size = size("1 GB", "logs that one query scans")
    metrics: Count = count(None, "custom metrics, kept all the time")
    alarms: Count = count(None, "metrics that standard alarms watch, all the time")
    high_resolution_alarms: Count = count(None, "metrics that alarms of 10 or 30 seconds watch, all the time")
    dashboards: Count = count(None, "custom dashboards")
    api_requests: Rate = rate(None, "requests to the API, as in 60/min")


class CloudWatchCard(NamedTuple):
    logs_ingested: PriceName = price("GB", "logs ingested, standard class")
    logs_ingested_infrequent_access: PriceName = price("GB", "logs ingested, infrequent access class")
    vended_logs: PriceName = price("GB", "logs that AWS services publish for the customer")
    logs_storage: PriceName = price("GB-month", "logs stored, compressed")
    logs_scanned: PriceName = price("GB", "logs that Logs Insights queries scan")
    metrics: PriceName = price("metric-month", "custom metrics")
    alarms: PriceName = price("alarm-month", "metrics that standard alarms watch")
    high_resolution_alarms: PriceName = price("alarm-month", "metrics that high-resolution alarms watch")
    dashboards: PriceName = price("dashboard-month", "custom dashboards")
    api_requests: PriceName = price("request", "requests to the API")


@service("Amazon CloudWatch", key="cloudwatch", category="Management and Governance", settings=CloudWatch, card=CloudWatchCard)
def cloudwatch(stream: Stream, settings: CloudWatch, rates: CloudWatchCard) -> Metering:
    """Logs are billed by the GB ingested, stored and scanned; metrics, alarms and dashboards by the month; API requests."""
    yield from _logs(stream, settings, rates)
    if settings.queries is not None:
        logs_scanned = settings.queries * stream.duration * settings.scanned
        yield Usage("Logs scanned", logs_scanned, rate=rates.logs_scanned)
    for item, kept, price_of_one in (
        ("Metrics", settings.metrics, rates.metrics),
        ("Alarms", settings.alarms, rates.alarms),
        ("High-resolution alarms", settings.high_resolution_alarms, rates.high_resolution_alarms),
        ("Dashboards", settings.dashboards, rates.dashboards),
    ):
        if kept is not None:
            yield Usage(item, kept * stream.share_of_month, rate=price_of_one)
    if settings.api_requests is not None:
        requests = settings.api_requests * stream.duration
        yield Usage("API requests", requests, rate=rates.api_requests)


def _logs(stream: Stream, settings: CloudWatch, rates: CloudWatchCard) -> Metering:
    """Each record is a log event."""
    ingested = stream.volume
    if settings.log_class == "standard":
        yield Usage("Logs ingested", ingested, rate=rates.logs_ingested)
    elif settings.log_class == "infrequent-access":
        yield Usage("Logs ingested, infrequent access", ingested, rate=rates.logs_ingested_infrequent_access)
    else:
        yield Usage("Vended logs", ingested, rate=rates.vended_logs)
    stored = stream.stored(ingested * settings.compression, settings.retention)
    yield Usage("Logs storage", stored, rate=rates.logs_storage)
    yield Load("Logs", stream.bytes_per_second, "bytes/s")
