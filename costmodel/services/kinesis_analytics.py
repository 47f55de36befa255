from typing import NamedTuple

from costmodel.metering import Load, Metering, PriceName, Quotas, Stream, Usage
from costmodel.quantities import Number, larger, round_up
from costmodel.settings import Count, Share, Throughput, Withdrawn, price, service, share, sized, throughput


class KinesisAnalytics(NamedTuple):
    kpus: Count = sized(
        "1",
        "Kinesis Processing Units in use; give one number for each period where they differ",
        follows=True,
        made_of="kpu_throughput",
    )
    kpu_throughput: Throughput = throughput(None, "data that one KPU takes, as in 2 MB/s: measure it, AWS published no number")
    target_utilisation: Share = share("75%", "how much of the KPUs is used, where they are auto", above="0%")


class KinesisAnalyticsCard(NamedTuple):
    kpu_hours: PriceName = price("KPU-hour", "Kinesis Processing Units")


def _size(stream: Stream, settings: KinesisAnalytics, rates: KinesisAnalyticsCard, quotas: Quotas) -> dict[str, Number]:
    """As many KPUs as take the data that comes in, of which the target is used; AWS scaled applications by itself."""
    used = stream.bytes_per_second / settings.kpu_throughput
    return {"kpus": larger(round_up(used / settings.target_utilisation, to=1), 1)}


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
    size=_size,
)
def kinesis_analytics(stream: Stream, settings: KinesisAnalytics, rates: KinesisAnalyticsCard) -> Metering:
    """An SQL application is billed by the hour for each Kinesis Processing Unit in use."""
    kpu_time = settings.kpus * stream.duration
    yield Usage("Kinesis Processing Units", kpu_time, rate=rates.kpu_hours)

    yield Load("Kinesis Processing Units", settings.kpus, "KPUs", quota="kinesis_analytics.kpus_per_application")
    yield Load("Data", stream.bytes_per_second, "bytes/s", quota="kinesis_analytics.application_bytes")
    if settings.kpu_throughput is not None:
        kpus_take = settings.kpus * settings.kpu_throughput
        yield Load("Throughput", stream.bytes_per_second, "bytes/s", provisioned=kpus_take, setting="kpus")
