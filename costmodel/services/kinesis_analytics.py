from typing import NamedTuple

from costmodel.metering import Load, Metering, PriceName, Stream, Usage
from costmodel.settings import Count, Withdrawn, count, price, service


class KinesisAnalytics(NamedTuple):
    kpus: Count = count("1", "Kinesis Processing Units in use; give one number for each period where they differ")


class KinesisAnalyticsCard(NamedTuple):
    kpu_hours: PriceName = price("KPU-hour", "Kinesis Processing Units")


@service(
    "Amazon Kinesis Data Analytics",
    key="kinesis_analytics",
    category="Analytics",
    settings=KinesisAnalytics,
    card=KinesisAnalyticsCard,
    withdrawn=Withdrawn(
        closed="2025-10-15",
        ended="2026-01-27",
        successor="managed_flink",
        source="https://docs.aws.amazon.com/kinesisanalytics/latest/dev/discontinuation.html",
    ),
)
def kinesis_analytics(stream: Stream, settings: KinesisAnalytics, rates: KinesisAnalyticsCard) -> Metering:
    """An SQL application is billed by the hour for each Kinesis Processing Unit in use."""
    kpu_time = settings.kpus * stream.duration
    yield Usage("Kinesis Processing Units", kpu_time, rate=rates.kpu_hours)

    yield Load("Kinesis Processing Units", settings.kpus, "KPUs", quota="kinesis_analytics.kpus_per_application")
    yield Load("Data", stream.bytes_per_second, "bytes/s", quota="kinesis_analytics.application_bytes")
