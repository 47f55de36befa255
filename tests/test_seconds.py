"""The busiest seconds of a plan: what bursts ask for, what is refused, what waits and for how long."""

import json
import re

import pytest

from costmodel import estimate

exactly = pytest.approx
SHEET = """\
version: 1
title: Of this test
provider: aws
as_of: 2025-06-01
firehose:
  direct_put_records: {value: 5000 records/s, scope: stream, adjustable: true, source: https://firehose, confidence: high}
s3:
  writes_per_prefix: {value: 3500 requests/s, scope: prefix, adjustable: false, source: https://s3, confidence: high}
lambda:
  concurrent_executions: {value: 4000 executions, scope: account, adjustable: true, source: https://lambda, confidence: high}
kinesis_data_streams:
  shard_write_records: {value: 1000 records/s, scope: shard, adjustable: false, source: https://kinesis, confidence: high}
  shard_write_bytes: {value: 1 MB/s, scope: shard, adjustable: false, source: https://kinesis, confidence: high}
  shard_read_bytes: {value: 2 MB/s, scope: shard, adjustable: false, source: https://kinesis, confidence: high}
"""
INGEST = "ingest: {service: firehose, input: source}\n  store: {service: s3, input: ingest}"
QUEUED = "queue: {service: sqs, input: source}\n  worker: {service: lambda, input: queue, duration: 1 s}"
PEAKS = "peak_rate: 5000/s, peak_hours: 8, off_peak_share: {share}"


