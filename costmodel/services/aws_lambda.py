from typing import NamedTuple

from costmodel.metering import Batch, Load, Metering, Output, PriceName, Quotas, Scaling, Stream, Usage
from costmodel.quantities import Number, larger, round_up, smaller
from costmodel.settings import (
    LOGS,
    NETWORK,
    Count,
    Measurement,
    Share,
    Size,
    Time,
    Word,
    batch_size,
    cheapest_size,
    choice,
    count,
    increment,
    measured_time,
    price,
    service,
    share,
    size,
    sized,
    time,
)

X86, ARM = "x86_64", "arm64"


class Lambda(NamedTuple):
    batch: Batch = batch_size("1 record", "what one invocation receives: bytes or records")
    parallelization: Count = count(
        "1", "batches of a shard that are read at once, where it reads a stream", at_least="1", at_most="10"
    )
    duration: Time = measured_time(
        "how long one invocation runs, or as measured at several memories; rounded up as the card says",
        at_most="15 min",
        smallest="128 MB",
        largest="10240 MB",
    )
    billed_duration: Time = time(None, "the mean billed duration as measured; not rounded again", at_most="15 min")
    memory: Size = cheapest_size(
        "128 MB",
        "memory of the function; auto for the one that costs least, of those at which the duration was measured",
        at_least="128 MB",
        at_most="10240 MB",
    )
    longest_duration: Time = time(None, "the longest duration that will do, where memory is auto", at_most="15 min")
    architecture: Word = choice(X86, "the processor, which decides the prices", X86, ARM)
    ephemeral_storage: Size = size(None, "size of /tmp, where more than what is included", at_least="512 MB", at_most="10240 MB")
    provisioned_concurrency: Count = sized(
        None, "executions kept ready; one number for each period where they differ", follows=True
    )
    target_utilisation: Share = share("70%", "how much of the executions kept ready is used, where they are auto", above="0%")
    provisioned_share: Share = share(
        "100%", "share of the requests that are sent to provisioned concurrency, where there is some"
    )


class LambdaCard(NamedTuple):
    duration_increment: Time = increment("100 ms", "each invocation's duration is rounded up to a multiple of this")
    ephemeral_storage_included: Size = increment("512 MB", "only storage above this is billed")
    requests: PriceName = price("request", "invocations")
    requests_arm64: PriceName = price("request", "invocations on arm64")
    duration: PriceName = price("GB-second", "memory times billed duration")
    duration_arm64: PriceName = price("GB-second", "memory times billed duration, on arm64")
    ephemeral_storage: PriceName = price("GB-second", "ephemeral storage above what is included, times billed duration")
    ephemeral_storage_arm64: PriceName = price("GB-second", "the same on arm64")
    provisioned_concurrency: PriceName = price("GB-second", "memory of the executions kept ready, times how long they are")
    provisioned_concurrency_arm64: PriceName = price("GB-second", "the same on arm64")
    provisioned_duration: PriceName = price("GB-second", "memory times billed duration on provisioned concurrency")
    provisioned_duration_arm64: PriceName = price("GB-second", "the same on arm64")


class _Prices(NamedTuple):
    """The prices of one architecture."""

    requests: PriceName
    duration: PriceName
    ephemeral_storage: PriceName
    provisioned_concurrency: PriceName
    provisioned_duration: PriceName


def _prices_of(architecture: Word, rates: LambdaCard) -> _Prices:
    if architecture == ARM:
        return _Prices(
            rates.requests_arm64,
            rates.duration_arm64,
            rates.ephemeral_storage_arm64,
            rates.provisioned_concurrency_arm64,
            rates.provisioned_duration_arm64,
        )
    return _Prices(
        rates.requests,
        rates.duration,
        rates.ephemeral_storage,
        rates.provisioned_concurrency,
        rates.provisioned_duration,
    )


def _size(stream: Stream, settings: Lambda, rates: LambdaCard, quotas: Quotas) -> dict[str, Number]:
    """As many executions as run at once (Little's law: how often times how long), of which the target is used."""
    run_time = settings.billed_duration if settings.duration is None else settings.duration
    at_once = stream.batches_of(settings.batch) * settings.provisioned_share / stream.duration * run_time
    return {"provisioned_concurrency": round_up(at_once / settings.target_utilisation, to=1)}


def _cost(memory: Number, duration: Number, rates: LambdaCard) -> Number:
    """What an invocation costs beside its request, in units of the price."""
    return memory * round_up(duration, to=rates.duration_increment)


