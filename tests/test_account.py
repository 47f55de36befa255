"""One account's bill: several patterns, copies, companions, what is used already, storage by month, and discounts.

Traffic is 1,000 records of 1 KB a second in a month of 30 days unless a test says otherwise: 2,592,000,000 records,
2,471.923828125 GB.
"""

import json
from pathlib import Path

import pytest

from costmodel import estimate
from costmodel.errors import InputError, MissingPrice

RECORDS = 1000 * 86400 * 30
GB = RECORDS / 1024**2  # of 1 KB records
CARD = "aws/us-east-1/2018-06"


@pytest.fixture
def bill(tmp_path):
    """Estimates components (a YAML text) under steady traffic; the card is 2018's, with the lines of `card` over it."""

    def made(components, *, card="", scenario="", pattern="", **terms):
        head = "version: 1\ntitle: Own\n"
        (tmp_path / "own.yaml").write_text(f"{head}{pattern}components:\n  {components.strip()}\n")
        traffic = "traffic: {peak_rate: 1000/s, record_size: 1 KB}\nmonth: 30 days\n"
        (tmp_path / "steady.yaml").write_text(head + traffic + scenario)
        (tmp_path / "card.yaml").write_text(f"version: 1\nextends: {CARD}\n{card}")
        return estimate(tmp_path / "own.yaml", tmp_path / "steady.yaml", rates=tmp_path / "card.yaml", **terms)

    return made


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
    ],
)
def test_mistakes_in_what_is_already_used(bill, said, message):
    with pytest.raises(InputError) as raised:
        bill("store: {service: s3, input: source}", scenario=f"already_used: {said}\n")
    assert message in str(raised.value)


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
    ],
)
def test_a_month_that_is_none(bill, after, message):
    with pytest.raises(InputError, match=message):
        bill("store: {service: s3, input: source}", after=after)


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


# Discounts


def test_a_percentage_is_off_every_price_it_is_on(bill):
    components = "ingest: {service: firehose, input: source}\n  store: {service: s3, input: ingest}"
    plain = bill(components)
    everywhere = bill(components, card="discounts: [{name: EDP, percent: 10%}]\n")
    assert everywhere.total == exactly(plain.total * 0.9)
    assert everywhere.list_total == exactly(plain.total)
    assert {line.discount for line in everywhere.lines} == {"EDP"}
    storage = bill(components, card="discounts: [{name: Deal, percent: 25%, on: s3.storage}]\n")
    assert plain.total - storage.total == exactly(GB * 0.023 * 0.25)
    assert [line.discount for line in storage.lines] == [None, "Deal", None]


def test_a_negotiated_price_stands_instead_of_the_list_price_of_every_tier(bill):
    card = "discounts: [{name: Contract, on: firehose.ingested, usd: 0.02, per: GB}, {name: EDP, percent: 10%}]\n"
    (line,) = bill("ingest: {service: firehose, input: source}", card=card).lines
    assert line.unit_price == exactly(0.02 * 0.9)
    assert (line.list_unit_price, line.discount) == (0.029, "Contract, EDP")
    assert line.list_cost == exactly(GB * 5 * 0.029)
    assert line.cost == exactly(line.pricing_quantity * line.unit_price)


def test_a_price_of_its_own_leaves_nothing_of_the_discounts_before_it(bill):
    card = "discounts: [{name: EDP, percent: 10%}, {name: Contract, on: firehose.ingested, usd: 0.00002, per: GB}]\n"
    (line,) = bill("ingest: {service: firehose, input: source}", card=card).lines
    assert (line.unit_price, line.discount, line.price) == (0.00002, "Contract", "$0.00002 per GB (Contract)")


