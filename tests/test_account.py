"""One account's bill: several patterns, copies, what is used already, storage by month.

Traffic is 1,000 records of 1 KB a second in a month of 30 days unless a test says otherwise: 2,592,000,000 records,
2,471.923828125 GB.
"""

import json
from pathlib import Path

import pytest

from costmodel import estimate
from costmodel.errors import InputError

RECORDS = 1000 * 86400 * 30
GB = RECORDS / 1024**2  # of 1 KB records


def exactly(value):
    return pytest.approx(value, rel=1e-12)


# Several patterns


def test_patterns_of_one_account_share_free_quantities_and_tiers(run):
    """Lambda's million free requests and KMS's 20,000 are the account's, not a pattern's."""
    options = ("-s", "small", "--free-tier", "always", "--format", "json")
    alone = [json.loads(run("estimate", "-p", p, *options).stdout) for p in ("sensor", "itl", "analytics")]
    whole = json.loads(run("estimate", "-p", "sensor", "-p", "itl", "-p", "analytics", *options).stdout)
    assert whole["pattern"] == "sensor + itl + analytics"
    assert whole["records"] == alone[0]["records"]
    # 25 RCU-months are free once: 1 + 50 RCU for 720 hours, less 25, at $0.00013; alone each pattern would have its own 25.
    read = [line for line in whole["lines"] if line["rate"] == "dynamodb.read_capacity"]
    assert [line["component"] for line in read] == ["sensor_cross_reference", "itl_devices"]
    assert [line["free_quantity"] for line in read] == [720, 24 * 720]
    assert sum(line["cost"] for line in read) == exactly((1 + 50 - 25) * 720 * 0.00013)
    assert whole["corrected_total"] - sum(each["corrected_total"] for each in alone) == exactly(720 * 0.00013)


