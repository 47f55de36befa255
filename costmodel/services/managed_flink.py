from typing import NamedTuple

from costmodel.metering import Load, Metering, PriceName, Stream, Usage
from costmodel.quantities import larger
from costmodel.settings import Count, Size, Time, count, increment, price, service, size, time


class ManagedFlink(NamedTuple):
    kpus: Count = count("1", "Kinesis Processing Units of the application, without the one that AWS adds to orchestrate it")
    runs: Count = count(None, "how often it is started in the month; where left out, it always runs")
    run_time: Time = time("1 h", "how long one of these runs lasts")
    backups: Size = size(None, "durable application backups kept", at_least="0 MB")


class ManagedFlinkCard(NamedTuple):
    orchestration_kpus: Count = increment("1", "units added to each application that runs")
    storage_per_kpu: Size = increment("50 GB", "running application storage of each of the application's units")
    shortest_run: Time = increment("10 minutes", "a run is billed for at least this long")
    kpu_hours: PriceName = price("KPU-hour", "Kinesis Processing Units")
    running_storage: PriceName = price("GB-month", "running application storage")
    backups: PriceName = price("GB-month", "durable application backups")


@service(
    "Amazon Managed Service for Apache Flink",
    key="managed_flink",
    category="Analytics",
    settings=ManagedFlink,
    card=ManagedFlinkCard,
)
def managed_flink(stream: Stream, settings: ManagedFlink, rates: ManagedFlinkCard) -> Metering:
    """An application is billed by the hour for its units and one more, and by the GB-month for 50 GB of storage a unit."""
    running_time = stream.duration
    if settings.runs is not None:
        running_time = settings.runs * stream.share_of_month * larger(settings.run_time, rates.shortest_run)
    kpu_time = (settings.kpus + rates.orchestration_kpus) * running_time
    yield Usage("Kinesis Processing Units", kpu_time, rate=rates.kpu_hours)
    running_storage = settings.kpus * rates.storage_per_kpu
    stored = running_storage * (running_time / stream.span.month)
    yield Usage("Running application storage", stored, rate=rates.running_storage)
    if settings.backups is not None:
        backups_stored = settings.backups * stream.share_of_month
        yield Usage("Durable application backups", backups_stored, rate=rates.backups)

    yield Load("Kinesis Processing Units", settings.kpus, "KPUs", quota="managed_flink.kpus_per_application")
