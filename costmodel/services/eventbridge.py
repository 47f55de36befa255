from typing import NamedTuple

from costmodel.metering import Load, Metering, Output, PriceName, Stream, Usage
from costmodel.settings import Count, Flag, Rate, Size, Time, Word, choice, count, flag, increment, price, rate, service, time


class EventBridge(NamedTuple):
    by: Word = choice("bus", "what takes the records: a bus, as custom events, or a pipe", "bus", "pipe")
    batch: Count = count(
        "1", "events in one PutEvents call (billed one by one), or records in one request of a pipe", at_least="1"
    )
    archive: Flag = flag("false", "whether the bus archives its events")
    retention: Time = time("30 days", "how long the archive keeps them")
    schedules: Rate = rate(None, "invocations by EventBridge Scheduler, as in 24/day")


class EventBridgeCard(NamedTuple):
    event_increment: Size = increment("64 KB", "an event and a pipe's request are metered in steps of this size")
    custom_events: PriceName = price("event", "custom events put on a bus")
    archived: PriceName = price("GB", "events taken into an archive")
    archive_storage: PriceName = price("GB-month", "events kept in an archive")
    pipe_requests: PriceName = price("request", "requests of pipes, after their filters")
    scheduled_invocations: PriceName = price("invocation", "invocations by EventBridge Scheduler")


@service("Amazon EventBridge", key="eventbridge", category="Integration", settings=EventBridge, card=EventBridgeCard)
def eventbridge(stream: Stream, settings: EventBridge, rates: EventBridgeCard) -> Metering:
    """Each 64 KB of a custom event is billed as one event, each 64 KB of a pipe's request as one request."""
    if settings.by == "bus":
        yield from _bus(stream, settings, rates)
        yield Output(stream.one_by_one())
    else:
        yield from _pipe(stream, settings, rates)
        yield Output(stream.batched(stream.records / settings.batch).in_lots_of(settings.batch))
    if settings.schedules is not None:
        invocations = settings.schedules * stream.duration
        yield Usage("Scheduled invocations", invocations, rate=rates.scheduled_invocations)


def _bus(stream: Stream, settings: EventBridge, rates: EventBridgeCard) -> Metering:
    events = stream.in_steps(rates.event_increment)
    yield Usage("Custom events", events, rate=rates.custom_events, consumed=stream.records)
    if settings.archive:
        yield Usage("Archived events", stream.volume, rate=rates.archived)
        archived = stream.stored(stream.volume, settings.retention)
        yield Usage("Archive storage", archived, rate=rates.archive_storage)
    yield Load(
        "PutEvents calls", stream.records_per_second / settings.batch, "calls/s", quota="eventbridge.put_events", setting="batch"
    )


def _pipe(stream: Stream, settings: EventBridge, rates: EventBridgeCard) -> Metering:
    """The records that pass the filter: an input's `share`."""
    requests = stream.in_steps(rates.event_increment, lot=settings.batch)
    yield Usage("Pipe requests", requests, rate=rates.pipe_requests, consumed=stream.records / settings.batch)
    yield Load("Pipe requests", stream.records_per_second / settings.batch, "requests/s")
