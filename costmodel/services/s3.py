from typing import NamedTuple

from costmodel.metering import Load, Metering, PriceName, Stream, Usage
from costmodel.quantities import Number, larger
from costmodel.settings import ENCRYPTION, Count, Share, Size, Time, Word, choice, count, increment, price, service, share, time

STANDARD, TIERING = "standard", "intelligent_tiering"
STANDARD_IA, ONE_ZONE_IA, INSTANT = "standard_ia", "one_zone_ia", "glacier_instant"
FLEXIBLE, DEEP_ARCHIVE = "glacier_flexible", "deep_archive"
NAMES = {
    STANDARD: "Standard",
    TIERING: "Intelligent-Tiering",
    STANDARD_IA: "Standard-IA",
    ONE_ZONE_IA: "One Zone-IA",
    INSTANT: "Glacier Instant Retrieval",
    FLEXIBLE: "Glacier Flexible Retrieval",
    DEEP_ARCHIVE: "Glacier Deep Archive",
}


class S3(NamedTuple):
    compression: Share = share("100%", "what is stored, as a share of what is delivered (GZIP to a quarter: 25%)")
    months_stored: Count = count("1", "how many months' data is kept: 1 is the data of this month, kept a month")
    retention: Time = time(None, "how long each object is kept, in place of months_stored")
    storage_class: Word = choice(STANDARD, "the class in which objects are stored", *NAMES)
    reads_per_object: Count = count(None, "how often an object is read, for each that is delivered")
    infrequent_share: Share = share("0%", "share of what Intelligent-Tiering stores that has not been read for 30 days")


class S3Card(NamedTuple):
    minimum_object_size: Size = increment(
        "128 KB", "smaller objects count as much in Standard-IA, One Zone-IA and Instant Retrieval"
    )
    archive_overhead: Size = increment("32 KB", "added to each object in Flexible Retrieval and Deep Archive")
    archive_index: Size = increment("8 KB", "kept in Standard for each object in Flexible Retrieval and Deep Archive")
    infrequent_access_minimum: Time = increment("30 days", "objects in Standard-IA and One Zone-IA are billed for at least this")
    glacier_minimum: Time = increment("90 days", "objects in Instant and Flexible Retrieval are billed for at least this")
    deep_archive_minimum: Time = increment("180 days", "objects in Deep Archive are billed for at least this")
    storage: PriceName = price("GB-month", "S3 Standard storage")
    put_requests: PriceName = price("request", "PUT, COPY, POST and LIST requests")
    get_requests: PriceName = price("request", "GET and all other requests")
    standard_ia_storage: PriceName = price("GB-month", "Standard-IA storage")
    standard_ia_put_requests: PriceName = price("request", "PUT requests to Standard-IA")
    standard_ia_get_requests: PriceName = price("request", "GET requests to Standard-IA")
    standard_ia_retrieved: PriceName = price("GB", "data read from Standard-IA")
    one_zone_ia_storage: PriceName = price("GB-month", "One Zone-IA storage")
    one_zone_ia_put_requests: PriceName = price("request", "PUT requests to One Zone-IA")
    one_zone_ia_get_requests: PriceName = price("request", "GET requests to One Zone-IA")
    one_zone_ia_retrieved: PriceName = price("GB", "data read from One Zone-IA")
    glacier_instant_storage: PriceName = price("GB-month", "Glacier Instant Retrieval storage")
    glacier_instant_put_requests: PriceName = price("request", "PUT requests to Glacier Instant Retrieval")
    glacier_instant_get_requests: PriceName = price("request", "GET requests to Glacier Instant Retrieval")
    glacier_instant_retrieved: PriceName = price("GB", "data read from Glacier Instant Retrieval")
    glacier_flexible_storage: PriceName = price("GB-month", "Glacier Flexible Retrieval storage")
    glacier_flexible_put_requests: PriceName = price("request", "PUT requests to Glacier Flexible Retrieval")
    glacier_flexible_retrieved: PriceName = price("GB", "data restored from Glacier Flexible Retrieval by standard retrieval")
    deep_archive_storage: PriceName = price("GB-month", "Glacier Deep Archive storage")
    deep_archive_put_requests: PriceName = price("request", "PUT requests to Glacier Deep Archive")
    deep_archive_retrieved: PriceName = price("GB", "data restored from Glacier Deep Archive by standard retrieval")
    intelligent_tiering_storage: PriceName = price("GB-month", "Intelligent-Tiering storage, frequent access")
    intelligent_tiering_infrequent_storage: PriceName = price("GB-month", "Intelligent-Tiering storage, infrequent access")
    intelligent_tiering_put_requests: PriceName = price("request", "PUT requests to Intelligent-Tiering")
    intelligent_tiering_get_requests: PriceName = price("request", "GET requests to Intelligent-Tiering")
    intelligent_tiering_monitored: PriceName = price("object-month", "objects that Intelligent-Tiering monitors")


