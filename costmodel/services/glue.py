from typing import NamedTuple

from costmodel.metering import Load, Metering, PriceName, Stream, Usage
from costmodel.quantities import larger, round_up
from costmodel.settings import Count, Rate, Time, Word, choice, count, increment, price, rate, service, time


class Glue(NamedTuple):
    runs: Rate = rate(None, "how often the ETL job runs, as in 24/day")
    run_time: Time = time("10 min", "how long one run of the job takes")
    dpus: Count = count("10", "Data Processing Units of the job")
    execution: Word = choice("standard", "the job's execution class", "standard", "flex")
    crawls: Rate = rate(None, "how often the crawler runs, as in 4/day")
    crawl_time: Time = time("10 min", "how long one run of the crawler takes")
    crawler_dpus: Count = count("2", "Data Processing Units of the crawler")
    catalog_objects: Count = count(None, "tables, partitions and databases in the Data Catalog")
    catalog_requests: Rate = rate(None, "requests to the Data Catalog, as in 10/s")


class GlueCard(NamedTuple):
    duration_increment: Time = increment("1 s", "a run's duration is rounded up to a multiple of this")
    job_minimum: Time = increment("1 min", "a run of an ETL job is billed for at least this long")
    crawler_minimum: Time = increment("10 min", "a run of a crawler is billed for at least this long")
    etl_hours: PriceName = price("DPU-hour", "runs of ETL jobs")
    flex_hours: PriceName = price("DPU-hour", "runs of ETL jobs of the flex execution class")
    crawler_hours: PriceName = price("DPU-hour", "runs of crawlers")
    catalog_objects: PriceName = price("object-month", "objects in the Data Catalog")
    catalog_requests: PriceName = price("request", "requests to the Data Catalog")


@service("AWS Glue", key="glue", category="Analytics", settings=Glue, card=GlueCard)
def glue(stream: Stream, settings: Glue, rates: GlueCard) -> Metering:
    """Jobs and crawlers are billed by the DPU-hour, to the second and for a minimum each run; the catalog by its objects."""
    if settings.runs is not None:
        yield from _job(stream, settings, rates)
    if settings.crawls is not None:
        yield from _crawler(stream, settings, rates)
    if settings.catalog_objects is not None:
        object_months = settings.catalog_objects * stream.share_of_month
        yield Usage("Catalog objects", object_months, rate=rates.catalog_objects)
    if settings.catalog_requests is not None:
        requests = settings.catalog_requests * stream.duration
        yield Usage("Catalog requests", requests, rate=rates.catalog_requests)


def _job(stream: Stream, settings: Glue, rates: GlueCard) -> Metering:
    job_runs = settings.runs * stream.duration
    billed_run_time = larger(round_up(settings.run_time, to=rates.duration_increment), rates.job_minimum)
    job_time = job_runs * billed_run_time * settings.dpus
    used = job_runs * settings.run_time * settings.dpus
    if settings.execution == "flex":
        yield Usage("ETL jobs, flex", job_time, rate=rates.flex_hours, consumed=used)
    else:
        yield Usage("ETL jobs", job_time, rate=rates.etl_hours, consumed=used)
    yield Load("Job DPUs", settings.runs * settings.run_time * settings.dpus, "DPUs")


def _crawler(stream: Stream, settings: Glue, rates: GlueCard) -> Metering:
    crawler_runs = settings.crawls * stream.duration
    billed_crawl_time = larger(round_up(settings.crawl_time, to=rates.duration_increment), rates.crawler_minimum)
    crawler_time = crawler_runs * billed_crawl_time * settings.crawler_dpus
    used = crawler_runs * settings.crawl_time * settings.crawler_dpus
    yield Usage("Crawlers", crawler_time, rate=rates.crawler_hours, consumed=used)