@pytest.mark.parametrize(
    ("capacity", "covered", "beyond", "unused"),
    [(150, 100, 50, 0), (100, 100, 0, 0), (30, 30, 0, 70)],
)
def test_a_commitment_is_paid_for_used_or_not(bill, capacity, covered, beyond, unused):
    """100 WCU committed at $0.000128 an hour; what is used beyond has its list price of $0.00065."""
    card = (
        "discounts: [{name: Reserved, on: dynamodb.write_capacity, usd: 0.000128, per: WCU-hour, commitment: 100 WCU-months}]\n"
    )
    result = bill(f"table: {{service: dynamodb, write_capacity: {capacity}}}", card=card)
    lines = {(line.description, line.discount): line for line in result.lines if line.rate == "dynamodb.write_capacity"}
    expected = {("Write capacity, Reserved", "Reserved"): covered, ("Write capacity", None): beyond}
    expected |= {("Write capacity, Reserved not used", "Reserved"): unused}
    assert {key: line.pricing_quantity / 720 for key, line in lines.items()} == {k: exactly(v) for k, v in expected.items() if v}
    assert result.total == exactly((covered + unused) * 720 * 0.000128 + beyond * 720 * 0.00065)
    assert result.list_total == exactly(capacity * 720 * 0.00065)


def test_what_the_account_already_uses_draws_from_a_commitment_first(bill):
    """100 WCU committed, 80 of them in use: 20 are left for the 30 of the table, and its own 10 have their list price."""
    reserved = "{name: Reserved, on: dynamodb.write_capacity, usd: 0.0001, per: WCU-hour, commitment: 100 WCU-months}"
    used = f"already_used: {{dynamodb.write_capacity: {80 * 720} WCU-hours}}\n"
    result = bill("table: {service: dynamodb, write_capacity: 30}", card=f"discounts: [{reserved}]\n", scenario=used)
    lines = [(line.discount, line.pricing_quantity / 720) for line in result.lines]
    assert lines == [("Reserved", exactly(20)), (None, exactly(10))]


@pytest.mark.parametrize(("order", "price"), [(("reserved", "edp"), 0.00009), (("edp", "reserved"), 0.0001)])
def test_a_percentage_after_a_commitment_is_off_its_price_too(bill, order, price):
    discounts = {
        "reserved": "{name: Reserved, on: dynamodb.write_capacity, usd: 0.0001, per: WCU-hour, commitment: 100 WCU-months}",
        "edp": "{name: EDP, percent: 10%}",
    }
    card = f"discounts: [{', '.join(discounts[name] for name in order)}]\n"
    lines = bill("table: {service: dynamodb, write_capacity: 70}", card=card).lines
    assert [line.unit_price for line in lines] == [exactly(price)] * 2
    assert sum(line.cost for line in lines) == exactly(100 * 720 * price)


def test_components_draw_from_one_commitment_in_the_patterns_order(bill):
    card = "discounts: [{name: Reserved, on: dynamodb.write_capacity, usd: 0.0001, per: WCU-hour, commitment: 100 WCU-months}]\n"
    tables = "first: {service: dynamodb, write_capacity: 70}\n  second: {service: dynamodb, write_capacity: 70}"
    lines = [(x.component, x.discount, x.pricing_quantity / 720) for x in bill(tables, card=card).lines]
    assert lines == [("first", "Reserved", 70), ("second", "Reserved", exactly(30)), ("second", None, exactly(40))]


@pytest.mark.parametrize(
    ("discount", "message"),
    [
        ("{name: A, percent: 110%}", "over the largest allowed, 100%"),
        ("{name: A, percent: 10%, on: s4}", "'s4' is neither a service nor a price"),
        ("{name: A, usd: 1, per: GB}", "a price is instead of one other"),
        ("{name: A, usd: 1, on: s3.storage}", "needs both usd and per"),
        ("{name: A, usd: 1, per: request, on: s3.storage}", "'A' is per request, but s3.storage per GB-month"),
        ("{name: A, percent: 5%, commitment: 3 GB}", "a commitment needs its price"),
        ("{percent: 5%}", "lacks 'name'"),
    ],
)
def test_mistakes_of_discounts(bill, discount, message):
    with pytest.raises(InputError) as raised:
        bill("store: {service: s3, input: source}", card=f"discounts: [{discount}]\n")
    assert message in str(raised.value)
    assert not isinstance(raised.value, MissingPrice)