def test_a_change_is_made_in_every_pattern_that_has_the_component_or_in_the_one_it_names(run):
    command = ("estimate", "-p", "itl", "-p", "analytics", "-s", "small", "--format", "json", "--set")

    def ingested(path):
        lines = json.loads(run(*command, f"{path}=5 MB").stdout)["lines"]
        return {line["component"]: line["cost"] for line in lines if line["rate"] == "s3.put_requests"}

    both, one = ingested("ingest.buffer_size"), ingested("itl_ingest.buffer_size")
    assert both["itl_source_backup"] == one["itl_source_backup"]
    assert both["analytics_source_backup"] > one["analytics_source_backup"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-p", "itl", "-p", "itl", "-s", "small"), "the pattern itl is given twice"),
        (("-p", "itl", "-p", "sensor", "-s", "small", "--set", "itl_gateway.devices=2"), "there is no 'itl_gateway.devices'"),
    ],
)
def test_mistakes_of_an_account(run, arguments, message):
    result = run("estimate", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_what_several_patterns_do_is_explained_under_their_names(run):
    text = run("explain", "-p", "itl", "-p", "sensor", "-s", "small", "itl_ingest").stdout
    assert "Amazon Kinesis Data Firehose" in text
    assert "itl_ingest" in run("estimate", "-p", "itl", "-p", "sensor", "-s", "small").stdout


# Copies


def test_copies_are_each_as_large_and_fill_tiers_together(bill):
    one = "ingest: {service: firehose, input: source}"
    billed = GB * 5
    assert bill(one).total == exactly(billed * 0.029)
    assert bill(one.replace("}", ", count: 3}")).total == exactly(3 * billed * 0.029)
    assert bill(one, pattern="count: 3\n").total == exactly(3 * billed * 0.029)
    # 50 copies: 617,980.95 GB, of which 512,000 in the first tier
    total = 50 * billed
    assert bill(one.replace("}", ", count: 5}"), pattern="count: 10\n").total == exactly(
        512000 * 0.029 + (total - 512000) * 0.025
    )


def test_copies_round_each_for_itself(bill):
    """Two copies of half a started step are two steps, not one."""
    lines = bill("fn: {service: lambda, input: source, duration: 150 ms, memory: 1024 MB, count: 2}").lines
    duration = next(line for line in lines if line.rate == "lambda.duration")
    assert duration.pricing_quantity == exactly(2 * RECORDS * 0.2)


# Edges


def test_each_lot_may_be_a_record_of_its_own_size(bill):
    """Firehose delivers 8,640 objects a month (every 300 s); each asks for a key and writes half a KB."""
    components = """
  ingest: {service: firehose, input: source, buffer_size: 128 MB, buffer_interval: 300 s}
  keys: {service: kms, input: {from: ingest, each: batch}}
  notes: {service: s3, input: {from: ingest, each: batch, size: 0.5 KB}}"""
    result = bill(components)
    objects = max(GB * 1024 / 128, 30 * 86400 / 300)
    assert sum(line.pricing_quantity for line in result.lines if line.rate == "kms.requests") == exactly(objects)
    stored = next(line for line in result.lines if line.rate == "s3.storage")
    assert stored.pricing_quantity == exactly(objects * 0.5 / 1024**2)


# What the account already uses


def test_tiers_begin_after_what_the_account_already_uses(bill):
    result = bill("store: {service: s3, input: source}", scenario="already_used: {s3.storage: 49 TB, kms.requests: 5 requests}\n")
    storage = [line for line in result.lines if line.rate == "s3.storage"]
    assert [line.pricing_quantity for line in storage] == [exactly(1024), exactly(GB - 1024)]
    assert [line.unit_price for line in storage] == [0.023, 0.022]
    assert any("already uses 49 TB of s3.storage" in note for note in result.notes)


def test_free_quantities_are_gone_that_the_account_already_uses(bill):
    component = "fn: {service: lambda, input: source, batch: 1000 records, duration: 100 ms}"
    invocations = RECORDS / 1000  # 2,592,000
    result = bill(component, scenario="already_used: {lambda.requests: 0.4 million requests}\n", free_tier="always")
    requests = next(line for line in result.lines if line.rate == "lambda.requests")
    assert requests.free_quantity == exactly(600_000)
    assert requests.pricing_quantity == exactly(invocations - 600_000)


def test_it_can_be_set_for_one_estimate(run):
    options = ("-p", "itl", "-s", "large", "--set", "already_used.firehose.ingested=500 TB", "--format", "json")
    lines = json.loads(run("estimate", *options).stdout)["lines"]
    assert [line["tier"] for line in lines if line["rate"] == "firehose.ingested"] == ["next 1,500 TB"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("{s3.stroage: 1 TB}", "there is no price 's3.stroage'. Did you mean 's3.storage'?"),
        ("{s3.storage: 3 requests}", "is not in the unit of the price"),
        ("{storage: 3 GB}", "'storage' is not a price of a card"),
        ("{msk.brokers: 3 broker-hours}", "'msk.brokers': each kind of it has its own. Write 'msk.brokers.KIND'."),
    ],
)
def test_mistakes_in_what_is_already_used(bill, said, message):
    with pytest.raises(InputError) as raised:
        bill("store: {service: s3, input: source}", scenario=f"already_used: {said}\n")
    assert message in str(raised.value)


def test_a_price_for_each_kind_is_not_used_without_its_kind(modern):
    """The card's own kinds are named; with one, in dots or dashes, all is well."""
    search = "it: {service: opensearch, instances: 1, instance: m6g.large, volume: gp3, storage_per_instance: 100 GB}"
    with pytest.raises(InputError, match=r"Write 'opensearch\.instances\.KIND', of c5-large, m5-large, m6g-large, "):
        modern(search, scenario="already_used: {opensearch.instances: 3 instance-hours}\n")
    for kind in ("m6g.large", "m6g-large"):
        notes = modern(search, scenario=f"already_used: {{opensearch.instances.{kind}: 3 instance-hours}}\n").notes
        assert any("3 instance-hours" in note for note in notes)


# Storage by month


