"""costmodel plan: what a design bears at its peak, what breaks, and what would mend it."""

import csv
import io
import json

import modern
import pytest

from costmodel import estimate
from costmodel.capacity.quotas import read_sheet
from costmodel.library import Library

SHEET = """\
version: 1
title: Of this test
provider: aws
as_of: 2018-06-01
kms:
  symmetric_requests: {value: 1000 requests/s, scope: account, adjustable: true, source: https://kms, confidence: high}
firehose:
  direct_put_records:
    value: 100 records/s
    by_region: {us-east-1: 5000 records/s}
    scope: stream
    adjustable: true
    source: https://firehose
    confidence: high
kinesis_data_streams:
  shard_write_records: {value: 1000 records/s, scope: shard, adjustable: false, source: https://kinesis, confidence: high}
  shard_write_bytes: {value: 1 MB/s, scope: shard, adjustable: false, source: https://kinesis, confidence: high}
sqs:
  standard_requests: {value: none, scope: queue, adjustable: false, source: https://sqs, confidence: high}
  message_bytes: {value: 256 KB, scope: message, adjustable: false, source: https://sqs, confidence: high}
"""


@pytest.fixture
def planned(run, tmp_path):
    """The checks of components (YAML) under a rate, by component and item, as the JSON has them."""

    def made(
        components, rate="1000/s", size="1 KB", sheet="sheet.yaml", region="us-east-1", traffic="", scenario="", arguments=()
    ):
        (tmp_path / "sheet.yaml").write_text(SHEET)
        (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: P\ncomponents:\n  {components.strip()}\n")
        shape = traffic or f"peak_rate: {rate}"
        (tmp_path / "s.yaml").write_text(f"version: 1\ntitle: S\ntraffic: {{{shape}, record_size: {size}}}\n{scenario}\n")
        names = ("-p", "p.yaml", "-s", "s.yaml", "--rates", f"aws/{region}/2025-06", "--quotas", sheet)
        result = run("plan", *names, "--format", "json", *arguments)
        assert result.exit_code == 0, result.stderr
        return {(", ".join(check["components"]), check["item"]): check for check in json.loads(result.stdout)["checks"]}

    return made


INGEST = "ingest: {service: firehose, input: source}"


@pytest.mark.parametrize(
    ("rate", "arguments", "verdict"),
    [
        ("4000/s", (), "holds"),
        ("4001/s", (), "tight"),
        ("5000/s", (), "tight"),
        ("5001/s", (), "breaks"),
        ("4001/s", ("--headroom", "10%"), "holds"),
        ("5000/s", ("--headroom", "0%"), "holds"),
    ],
)
def test_a_verdict_goes_by_the_headroom(planned, rate, arguments, verdict):
    check = planned(INGEST, rate, arguments=arguments)["ingest", "Records"]
    assert (check["limit"], check["quota"], check["verdict"]) == (5000, "firehose.direct_put_records", verdict)


def test_a_quota_is_that_of_the_cards_region(planned):
    limits = {region: planned(INGEST, region=region)["ingest", "Records"]["limit"] for region in ("us-east-1", "eu-west-1")}
    assert limits == {"us-east-1": 5000, "eu-west-1": 100}


def test_a_quota_of_the_account_is_shared_by_all_its_copies(planned):
    """500/s, three times 500/s, and 250/s: 2,250 requests a second of 1,000."""
    half = "service: kms, input: {from: source, share: 50%}"
    checks = planned(f"one: {{{half}}}\n  three: {{{half}, count: 3}}\n  few: {{{half.replace('50%', '25%')}}}")
    assert list(checks) == [("one, three, few", "Requests")]
    assert checks["one, three, few", "Requests"]["utilisation"] == pytest.approx(2.25)


def test_peaks_at_different_times_do_not_add_up(planned, tmp_path):
    """One key is asked 800 times a second by day, the other 900 times by night: never 1,700."""
    (tmp_path / "day.csv").write_text("timestamp,rate\n2018-06-01T00:00:00,800\n2018-06-01T12:00:00,900\n")
    keys = "by_day: {service: kms, input: source, requests_per_record: {level_1: 1, off_peak: 0, peak: 0}}"
    keys += "\n  by_night: {service: kms, input: source, requests_per_record: {level_1: 0, peak: 1}}"
    check = planned(keys, traffic="csv: day.csv")
    assert check["by_day, by_night", "Requests"]["load"] == pytest.approx(900)


def test_a_quota_of_a_shard_is_not_shared(planned):
    stream = "stream: {service: kinesis_data_streams, input: source, shards: 2, count: 5}"
    checks = planned(stream, "1500/s", "2 KB")
    assert checks["stream", "Records of a shard"]["utilisation"] == pytest.approx(0.75)
    into = checks["stream", "Data into a shard"]  # 1,500 x 2 KB / 2 shards of 1,048,576 bytes a second
    assert into["utilisation"] == pytest.approx(1500 * 2048 / 2 / 1024**2)
    assert into["verdict"] == "breaks"
    # 1.46 MB/s of each of 2 shards need 3.66 at 80%: 4 shards, two more for 5 streams of 730 hours
    (remedy,) = into["remedies"]
    assert remedy["changes"] == {"stream.shards": 4}
    assert remedy["cost"] == pytest.approx(2 * 5 * 0.015 * 730)


def test_no_limit_is_none_that_breaks(planned):
    checks = planned("queue: {service: sqs, input: source}", "1e9/s", "257 KB")
    assert list(checks) == [("queue", "Message size")]
    size = checks["queue", "Message size"]
    assert (size["verdict"], size["remedies"]) == ("breaks", [])


def test_capacity_that_is_provisioned(planned):
    """1,000 writes of 1.5 KB are 2,000 units; at 80% of capacity 2,500 of them, 2,490 more than there are."""
    table = "table: {service: dynamodb, input: source, write_capacity: 10, read_capacity: 1, writes_per_record: 1}"
    check = planned(table, size="1.5 KB")["table", "Write units"]
    assert (check["load"], check["limit"], check["verdict"]) == (2000, 10, "breaks")
    (remedy,) = check["remedies"]
    assert remedy["changes"] == {"table.write_capacity": 2500}
    assert remedy["cost"] == pytest.approx(2490 * 730 * 0.00065)


def test_what_kpus_take(planned):
    """3 MB/s on two KPUs of 1 MB/s; at 80% they are 4, two more by the hour and 50 GB more of storage for each."""
    flink = "flink: {service: managed_flink, input: source, kpus: 2, kpu_throughput: 1 MB/s}"
    check = planned(flink, "3072/s")["flink", "Throughput"]
    assert (check["utilisation"], check["verdict"]) == (pytest.approx(1.5), "breaks")
    (remedy,) = check["remedies"]
    assert remedy["changes"] == {"flink.kpus": 4}
    assert remedy["cost"] == pytest.approx(2 * (730 * 0.11 + 50 * 0.10))


def test_nothing_provisioned_bears_nothing(planned):
    check = planned("table: {service: dynamodb, input: source, writes_per_record: 1}")["table", "Write units"]
    assert (check["utilisation"], check["verdict"]) == (None, "breaks")


def test_several_records_in_one(planned):
    """7,500 a second at 80% of 5,000 are 1.875 records in one: two of 1 KB, which are billed as the 5 KB that one was."""
    check = planned(INGEST, "7500/s")["ingest", "Records"]
    raised, aggregated = check["remedies"]
    assert raised["what"] == "have firehose.direct_put_records raised to 9,375 records/s (AWS does it on request)"
    assert aggregated["what"].startswith("put 2 records into one (-$")
    gigabytes = 7500 * 3600 * 730 * 5 / 1024**2
    assert gigabytes < 512_000  # all in the first tier
    assert aggregated["cost"] == pytest.approx(-gigabytes / 2 * 0.029)


def test_what_is_yours_goes_before_awss_default(planned, run, tmp_path):
    (tmp_path / "ours.yaml").write_text(
        "version: 1\nextends: sheet.yaml\nfirehose: {direct_put_records: {yours: 20000 records/s}}\n"
    )
    check = planned(INGEST, "7500/s", sheet="ours.yaml")["ingest", "Records"]
    assert (check["limit"], check["yours"], check["verdict"]) == (20000, True, "holds")
    text = run("plan", "-p", "p.yaml", "-s", "s.yaml", "--quotas", "ours.yaml").stdout
    assert "20,000 (yours)" in text


def test_messages_that_come_alone_are_no_batches(planned):
    """An IoT rule invokes a function for each message, whatever its batch says."""
    components = (
        "gate: {service: iot_core, input: source}\n  fn: {service: lambda, input: gate, batch: 100 records, duration: 50 ms}"
    )
    check = planned(components)["fn", "Records in an invocation"]
    assert (check["load"], check["limit"], check["verdict"]) == (pytest.approx(100), 1, "breaks")
    (remedy,) = check["remedies"]
    assert remedy["changes"] == {"fn.batch": "1 record"}


ENOUGH = ("--set", "quotas.lambda.concurrent_executions=1e6 executions")
PERIODS = "periods: [{name: %s, rate: %s/s, hours: 20}, {name: %s, rate: %s/s, hours: 4}]"


@pytest.fixture
def steps(run, tmp_path):
    """The steps of a function of 2 s under periods (YAML), by the JSON, and the text of the plan."""

    def of(periods, settings="", quotas="aws/2026-11", region="us-east-1", arguments=()):
        (tmp_path / "p.yaml").write_text(
            f"version: 1\ntitle: P\ncomponents:\n  fn: {{service: lambda, input: source, duration: 2 s{settings}}}\n"
        )
        (tmp_path / "s.yaml").write_text(f"version: 1\ntitle: S\ntraffic: {{{periods}, record_size: 1 KB}}\n")
        names = ("-p", "p.yaml", "-s", "s.yaml", "--rates", f"aws/{region}/2025-06", "--quotas", quotas, *ENOUGH, *arguments)
        return json.loads(run("plan", *names, "--format", "json").stdout)["steps"], run("plan", *names).stdout

    return of


@pytest.mark.parametrize(
    ("periods", "quotas", "region", "rise", "seconds"),
    [
        (PERIODS % ("low", 100, "high", 900), "aws/2026-11", "us-east-1", 1600, 6),  # 1,000 at once, 600 by 100 a second
        (PERIODS % ("high", 900, "low", 100), "aws/2026-11", "us-east-1", 1600, 6),  # as the day begins again
        (PERIODS % ("low", 0, "high", 500), "aws/2026-11", "us-east-1", 1000, 0),
        (PERIODS % ("low", 0, "high", 2000), "aws/2018-06", "us-east-1", 4000, 120),  # 3,000 at once, 500 in each minute
        (PERIODS % ("low", 0, "high", 2000), "aws/2018-06", "eu-west-2", 4000, 420),  # 500 at once, 3,500 in 7 minutes
    ],
)
def test_a_step_takes_as_long_as_executions_are_started(steps, periods, quotas, region, rise, seconds):
    (step,), text = steps(periods, quotas=quotas, region=region)
    assert (step["component"], step["before"], step["after"]) == ("fn", "low", "high")
    assert (step["rise"], step["seconds"]) == (pytest.approx(rise), pytest.approx(seconds))
    assert (f"fn, concurrent executions: {rise:,} executions more when high follows low." in text) == (seconds > 0)
    assert (f"after {seconds} s." in " ".join(text.split())) == (seconds > 0)


def test_executions_that_are_kept_ready_are_not_started(steps):
    """Of 200 and 1,800 at once, 600 are ready: 1,200 are started. Half of the requests run on none that is ready: 900 - 100."""
    periods = PERIODS % ("low", 100, "high", 900)
    (step,), _ = steps(periods, ", provisioned_concurrency: 600")
    assert step["rise"] == pytest.approx(1200)
    (step,), _ = steps(periods, ", provisioned_concurrency: 2000, provisioned_share: 50%")
    assert step["rise"] == pytest.approx(800)
    assert steps(periods, ", provisioned_concurrency: auto")[0] == []


def test_without_another_period_or_a_quota_there_is_no_step(steps, tmp_path):
    assert steps("peak_rate: 9000/s")[0] == []
    for key in ("scaling_rate", "scaling_at_once"):
        (tmp_path / "q.yaml").write_text(f"version: 1\nextends: aws/2026-11\nlambda: {{{key}: null}}\n")
        assert steps(PERIODS % ("low", 0, "high", 900), quotas="q.yaml")[0] == []
    (step,), _ = steps(PERIODS % ("low", 0, "high", 900), arguments=("--set", "quotas.lambda.scaling_rate=20 executions/s"))
    assert step["seconds"] == pytest.approx(800 / 20)


def test_check_is_exit_status_1_with_what_breaks(run):
    result = run("plan", "-p", "sensor", "-s", "large", "--check")
    assert result.exit_code == 1
    assert "breaks: Write units of cross_reference, provisioned (large)" in result.stderr
    assert run("plan", "-p", "itl", "-s", "small", "--check").exit_code == 0


def test_the_other_formats(run):
    names = ("plan", "-p", "itl", "-s", "large")
    rows = list(csv.DictReader(io.StringIO(run(*names, "--format", "csv").stdout)))
    records = next(row for row in rows if row["components"] == "ingest" and row["item"] == "Records")
    assert (float(records["load"]), float(records["limit"]), records["verdict"]) == (5000, 5000, "tight")
    assert "| tight | 5,000 records/s | 5,000 | 100% |" in run(*names, "--format", "markdown").stdout.replace("\\", "")


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        (
            "kms: {symetric_requests: {yours: 5 requests/s}}",
            "there is no quota 'kms.symetric_requests'. Did you mean 'symmetric_requests'?",
        ),
        ("kms: {symmetric_requests: {yours: 5}}", "'5' is no quota; write for example 5000 records/s"),
        ("kms: {symmetric_requests: {yours: 5 MB/s}}", "'5 MB/s' does not measure kms.symmetric_requests"),
        ("kms: {symmetric_requests: {yours: 0 requests/s}}", "must be above 0"),
        ("kmz: {symmetric_requests: {yours: 5 requests/s}}", "'kmz' is not a key of a quota sheet. Did you mean 'kms'?"),
        ("kms: {symmetric_requests: {scope: acount}}", "ours.yaml:3:35: 'acount' is not one of account, application, function"),
        ("kms: {symmetric_requests: {by_region: {moon: 5 requests/s}}}", "ours.yaml:3:40: 'moon' is not a region, such as"),
        (
            "kms: {symmetric_requests: {by_region: {eu-wset-1: 5 requests/s}}}",
            "ours.yaml:3:40: there is no region 'eu-wset-1'. Did you mean 'eu-west-1'?",
        ),
        ("kms: {others: {value: 5 requests/s, source: x}}", "ours.yaml:3:15: a quota lacks 'scope': what one covers"),
        ("kms: {others: {value: 5 requests/s, scope: account}}", "ours.yaml:3:15: a quota lacks 'source': where AWS says so"),
    ],
)
def test_mistakes_in_a_sheet(run, tmp_path, sheet, message):
    (tmp_path / "sheet.yaml").write_text(SHEET)
    (tmp_path / "ours.yaml").write_text(f"version: 1\nextends: sheet.yaml\n{sheet}\n")
    for command in (("validate", "ours.yaml"), ("plan", "-p", "itl", "-s", "small", "--quotas", "ours.yaml")):
        result = run(*command)
        assert (result.exit_code, result.stdout) == (2, "")
        assert message in result.stderr
        assert "ours.yaml:3:" in result.stderr