@service(
    "Amazon S3",
    key="s3",
    category="Storage",
    settings=S3,
    card=S3Card,
    not_both=(("months_stored", "retention"),),
    companions=(ENCRYPTION,),
)
def s3(stream: Stream, settings: S3, rates: S3Card) -> Metering:
    """Storage is billed by the GB-month; each object delivered is one PUT request."""
    delivered = stream.volume * settings.compression
    if settings.storage_class == TIERING:
        yield from _tiered(stream, delivered, settings, rates)
    elif settings.storage_class in (FLEXIBLE, DEEP_ARCHIVE):
        yield from _archived(stream, delivered, settings, rates)
    else:
        if settings.storage_class != STANDARD:
            delivered = larger(delivered, stream.batches * rates.minimum_object_size)
        stored = _kept(delivered, stream, settings, rates)
        yield Usage(f"{NAMES[settings.storage_class]} storage", stored, rate=_price(rates, settings, "storage"))

    puts = stream.batches
    yield Usage("PUT requests", puts, rate=_price(rates, settings, "put_requests"))
    if settings.reads_per_object is not None:
        yield from _read(stream, settings, rates)

    yield Load("PUT requests", puts / stream.duration, "requests/s", quota="s3.writes_per_prefix")


def _price(rates: S3Card, settings: S3, what: str) -> PriceName:
    """The price of the component's class of storage; those of Standard have no class in their names."""
    name = what if settings.storage_class == STANDARD else f"{settings.storage_class}_{what}"
    found: PriceName = getattr(rates, name)
    return found


def _kept(amount: Number, stream: Stream, settings: S3, rates: S3Card) -> Number:
    """What is stored, and billed: objects of some classes are billed for a minimum time, however early they are deleted."""
    if settings.retention is None:
        return amount * settings.months_stored
    minimums = dict.fromkeys((STANDARD_IA, ONE_ZONE_IA), rates.infrequent_access_minimum)
    minimums |= {INSTANT: rates.glacier_minimum, FLEXIBLE: rates.glacier_minimum, DEEP_ARCHIVE: rates.deep_archive_minimum}
    minimum = minimums.get(settings.storage_class)
    return stream.stored(amount, settings.retention if minimum is None else larger(settings.retention, minimum))


def _tiered(stream: Stream, delivered: Number, settings: S3, rates: S3Card) -> Metering:
    """Intelligent-Tiering is billed by the GB-month of each tier, and by the month for each object that it monitors."""
    stored = _kept(delivered, stream, settings, rates)
    infrequent_access = stored * settings.infrequent_share
    frequent_access = stored - infrequent_access
    yield Usage("Intelligent-Tiering storage, frequent access", frequent_access, rate=rates.intelligent_tiering_storage)
    yield Usage(
        "Intelligent-Tiering storage, infrequent access", infrequent_access, rate=rates.intelligent_tiering_infrequent_storage
    )
    objects_stored = _kept(stream.batches, stream, settings, rates)
    yield Usage("Objects monitored", objects_stored, rate=rates.intelligent_tiering_monitored)


def _archived(stream: Stream, delivered: Number, settings: S3, rates: S3Card) -> Metering:
    """Each object in an archive is billed for what the archive adds to it, and for its entry in an index in Standard."""
    archived = _kept(delivered + stream.batches * rates.archive_overhead, stream, settings, rates)
    yield Usage(f"{NAMES[settings.storage_class]} storage", archived, rate=_price(rates, settings, "storage"))
    index = _kept(stream.batches * rates.archive_index, stream, settings, rates)
    yield Usage("Standard storage of the index", index, rate=rates.storage)


def _read(stream: Stream, settings: S3, rates: S3Card) -> Metering:
    """Each read is a GET request; in classes for rare access what is read is billed by the GB, in archives it alone."""
    reads = stream.batches * settings.reads_per_object
    if settings.storage_class not in (FLEXIBLE, DEEP_ARCHIVE):
        yield Usage("GET requests", reads, rate=_price(rates, settings, "get_requests"))
        yield Load("GET requests", reads / stream.duration, "requests/s", quota="s3.reads_per_prefix")
    if settings.storage_class not in (STANDARD, TIERING):
        retrieved = stream.volume * settings.compression * settings.reads_per_object
        yield Usage("Data retrieved", retrieved, rate=_price(rates, settings, "retrieved"))