def test_the_table_says_list_cost_and_the_discounts_name(run, tmp_path):
    (tmp_path / "card.yaml").write_text(f"version: 1\nextends: {CARD}\ndiscounts: [{{name: EDP 2026, percent: 10%}}]\n")
    text = run("estimate", "-p", "itl", "-s", "large", "--rates", "card.yaml", COLUMNS="200").stdout
    assert "$0.0261 per GB (EDP 2026)" in text
    assert "At list prices, without discounts" in text
    assert "Discounted prices of 2018-06-01" in text
    focus = run("estimate", "-p", "itl", "-s", "large", "--rates", "card.yaml", "--format", "focus").stdout
    assert "ContractedCost" in focus.splitlines()[0]
    assert "EDP 2026" in focus


# Companions: what one line brings along, on the card of June 2025

ENRICH = "fn: {service: lambda, input: source, batch: 100 records, duration: 50 ms"
INVOCATIONS = RECORDS / 100


@pytest.fixture
def modern(tmp_path):
    """Estimates components on the newest us-east-1 card."""

    def made(components, **terms):
        head = "version: 1\ntitle: Own\n"
        (tmp_path / "own.yaml").write_text(f"{head}components:\n  {components.strip()}\n")
        (tmp_path / "steady.yaml").write_text(f"{head}traffic: {{peak_rate: 1000/s, record_size: 1 KB}}\nmonth: 30 days\n")
        return estimate(tmp_path / "own.yaml", tmp_path / "steady.yaml", rates="aws/us-east-1/2025-06", **terms)

    return made


def test_a_function_writes_logs_each_time_it_runs(modern):
    """0.5 KB for each of 25,920,000 invocations: 12.36 GB at $0.50, and 15% of them stored at $0.03."""
    lines = {line.rate: line for line in modern(f"{ENRICH}, logs: 0.5 KB}}").lines if line.component == "fn_logs"}
    logs = INVOCATIONS * 0.5 / 1024**2
    assert lines["cloudwatch.logs_ingested"].cost == exactly(logs * 0.5)
    assert lines["cloudwatch.logs_storage"].cost == exactly(logs * 0.15 * 0.03)


@pytest.mark.parametrize(
    ("components", "changes"),
    [
        (f"{ENRICH}, logs: 0.5 KB}}\n  fn_logs: {{retention: 90 days, compression: 20%}}", None),
        (f"{ENRICH}, logs: 0.5 KB}}", {"fn_logs.retention": "90 days", "fn_logs.compression": "20%"}),
        (f"{ENRICH}, logs: 9 MB}}", {"fn.logs": "0.5 KB", "fn_logs.retention": "90 days", "fn_logs.compression": "20%"}),
    ],
)
def test_what_is_brought_has_settings_of_its_own(modern, components, changes):
    bill = modern(components, changes=changes)
    stored = next(line for line in bill.lines if line.rate == "cloudwatch.logs_storage")
    assert stored.pricing_quantity == exactly(INVOCATIONS * 0.5 / 1024**2 * 0.2 * 3)


def test_functions_in_a_private_subnet_share_a_gateway(modern):
    second = ENRICH.replace("fn", "other")
    bill = modern(f"{ENRICH}, network: nat}}\n  {second}, network: nat}}\n  public: {ENRICH[4:]}, network: public}}")
    nat = {line.rate: line for line in bill.lines if line.component == "nat"}
    assert nat["nat_gateway.hours"].cost == exactly(720 * 0.045)
    assert nat["nat_gateway.processed"].cost == exactly(2 * GB * 0.045)


def test_an_endpoint_of_the_patterns_own_is_the_one_that_is_meant(modern):
    bill = modern(f"{ENRICH}, network: endpoint}}\n  endpoint: {{service: vpc_endpoint, zones: 3}}")
    hours = next(line for line in bill.lines if line.rate == "vpc_endpoint.hours")
    assert hours.pricing_quantity == exactly(3 * 720)
    assert any(line.rate == "vpc_endpoint.processed" for line in bill.lines)