def test_a_sheet_of_a_library(planned, run, tmp_path):
    sheet = tmp_path / "ours" / "quotas" / "team.yaml"
    sheet.parent.mkdir(parents=True)
    sheet.write_text("version: 1\nextends: aws/2026-11\nfirehose: {direct_put_records: {yours: 20000 records/s}}\n")
    check = planned(INGEST, "7500/s", sheet="team", arguments=("--library", "ours"))["ingest", "Records"]
    assert (check["limit"], check["yours"]) == (20000, True)
    assert "team" in run("list", "quotas", "--library", "ours").stdout


def test_a_quota_may_be_taken_away(planned, tmp_path):
    """The block of its service has no other, and would be empty."""
    (tmp_path / "ours.yaml").write_text("version: 1\nextends: sheet.yaml\nkms: {symmetric_requests: null}\n")
    assert planned("keys: {service: kms, input: source}", sheet="ours.yaml") == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--headroom", "120%"), "over the largest allowed, 100%"),
        (("--headroom", "100%"), "leaves nothing of any limit"),
        (("--headroom", "much"), "write for example 20%"),
        (("--quotas", "aws/2018-07"), "there is no quota sheet 'aws/2018-07'. Did you mean 'aws/2018-06'?"),
    ],
)
def test_mistakes_on_the_command_line(run, arguments, message):
    result = run("plan", "-p", "itl", "-s", "small", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


OTHER = "other_usage: {kms.symmetric_requests: 300 requests/s}"


@pytest.mark.parametrize(
    ("said", "arguments", "utilisation"),
    [
        ("", (), 0.5),
        (OTHER, (), 0.8),
        ("", ("--set", "other_usage.kms.symmetric_requests=300 requests/s"), 0.8),
        (OTHER, ("--set", "other_usage.kms.symmetric_requests=400 requests/s"), 0.9),
    ],
)
def test_the_rest_of_the_account_is_on_its_quotas_too(planned, said, arguments, utilisation):
    checks = planned("keys: {service: kms, input: source}", "500/s", scenario=said, arguments=arguments)
    assert checks["keys", "Requests"]["utilisation"] == pytest.approx(utilisation)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            "{kms.requests: 5 requests/s}",
            "'kms.requests' is no quota of the whole account. Did you mean 'kms.symmetric_requests'?",
        ),
        ("{firehose.direct_put_records: 5 records/s}", "'firehose.direct_put_records' is no quota of the whole account"),
        ("{kms.symmetric_requests: 5 MB/s}", "'5 MB/s' does not measure kms.symmetric_requests, which is 1200 requests/s"),
        ("{kms.symmetric_requests: many}", "'many' is no quota; write for example"),
        ("{kms: 5 requests/s}", "'kms' is not a quota, such as kms.symmetric_requests"),
        ("[kms.symmetric_requests]", "must map quotas to loads, as in {kms.symmetric_requests: 300 requests/s}"),
        ("300 requests/s", "must map quotas to loads, as in {kms.symmetric_requests: 300 requests/s}"),
    ],
)
def test_mistakes_in_other_usage(run, tmp_path, said, message):
    (tmp_path / "s.yaml").write_text(f"version: 1\nextends: small\nother_usage: {said}\n")
    result = run("plan", "-p", "sensor", "-s", "s.yaml", "--quotas", "aws/2018-06")
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert "s.yaml:3:" in result.stderr
    validated = run("validate", "s.yaml")  # by the newest sheet
    assert (validated.exit_code, validated.stdout) == (2, "")
    assert message.partition(", which")[0] in validated.stderr
    assert "s.yaml:3:" in validated.stderr