@pytest.fixture
def planned(run, tmp_path):
    def made(components, traffic, *arguments, scenario=""):
        (tmp_path / "sheet.yaml").write_text(SHEET)
        (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: P\ncomponents:\n  {components}\n")
        (tmp_path / "s.yaml").write_text(f"version: 1\ntitle: S\ntraffic: {{{traffic}, record_size: 0.1 KB}}\n{scenario}\n")
        names = ("-p", "p.yaml", "-s", "s.yaml", "--rates", "aws/us-east-1/2025-06", "--quotas", "sheet.yaml")
        return run("plan", *names, *arguments)

    return made


@pytest.fixture
def seconds(planned):
    """The busiest seconds by component and item, as the JSON has them."""

    def made(components, traffic, scenario=""):
        result = planned(components, traffic, "--format", "json", scenario=scenario)
        assert result.exit_code == 0, result.stderr
        return {(", ".join(s["components"]), s["item"]): s for s in json.loads(result.stdout)["seconds"]}

    return made


def test_bursts_of_a_factor_with_nothing_between_them(seconds):
    """Three times 4,000 a second in a third of the time: of each 12,000 that come, 7,000 are above 5,000."""
    records = seconds(INGEST, "peak_rate: 4000/s, burst: 3")["ingest", "Records"]
    assert (records["load"], records["limit"], records["verdict"]) == (exactly(12_000), 5000, "breaks")
    assert (records["utilisation"], records["share_over"]) == (exactly(2.4), exactly(1 / 3))
    assert (records["refused"], records["waiting"]) == (exactly(7 / 12), None)


@pytest.mark.parametrize("levels", ["{0.5: 80%, 3: 20%}", "{1: 80%, 6: 20%}"])
def test_a_distribution_of_seconds_keeps_the_mean_of_its_hour(seconds, levels):
    """12,000 a second in a fifth of the time and 2,000 else, by day; a tenth of that by night: 0.2 x 8 h of 24 h above 5,000."""
    shape = f"peak_rate: 4000/s, peak_hours: 8, off_peak_share: 10%, burst: {levels}"
    records = seconds(INGEST, shape)["ingest", "Records"]
    assert (records["load"], records["share_over"]) == (exactly(12_000), exactly(0.2 / 3))
    month = 8 * 4000 + 16 * 400  # an hour's records, of a day
    assert records["refused"] == exactly(8 * 0.2 * 7000 / month)


def test_a_burst_that_fits(seconds):
    records = seconds(INGEST, "peak_rate: 1000/s, burst: 3")["ingest", "Records"]
    assert (records["verdict"], records["share_over"], records["refused"]) == ("holds", 0, 0)
    assert seconds(INGEST, "peak_rate: 1400/s, burst: 3")["ingest", "Records"]["verdict"] == "tight"  # 4,200 of 5,000


def test_what_is_gathered_comes_evenly(seconds):
    assert [component for component, _ in seconds(INGEST, "peak_rate: 4000/s, burst: 3")] == ["ingest"]


@pytest.mark.parametrize(("runs", "bursts"), [("", ["Throughput"]), (", runs: 30", [])])
def test_what_gathers_between_runs_does_not_burst(seconds, runs, bursts):
    flink = f"flink: {{service: managed_flink, input: source, kpus: 9, kpu_throughput: 1 MB/s{runs}}}"
    assert [item for _, item in seconds(flink, "peak_rate: 400/s, burst: 3")] == bursts


def test_sizes_and_what_is_provisioned_do_not_burst(seconds):
    """A shard for each 800 records/s of the mean: 5 for 4,000/s; a burst of 12,000 is 2,400 for each."""
    found = seconds("stream: {service: kinesis_data_streams, input: source, shards: auto}", "peak_rate: 4000/s, burst: 3")
    assert {item for _, item in found} == {"Records of a shard", "Data into a shard", "Data out of a shard"}
    assert found["stream", "Records of a shard"]["load"] == exactly(2400)


def test_what_is_before_a_limit_from_hour_to_hour(seconds):
    """5,000 executions are asked for in 8 hours and 1,000 in 16, where 4,000 may run, a second each.

    1,000 x 8 h = 28.8 million wait at the end of the peak, which 4,000 work off in 2 h; 3,000 a second more than come then
    bring them to an end after 2 h 40 min.
    """
    (second,) = seconds(QUEUED, PEAKS.format(share="20%")).values()
    assert (second["components"], second["item"], second["verdict"]) == (["worker"], "Concurrent executions", "waits")
    in_hours = second["waiting"]["in_hours"]
    assert in_hours["largest_backlog"] == exactly(28_800_000)
    assert (in_hours["longest_delay"], in_hours["drained_after"]) == (exactly(7200), exactly(9600))
    assert in_hours["share_waiting"] == exactly((8 + 9600 / 3600) / 24)
    assert (second["share_over"], second["refused"]) == (exactly(8 / 24), None)


def test_what_never_ends_is_said(seconds, planned):
    shape = PEAKS.format(share="80%")
    (second,) = seconds(QUEUED, shape).values()
    assert second["waiting"]["in_hours"]["longest_delay"] is None
    assert "What waits grows without end" in planned(QUEUED, shape).stdout


def test_waiting_within_the_hour(seconds):
    """Bursts of 6,000 for 10 s in a third of the time, where 4,000 may run: each adds 20,000, each silence takes 40,000 off.

    In 20,000s, what waits where levels end goes up 1 with probability 1/3 and down 2 else, P(W >= n) = x^n: x = 1/3 + 2/3 x^3,
    x = (sqrt(3) - 1) / 2. On the way up it is n + 1/2 on average; in a silence it falls by 2 in 10 s, until nothing waits.
    """
    (second,) = seconds(QUEUED, "peak_rate: 2000/s, burst: 3, burst_length: 10 s").values()
    assert second["verdict"] == "waits"
    x = (3**0.5 - 1) / 2
    chance = [(1 - x) * x**n for n in range(200)]
    silent = [n - 1 if n >= 2 else n * n / 4 for n in range(200)]  # n - 1: the mean from n to n - 2; n/2 for n/2 of the time
    mean = sum(p * ((n + 0.5) / 3 + 2 / 3 * down) for n, (p, down) in enumerate(zip(chance, silent, strict=True)))
    within = second["waiting"]["in_seconds"]
    assert within["share_over"] == exactly(1 / 3)
    assert within["mean_backlog"] == pytest.approx(20_000 * mean, rel=1e-6)
    assert within["mean_delay"] == pytest.approx(20_000 * mean / 2000, rel=1e-6)  # Little


def test_check_goes_by_what_is_refused(planned):
    refused = planned(INGEST, "peak_rate: 2000/s, burst: 3", "--check")
    assert (refused.exit_code, refused.stderr) == (1, "breaks in bursts: Records of ingest (s)\n")
    assert planned(INGEST, "peak_rate: 1000/s, burst: 3", "--check").exit_code == 0
    assert planned(QUEUED, "peak_rate: 2000/s, burst: 3", "--check").exit_code == 0
    assert "| Records of ingest | 6,000 records/s | 120% | 33.3% of the time | breaks |" in planned(
        INGEST, "peak_rate: 2000/s, burst: 3", "--format", "markdown"
    ).stdout.replace("\\", "")


def test_a_bill_is_of_the_mean(planned, tmp_path):
    totals = []
    for burst in ("", ", burst: 3"):
        assert planned(INGEST, f"peak_rate: 2000/s{burst}").exit_code == 0
        totals.append(estimate(tmp_path / "p.yaml", tmp_path / "s.yaml").total)
    assert totals[0] == totals[1]


@pytest.mark.parametrize(
    ("burst", "said"),
    [
        ("burst: 0.5", "s.yaml:3:35: '0.5' is below the smallest allowed, 1"),
        ("burst: {1: 50%, 3: 20%}", "s.yaml:3:35: the shares add up to 70%, not 100%"),
        ("burst: {0: 100%}", "s.yaml:3:35: every level is 0; give the busiest seconds one above 0"),
        ("burst_length: 3 s", "s.yaml:3:28: the traffic has burst_length; say also how much comes in a burst, as in burst: 3"),
    ],
)
def test_mistakes(planned, burst, said):
    result = planned(INGEST, f"peak_rate: 10/s, {burst}")
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr


TABLE = "queue: {service: sqs, input: source}\n  table: {service: dynamodb, input: queue, writes_per_record: 1, %s}"
NOON = "peak_rate: 600/s, peak_hours: 4, off_peak_share: 10%"


def test_capacity_that_differs_between_hours(seconds, planned):
    """200 units more than 400 in each second of 4 h: 2.88 million, which 3,000 - 60 work off by night in 980 s.

    Who comes after 8/3 h finds 200 x 8/3 h waiting, and is the last to wait for 400: 4/3 h.
    """
    found = seconds(TABLE % "write_capacity: {peak: 400, off_peak: 3000}", NOON)
    (second,) = found.values()
    assert (second["components"], second["item"], second["verdict"]) == (["table"], "Write units", "waits")
    in_hours = second["waiting"]["in_hours"]
    assert in_hours["largest_backlog"] == exactly(2_880_000)
    assert (in_hours["longest_delay"], in_hours["drained_after"]) == (exactly(4 / 3 * 3600), exactly(2_880_000 / 2940))
    text = planned(TABLE % "write_capacity: {peak: 400, off_peak: 3000}", NOON).stdout
    assert "400 units/s are provisioned. What is above it waits." in " ".join(text.split())
    assert "Load at peak Used" in " ".join(text.partition("before its queues")[2].split())


def test_sizes_do_not_wait(seconds, tmp_path):
    """102 bytes are more than 10, however long they wait; and what is provisioned is not asked for by records."""
    worker = "queue: {service: sqs, input: source}\n  worker: {service: lambda, input: queue, duration: 1 s%s}"
    found = seconds(worker % "", "peak_rate: 1/s")
    assert found == {}
    sheet = (tmp_path / "sheet.yaml").read_text()
    assert "payload" not in sheet
    ready = worker % ", provisioned_concurrency: 9000"
    assert seconds(ready, "peak_rate: 0/s") == {}
    assert {item for _, item in seconds(ready, "peak_rate: 1/s, burst: 3")} <= {"Concurrent executions", "Provisioned executions"}


def test_check_fails_where_an_hour_breaks_also_if_what_is_above_waits(planned):
    for share in ("20%", "80%"):  # worked off by night, and never
        result = planned(QUEUED, PEAKS.format(share=share), "--check")
        assert (result.exit_code, result.stderr) == (1, "breaks: Concurrent executions of worker (s)\n")


def test_what_breaks_in_bursts_has_its_remedies(planned):
    """Three times 4,000 a second: 12,000 records, in 5,000 at 80% three in one; 15,000 a second at 80% of 12,000."""
    plan = json.loads(planned(INGEST, "peak_rate: 4000/s, burst: 3", "--format", "json").stdout)
    assert plan["fails"] is True
    text = planned(INGEST, "peak_rate: 4000/s, burst: 3").stdout
    assert "ingest, records: 12,000 records/s in the busiest second, and the quota" in text
    assert "- have firehose.direct_put_records raised to 15,000 records/s" in text
    assert "- put 3 records into one" in text
    shards = planned("stream: {service: kinesis_data_streams, input: source, shards: 5}", "peak_rate: 4000/s, burst: 3").stdout
    assert "- stream.shards: 15 (+$" in shards


def test_only_what_is_left_of_an_accounts_quota_works_a_queue_off(seconds):
    """1,500 of 4,000 executions are others': 2,500 work off 5,000. In 8 h 72 million wait; who comes last, for 8 h."""
    other = "other_usage: {lambda.concurrent_executions: 1500 executions}"
    (second,) = seconds(QUEUED, PEAKS.format(share="10%"), other).values()
    in_hours = second["waiting"]["in_hours"]
    assert in_hours["largest_backlog"] == exactly(2500 * 8 * 3600)
    assert in_hours["longest_delay"] == exactly(2500 * 8 * 3600 / 2500)
    assert in_hours["drained_after"] == exactly(2500 * 8 * 3600 / (2500 - 500))
    assert (second["load"], second["limit"]) == (exactly(6500), 4000)


def test_the_busiest_second_explains_itself(planned, run):
    """Bursts of 6,000 in a third of the time: a mean of 2,000, and Little's law."""
    assert planned(QUEUED, "peak_rate: 2000/s, burst: 3, burst_length: 10 s").exit_code == 0
    names = ("-p", "p.yaml", "-s", "s.yaml", "--rates", "aws/us-east-1/2025-06", "--quotas", "sheet.yaml")
    text = " ".join(run("explain", *names, "worker.concurrent_executions", "--plan").stdout.split())
    assert "in the busiest second = 6,000 executions / 4,000 executions = 150%" in text
    assert "over time: 3 times in 33.33% of it, 0 times in 66.67% of it · s.yaml:3:37 (traffic.burst)" in text
    assert "above the limit 33.3% of the time: waits" in text
    waits, comes, wait = re.search(r"mean load = ([0-9,.]+) / ([0-9,.]+) = ([0-9.]+) s", text).groups()
    assert comes == "2,000"
    assert float(waits.replace(",", "")) / 2000 == pytest.approx(float(wait), rel=1e-4)


@pytest.mark.parametrize(("components", "verdict", "refused"), [(INGEST, "holds", 0), (QUEUED, "waits", None)])
def test_the_rest_of_the_account_leaves_nothing_and_no_less(seconds, components, verdict, refused):
    """5,000 of 4,000 executions are others': of what comes here, all is above what is left, and no more than all."""
    other = "other_usage: {lambda.concurrent_executions: 5000 executions}"
    traffic = "peak_rate: 100/s, burst: 3"
    found = seconds(components, traffic, other)
    assert {second["verdict"] for second in found.values()} == {verdict}
    direct = seconds("fn: {service: lambda, input: source, duration: 1 s}", traffic, other)["fn", "Concurrent executions"]
    assert (direct["verdict"], direct["refused"], direct["share_over"]) == ("breaks", exactly(1), exactly(1 / 3))
    assert [second["refused"] for second in found.values()] == [refused] * len(found)
