"""What of services their bills do not show: withdrawals, settings that exclude each other, loads, and what old cards lack."""

import json

import pytest

from costmodel import estimate, services
from costmodel.errors import InputError, MissingPrice

CARD = "aws/us-east-1/2018-06"
TRAFFIC = "{peak_rate: 100/s, peak_hours: 4, off_peak_share: 20%, record_size: {1 KB: 50%, 4.5 KB: 50%}}"


@pytest.fixture
def bill(tmp_path):
    """The bill of one component, written as YAML, at 100 records a second of 1 KB and 4.5 KB, at the prices of 2018."""

    def of(component):
        (tmp_path / "pattern.yaml").write_text(f"version: 1\ntitle: Written\ncomponents:\n  it: {component}\n")
        (tmp_path / "scenario.yaml").write_text(f"version: 1\ntitle: Written\nmonth: 30 days\ntraffic: {TRAFFIC}\n")
        return estimate(str(tmp_path / "pattern.yaml"), str(tmp_path / "scenario.yaml"), rates=CARD)

    return of


def loads(bill):
    return {load.item: load for load in bill.loads}


# Withdrawn by AWS

WITHDRAWN = [service.key for service in services.every() if service.withdrawn]


def test_a_withdrawn_service_names_a_successor_that_is_offered():
    assert WITHDRAWN == ["kinesis_analytics"]
    for key in WITHDRAWN:
        successor = services.find(services.find(key).withdrawn.successor)
        assert successor.withdrawn is None
        assert services.notice(successor) == ""


def test_every_estimate_with_a_withdrawn_service_says_so(run):
    """New applications until 2025-10-15, the end on 2026-01-27: AWS's page on the discontinuation."""
    options = ("--pattern", "analytics", "--scenario", "small")
    said = json.loads(run("estimate", *options, "--format", "json").stdout)["notes"]
    assert len(said) == 1
    for words in ("Amazon Kinesis Data Analytics", "2025-10-15", "2026-01-27", "managed_flink"):
        assert words in said[0]
    for form in ("table", "markdown"):
        text = " ".join(run("estimate", *options, "--format", form).stdout.replace("\\", "").split())
        assert text.count(said[0]) == 1
    assert said[0] in " ".join(run("show", "kinesis_analytics").stdout.split())


def test_an_estimate_of_what_aws_offers_says_nothing_of_the_kind():
    assert estimate("itl", "small", rates=CARD).notes == ()


# Settings


@pytest.mark.parametrize(
    ("component", "names"),
    [
        ("{service: s3, input: source, months_stored: 2, retention: 60 days}", "months_stored and retention"),
        ("{service: dynamodb, table_size: 1 GB, retention: 60 days}", "table_size and retention"),
        (
            "{service: kinesis_data_streams, retention: 2 days, long_term_retention: 30 days}",
            "retention and long_term_retention",
        ),
    ],
)
def test_two_settings_for_one_thing_are_a_mistake(bill, component, names):
    with pytest.raises(InputError, match=f"has {names}; give one of them"):
        bill(component)


@pytest.mark.parametrize(
    ("component", "lacking"),
    [
        ("{service: lambda, input: source, duration: 1 s, ephemeral_storage: 1 GB}", "lambda.ephemeral_storage_included"),
        ("{service: lambda, input: source, duration: 1 s, architecture: arm64}", "lambda.duration_arm64"),
        ("{service: s3, input: source, storage_class: glacier_instant, retention: 90 days}", "s3.glacier_minimum"),
        ("{service: dynamodb, input: source, mode: on-demand, writes_per_record: 1}", "dynamodb.write_requests"),
        ("{service: kinesis_data_streams, input: source, mode: on-demand}", "kinesis_data_streams.record_increment"),
        ("{service: firehose, input: source, source: msk}", "firehose.ingested_from_msk"),
    ],
)
def test_what_did_not_exist_in_2018_is_an_error_that_names_it(bill, component, lacking):
    with pytest.raises(MissingPrice, match=lacking):
        bill(component)


def test_a_service_that_did_not_exist_in_2018_is_an_error_at_its_component(bill):
    with pytest.raises(InputError, match=r"is Amazon Managed Service for Apache Flink, of which the rate card .* has no prices"):
        bill("{service: managed_flink, runs: 4}")


# Loads


@pytest.mark.parametrize(
    ("settings", "reads", "writes"),
    [
        ("", 100 * (1 + 2) / 2, 100 * (1 + 5) / 2),  # 1 KB: 1 unit each; 4.5 KB: 2 to read, 5 to write
        ("consistency: eventual", 100 * (1 + 2) / 2 / 2, 100 * (1 + 5) / 2),
        ("item_size: 9 KB", 100 * 3, 100 * 9),
    ],
)
def test_units_of_a_table_are_those_of_the_records_own_size_where_no_item_size_is_given(bill, settings, reads, writes):
    table = f"{{service: dynamodb, input: source, reads_per_record: 1, writes_per_record: 1, {settings}}}"
    found = loads(bill(table))
    assert found["Read units"].amount == pytest.approx(reads)
    assert found["Write units"].amount == pytest.approx(writes)


def test_a_shard_bears_its_part_of_the_peak(bill):
    """100 records a second, 275 KB, over four shards; three consumers read all of it."""
    found = loads(bill("{service: kinesis_data_streams, input: source, shards: 4, consumers: 3}"))
    assert found["Records of a shard"].amount == pytest.approx(25)
    assert found["Data into a shard"].amount == pytest.approx(275 * 1024 / 4)
    assert found["Data out of a shard"].amount == pytest.approx(275 * 1024 / 4 * 3)


def test_only_direct_put_has_a_quota_of_firehose(bill):
    quotas = {
        source: loads(bill(f"{{service: firehose, input: source, source: {source}}}")) for source in ("direct-put", "kinesis")
    }
    assert quotas["direct-put"]["Records"].quota == "firehose.direct_put_records"
    assert quotas["kinesis"]["Records"].quota == ""