# The whitepaper's own designs, on the quotas of June 2018; what is wrong with them is in its errata, "beyond arithmetic".


def test_what_the_whitepapers_designs_would_not_bear(run):
    found = {}
    for pattern in ("sensor", "itl"):
        for scenario in ("small", "medium", "large"):
            plan = json.loads(run("plan", "-p", pattern, "-s", scenario, "--format", "json").stdout)
            assert plan["quotas"] == "aws/2018-06"
            for check in plan["checks"]:
                against = check["quota"] or "provisioned"
                found[pattern, scenario, check["item"], against] = (check["load"], check["limit"], check["verdict"])
    writes = [found["sensor", scenario, "Write units", "provisioned"] for scenario in ("small", "medium", "large")]
    assert writes == [(100, 10, "breaks"), (1000, 10, "breaks"), (5000, 10, "breaks")]
    lots = found["sensor", "small", "Records in an invocation", "provisioned"]
    assert lots == (pytest.approx(1446.875), 1, "breaks")
    assert found["sensor", "medium", "Requests", "kms.symmetric_requests"] == (pytest.approx(1000), 1200, "tight")  # 83%
    assert found["sensor", "large", "Requests", "kms.symmetric_requests"] == (pytest.approx(5000), 1200, "breaks")  # 417%
    assert found["itl", "large", "Records", "firehose.direct_put_records"] == (pytest.approx(5000), 5000, "tight")  # 100%
    assert "417%" in run("plan", "-p", "sensor", "-s", "large").stdout
    assert "100%  tight" in run("plan", "-p", "itl", "-s", "large").stdout