def test_copies_bring_their_own_logs_and_share_a_gateway(modern):
    """Three functions write three times as much; the pattern's copies have a gateway each."""
    bill = modern(f"{ENRICH}, count: 3, logs: 0.5 KB, network: nat}}\ncount: 2")
    used = {line.rate: line.pricing_quantity for line in bill.lines if line.component in ("fn_logs", "nat")}
    assert used["cloudwatch.logs_ingested"] == exactly(2 * 3 * INVOCATIONS * 0.5 / 1024**2)
    assert used["nat_gateway.hours"] == exactly(2 * 720)
    assert used["nat_gateway.processed"] == exactly(2 * 3 * GB)


@pytest.mark.parametrize(("encryption", "requests"), [("kms", 8640 * 20), ("bucket-key", 0), ("sse-s3", 0)])
def test_an_encrypted_object_asks_for_a_key_unless_a_bucket_key_is_on(modern, encryption, requests):
    """Objects of 15 s: 172,800 in the month."""
    ingest = "ingest: {service: firehose, input: source, buffer_size: 128 MB, buffer_interval: 15 s}"
    bill = modern(f"{ingest}\n  store: {{service: s3, input: ingest, encryption: {encryption}}}")
    assert sum(line.pricing_quantity for line in bill.lines if line.rate == "kms.requests") == exactly(requests)


def test_what_nobody_switched_on_is_said_not_to_be_priced(modern):
    assert modern(f"{ENRICH}}}").not_priced == ("CloudWatch Logs of fn", "data transfer")
    assert modern(f"{ENRICH}, logs: 1 KB}}\n  out: {{service: data_transfer, input: fn}}").not_priced == ()
    named = modern(f"{ENRICH}}}\nnot_priced: [CloudWatch Logs of everything, data transfer within the zone]")
    assert named.not_priced == ("CloudWatch Logs of everything", "data transfer within the zone")


def test_settings_of_what_is_not_brought_along_change_nothing(modern):
    """So that one line of a pattern, or of --set, decides it."""
    bill = modern(f"{ENRICH}, network: nat}}\n  nat: {{zones: 3}}", changes={"fn.network": "public"})
    assert bill.total == modern(f"{ENRICH}, network: public}}").total


def test_logs_that_a_pattern_says_are_not_priced_are_not_said_to_be_once_they_are(modern):
    bill = modern(f"{ENRICH}}}\nnot_priced: [CloudWatch Logs, the warehouse]", changes={"fn.logs": "1 KB"})
    assert bill.not_priced == ("the warehouse", "data transfer")


def test_what_an_account_leaves_out_is_said_of_components_by_their_names(run):
    options = ("-s", "small", "--region", "us-east-1", "--format", "json", "--set", "itl_enrich.logs=1 KB")
    left_out = json.loads(run("estimate", "-p", "itl", "-p", "clickstream", *options).stdout)["not_priced"]
    assert left_out.count("data transfer") == 1


@pytest.mark.parametrize(
    ("components", "message"),
    [
        (f"{ENRICH}, logs: 5}}", "'5' needs a unit"),
        (f"{ENRICH}, network: vpn}}", "'vpn' is not one of public, nat, endpoint"),
        (f"{ENRICH}, logs: 1 KB}}\n  fn_logs: {{service: s3}}", "'fn_logs' is what 'logs' of 'fn' brings along, cloudwatch"),
        (
            f"{ENRICH}}}\n  fn_logs: {{retention: 3 days}}",
            "'fn_logs' is what 'logs' would bring along, and 'fn' does not say that",
        ),
        (f"{ENRICH}, logs: 1 KB}}\n  fn_logs: {{retentoin: 3 days}}", "Did you mean 'retention'?"),
        ("ingest: {service: firehose, input: source, logs: 1 KB}", "'logs' is not a setting of firehose"),
    ],
)
def test_mistakes_in_a_companions_line(modern, components, message):
    with pytest.raises(InputError) as raised:
        modern(components)
    assert message in str(raised.value)
    assert "own.yaml:" in str(raised.value)
    assert len(raised.value.problems) == 1


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