@service(
    "AWS Lambda",
    key="lambda",
    category="Compute",
    settings=Lambda,
    card=LambdaCard,
    one_of=(("duration", "billed_duration"),),
    companions=(LOGS, NETWORK),
    size=_size,
    measurement=Measurement("memory", "duration", "longest_duration", _cost, "{512 MB: 400 ms, 1 GB: 210 ms}"),
)
def aws_lambda(stream: Stream, settings: Lambda, rates: LambdaCard) -> Metering:
    """Each invocation is a request; its duration, rounded up, times its memory is billed by the GB-second."""
    prices = _prices_of(settings.architecture, rates)
    invocations = stream.batches_of(settings.batch)
    yield Usage("Requests", invocations, rate=prices.requests)

    run_time = settings.billed_duration if settings.duration is None else settings.duration
    billed_duration = run_time if settings.duration is None else round_up(run_time, to=rates.duration_increment)
    invocations_on_demand = invocations
    if settings.provisioned_concurrency is not None:
        invocations_ready = settings.provisioned_concurrency * stream.duration / run_time  # what is above spills over
        invocations_provisioned = smaller(invocations * settings.provisioned_share, invocations_ready)
        invocations_on_demand = invocations - invocations_provisioned
        yield from _provisioned(
            stream, invocations_provisioned * run_time, invocations_provisioned * billed_duration, settings, prices
        )
    running_time = invocations_on_demand * billed_duration
    memory_duration = running_time * settings.memory
    yield Usage("Duration", memory_duration, rate=prices.duration, consumed=invocations_on_demand * run_time * settings.memory)
    if settings.ephemeral_storage is not None:
        yield from _storage(invocations * billed_duration, settings, rates, prices)

    yield from _loads(stream, invocations, run_time, settings)
    yield Output(stream.batched(invocations))


def _loads(stream: Stream, invocations: Number, run_time: Time, settings: Lambda) -> Metering:
    """Executions at once are as many as there are a second, times how long one runs; reading shards, only so many."""
    executions = invocations / stream.duration * run_time
    if stream.readers is not None:
        at_once = stream.readers * settings.parallelization
        yield Load("Executions on shards", executions, "executions", provisioned=at_once, setting="parallelization", waits=True)
        executions = smaller(executions, at_once)
    started = executions
    if settings.provisioned_concurrency is not None:  # what is kept ready is taken from the quota, used or not
        started = executions - smaller(executions * settings.provisioned_share, settings.provisioned_concurrency)
        executions = started + settings.provisioned_concurrency
    scaling = Scaling(started, at_once="lambda.scaling_at_once", rate="lambda.scaling_rate")
    yield Load(
        "Concurrent executions", executions, "executions", "lambda.concurrent_executions", setting="batch", scaling=scaling
    )
    yield Load("Invocations", invocations / stream.duration, "invocations/s", "lambda.invocations_per_execution", setting="batch")
    yield Load("Payload", _payload(stream, invocations, settings), "bytes", quota="lambda.payload", setting="batch")
    if stream.largest_lot is not None:
        records = stream.records_of_each(invocations)
        yield Load("Records in an invocation", records, "records", provisioned=stream.largest_lot, setting="batch", exact=True)


def _provisioned(stream: Stream, run_time: Time, billed_time: Time, settings: Lambda, prices: _Prices) -> Metering:
    """Concurrency is billed for as long as it is kept ready, used or not; what runs on it has a duration price of its own.

    The load is never more than what is ready.
    """
    ready_time = settings.provisioned_concurrency * stream.duration
    memory_ready = ready_time * settings.memory
    yield Usage("Provisioned concurrency", memory_ready, rate=prices.provisioned_concurrency)

    memory_provisioned = billed_time * settings.memory
    yield Usage("Provisioned duration", memory_provisioned, rate=prices.provisioned_duration, consumed=run_time * settings.memory)
    executions = run_time / stream.duration
    yield Load(
        "Provisioned executions",
        executions,
        "executions",
        provisioned=settings.provisioned_concurrency,
        setting="provisioned_concurrency",
    )


def _payload(stream: Stream, invocations: Number, settings: Lambda) -> Number:
    """The largest of what invocations receive: one may be of the largest records only, where they come in together as they are.

    What gathers records for a batch ends one that would become too large before that; then it is the mean, or one record.
    """
    if stream.largest_lot is not None and not settings.batch.by_size:
        return settings.batch.amount * stream.largest_record
    return larger(stream.volume_of_each(invocations), stream.largest_record)


def _storage(billed_time: Time, settings: Lambda, rates: LambdaCard, prices: _Prices) -> Metering:
    """Ephemeral storage above what is included is billed by the GB-second of billed duration."""
    storage_above = larger(settings.ephemeral_storage - rates.ephemeral_storage_included, 0)
    storage_duration = billed_time * storage_above
    yield Usage("Ephemeral storage", storage_duration, rate=prices.ephemeral_storage)
