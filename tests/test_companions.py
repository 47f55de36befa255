"""Companions: what one line of a component brings along, on the card of June 2025."""

import json

import pytest

from costmodel.errors import InputError

RECORDS = 1000 * 86400 * 30
GB = RECORDS / 1024**2  # of 1 KB records


def exactly(value):
    return pytest.approx(value, rel=1e-12)


ENRICH = "fn: {service: lambda, input: source, batch: 100 records, duration: 50 ms"
INVOCATIONS = RECORDS / 100


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
