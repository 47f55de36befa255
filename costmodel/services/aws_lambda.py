from typing import NamedTuple

from costmodel.metering import Batch, Load, Metering, Output, PriceName, Stream, Usage
from costmodel.quantities import round_up
from costmodel.settings import Size, Time, batch_size, increment, price, service, size, time


class Lambda(NamedTuple):
    batch: Batch = batch_size("1 record", "what one invocation receives: bytes or records")
    duration: Time = time(None, "how long one invocation runs; rounded up as the card says", at_most="15 min")
    billed_duration: Time = time(None, "the mean billed duration as measured; not rounded again", at_most="15 min")
    memory: Size = size("128 MB", "memory of the function", at_least="128 MB", at_most="10240 MB")


class LambdaCard(NamedTuple):
    duration_increment: Time = increment("100 ms", "each invocation's duration is rounded up to a multiple of this")
    requests: PriceName = price("request", "invocations")
    duration: PriceName = price("GB-second", "memory times billed duration")


@service(
    "AWS Lambda", key="lambda", category="Compute", settings=Lambda, card=LambdaCard, one_of=(("duration", "billed_duration"),)
)
def aws_lambda(stream: Stream, settings: Lambda, rates: LambdaCard) -> Metering:
    """Each invocation is a request; its duration, rounded up, times its memory is billed by the GB-second."""
    invocations = stream.batches_of(settings.batch)
    yield Usage("Requests", invocations, rate=rates.requests)

    run_time = settings.billed_duration if settings.duration is None else settings.duration
    billed_duration = run_time if settings.duration is None else round_up(run_time, to=rates.duration_increment)
    running_time = invocations * billed_duration
    memory_duration = running_time * settings.memory
    yield Usage("Duration", memory_duration, rate=rates.duration, consumed=invocations * run_time * settings.memory)

    yield Load(
        "Concurrent executions", invocations / stream.duration * run_time, "executions", quota="lambda.concurrent_executions"
    )
    yield Load("Invocations", invocations / stream.duration, "invocations/s")
    yield Output(stream.batched(invocations))