@pytest.fixture(scope="module")
def quotas_of_rules(tmp_path_factory):
    """The quotas that the loads of every service name, also of how fast they may grow."""
    path = tmp_path_factory.mktemp("quotas") / "modern.yaml"
    path.write_text(modern.PATTERN)
    loads = [*estimate(path, "large", rates=modern.CARD).loads, *estimate("analytics", "large").loads]
    scalings = {quota for load in loads for scaling in load.scaling for quota in (scaling.at_once, scaling.rate)}
    return {load.quota for load in loads if load.quota} | scalings


@pytest.mark.parametrize("name", Library(environment=False).names("quotas"))
def test_a_shipped_sheet_has_only_quotas_that_some_rule_compares_with(quotas_of_rules, name):
    library = Library(environment=False)
    sheet = read_sheet(library.load("quotas", library.find("quotas", name)), name)
    assert set(sheet.quotas) <= quotas_of_rules
    assert all(quota["source"].startswith("https://docs.aws.amazon.com/") for quota in sheet.quotas.values())


def test_the_newest_sheet_has_every_quota_that_a_rule_names(quotas_of_rules):
    library = Library(environment=False)
    name = max(library.names("quotas"))
    sheet = read_sheet(library.load("quotas", library.find("quotas", name)), name)
    withdrawn = {quota for quota in quotas_of_rules if quota.startswith("kinesis_analytics.")}
    assert quotas_of_rules - withdrawn <= set(sheet.quotas)