@pytest.mark.parametrize(
    ("retention", "after", "months"),
    [
        ("30 days", None, 1),
        ("90 days", None, 3),
        ("90 days", "1 month", 0.5),  # what comes in fills the month evenly
        ("90 days", "2 months", 1.5),
        ("90 days", "3", 2.5),
        ("90 days", "4 months", 3),
        ("90 days", "120 months", 3),
        ("15 days", "1 month", 0.5 * 0.5 / 2 + 0.5 * 0.5),  # fills for half of it, then is full
        ("45 days", "2 months", (1 + 1.5) / 2 * 0.5 + 1.5 * 0.5),
    ],
)
def test_storage_fills_up_to_its_retention(bill, retention, after, months):
    """The months' worth of what comes in that is stored on average, drawn as areas under a line that rises, then is level."""
    component = f"store: {{service: s3, input: source, retention: {retention}}}"
    storage = next(line for line in bill(component, after=after).lines if line.rate == "s3.storage")
    assert storage.pricing_quantity == exactly(GB * months)


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ("0 months", "below the smallest allowed, 1"),
        ("0.5 months", "below the smallest allowed, 1"),
        ("soon", "'soon' is no number of months; write for example 12 months or 2 years"),
        ("-1", "no number of months"),
        ("2 weeks", "no number of months"),
        ("1201 months", "over the largest allowed, 1200"),
        ("101 years", "over the largest allowed, 1200"),
    ],
)
def test_a_month_that_is_none(bill, after, message):
    with pytest.raises(InputError, match=message):
        bill("store: {service: s3, input: source}", after=after)


def test_a_design_may_have_run_for_a_hundred_years(bill):
    """36,500 days are 1,216.7 months of 30 days, of which 1,200 have filled up, the last of them half."""
    result = bill("store: {service: s3, input: source, retention: 36500 days}", after="100 years")
    assert sum(line.pricing_quantity for line in result.lines if line.rate == "s3.storage") == exactly(GB * 1199.5)


@pytest.mark.parametrize("after", [12, "12", "1 year", "12 months"])
def test_the_month_of_a_bill_may_be_said_in_several_ways(bill, after):
    result = bill("store: {service: s3, input: source, retention: 3600 days}", after=after)
    storage = next(line for line in result.lines if line.rate == "s3.storage")
    assert storage.pricing_quantity == exactly(GB * 11.5)


@pytest.mark.parametrize(
    ("component", "after", "note"),
    [
        ("{service: s3, input: source, retention: 90 days}", None, "What is kept for a time is stored in full"),
        ("{service: s3, input: source, retention: 90 days}", "2", "Month 2: what is kept for a time"),
        ("{service: s3, input: source, months_stored: 3}", None, ""),
        ("{service: s3, input: source, months_stored: 3}", "2", ""),
        ("{service: kinesis_data_streams, input: source, shards: 2, retention: 48 hours}", None, ""),
    ],
)
def test_a_note_says_where_the_month_matters(bill, component, after, note):
    """A shard's longer retention is billed by the hour, and months_stored is what it says in any month."""
    card = "kinesis_data_streams: {extended_retention: {per: shard-hour, usd: 0.02, source: https://aws.amazon.com}}\n"
    notes = bill(f"it: {component}", after=after, card=card).notes
    said = [text for text in notes if "kept for a time" in text]
    assert len(said) == bool(note)
    assert not note or said[0].startswith(note)


# Prices of another day


def test_dynamodb_on_demand_before_and_after_november_2024(tmp_path):
    """AWS's guidance of April 2024: 100 GB, a million writes and a million eventually consistent reads came to $26.38."""
    head = "version: 1\ntitle: Own\n"
    table = "service: dynamodb, mode: on-demand, input: source, reads_per_record: 1, writes_per_record: 1, consistency: eventual"
    (tmp_path / "own.yaml").write_text(f"{head}components: {{table: {{{table}, table_size: 100 GB}}}}\n")
    (tmp_path / "month.yaml").write_text(f"{head}traffic: {{monthly_records: 1 million, record_size: 1 KB}}\n")
    before = Path(__file__).parents[1] / "docs" / "examples" / "before-november-2024.yaml"
    totals = [
        estimate(tmp_path / "own.yaml", tmp_path / "month.yaml", rates=card).total for card in (before, "aws/us-east-1/2025-06")
    ]
    assert totals == [exactly(25 + 1.25 + 0.25 / 2), exactly(25 + 0.625 + 0.125 / 2)]
