from typing import NamedTuple

from costmodel.metering import Load, Metering, PriceName, Quotas, Stream, Usage
from costmodel.quantities import Number, larger, round_up
from costmodel.settings import (
    Count,
    Share,
    Size,
    Throughput,
    Time,
    count,
    increment,
    price,
    service,
    share,
    size,
    sized,
    throughput,
    time,
)


class ManagedFlink(NamedTuple):
    kpus: Count = sized(
        "1",
        "Kinesis Processing Units of the application, without the one that AWS adds to orchestrate it",
        follows=True,
        made_of="kpu_throughput",
    )
    kpu_throughput: Throughput = throughput(None, "data that one KPU takes, as in 2 MB/s: measure it, AWS publishes no number")
    target_utilisation: Share = share("75%", "how much of the KPUs is used, where they are auto", above="0%")
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


def _size(stream: Stream, settings: ManagedFlink, rates: ManagedFlinkCard, quotas: Quotas) -> dict[str, Number]:
    """As many KPUs as take the data that comes in, of which the target is used; automatic scaling goes by that too.

    Those of an application that is started now and then are the same each time.
    """
    used = _taken(stream, settings) / settings.kpu_throughput
    return {"kpus": larger(round_up(used / settings.target_utilisation, to=1), 1)}


@service(
    "Amazon Managed Service for Apache Flink",
    key="managed_flink",
    category="Analytics",
    settings=ManagedFlink,
    card=ManagedFlinkCard,
    size=_size,
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
    if settings.kpu_throughput is not None:
        taken, kpus_take = _taken(stream, settings), settings.kpus * settings.kpu_throughput
        by_runs = settings.runs is not None
        yield Load("Throughput", taken, "bytes/s", provisioned=kpus_take, setting="kpus", gathered=by_runs)


def _taken(stream: Stream, settings: ManagedFlink) -> Throughput:
    """Data that comes in; by an application that is started now and then, what has gathered since, in the time that it runs."""
    if settings.runs is None:
        return stream.bytes_per_second
    return stream.volume_between(settings.runs) / settings.run_time
